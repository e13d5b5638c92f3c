"""What a merge made of its parents, line by line: only where its result is that of no parent.

Source: the rules of git's combined diff (``--cc``). A line of the result is marked for each parent that lacks it; lines
that parents had and the result has not hang before the line that follows them. Hunks in which the result agrees with
one side throughout are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from datagit.diff.lines import diff_lines, split_lines

CONTEXT = 3
_HEADING_LENGTH = 40


@dataclass(frozen=True, slots=True)
class CombinedHunk:
    """A part of a combined diff.

    Attributes:
        old_spans: for each parent, (first line from 1, number of lines).
        new_span: the same for the result.
        heading: the nearest line above that starts with a letter, without its last character, as git has it.
        lines: marks, one per parent, and the line without its end.
    """

    old_spans: tuple[tuple[int, int], ...]
    new_span: tuple[int, int]
    heading: bytes
    lines: tuple[tuple[bytes, bytes], ...]


@dataclass(slots=True)
class _Slot:
    """A line of the result, or what follows the last one, and the lost lines before it.

    Masks have one bit for each parent.
    """

    lacking: int = 0
    lost: list[tuple[bytes, int]] = field(default_factory=list)
    shown: bool = False
    hides_lost: bool = False

    @property
    def differs(self) -> bool:
        return bool(self.lacking or self.lost)


def combine(parents: Sequence[bytes], result: bytes, context: int = CONTEXT) -> list[CombinedHunk]:
    """Return the hunks in which result is neither parent's; parents are contents, b"" for one without the file."""
    lines = split_lines(result)
    slots = [_Slot() for _ in range(len(lines) + 1)]
    for number, parent in enumerate(parents):
        _compare(split_lines(parent), lines, slots, 1 << number)
    for slot in slots:
        slot.shown = slot.differs
    _drop_agreed(slots, (1 << len(parents)) - 1, context)
    _add_context(slots, context)
    return list(_cut_hunks(lines, slots, len(parents)))


def _compare(parent: Sequence[bytes], lines: Sequence[bytes], slots: list[_Slot], bit: int) -> None:
    """Mark what one parent lacks, and hang up what only it has."""
    for change in diff_lines(parent, lines):
        for slot in slots[change.new_start : change.new_end]:
            slot.lacking |= bit
        gone = [line.removesuffix(b"\n") for line in parent[change.old_start : change.old_end]]
        slot = slots[change.new_start]
        slot.lost = _join(slot.lost, gone, bit) if gone else slot.lost


def _join(known: Sequence[tuple[bytes, int]], gone: Sequence[bytes], bit: int) -> list[tuple[bytes, int]]:
    """Return known lost lines with those of one more parent; a longest common run of lines is said once."""
    common = [[0] * (len(gone) + 1) for _ in range(len(known) + 1)]
    for i, (line, _) in enumerate(known):
        for j, other in enumerate(gone):
            common[i + 1][j + 1] = common[i][j] + 1 if line == other else max(common[i + 1][j], common[i][j + 1])
    i, j = len(known), len(gone)
    joined: list[tuple[bytes, int]] = []
    while i or j:
        if i and j and known[i - 1][0] == gone[j - 1]:
            i, j = i - 1, j - 1
            joined.append((known[i][0], known[i][1] | bit))
        elif j and (not i or common[i][j - 1] >= common[i - 1][j]):
            j -= 1
            joined.append((gone[j], bit))
        else:
            i -= 1
            joined.append(known[i])
    return joined[::-1]


def _drop_agreed(slots: list[_Slot], everybody: int, context: int) -> None:
    """Take out of view the hunks in which all differences are to the same parents, and not to all of them."""
    start = 0
    while start < len(slots):
        if not slots[start].shown:
            start += 1
            continue
        end = _hunk_end(slots, start, context)
        against = {slot.lacking for slot in slots[start:end] if slot.lacking}
        against.update(mask for slot in slots[start:end] for _, mask in slot.lost)
        if len(against) == 1 and everybody not in against:
            for slot in slots[start:end]:
                slot.shown = False
        start = end


def _hunk_end(slots: Sequence[_Slot], start: int, context: int) -> int:
    """Return where the run of differing slots from start on ends, gaps that context would fill included."""
    end = start + 1
    while end < len(slots):
        if not slots[end].shown:
            near = min(_tail(slots, start, end) + context, len(slots))
            following = [place for place in range(end, near) if slots[place].shown]
            if not following:
                break
            end = following[-1]
        end += 1
    return end


def _tail(slots: Sequence[_Slot], start: int, end: int) -> int:
    """Return end, or one less if the last slot only has lost lines: its own line then is context already."""
    return end - 1 if start < end and not slots[end - 1].lacking else end


def _add_context(slots: list[_Slot], context: int) -> None:
    """Bring the lines around the differences into view."""
    start = _next(slots, 0, shown=True)
    while start < len(slots):
        for slot in slots[max(start - context, 0) : start]:
            slot.hides_lost = slot.hides_lost or not slot.shown
            slot.shown = True
        end = _next(slots, start, shown=False)
        if end == len(slots):
            return
        following = _next(slots, end, shown=True)
        end = _tail(slots, start, end)
        if following < end + context and following < len(slots):
            for slot in slots[end:following]:
                slot.shown = True
        else:
            for slot in slots[end : end + context]:
                slot.shown = True
        start = following


def _next(slots: Sequence[_Slot], start: int, *, shown: bool) -> int:
    return next((place for place in range(start, len(slots)) if slots[place].shown is shown), len(slots))


def _cut_hunks(lines: Sequence[bytes], slots: Sequence[_Slot], parents: int) -> Iterator[CombinedHunk]:
    numbers = [_parent_numbers(slots, 1 << number) for number in range(parents)]
    heading = b""
    place = 0
    while True:
        while place < len(slots) and not slots[place].shown:
            if place < len(lines) and _is_heading(lines[place]):
                heading = lines[place]
            place += 1
        if place == len(slots):
            return
        end = _next(slots, place, shown=False)
        count = end - place - (end == len(slots))
        spans = tuple((number[place], number[end] - number[place]) for number in numbers)
        shown = tuple(_hunk_lines(lines, slots, place, end, parents))
        yield CombinedHunk(spans, (place + 1, count), heading[:_HEADING_LENGTH].rstrip()[:-1], shown)
        place = end


def _parent_numbers(slots: Sequence[_Slot], bit: int) -> list[int]:
    """Return for each slot, and behind the last, the number in one parent of the first line shown there."""
    numbers = [1]
    for place, slot in enumerate(slots):
        had = sum(bool(mask & bit) for _, mask in slot.lost) + (place < len(slots) - 1 and not slot.lacking & bit)
        numbers.append(numbers[-1] + had)
    return numbers


def _hunk_lines(
    lines: Sequence[bytes], slots: Sequence[_Slot], start: int, end: int, parents: int
) -> Iterator[tuple[bytes, bytes]]:
    for place in range(start, end):
        slot = slots[place]
        for line, mask in () if slot.hides_lost else slot.lost:
            yield _marks(mask, parents, b"-"), line
        if place < len(lines):
            yield _marks(slot.lacking, parents, b"+"), lines[place].removesuffix(b"\n")


def _marks(mask: int, parents: int, mark: bytes) -> bytes:
    return b"".join(mark if mask >> number & 1 else b" " for number in range(parents))


def _is_heading(line: bytes) -> bool:
    return line[:1].isalpha() or line[:1] in (b"_", b"$")

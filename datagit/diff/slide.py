"""Moves groups of changed lines to where people expect them: the same edit can often be told at several places.

A group may slide over equal lines. It is merged with groups it meets, set beside a change of the other side if it can
be, and else put where the indentation says that a block begins or ends (the indent heuristic of Git).
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

_MAX_SLIDE = 100
_MAX_INDENT = 200
_MAX_BLANKS = 20
_SPACES = frozenset(b" \t\n\v\f\r")


class Sliding(enum.Enum):
    """Where a group goes that may stand at several places beside no other change."""

    DOWN = "down"
    BY_INDENT = "by indent"


def slide_groups(
    lines: Sequence[bytes], numbers: Sequence[int], changed: bytearray, other_changed: bytearray, sliding: Sliding
) -> None:
    """Move the marks in changed, in place, without changing what the edit does.

    Args:
        lines: the side whose marks move.
        numbers: equal numbers for equal lines.
        changed: marks of this side, with a zero after the last line.
        other_changed: marks of the other side, with a zero after the last line.
        sliding: what to do where several places are as good.
    """
    group = _Group(changed, numbers)
    other = _Group(other_changed, ())
    while True:
        if group.end > group.start:
            _slide_one(lines, group, other, sliding)
        ahead = changed.find(1, group.end)
        if ahead < 0:
            return
        other.skip(ahead - group.end)
        group.skip(ahead - group.end)


def _slide_one(lines: Sequence[bytes], group: "_Group", other: "_Group", sliding: Sliding) -> None:
    while True:
        size = group.end - group.start
        beside = False
        while group.slide_up():
            other.go_previous()
        earliest = group.end
        beside = other.end > other.start
        while group.slide_down():
            other.go_next()
            beside = beside or other.end > other.start
        if size == group.end - group.start:
            break
    if group.end == earliest:
        return
    if beside:
        while other.end == other.start:
            group.slide_up()
            other.go_previous()
    elif sliding is Sliding.BY_INDENT:
        end = _best_end(lines, group, earliest)
        while group.end > end:
            group.slide_up()
            other.go_previous()


class _Group:
    """A run of marks, perhaps empty, between two unmarked lines; the n-th of both sides belong together."""

    def __init__(self, changed: bytearray, numbers: Sequence[int]) -> None:
        self.changed = changed
        self.numbers = numbers
        self.count = len(changed) - 1
        self.start = self.end = 0
        while changed[self.end]:
            self.end += 1

    def go_next(self) -> bool:
        if self.end == self.count:
            return False
        self.start = self.end = self.end + 1
        while self.changed[self.end]:
            self.end += 1
        return True

    def skip(self, count: int) -> None:
        """Go on by count groups, each of which ends with an unmarked line."""
        while count:
            ahead = self.changed.find(1, self.end)
            step = min(count, (self.count if ahead < 0 else ahead) - self.end)
            self.start = self.end = self.end + step
            while self.changed[self.end]:
                self.end += 1
            count -= step

    def go_previous(self) -> None:
        self.end = self.start = self.start - 1
        while self.start > 0 and self.changed[self.start - 1]:
            self.start -= 1

    def slide_down(self) -> bool:
        if self.end >= self.count or self.numbers[self.start] != self.numbers[self.end]:
            return False
        self.changed[self.start] = 0
        self.changed[self.end] = 1
        self.start += 1
        self.end += 1
        while self.changed[self.end]:
            self.end += 1
        return True

    def slide_up(self) -> bool:
        if self.start == 0 or self.numbers[self.start - 1] != self.numbers[self.end - 1]:
            return False
        self.start -= 1
        self.end -= 1
        self.changed[self.start] = 1
        self.changed[self.end] = 0
        while self.start > 0 and self.changed[self.start - 1]:
            self.start -= 1
        return True


def _best_end(lines: Sequence[bytes], group: _Group, earliest: int) -> int:
    size = group.end - group.start
    first = max(earliest, group.end - size - 1, group.end - _MAX_SLIDE)
    best_end, best = first, (0, 0)
    for end in range(first, group.end + 1):
        above, below = _judge_split(lines, end - size), _judge_split(lines, end)
        score = (above[0] + below[0], above[1] + below[1])
        if end == first or _compare(score, best) <= 0:
            best_end, best = end, score
    return best_end


def _compare(one: tuple[int, int], other: tuple[int, int]) -> int:
    order = (one[0] > other[0]) - (one[0] < other[0])
    return 60 * order + one[1] - other[1]


def _indent(line: bytes) -> int:
    """Return the width of the leading white space, -1 for a blank line."""
    width = 0
    for byte in line:
        if byte not in _SPACES:
            return width
        if byte == 0x20:
            width += 1
        elif byte == 0x09:
            width += 8 - width % 8
        if width >= _MAX_INDENT:
            return _MAX_INDENT
    return -1


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """The first line that is not blank in one direction: its indent, and the blank lines before it."""

    indent: int
    blanks: int


def _look(lines: Sequence[bytes], rows: range) -> _Neighbour:
    blanks = 0
    for row in rows:
        indent = _indent(lines[row])
        if indent != -1:
            return _Neighbour(indent, blanks)
        blanks += 1
        if blanks == _MAX_BLANKS:
            return _Neighbour(0, blanks)
    return _Neighbour(-1, blanks)


def _judge_split(lines: Sequence[bytes], row: int) -> tuple[int, int]:
    """Return (indent, penalty) of a split before row. The weights are Git's, fitted to what people chose by hand."""
    own = _indent(lines[row]) if row < len(lines) else -1
    before = _look(lines, range(row - 1, -1, -1))
    after = _look(lines, range(row + 1, len(lines)))
    penalty = 0
    if before.indent == -1 and before.blanks == 0:
        penalty += 1
    if row >= len(lines):
        penalty += 21
    blanks_after = 1 + after.blanks if own == -1 else 0
    blanks = before.blanks + blanks_after
    penalty += -30 * blanks + 6 * blanks_after
    indent = own if own != -1 else after.indent
    if indent != -1 and before.indent != -1 and indent != before.indent:
        if indent > before.indent:
            penalty += 10 if blanks else -4
        elif after.indent > indent:
            penalty += 17 if blanks else 24
        else:
            penalty += 17 if blanks else 23
    return indent, penalty

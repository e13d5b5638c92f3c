"""Which lines differ between two texts, told as Git tells it."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datagit.diff import histogram, myers
from datagit.diff.slide import Sliding, slide_groups

_SNIFFED = 8000


class Algorithm(enum.Enum):
    """How equal lines are paired: Myers is what ``diff`` shows, the histogram is what ``merge`` builds on."""

    MYERS = "myers"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Change:
    """A run of lines of the old text gives way to a run of the new one; one of them may be empty."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int

    @property
    def old_end(self) -> int:
        return self.old_start + self.old_count

    @property
    def new_end(self) -> int:
        return self.new_start + self.new_count


def is_binary(content: bytes) -> bool:
    """Return whether Git would call it binary: a NUL in the first 8000 bytes."""
    return b"\0" in content[:_SNIFFED]


def split_lines(content: bytes) -> list[bytes]:
    """Return the lines with their ends; only LF ends a line."""
    lines = content.split(b"\n")
    last = lines.pop()
    whole = [line + b"\n" for line in lines]
    if last:
        whole.append(last)
    return whole


def diff_lines(
    old: Sequence[bytes],
    new: Sequence[bytes],
    algorithm: Algorithm = Algorithm.MYERS,
    sliding: Sliding = Sliding.BY_INDENT,
) -> list[Change]:
    """Return the changes that turn old into new, ascending, with at least one equal line between two of them."""
    numbers: dict[bytes, int] = {}
    old_numbers = _number(old, numbers)
    new_numbers = _number(new, numbers)
    old_changed, new_changed = bytearray(len(old) + 1), bytearray(len(new) + 1)
    mark = myers.mark_changes if algorithm is Algorithm.MYERS else histogram.mark_changes
    mark(old_numbers, new_numbers, old_changed, new_changed)
    slide_groups(old, old_numbers, old_changed, new_changed, sliding)
    slide_groups(new, new_numbers, new_changed, old_changed, sliding)
    return _collect(old_changed, new_changed)


def _number(lines: Iterable[bytes], numbers: dict[bytes, int]) -> list[int]:
    return [numbers.setdefault(line, len(numbers)) for line in lines]


def _collect(old_changed: bytearray, new_changed: bytearray) -> list[Change]:
    """Return the changes that the marks of both sides mean; unmarked lines pair up in order."""
    changes: list[Change] = []
    old_row = new_row = 0
    old_count, new_count = len(old_changed) - 1, len(new_changed) - 1
    while True:
        # lines up to the nearer mark are equal on both sides
        old_next, new_next = old_changed.find(1, old_row), new_changed.find(1, new_row)
        if old_next < 0 and new_next < 0:
            return changes
        same = min(
            old_next - old_row if old_next >= 0 else old_count - old_row,
            new_next - new_row if new_next >= 0 else new_count - new_row,
        )
        old_row, new_row = old_row + same, new_row + same
        old_end, new_end = old_changed.find(0, old_row), new_changed.find(0, new_row)
        changes.append(Change(old_row, old_end - old_row, new_row, new_end - new_row))
        old_row, new_row = old_end, new_end

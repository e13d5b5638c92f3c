"""The shortest edit between two sequences, with the shortcuts that make Git's answer Git's.

Source: E. W. Myers, An O(ND) Difference Algorithm and Its Variations, Algorithmica 1986, the linear-space variant from
both ends. Git adds two things that show in its output, and so must we: lines that cannot match, or match too often, are
set aside before the search; and a search that grows too dear is cut short at the best point so far.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_OFTEN_CAP = 1024
_WINDOW = 100
_KEEP_RATIO = 4
_LEAST_MAX_COST = 256
_HEURISTIC_COST = 256
_GOOD_SNAKE = 20
_GOOD_FACTOR = 4
_FAR = 1 << 60


def mark_changes(old: Sequence[int], new: Sequence[int], old_changed: bytearray, new_changed: bytearray) -> None:
    """Set a 1 in old_changed for each line of old that goes, in new_changed for each line of new that comes.

    Args:
        old: numbers that stand for lines; equal lines have equal numbers.
        new: the same for the other side.
        old_changed: zeros, at least as long as old.
        new_changed: zeros, at least as long as new.
    """
    start, old_end, new_end = _trim(old, new)
    old_kept = _set_aside(old, new, start, old_end, old_changed)
    new_kept = _set_aside(new, old, start, new_end, new_changed)
    search = _Search([old[row] for row in old_kept], [new[row] for row in new_kept])
    boxes = [_Box(0, len(old_kept), 0, len(new_kept), exact=False)]
    while boxes:
        box = search.shrink(boxes.pop())
        if box.old_low == box.old_high:
            for row in new_kept[box.new_low : box.new_high]:
                new_changed[row] = 1
        elif box.new_low == box.new_high:
            for row in old_kept[box.old_low : box.old_high]:
                old_changed[row] = 1
        else:
            boxes.extend(search.split(box))


def _trim(old: Sequence[int], new: Sequence[int]) -> tuple[int, int, int]:
    """Return where the sides begin to differ, and the ends of both without their common tail."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    old_end, new_end = len(old), len(new)
    while old_end > start and new_end > start and old[old_end - 1] == new[new_end - 1]:
        old_end -= 1
        new_end -= 1
    return start, old_end, new_end


def _rough_root(number: int) -> int:
    """Return a power of two near the square root; it is Git's, so the limits below are Git's."""
    root = 1
    while number > 0:
        root <<= 1
        number >>= 2
    return root


def _set_aside(side: Sequence[int], other: Sequence[int], start: int, end: int, changed: bytearray) -> list[int]:
    """Return the rows of side[start:end] worth searching, and mark the rest as changed."""
    often = min(_rough_root(len(side)), _OFTEN_CAP)
    counts = Counter(other)
    # 0: on the other side nowhere, 1: some times, 2: often
    ranks = bytearray(2 if (n := counts[line]) >= often else bool(n) for line in side[start:end])
    kept = []
    for row, rank in enumerate(ranks):
        if rank == 1 or (rank == 2 and not _surrounded_by_losers(ranks, row)):
            kept.append(start + row)
        else:
            changed[start + row] = 1
    return kept


def _surrounded_by_losers(ranks: bytearray, row: int) -> bool:
    before = _count_run(ranks[max(row - _WINDOW, 0) : row][::-1])
    if not before[0]:
        return False
    after = _count_run(ranks[row + 1 : row + 1 + _WINDOW])
    if not after[0]:
        return False
    nowhere, often = before[0] + after[0], before[1] + after[1] + 2
    return often * _KEEP_RATIO < often + nowhere


def _count_run(ranks: bytearray) -> tuple[int, int]:
    end = ranks.find(1)
    run = ranks if end < 0 else ranks[:end]
    return run.count(0), run.count(2)


@dataclass(frozen=True, slots=True)
class _Box:
    """A part of both sequences still to be compared; exact: no shortcut may be taken in it."""

    old_low: int
    old_high: int
    new_low: int
    new_high: int
    exact: bool


class _Search:
    """Both sequences, and the furthest points reached on each diagonal from the two ends of a box."""

    def __init__(self, old: list[int], new: list[int]) -> None:
        self.old = old
        self.new = new
        self.max_cost = max(_rough_root(len(old) + len(new) + 3), _LEAST_MAX_COST)

    def shrink(self, box: _Box) -> _Box:
        """Return box without its common head and tail."""
        old, new = self.old, self.new
        run = self._run_down(box.old_low, box.new_low, box.old_high, box.new_high)
        old_low, new_low, old_high, new_high = box.old_low + run, box.new_low + run, box.old_high, box.new_high
        while old_low < old_high and new_low < new_high and old[old_high - 1] == new[new_high - 1]:
            old_high -= 1
            new_high -= 1
        return _Box(old_low, old_high, new_low, new_high, box.exact)

    def _run_down(self, old_row: int, new_row: int, old_high: int, new_high: int) -> int:
        """Return how many lines are equal from here on."""
        old, new = self.old, self.new
        length = min(old_high - old_row, new_high - new_row)
        run = 0
        while run < length and old[old_row + run] == new[new_row + run]:
            run += 1
            if run % 64 == 0:  # a long run: compare by blocks
                step = 4096
                while run + step <= length and (
                    old[old_row + run : old_row + run + step] == new[new_row + run : new_row + run + step]
                ):
                    run += step
        return run

    def split(self, box: _Box) -> tuple[_Box, _Box]:
        """Return the two boxes before and after a point on a good path through box; last one to be done first."""
        old, new = self.old, self.new
        low1, high1, low2, high2 = box.old_low, box.old_high, box.new_low, box.new_high
        least, most = low1 - high2, high1 - low2
        middle, back_middle = low1 - low2, high1 - high2
        odd = (middle - back_middle) % 2 == 1
        ahead = {middle: low1}
        back = {back_middle: high1}
        ahead_low = ahead_high = middle
        back_low = back_high = back_middle
        cost = 0
        while True:
            cost += 1
            snake = False
            if ahead_low > least:
                ahead_low -= 1
                ahead[ahead_low - 1] = -1
            else:
                ahead_low += 1
            if ahead_high < most:
                ahead_high += 1
                ahead[ahead_high + 1] = -1
            else:
                ahead_high -= 1
            for diagonal in range(ahead_high, ahead_low - 1, -2):
                below, above = ahead[diagonal - 1], ahead[diagonal + 1]
                begin = row = below + 1 if below >= above else above
                if row < high1 and row - diagonal < high2 and old[row] == new[row - diagonal]:
                    row += self._run_down(row, row - diagonal, high1, high2)
                    snake = snake or row - begin > _GOOD_SNAKE
                ahead[diagonal] = row
                if odd and back_low <= diagonal <= back_high and back[diagonal] <= row:
                    return _cut(box, row, row - diagonal)
            if back_low > least:
                back_low -= 1
                back[back_low - 1] = _FAR
            else:
                back_low += 1
            if back_high < most:
                back_high += 1
                back[back_high + 1] = _FAR
            else:
                back_high -= 1
            for diagonal in range(back_high, back_low - 1, -2):
                below, above = back[diagonal - 1], back[diagonal + 1]
                begin = row = below if below < above else above - 1
                while row > low1 and row - diagonal > low2 and old[row - 1] == new[row - diagonal - 1]:
                    row -= 1
                snake = snake or begin - row > _GOOD_SNAKE
                back[diagonal] = row
                if not odd and ahead_low <= diagonal <= ahead_high and row <= ahead[diagonal]:
                    return _cut(box, row, row - diagonal)
            if box.exact:
                continue
            if snake and cost > _HEURISTIC_COST:
                found = self._good_point(box, cost, ahead, range(ahead_high, ahead_low - 1, -2), middle)
                if found:
                    return _cut_early(box, *found, first_exact=True)
                found = self._good_point_back(box, cost, back, range(back_high, back_low - 1, -2), back_middle)
                if found:
                    return _cut_early(box, *found, first_exact=False)
            if cost >= self.max_cost:
                return _give_up(
                    box, ahead, range(ahead_high, ahead_low - 1, -2), back, range(back_high, back_low - 1, -2)
                )

    def _good_point(
        self, box: _Box, cost: int, ahead: dict[int, int], diagonals: range, middle: int
    ) -> tuple[int, int] | None:
        best, point = 0, None
        for diagonal in diagonals:
            row1 = ahead[diagonal]
            row2 = row1 - diagonal
            value = (row1 - box.old_low) + (row2 - box.new_low) - abs(diagonal - middle)
            if value <= _GOOD_FACTOR * cost or value <= best:
                continue
            if not (box.old_low + _GOOD_SNAKE <= row1 < box.old_high):
                continue
            if not (box.new_low + _GOOD_SNAKE <= row2 < box.new_high):
                continue
            if self.old[row1 - _GOOD_SNAKE : row1] == self.new[row2 - _GOOD_SNAKE : row2]:
                best, point = value, (row1, row2)
        return point

    def _good_point_back(
        self, box: _Box, cost: int, back: dict[int, int], diagonals: range, middle: int
    ) -> tuple[int, int] | None:
        best, point = 0, None
        for diagonal in diagonals:
            row1 = back[diagonal]
            row2 = row1 - diagonal
            value = (box.old_high - row1) + (box.new_high - row2) - abs(diagonal - middle)
            if value <= _GOOD_FACTOR * cost or value <= best:
                continue
            if not (box.old_low < row1 <= box.old_high - _GOOD_SNAKE):
                continue
            if not (box.new_low < row2 <= box.new_high - _GOOD_SNAKE):
                continue
            if self.old[row1 : row1 + _GOOD_SNAKE] == self.new[row2 : row2 + _GOOD_SNAKE]:
                best, point = value, (row1, row2)
        return point


def _cut(box: _Box, row1: int, row2: int) -> tuple[_Box, _Box]:
    return (
        _Box(row1, box.old_high, row2, box.new_high, exact=True),
        _Box(box.old_low, row1, box.new_low, row2, exact=True),
    )


def _cut_early(box: _Box, row1: int, row2: int, *, first_exact: bool) -> tuple[_Box, _Box]:
    return (
        _Box(row1, box.old_high, row2, box.new_high, exact=not first_exact),
        _Box(box.old_low, row1, box.new_low, row2, exact=first_exact),
    )


def _give_up(
    box: _Box, ahead: dict[int, int], ahead_diagonals: range, back: dict[int, int], back_diagonals: range
) -> tuple[_Box, _Box]:
    """Cut where one of the two searches came furthest."""
    furthest, ahead_row = -1, -1
    for diagonal in ahead_diagonals:
        row1 = min(ahead[diagonal], box.old_high)
        if row1 - diagonal > box.new_high:
            row1 = box.new_high + diagonal
        if furthest < 2 * row1 - diagonal:
            furthest, ahead_row = 2 * row1 - diagonal, row1
    nearest, back_row = _FAR, _FAR
    for diagonal in back_diagonals:
        row1 = max(back[diagonal], box.old_low)
        if row1 - diagonal < box.new_low:
            row1 = box.new_low + diagonal
        if 2 * row1 - diagonal < nearest:
            nearest, back_row = 2 * row1 - diagonal, row1
    if (box.old_high + box.new_high) - nearest < furthest - (box.old_low + box.new_low):
        return _cut_early(box, ahead_row, furthest - ahead_row, first_exact=True)
    return _cut_early(box, back_row, nearest - back_row, first_exact=False)

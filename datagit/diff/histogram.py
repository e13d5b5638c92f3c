"""The histogram diff that Git's merge uses: anchor on the rarest common run of lines, then go on beside it."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from datagit.diff import myers

_TOO_OFTEN = 64
_BLOCK = 256


def mark_changes(old: Sequence[int], new: Sequence[int], old_changed: bytearray, new_changed: bytearray) -> None:
    """Set a 1 for each line that goes or comes, as ``myers.mark_changes`` does, but around rare lines."""
    places: dict[int, list[int]] = {}
    for row, line in enumerate(old):
        places.setdefault(line, []).append(row)
    regions = [(0, len(old), 0, len(new))]
    while regions:
        low1, high1, low2, high2 = regions.pop()
        if low1 == high1 or low2 == high2:
            _mark(old_changed, low1, high1)
            _mark(new_changed, low2, high2)
            continue
        region = _Region(old, new, places, (low1, high1, low2, high2))
        run = region.rarest_run()
        if region.only_frequent:
            part1, part2 = bytearray(high1 - low1 + 1), bytearray(high2 - low2 + 1)
            myers.mark_changes(old[low1:high1], new[low2:high2], part1, part2)
            old_changed[low1:high1] = part1[:-1]
            new_changed[low2:high2] = part2[:-1]
        elif run is None:
            _mark(old_changed, low1, high1)
            _mark(new_changed, low2, high2)
        else:
            begin1, begin2, length = run
            regions.append((begin1 + length, high1, begin2 + length, high2))
            regions.append((low1, begin1, low2, begin2))


def _mark(changed: bytearray, low: int, high: int) -> None:
    changed[low:high] = b"\1" * (high - low)


class _Region:
    """A part of both sides: rows low1 to high1 of old, low2 to high2 of new."""

    def __init__(
        self,
        old: Sequence[int],
        new: Sequence[int],
        places: Mapping[int, Sequence[int]],
        box: tuple[int, int, int, int],
    ) -> None:
        self.old, self.new = old, new
        self.places = places
        self.low1, self.high1, self.low2, self.high2 = box
        self.common = False
        self.rarity = _TOO_OFTEN + 1
        self.best: tuple[int, int, int] | None = None

    @property
    def only_frequent(self) -> bool:
        """Whether there are common lines, but each comes too often to anchor on."""
        return self.common and self.rarity > _TOO_OFTEN

    def rarest_run(self) -> tuple[int, int, int] | None:
        """Return (first old row, first new row, length) of the common run whose rarest line is rarest, then longest."""
        row2 = self.low2
        while row2 < self.high2:
            row2 = self._try_row(row2)
        return self.best

    def _try_row(self, row2: int) -> int:
        places = self._places_of(self.new[row2])
        following = row2 + 1
        if not places:
            return following
        self.common = True
        if len(places) > self.rarity:
            return following
        reached = -1
        for place in places:
            if place <= reached:  # inside the run that was just looked at
                continue
            begin1, begin2, end1, rarity = self._extend(place, row2, len(places))
            reached = end1 - 1
            following = max(following, begin2 + end1 - begin1)
            length = end1 - begin1
            if rarity < self.rarity or (self.best is not None and length > self.best[2]):
                self.best = (begin1, begin2, length)
                self.rarity = rarity
        return following

    def _places_of(self, line: int) -> Sequence[int]:
        """Return the rows of the old side, in this region, that hold a line."""
        places = self.places.get(line, ())
        if len(places) == 1:
            return places if self.low1 <= places[0] < self.high1 else ()
        return places[bisect_left(places, self.low1) : bisect_left(places, self.high1)]

    def _extend(self, row1: int, row2: int, rarity: int) -> tuple[int, int, int, int]:
        """Return first rows, old end and rarity of the longest common run through a pair of rows."""
        old, new = self.old, self.new
        begin1, begin2 = row1, row2
        while begin1 > self.low1 and begin2 > self.low2 and old[begin1 - 1] == new[begin2 - 1]:
            begin1 -= 1
            begin2 -= 1
            if rarity == 1:
                most = min(begin1 - self.low1, begin2 - self.low2)
                while most >= _BLOCK and old[begin1 - _BLOCK : begin1] == new[begin2 - _BLOCK : begin2]:
                    begin1, begin2, most = begin1 - _BLOCK, begin2 - _BLOCK, most - _BLOCK
            else:
                rarity = min(rarity, len(self._places_of(old[begin1])))
        end1, end2 = row1 + 1, row2 + 1
        while end1 < self.high1 and end2 < self.high2 and old[end1] == new[end2]:
            if rarity == 1:  # it cannot become rarer: compare by blocks
                most = min(self.high1 - end1, self.high2 - end2)
                while most >= _BLOCK and old[end1 : end1 + _BLOCK] == new[end2 : end2 + _BLOCK]:
                    end1, end2, most = end1 + _BLOCK, end2 + _BLOCK, most - _BLOCK
                if end1 == self.high1 or end2 == self.high2 or old[end1] != new[end2]:
                    break
            if rarity > 1:
                rarity = min(rarity, len(self._places_of(old[end1])))
            end1 += 1
            end2 += 1
        return begin1, begin2, end1, rarity

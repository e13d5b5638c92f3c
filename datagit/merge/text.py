"""Three versions of a text merged line by line, as ``git merge-file`` and ``git merge`` do it."""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from datagit.diff.lines import Algorithm, Change, diff_lines, split_lines
from datagit.diff.slide import Sliding
from datagit.merge.markers import MARKER_SIZE, ConflictStyle, Labels, MarkerWriter

_JOIN_GAP = 3
_WORD = re.compile(rb"[0-9A-Za-z]")


class Favour(enum.Enum):
    """What becomes of lines that both sides changed: markers, one side, or both one after the other."""

    NONE = "none"
    OURS = "ours"
    THEIRS = "theirs"
    UNION = "union"


class Refining(enum.Enum):
    """Which small gaps between two conflicts are swallowed."""

    SHORT = "short"
    """Gaps of at most three lines, as in ``git merge``."""
    SHORT_OR_BARE = "short or bare"
    """Those, and gaps without a letter or digit, as in ``git merge-file``."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text is merged, and how conflicts are written."""

    labels: Labels = field(default_factory=Labels)
    conflicts: ConflictStyle = ConflictStyle.MERGE
    favour: Favour = Favour.NONE
    algorithm: Algorithm = Algorithm.HISTOGRAM
    refining: Refining = Refining.SHORT
    marker_size: int = MARKER_SIZE


@dataclass(frozen=True, slots=True)
class TextMerge:
    """The merged text, and in how many places markers stand in it."""

    content: bytes
    conflicts: int


class _Take(enum.Enum):
    """Where the lines of a region come from."""

    CONFLICT = 0
    OURS = 1
    THEIRS = 2
    BOTH = 3
    EQUAL = 4
    """Both sides made the same change: ours, without further ado."""


_FAVOURED = {Favour.OURS: _Take.OURS, Favour.THEIRS: _Take.THEIRS, Favour.UNION: _Take.BOTH}


@dataclass(slots=True)
class _Region:
    """A part where a side differs from the base: first line and number of lines in each of the three."""

    take: _Take
    base: int
    base_count: int
    ours: int
    ours_count: int
    theirs: int
    theirs_count: int

    @property
    def ours_end(self) -> int:
        return self.ours + self.ours_count


def merge_lines(base: bytes, ours: bytes, theirs: bytes, style: TextStyle) -> TextMerge:
    """Return the merge of ours and theirs, which both came from base."""
    base_lines, our_lines, their_lines = split_lines(base), split_lines(ours), split_lines(theirs)
    our_changes = diff_lines(base_lines, our_lines, style.algorithm, Sliding.DOWN)
    their_changes = diff_lines(base_lines, their_lines, style.algorithm, Sliding.DOWN)
    if not our_changes:
        return TextMerge(theirs, 0)
    if not their_changes:
        return TextMerge(ours, 0)
    regions = _combine(our_changes, their_changes, our_lines, their_lines, len(base_lines))
    if style.conflicts is ConflictStyle.MERGE:
        regions = [part for region in regions for part in _refine(region, our_lines, their_lines, style.algorithm)]
        regions = _join_near(regions, our_lines, style.refining)
    elif style.conflicts is ConflictStyle.ZDIFF3:
        for region in regions:
            _trim_equal_ends(region, our_lines, their_lines)
    if style.favour is not Favour.NONE:
        for region in regions:
            if region.take is _Take.CONFLICT:
                region.take = _FAVOURED[style.favour]
    writer = MarkerWriter(base_lines, our_lines, their_lines, style.labels, style.conflicts, style.marker_size)
    return _write(regions, writer, our_lines, their_lines)


def _combine(
    ours: Sequence[Change],
    theirs: Sequence[Change],
    our_lines: Sequence[bytes],
    their_lines: Sequence[bytes],
    base_count: int,
) -> list[_Region]:
    """Return the regions that changed: on one side, on both alike, or in conflict."""
    regions: list[_Region] = []
    mine, other = list(ours), list(theirs)
    m = o = 0
    while m < len(mine) and o < len(other):
        one, two = mine[m], other[o]
        if one.old_end < two.old_start:
            _append(regions, _our_change(one, two.new_start - two.old_start))
            m += 1
            continue
        if two.old_end < one.old_start:
            _append(regions, _their_change(two, one.new_start - one.old_start))
            o += 1
            continue
        same_place = (one.old_start, one.old_count, one.new_count) == (two.old_start, two.old_count, two.new_count)
        if not same_place or our_lines[one.new_start : one.new_end] != their_lines[two.new_start : two.new_end]:
            _append(regions, _clash(one, two))
        if one.old_end >= two.old_end:
            o += 1
        if two.old_end >= one.old_end:
            m += 1
    for one in mine[m:]:
        _append(regions, _our_change(one, len(their_lines) - base_count))
    for two in other[o:]:
        _append(regions, _their_change(two, len(our_lines) - base_count))
    return regions


def _our_change(change: Change, their_shift: int) -> _Region:
    start, count = change.old_start, change.old_count
    return _Region(_Take.OURS, start, count, change.new_start, change.new_count, start + their_shift, count)


def _their_change(change: Change, our_shift: int) -> _Region:
    start, count = change.old_start, change.old_count
    return _Region(_Take.THEIRS, start, count, start + our_shift, count, change.new_start, change.new_count)


def _clash(one: Change, two: Change) -> _Region:
    """Return the smallest region that holds both changes, told in the lines of all three."""
    start, end = min(one.old_start, two.old_start), max(one.old_end, two.old_end)
    ours = one.new_start - (one.old_start - start)
    theirs = two.new_start - (two.old_start - start)
    our_end = one.new_end + (end - one.old_end)
    their_end = two.new_end + (end - two.old_end)
    return _Region(_Take.CONFLICT, start, end - start, ours, our_end - ours, theirs, their_end - theirs)


def _append(regions: list[_Region], region: _Region) -> None:
    """Add a region, or grow the last one where the two touch on either side."""
    if regions:
        last = regions[-1]
        if region.ours <= last.ours_end or region.theirs <= last.theirs + last.theirs_count:
            if region.take is not last.take:
                last.take = _Take.CONFLICT
            last.base_count = region.base + region.base_count - last.base
            last.ours_count = region.ours_end - last.ours
            last.theirs_count = region.theirs + region.theirs_count - last.theirs
            return
    regions.append(region)


def _refine(
    region: _Region, our_lines: Sequence[bytes], their_lines: Sequence[bytes], algorithm: Algorithm
) -> list[_Region]:
    """Return the parts of a conflict where the two sides really differ."""
    if region.take is not _Take.CONFLICT or not region.ours_count or not region.theirs_count:
        return [region]
    ours = our_lines[region.ours : region.ours_end]
    theirs = their_lines[region.theirs : region.theirs + region.theirs_count]
    changes = diff_lines(ours, theirs, algorithm, Sliding.DOWN)
    if not changes:
        region.take = _Take.EQUAL
        return [region]
    return [
        _Region(
            _Take.CONFLICT,
            region.base,
            region.base_count,
            region.ours + change.old_start,
            change.old_count,
            region.theirs + change.new_start,
            change.new_count,
        )
        for change in changes
    ]


def _join_near(regions: Sequence[_Region], our_lines: Sequence[bytes], refining: Refining) -> list[_Region]:
    joined: list[_Region] = []
    for region in regions:
        last = joined[-1] if joined else None
        if last and last.take is region.take is _Take.CONFLICT and _is_near(last, region, our_lines, refining):
            last.ours_count = region.ours_end - last.ours
            last.theirs_count = region.theirs + region.theirs_count - last.theirs
        else:
            joined.append(region)
    return joined


def _is_near(last: _Region, region: _Region, our_lines: Sequence[bytes], refining: Refining) -> bool:
    if region.ours - last.ours_end <= _JOIN_GAP:
        return True
    if refining is Refining.SHORT:
        return False
    return not any(_WORD.search(line) for line in our_lines[last.ours_end : region.ours])


def _trim_equal_ends(region: _Region, our_lines: Sequence[bytes], their_lines: Sequence[bytes]) -> None:
    if region.take is not _Take.CONFLICT:
        return
    while region.ours_count and region.theirs_count and our_lines[region.ours] == their_lines[region.theirs]:
        region.ours += 1
        region.theirs += 1
        region.ours_count -= 1
        region.theirs_count -= 1
    while (
        region.ours_count
        and region.theirs_count
        and our_lines[region.ours_end - 1] == their_lines[region.theirs + region.theirs_count - 1]
    ):
        region.ours_count -= 1
        region.theirs_count -= 1


def _write(
    regions: Sequence[_Region], writer: MarkerWriter, our_lines: Sequence[bytes], their_lines: Sequence[bytes]
) -> TextMerge:
    parts: list[bytes] = []
    conflicts = row = 0
    for region in regions:
        if region.take is _Take.EQUAL:
            continue
        parts += our_lines[row : region.ours]
        ours = our_lines[region.ours : region.ours_end]
        theirs = their_lines[region.theirs : region.theirs + region.theirs_count]
        if region.take is _Take.CONFLICT:
            conflicts += 1
            base = writer.base_lines[region.base : region.base + region.base_count]
            parts += writer.conflict(region.ours, region.theirs, base, ours, theirs)
        elif region.take is _Take.OURS:
            parts += ours
        elif region.take is _Take.THEIRS:
            parts += theirs
        else:
            parts += writer.end_last(ours, writer.line_end(region.ours, region.theirs))
            parts += theirs
        row = region.ours_end
    parts += our_lines[row:]
    return TextMerge(b"".join(parts), conflicts)

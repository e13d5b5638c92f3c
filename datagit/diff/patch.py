"""The hunks of a unified diff: runs of changed lines with some context around them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datagit.diff.lines import Change, diff_lines, split_lines

CONTEXT = 3
_HEADING = re.compile(rb"[A-Za-z_$]")
_HEADING_LENGTH = 80
_SPACES = b" \t\n\v\f\r"


@dataclass(frozen=True, slots=True)
class Hunk:
    """A part of a unified diff.

    Attributes:
        old_start: number of the first line on the old side, from 1; the line before if there is none.
        old_count: lines on the old side.
        new_start: the same for the new side.
        new_count: lines on the new side.
        heading: the nearest line above that looks like the head of a function, b"" if there is none.
        lines: (b" " | b"-" | b"+", line with its end); the last line of a file may lack the end.
    """

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    heading: bytes
    lines: tuple[tuple[bytes, bytes], ...]


def make_hunks(old: bytes, new: bytes, context: int = CONTEXT) -> Iterator[Hunk]:
    """Yield the hunks that turn old into new, with up to context unchanged lines around each change."""
    old_lines, new_lines = split_lines(old), split_lines(new)
    changes = diff_lines(old_lines, new_lines)
    heading, searched = b"", -1
    for group in _group(changes, context):
        old_start = max(group[0].old_start - context, 0)
        new_start = max(group[0].new_start - context, 0)
        last = group[-1]
        after = min(context, len(old_lines) - last.old_end, len(new_lines) - last.new_end)
        found = _find_heading(old_lines, range(old_start - 1, searched, -1))
        heading = heading if found is None else found
        searched = old_start - 1
        old_end, new_end = last.old_end + after, last.new_end + after
        old_count, new_count = old_end - old_start, new_end - new_start
        yield Hunk(
            old_start + (old_count > 0),
            old_count,
            new_start + (new_count > 0),
            new_count,
            heading,
            tuple(_hunk_lines(old_lines, new_lines, group, new_start, new_end)),
        )


def format_hunk(hunk: Hunk) -> bytes:
    """Return a hunk as the bytes of a patch."""
    return b"".join(hunk_lines(hunk))


def hunk_lines(hunk: Hunk) -> Iterator[bytes]:
    """Yield the lines of a hunk as they stand in a patch, the head first."""
    yield hunk_head(hunk) + (b" " + hunk.heading if hunk.heading else b"") + b"\n"
    for sign, line in hunk.lines:
        yield sign + line
        if not line.endswith(b"\n"):
            yield b"\n\\ No newline at end of file\n"


def hunk_head(hunk: Hunk) -> bytes:
    """Return ``@@ -1,2 +1,3 @@``."""
    return b"@@ -%s +%s @@" % (_span(hunk.old_start, hunk.old_count), _span(hunk.new_start, hunk.new_count))


def _span(start: int, count: int) -> bytes:
    return b"%d" % start if count == 1 else b"%d,%d" % (start, count)


def _group(changes: Sequence[Change], context: int) -> Iterator[list[Change]]:
    """Yield runs of changes whose context would touch or overlap."""
    group: list[Change] = []
    for change in changes:
        if group and change.old_start - group[-1].old_end > 2 * context:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk_lines(
    old_lines: Sequence[bytes], new_lines: Sequence[bytes], group: Sequence[Change], start: int, end: int
) -> Iterator[tuple[bytes, bytes]]:
    row = start
    for change in group:
        yield from ((b" ", line) for line in new_lines[row : change.new_start])
        yield from ((b"-", line) for line in old_lines[change.old_start : change.old_end])
        yield from ((b"+", line) for line in new_lines[change.new_start : change.new_end])
        row = change.new_end
    yield from ((b" ", line) for line in new_lines[row:end])


def _find_heading(lines: Sequence[bytes], rows: range) -> bytes | None:
    for row in rows:
        if _HEADING.match(lines[row]):
            return lines[row][:_HEADING_LENGTH].rstrip(_SPACES)
    return None

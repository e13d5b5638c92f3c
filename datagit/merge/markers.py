"""Conflict markers in a text: their shape, their labels, their line ends."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

MARKER_SIZE = 7


class ConflictStyle(enum.Enum):
    """The values of ``merge.conflictStyle``."""

    MERGE = "merge"
    DIFF3 = "diff3"
    ZDIFF3 = "zdiff3"


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands behind the markers: ``<<<<<<< ours``, ``||||||| base``, ``>>>>>>> theirs``; empty for nothing."""

    ours: bytes = b"ours"
    theirs: bytes = b"theirs"
    base: bytes = b"base"


class MarkerWriter:
    """Writes conflicts of one text; it needs all lines, because markers end like the lines around them."""

    def __init__(
        self,
        base_lines: Sequence[bytes],
        our_lines: Sequence[bytes],
        their_lines: Sequence[bytes],
        labels: Labels,
        style: ConflictStyle,
        size: int,
    ) -> None:
        self.base_lines = base_lines
        self.our_lines = our_lines
        self.their_lines = their_lines
        self.labels = labels
        self.style = style
        self.size = size

    def conflict(
        self, our_row: int, their_row: int, base: Sequence[bytes], ours: Sequence[bytes], theirs: Sequence[bytes]
    ) -> list[bytes]:
        """Return the lines of a conflict that begins at our_row and their_row."""
        end = self.line_end(our_row, their_row)
        lines = [self._marker(b"<", self.labels.ours, end), *self.end_last(ours, end)]
        if self.style is not ConflictStyle.MERGE:
            lines += [self._marker(b"|", self.labels.base, end), *self.end_last(base, end)]
        lines += [self._marker(b"=", b"", end), *self.end_last(theirs, end)]
        return [*lines, self._marker(b">", self.labels.theirs, end)]

    def line_end(self, our_row: int, their_row: int) -> bytes:
        """Return CRLF where the lines around end so on both sides and in the base, else LF."""
        crlf = _ends_in_crlf(self.our_lines, max(our_row - 1, 0))
        if crlf is not False:
            crlf = _ends_in_crlf(self.their_lines, max(their_row - 1, 0))
        if crlf is not False:
            crlf = _ends_in_crlf(self.base_lines, 0)
        return b"\r\n" if crlf else b"\n"

    def end_last(self, lines: Sequence[bytes], end: bytes) -> list[bytes]:
        """Return lines with an end on the last one, which may lack it at the end of a file."""
        if lines and not lines[-1].endswith(b"\n"):
            return [*lines[:-1], lines[-1] + end]
        return list(lines)

    def _marker(self, sign: bytes, label: bytes, end: bytes) -> bytes:
        return sign * self.size + (b" " + label if label else b"") + end


def _ends_in_crlf(lines: Sequence[bytes], row: int) -> bool | None:
    """Return whether a line, or where the last one has no end the line before, ends in CRLF; None: cannot be told."""
    if not lines:
        return None
    if row == len(lines) - 1 and not lines[row].endswith(b"\n"):
        if row == 0:
            return None
        row -= 1
    return row < len(lines) and lines[row].endswith(b"\r\n")

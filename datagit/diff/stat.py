"""How much each file changed: lines of text that came and went, or bytes of what is no text."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datagit.diff.contents import Contents
from datagit.diff.lines import diff_lines, is_binary, split_lines
from datagit.ids import ObjectId

TEXT_LIMIT = 64 << 20
"""A file above this many bytes is treated as binary."""


class StatKind(enum.Enum):
    """What the two numbers of a FileStat count."""

    TEXT = "text"
    BINARY = "binary"
    UNMERGED = "unmerged"


@dataclass(frozen=True, slots=True)
class FileStat:
    """How much one file changed.

    Attributes:
        path: where it is now, or was if it is gone.
        old_path: where it was before a move, else None.
        kind: TEXT: lines; BINARY: sizes in bytes, both 0 if the content is the same; UNMERGED: nothing is counted.
        added: lines that came, or the new size.
        deleted: lines that went, or the old size.
    """

    path: bytes
    old_path: bytes | None
    kind: StatKind
    added: int
    deleted: int


@dataclass(frozen=True, slots=True)
class StatTotal:
    """The last line of a diffstat."""

    files: int
    insertions: int
    deletions: int


def file_stats(changes: pa.Table, old: Contents, new: Contents) -> Iterator[FileStat]:
    """Yield one FileStat for each row of changes (STATUS_SCHEMA) in order; reads the content of both sides."""
    for row in changes.to_pylist():
        yield file_stat(row, old, new)


def file_stat(row: dict[str, Any], old: Contents, new: Contents) -> FileStat:
    """Return the FileStat of one row of STATUS_SCHEMA, given as a dict."""
    path, old_path = row["path"], row["old_path"]
    if row["status"] == "U":
        return FileStat(path, None, StatKind.UNMERGED, 0, 0)
    same = row["old_id"] == row["new_id"] and row["old_id"] is not None
    sides = ((old, old_path or path, row["old_id"], row["old_size"]), (new, path, row["new_id"], row["new_size"]))
    if any(_is_binary(*side) for side in sides):
        sizes = (0, 0) if same else (row["new_size"] or 0, row["old_size"] or 0)
        return FileStat(path, old_path, StatKind.BINARY, *sizes)
    if same:
        return FileStat(path, old_path, StatKind.TEXT, 0, 0)
    before, after = (split_lines(side[0].read(side[1], side[2]) if side[2] else b"") for side in sides)
    if not before or not after:
        return FileStat(path, old_path, StatKind.TEXT, len(after), len(before))
    found = diff_lines(before, after)
    added, deleted = sum(change.new_count for change in found), sum(change.old_count for change in found)
    return FileStat(path, old_path, StatKind.TEXT, added, deleted)


def add_up(stats: Sequence[FileStat]) -> StatTotal:
    """Return the totals; unmerged paths do not count, binary files count as files only."""
    lines = [stat for stat in stats if stat.kind is StatKind.TEXT]
    files = sum(stat.kind is not StatKind.UNMERGED for stat in stats)
    return StatTotal(files, sum(stat.added for stat in lines), sum(stat.deleted for stat in lines))


def _is_binary(contents: Contents, path: bytes, oid: ObjectId | None, size: int | None) -> bool:
    if oid is None or not size:
        return False
    return size > TEXT_LIMIT or is_binary(contents.head(path, oid))

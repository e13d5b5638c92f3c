"""What the working tree holds now: stat data of tracked files as columns, and everything else in its place.

One stat per entry; no sort of all paths; nothing is read but folders. ``status``, ``add``, ``commit -a`` and ``diff``
all begin here.
"""

import os
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from datagit.objects import compute as pc
from datagit.objects.path import PathInvalidError, check_path
from datagit.objects.path_column import check_paths
from datagit.storage.durable import storage_error
from datagit.worktree.stat_columns import StatColumns
from datagit.worktree.untracked import (
    FileRow,
    Ignored,
    IsIgnored,
    Question,
    ScanProblem,
    Strays,
    Untracked,
    place_strays,
)
from datagit.worktree.walk import Bounds, Walk
from datagit.worktree.walkers import walk_in_parallel

Column: TypeAlias = Any
"""A pyarrow Array or ChunkedArray of binary."""

SCAN_SCHEMA = pa.schema(
    (
        pa.field("path", pa.binary(), nullable=False),
        pa.field("mode", pa.uint8(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("mtime_ns", pa.int64(), nullable=False),
        pa.field("ctime_ns", pa.int64(), nullable=False),
        pa.field("inode", pa.uint64(), nullable=False),
    )
)
"""A file or link as lstat saw it, sorted by path; the size of a link is that of its target's name."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One look at the working tree, or at the part of it below some prefixes.

    Attributes:
        tracked: the tracked paths that were asked for.
        found: rows of SCAN_SCHEMA for those that are files or links now.
        missing: positions, in tracked, of the others (gone, or a folder or device stands there), ascending.
        untracked: rows of SCAN_SCHEMA for files that are not tracked and not ignored.
        folders: untracked folders shown as one entry, with '/' at the end; repositories of their own are here, too.
        ignored: ignored paths, folders with '/' at the end.
        special: untracked sockets, pipes and devices.
        problems: untracked paths that a repository cannot hold, and folders that could not be read.
    """

    tracked: Column
    found: pa.Table
    missing: Sequence[int]
    untracked: pa.Table
    folders: Sequence[bytes]
    ignored: Sequence[bytes]
    special: Sequence[bytes]
    problems: Sequence[ScanProblem]

    @property
    def missing_paths(self) -> Column:
        """The tracked paths that are no files now."""
        return pc.take(self.tracked, pa.array(self.missing, pa.int64()))


def scan_worktree(
    root: Path,
    *,
    tracked: Column,
    is_ignored: IsIgnored | None,
    untracked: Untracked = Untracked.FILES,
    ignored: Ignored = Ignored.NONE,
    prefixes: Sequence[bytes] = (b"",),
    jobs: int = 2,
) -> Scan:
    """Return what stands in the working tree.

    Args:
        root: top folder of the working tree.
        tracked: strictly ascending paths of index rows.
        is_ignored: the ignore rules, asked about what is not tracked; None to ignore nothing.
        untracked: how much of what is not tracked to look for.
        ignored: how much of what is ignored to look for.
        prefixes: look only at paths that start with one of them; other folders are not entered.
        jobs: processes that may share a large tree.

    Raises:
        StorageError: a folder that holds tracked files cannot be read (permission-denied or io-error).
    """
    root_path = os.fsencode(root)
    wanted = tuple(prefixes)
    paths: list[bytes] = tracked.to_pylist()
    if wanted != (b"",):
        paths = _within(paths, wanted)
        tracked = pa.array(paths, pa.binary())
    try:
        walk = walk_in_parallel(root_path, paths, Bounds(prefixes=wanted), jobs)
    except OSError as error:
        raise storage_error(error, "read", os.fsdecode(error.filename or root_path)) from error
    question = Question(untracked, ignored, is_ignored, wanted)
    if untracked is Untracked.NONE:
        strays = Strays()
    else:
        strays = place_strays(root_path, walk.strays, walk.stray_columns, question)
    files, problems = _check_files(strays.files)
    problems += [
        ScanProblem(folder, "permission-denied", f"cannot look into '{os.fsdecode(folder)}': {why}")
        for folder, why in strays.unreadable
    ]
    return Scan(
        tracked=tracked,
        found=_found_table(tracked, walk),
        missing=walk.missing,
        untracked=files,
        folders=strays.folders,
        ignored=strays.ignored,
        special=strays.special,
        problems=problems,
    )


def _within(paths: list[bytes], prefixes: tuple[bytes, ...]) -> list[bytes]:
    """Return the sorted paths that start with one of prefixes."""
    kept: list[bytes] = []
    last = 0
    for prefix in sorted(set(prefixes)):
        first = max(bisect_left(paths, prefix), last)
        while first < len(paths) and paths[first].startswith(prefix):
            kept.append(paths[first])
            first += 1
        last = max(first, last)
    return kept


def _found_table(tracked: Column, walk: Walk) -> pa.Table:
    if walk.missing:
        gone = set(walk.missing)
        tracked = pc.take(tracked, pa.array([row for row in range(len(tracked)) if row not in gone], pa.int64()))
    columns = walk.found
    return pa.Table.from_arrays([tracked, *stat_arrays(columns)], schema=SCAN_SCHEMA)


def stat_arrays(columns: StatColumns) -> list[Column]:
    """Return the stat columns as Arrow arrays over the same memory."""
    parts: tuple[Any, ...] = (columns.mode, columns.size, columns.mtime_ns, columns.ctime_ns, columns.inode)
    rows = len(columns.mode)
    return [
        pa.Array.from_buffers(field.type, rows, [None, pa.py_buffer(part)])
        for field, part in zip(list(SCAN_SCHEMA)[1:], parts, strict=True)
    ]


def _rows_table(rows: list[FileRow]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(SCAN_SCHEMA)
    arrays: list[Column] = [pa.array(list(part), field.type) for part, field in zip(columns, SCAN_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCAN_SCHEMA)


def _check_files(rows: list[FileRow]) -> tuple[pa.Table, list[ScanProblem]]:
    """Return the rows whose path a repository can hold, and a problem for each of the others."""
    table = _rows_table(rows)
    try:
        check_paths(table["path"])  # the whole column at once; one by one only if a path is wrong
    except PathInvalidError:
        return _check_each(rows)
    return table, []


def _check_each(rows: list[FileRow]) -> tuple[pa.Table, list[ScanProblem]]:
    good: list[FileRow] = []
    problems: list[ScanProblem] = []
    for row in rows:
        try:
            check_path(row[0])
        except PathInvalidError as error:
            problems.append(ScanProblem(row[0], error.code, error.message))
        else:
            good.append(row)
    return _rows_table(good), problems

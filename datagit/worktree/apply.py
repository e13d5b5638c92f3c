"""Makes a checkout plan true: what goes, goes first; then files, by worker processes if there are many; links last."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from datagit.ids import ObjectId
from datagit.index.index import INDEX_SCHEMA, sort_rows
from datagit.objects import compute as pc
from datagit.objects.mode import Mode
from datagit.objects.reader import ObjectReader
from datagit.progress import Progress, Unit
from datagit.storage.durable import storage_error
from datagit.worktree.apply_team import write_side_by_side
from datagit.worktree.files import Folders, PathChangedError, Seen, remove_file
from datagit.worktree.plan import ABSENT, CheckoutPlan
from datagit.worktree.present import look_at_paths
from datagit.worktree.stat_columns import DIRECTORY
from datagit.worktree.writer import Wanted, WrittenColumns, write_slice

Column: TypeAlias = Any
"""A pyarrow Array or ChunkedArray."""

_WORTH_A_WORKER = 1000
"""Files; below, starting a worker takes longer than what it saves."""


def apply_checkout(
    plan: CheckoutPlan, objects: ObjectReader, root: Path, *, jobs: int | None, progress: Progress
) -> pa.Table:
    """Write and remove the files of plan, and return rows of INDEX_SCHEMA, stage 0, for those that were written.

    Args:
        plan: from plan_checkout, a moment ago.
        objects: where the blobs are; picklable, if workers are to help.
        root: the working tree.
        jobs: worker processes at most; None for one per core.
        progress: hears of files.

    Raises:
        PathChangedError: something stands in a place that the plan did not see; it stays, and the rest is left.
        ObjectMissingError, ObjectCorruptError: a blob cannot be had.
        StorageError: disk-full, permission-denied or io-error.
    """
    root_path = os.fsencode(root)
    rows = plan.rows
    progress.begin("checking out", total=rows.num_rows, unit=Unit.FILES)
    leaving = pc.filter(rows, pc.equal(rows["new_mode"], ABSENT))
    coming = pc.filter(rows, pc.not_equal(rows["new_mode"], ABSENT))
    try:
        remove_files(root_path, _wanted(leaving), _folders_of(coming))
        progress.advance(leaving.num_rows)
        _clear_empty_folders(root_path, coming)
        links = pc.equal(coming["new_mode"], int(Mode.SYMLINK))
        tables = []
        # links last: none may stand in the way of a file
        for part in (pc.filter(coming, pc.invert(links)), pc.filter(coming, links)):
            written = _write(root_path, objects, _wanted(part), jobs, progress)
            tables.append(_index_rows(part.combine_chunks(), written))
    except OSError as error:
        raise storage_error(error, "write", os.fsdecode(error.filename or root_path)) from error
    return sort_rows(pa.concat_tables(tables))


def _write(
    root_path: bytes, objects: ObjectReader, wanted: Sequence[Wanted], jobs: int | None, progress: Progress
) -> WrittenColumns:
    """Write wanted here, or by worker processes where these save more time than their start takes."""
    workers = min(jobs or os.cpu_count() or 1, len(wanted) // _WORTH_A_WORKER)
    if workers > 1:
        return write_side_by_side(root_path, objects, wanted, workers, progress.advance)
    columns = WrittenColumns(len(wanted))
    write_slice(root_path, objects, wanted, columns, progress.advance)
    return columns


def remove_files(root_path: bytes, leaving: Sequence[Wanted], needed: frozenset[bytes]) -> None:
    """Remove files, and then the folders that this leaves empty, unless they are needed."""
    emptied: set[bytes] = set()
    with Folders(root_path) as folders:
        for want in leaving:
            folder = want.path.rpartition(b"/")[0]
            if want.seen is not None:
                try:
                    handle = folders.open(folder)
                except (FileNotFoundError, PathChangedError):
                    continue  # nothing of ours is there any more
                remove_file(handle, want.path, want.seen)
            emptied.add(folder)
        for folder in sorted(emptied, key=len, reverse=True):
            _remove_empty(folders, folder, needed)


def remove_paths(root_path: bytes, paths: Sequence[bytes], needed: frozenset[bytes]) -> None:
    """Remove the files and links that stand at sorted paths, whatever they hold, and the folders left empty.

    Folders that are needed stay; what is no file stays, too. Raises StorageError where the system refuses.
    """
    present = look_at_paths(root_path, paths).columns
    stats = zip(present.mode, present.size, present.mtime_ns, present.inode, strict=True)
    leaving = [
        Wanted(path, ABSENT, 0, ObjectId(b""), Seen(*now) if now[0] < DIRECTORY else None)
        for path, now in zip(paths, stats, strict=True)
    ]
    try:
        remove_files(root_path, leaving, needed)
    except OSError as error:
        raise storage_error(error, "remove", os.fsdecode(error.filename or root_path)) from error


def remove_empty_folders(root_path: bytes, paths: Sequence[bytes]) -> None:
    """Remove the folders above paths that hold nothing."""
    with Folders(root_path) as folders:
        for folder in sorted({path.rpartition(b"/")[0] for path in paths}, key=len, reverse=True):
            _remove_empty(folders, folder, frozenset())


def _remove_empty(folders: Folders, folder: bytes, needed: frozenset[bytes]) -> None:
    """Remove folder, and those above it, as long as they are empty and not needed."""
    while folder and folder not in needed:
        above, _, name = folder.rpartition(b"/")
        try:
            os.rmdir(name, dir_fd=folders.open(above))
        except (OSError, PathChangedError):
            return
        folder = above


def _clear_empty_folders(root_path: bytes, coming: pa.Table) -> None:
    """Remove the folders, with nothing but folders in them, that stand where a file is to come."""
    path: Any
    for path in pc.filter(coming, pc.equal(coming["seen_mode"], DIRECTORY))["path"].to_pylist():
        top = root_path + b"/" + path
        for folder, _, _ in os.walk(top, topdown=False):
            os.rmdir(folder)


def _folders_of(coming: pa.Table) -> frozenset[bytes]:
    """Return all folders that the files to come lie in."""
    found: set[bytes] = set()
    path: Any
    for path in coming["path"].to_pylist():
        folder = path.rpartition(b"/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition(b"/")[0]
    return frozenset(found)


def _wanted(rows: pa.Table) -> list[Wanted]:
    """Return plan rows as values, for those who work on one file at a time."""
    named: tuple[list[Any], ...] = tuple(rows[f"new_{name}"].to_pylist() for name in ("mode", "size", "id"))
    seen: tuple[list[Any], ...] = tuple(rows[f"seen_{name}"].to_pylist() for name in Seen._fields)
    there = [what if what.mode < DIRECTORY else None for what in map(Seen, *seen)]
    paths: list[Any] = rows["path"].to_pylist()
    return list(map(Wanted, paths, *named, there))


def _index_rows(coming: pa.Table, written: WrittenColumns) -> pa.Table:
    columns: list[Column] = [
        coming["path"],
        coming["new_mode"],
        coming["new_size"],
        coming["new_id"],
        pa.array(bytes(coming.num_rows), pa.uint8()),
        pa.array(written.mtime_ns, pa.int64()),
        pa.array(written.ctime_ns, pa.int64()),
        pa.array(written.inode, pa.uint64()),
    ]
    return pa.Table.from_arrays(columns, schema=INDEX_SCHEMA)

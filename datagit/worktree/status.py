"""Which tracked files differ from their index rows; files whose stat data agree are not opened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa

from datagit.index.boot import boot_id
from datagit.index.index import INDEX_SCHEMA, Index
from datagit.objects import compute as pc
from datagit.objects.tree_diff import CHANGE_SCHEMA
from datagit.worktree.scan import SCAN_SCHEMA, Scan

Column: TypeAlias = Any
"""A pyarrow Array or ChunkedArray."""

HashRows: TypeAlias = Callable[[pa.Table], pa.Table]
"""Hashes the files of a table of (path, mode, size), sorted by path; returns (path, mode, size, id, mtime_ns, ctime_ns,
inode) of those that could be read."""

_STAT = ("size", "mtime_ns", "ctime_ns", "inode", "mode")


@dataclass(frozen=True, slots=True)
class Suspects:
    """Tracked files whose content may differ from the index, and those that are gone.

    Attributes:
        indexed: rows of INDEX_SCHEMA of stage 0.
        found: rows of SCAN_SCHEMA for the same paths, in the same order.
        deleted: rows of INDEX_SCHEMA of stage 0 for which there is no file.
    """

    indexed: pa.Table
    found: pa.Table
    deleted: pa.Table


@dataclass(frozen=True, slots=True)
class WorktreeChanges:
    """How the working tree differs from the index, stage 0.

    Attributes:
        changes: CHANGE_SCHEMA from the index to the files, sorted; new_id is null where size or kind alone tell.
        refreshed: rows of INDEX_SCHEMA whose content is unchanged but whose stat data are not; worth saving.
    """

    changes: pa.Table
    refreshed: pa.Table


def find_suspects(index: Index, scan: Scan) -> Suspects:
    """Return what has to be looked at: stat data differ, or do not prove that the content is the same."""
    staged = index.staged
    if not scan.missing and staged.num_rows == scan.found.num_rows and staged["path"].equals(scan.found["path"]):
        if _agree(index, staged, scan.found):
            return Suspects(INDEX_SCHEMA.empty_table(), SCAN_SCHEMA.empty_table(), INDEX_SCHEMA.empty_table())
        indexed, found, deleted = staged, scan.found, INDEX_SCHEMA.empty_table()
    else:
        places = pc.index_in(scan.found["path"], value_set=staged["path"].combine_chunks())
        found = pc.filter(scan.found, pc.is_valid(places))
        indexed = pc.take(staged, pc.drop_null(places))
        deleted = pc.filter(staged, pc.is_in(staged["path"], value_set=_one(scan.missing_paths)))
    differs = _is_untrusted(index, indexed)
    for name in _STAT:
        differs = pc.or_(differs, pc.not_equal(indexed[name], found[name]))
    return Suspects(pc.filter(indexed, differs), pc.filter(found, differs), deleted)


def compare_worktree(index: Index, scan: Scan, hash_rows: HashRows) -> WorktreeChanges:
    """Return how the files differ from the index; only suspects of equal kind and size are hashed."""
    suspects = find_suspects(index, scan)
    if not suspects.indexed.num_rows and not suspects.deleted.num_rows:
        return WorktreeChanges(CHANGE_SCHEMA.empty_table(), INDEX_SCHEMA.empty_table())
    indexed, found = suspects.indexed, suspects.found
    both_links = pc.equal(pc.equal(indexed["mode"], 2), pc.equal(found["mode"], 2))
    hopeful = pc.and_(both_links, pc.equal(indexed["size"], found["size"]))
    hashed = hash_rows(pc.filter(found, hopeful).select(["path", "mode", "size"])) if pc.any(hopeful).as_py() else None
    ids: Column = pa.nulls(found.num_rows, pa.binary(32))
    refreshed = INDEX_SCHEMA.empty_table()
    if hashed is not None:
        places = pc.index_in(found["path"], value_set=_one(hashed["path"]))
        ids = pc.take(hashed["id"], _one(places))
        # what was hashed is what counts now: the file may be newer than the scan
        same = pc.and_(pc.equal(ids, indexed["id"]), pc.equal(indexed["mode"], pc.take(hashed["mode"], _one(places))))
        same = pc.fill_null(same, fill_value=False)
        seen = pc.take(hashed, pc.filter(_one(places), _one(same)))
        rows = pc.filter(indexed, same)
        for name in ("mtime_ns", "ctime_ns", "inode"):
            number = INDEX_SCHEMA.get_field_index(name)
            rows = rows.set_column(number, INDEX_SCHEMA.field(name), pc.cast(seen[name], INDEX_SCHEMA.field(name).type))
        refreshed = rows
        indexed, found = pc.filter(indexed, pc.invert(same)), pc.filter(found, pc.invert(same))
        ids = pc.filter(ids, pc.invert(same))
    changed = [indexed["path"], *_old(indexed), found["mode"], found["size"], ids]
    gone = suspects.deleted
    nothing = [pa.nulls(gone.num_rows, CHANGE_SCHEMA.field(name).type) for name in CHANGE_SCHEMA.names[4:]]
    tables = [
        pa.Table.from_arrays([_one(column) for column in columns], schema=CHANGE_SCHEMA)
        for columns in (changed, [gone["path"], *_old(gone), *nothing])
        if len(columns[0])
    ]
    changes = pa.concat_tables(tables or [CHANGE_SCHEMA.empty_table()]).combine_chunks()
    return WorktreeChanges(pc.take(changes, pc.sort_indices(changes["path"])), refreshed)


def _old(rows: pa.Table) -> list[Column]:
    return [rows["mode"], rows["size"], rows["id"]]


def _one(column: Column) -> Column:
    """Return a column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _agree(index: Index, staged: pa.Table, found: pa.Table) -> bool:
    """Return whether all rows are proven unchanged; compares whole columns."""
    if not all(staged[name].equals(found[name]) for name in _STAT):
        return False
    return not pc.any(_is_untrusted(index, staged)).as_py()


def _is_untrusted(index: Index, rows: pa.Table) -> Column:
    """Return for which rows equal stat data prove nothing.

    The file may have changed after it was hashed, within the resolution of its mtime (it is not older than the
    index), or its bytes may never have reached the disk before the machine stopped (another boot).
    """
    bound = pa.scalar(index.saved_ns, pa.int64())
    young = pc.or_(pc.greater_equal(rows["mtime_ns"], bound), pc.equal(rows["mtime_ns"], pa.scalar(0, pa.int64())))
    if index.boot == boot_id():
        return young
    durable = pa.scalar(index.durable_ns, pa.int64())
    unsure = pc.or_(pc.greater_equal(rows["mtime_ns"], durable), pc.greater_equal(rows["ctime_ns"], durable))
    return pc.or_(young, unsure)

"""What differs between two versions, the index and the files, for ``diff``, ``show`` and whoever lists changes."""

import enum
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from datagit.diff.contents import Contents, StoredContents
from datagit.diff.pathspec import EVERYTHING, PathFilter
from datagit.diff.renames import STATUS_SCHEMA, pair_renames, with_status
from datagit.diff.staged import diff_staged
from datagit.diff.trees import choose_changes, diff_trees
from datagit.ids import ObjectId
from datagit.index.index import Index, load_index
from datagit.objects.mode import Mode
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tree import find_row
from datagit.objects.tree_diff import CHANGE_SCHEMA
from datagit.porcelain.worktree_changes import find_worktree_changes
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.storage.durable import storage_error
from datagit.store.ingest import hash_files

pc: Any = pyarrow.compute  # its stubs are narrower than its functions


class Place(enum.Enum):
    """A side of a comparison that is no version."""

    INDEX = "index"
    WORKTREE = "worktree"


class Renames(enum.Enum):
    """Whether files that moved without a change are told as such."""

    PAIR = "pair"
    IGNORE = "ignore"


class Stage(enum.IntEnum):
    """The version of an unmerged file that the file is compared with."""

    BASE = 1
    OURS = 2
    THEIRS = 3


class Direction(enum.Enum):
    """Which side counts as the old one."""

    FORWARD = "forward"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """What to compare, besides the sides, and how to tell it.

    Attributes:
        paths: which files.
        renames: whether to pair moves.
        direction: whether old and new are swapped.
        letters: status letters to keep, None for all; given as Git's ``--diff-filter`` after reading.
        stage: the version that files with conflicts are compared with.
    """

    paths: PathFilter = EVERYTHING
    renames: Renames = Renames.PAIR
    direction: Direction = Direction.FORWARD
    letters: frozenset[str] | None = None
    stage: Stage = Stage.OURS


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference, and where the contents of both sides are.

    Attributes:
        changes: STATUS_SCHEMA, sorted by path; a path with conflicts has a row U, and one more if its file is not ours.
        old: contents of the old side.
        new: contents of the new side.
        unstored: paths whose file is not what the index says, so that no store need have it.
    """

    changes: pa.Table
    old: Contents
    new: Contents
    unstored: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class WorktreeContents:
    """Contents of the files as they are now."""

    root: Path

    def read(self, path: bytes, oid: ObjectId) -> bytes:  # the contract of Contents
        return self._read(path, -1)

    def head(self, path: bytes, oid: ObjectId) -> bytes:  # the contract of Contents
        return self._read(path, 1 << 16)

    def _read(self, path: bytes, most: int) -> bytes:
        place = os.path.join(os.fsencode(self.root), path)
        try:
            if os.path.islink(place):
                return os.readlink(place)
            with open(place, "rb") as file:  # the path is bytes
                return file.read(most)
        except OSError as error:
            raise storage_error(error, "read", os.fsdecode(path)) from error


def diff_trees_of(repo: Repository, old: ObjectId, new: ObjectId, options: DiffOptions) -> Diff:
    """Return what differs between two trees."""
    stored = StoredContents(repo.store)
    changes = diff_trees(repo.store, old, new, options.paths)
    return _finish(changes, None, stored, stored, options)


def diff_index(repo: Repository, old: ObjectId, options: DiffOptions) -> Diff:
    """Return what the index changes against a tree."""
    index = load_index(repo.index)
    stored = StoredContents(repo.store)
    changes = choose_changes(diff_staged(repo.store, old, index.rows), options.paths)
    unmerged = _unmerged_rows(_unmerged_paths(index, options.paths), lambda path: _tree_side(repo, old, path))
    return _finish(changes, unmerged, stored, stored, options)


def diff_files(repo: Repository, options: DiffOptions, progress: Progress) -> Diff:
    """Return what the files change against the index; new ids are those of the files."""
    index, root = load_index(repo.index), repo.root()
    changes = choose_changes(find_worktree_changes(index, root, progress).changes, options.paths)
    unmerged = _unmerged_paths(index, options.paths)
    if len(unmerged):
        side = _stage(index, options.stage)
        side = side.filter(pc.is_in(side["path"], value_set=unmerged))
        more = find_worktree_changes(Index(rows=_as_staged(index, side)), root, progress).changes
        changes = pa.concat_tables([changes, more]).combine_chunks()
    changes = _with_ids(changes, root, progress)
    found = _finish(
        changes,
        _unmerged_rows(unmerged, lambda path: _file_side(root, path)),
        StoredContents(repo.store),
        WorktreeContents(root),
        options,
    )
    return replace(found, unstored=_values(changes))


def diff_files_and_tree(repo: Repository, old: ObjectId, options: DiffOptions, progress: Progress) -> Diff:
    """Return what the tracked files change against a tree, whatever the index says of them."""
    index, root = load_index(repo.index), repo.root()
    changes = choose_changes(find_worktree_changes(index, root, progress).changes, options.paths)
    unmerged = _unmerged_paths(index, options.paths)
    rows = index.staged.select(LEAF_SCHEMA.names)
    if len(unmerged):
        ours = _first_stage(index)
        ours = ours.filter(pc.is_in(ours["path"], value_set=unmerged))
        rows = pa.concat_tables([rows, ours.select(LEAF_SCHEMA.names)]).combine_chunks()
        more = find_worktree_changes(Index(rows=_as_staged(index, ours)), root, progress).changes
        changes = pa.concat_tables([changes, more]).combine_chunks()
    changes = _with_ids(changes, root, progress)
    kept = rows.filter(pc.invert(pc.is_in(rows["path"], value_set=_one_piece(changes["path"]))))
    present = changes.filter(pc.is_valid(changes["new_mode"]))
    columns = [present[name] for name in ("path", "new_mode", "new_size", "new_id")]
    files = pa.concat_tables([_leaf(kept), pa.Table.from_arrays(columns, schema=LEAF_SCHEMA)]).combine_chunks()
    files = files.take(pc.sort_indices(files["path"])).combine_chunks()
    dirty = _values(changes)
    changes = choose_changes(diff_staged(repo.store, old, files), options.paths)
    found = _finish(changes, None, StoredContents(repo.store), WorktreeContents(root), options)
    return replace(found, unstored=dirty)


def _finish(changes: pa.Table, unmerged: pa.Table | None, old: Contents, new: Contents, options: DiffOptions) -> Diff:
    if options.direction is Direction.REVERSED:
        names = ["path", "new_mode", "new_size", "new_id", "old_mode", "old_size", "old_id"]
        changes = pa.Table.from_arrays([changes[name] for name in names], schema=CHANGE_SCHEMA)
        old, new = new, old
    table = pair_renames(changes) if options.renames is Renames.PAIR else with_status(changes)
    if unmerged is not None and unmerged.num_rows:
        table = pa.concat_tables([unmerged, table]).combine_chunks()
        order = pc.sort_indices(table["path"])  # stable: U stands before what else there is of a path
        table = table.take(order)
    if options.letters is not None:
        table = table.filter(pc.is_in(table["status"], value_set=pa.array(sorted(options.letters), pa.string())))
    return Diff(table.combine_chunks(), old, new)


def _unmerged_paths(index: Index, paths: PathFilter) -> Any:  # noqa: ANN401 # a column
    waiting = pc.unique(index.unmerged["path"])
    return waiting.filter(paths.matches(waiting)) if len(waiting) else waiting


def _unmerged_rows(paths: Any, side: Callable[[bytes], dict[str, Any]]) -> pa.Table:  # noqa: ANN401 # a column
    rows = [{"path": path, "status": "U", **side(path)} for path in paths.to_pylist()]
    return pa.Table.from_pylist(rows, schema=STATUS_SCHEMA)


def _tree_side(repo: Repository, root: ObjectId, path: bytes) -> dict[str, Any]:
    row = find_row(repo.store, root, path)
    return {} if row is None else {"old_mode": int(row.mode), "old_size": row.size, "old_id": row.oid}


def _file_side(root: Path, path: bytes) -> dict[str, Any]:
    try:
        found = os.lstat(os.path.join(os.fsencode(root), path))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if stat.S_ISLNK(found.st_mode):
        return {"new_mode": int(Mode.SYMLINK)}
    return {"new_mode": int(Mode.EXECUTABLE if found.st_mode & stat.S_IXUSR else Mode.FILE)}


def _values(changes: pa.Table) -> frozenset[bytes]:
    paths: list[Any] = changes["path"].to_pylist()
    return frozenset(paths)


def _stage(index: Index, stage: int) -> pa.Table:
    return index.rows.filter(pc.equal(index.rows["stage"], stage))


def _first_stage(index: Index) -> pa.Table:
    """Return of each unmerged path the row of its first stage."""
    rows = index.unmerged.combine_chunks()
    paths = rows["path"].combine_chunks()
    return rows.filter(pa.concat_arrays([pa.array([True]), pc.not_equal(paths[1:], paths[:-1])]))


def _as_staged(index: Index, rows: pa.Table) -> pa.Table:
    """Return rows as if they were merged, with no stat data that could prove anything."""
    table = rows.select(index.rows.column_names)
    for name, kind in (("stage", pa.uint8()), ("mtime_ns", pa.int64())):
        number = table.column_names.index(name)
        table = table.set_column(number, index.rows.schema.field(name), pa.array([0] * table.num_rows, kind))
    return table.combine_chunks()


def _with_ids(changes: pa.Table, root: Path, progress: Progress) -> pa.Table:
    """Return changes with the ids of files whose size alone told that they changed; vanished ones are gone."""
    unknown = changes.filter(pc.and_(pc.is_null(changes["new_id"]), pc.is_valid(changes["new_mode"])))
    if not unknown.num_rows:
        return changes
    asked = pa.Table.from_arrays(
        [unknown["path"], unknown["new_mode"], unknown["new_size"]], names=["path", "mode", "size"]
    )
    hashed = hash_files(root, asked, jobs=None, progress=progress).rows
    places = pc.index_in(changes["path"], value_set=_one_piece(hashed["path"]))
    columns = list(changes.columns)
    for number, name in ((4, "mode"), (5, "size"), (6, "id")):
        found = hashed[name].take(_one_piece(places)).cast(CHANGE_SCHEMA.field(number).type)
        columns[number] = pc.coalesce(_one_piece(found), _one_piece(columns[number]))
    return pa.Table.from_arrays([_one_piece(column) for column in columns], schema=CHANGE_SCHEMA)


def _leaf(rows: pa.Table) -> pa.Table:
    return pa.Table.from_arrays(rows.select(LEAF_SCHEMA.names).columns, schema=LEAF_SCHEMA)


def _one_piece(column: Any) -> Any:  # noqa: ANN401 # an Array or ChunkedArray
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

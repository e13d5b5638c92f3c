"""What a checkout would do, decided before the first write; whatever can fail, fails here."""

import enum
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from datagit.errors import InvalidInputError, RefusedError, StorageError
from datagit.index.index import Index
from datagit.objects import compute as pc
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.path import show_path
from datagit.objects.tree_diff import CHANGE_SCHEMA
from datagit.worktree.present import Present, look_at_paths
from datagit.worktree.scan import SCAN_SCHEMA, Scan
from datagit.worktree.stat_columns import DIRECTORY, SPECIAL
from datagit.worktree.status import HashRows, compare_worktree

Column: TypeAlias = Any
"""A pyarrow Array or ChunkedArray."""

ABSENT = 255
"""The mode of a side of a plan on which there is no file; size and stat are 0 and the id is zeros."""

PLAN_SCHEMA = pa.schema(
    (
        pa.field("path", pa.binary(), nullable=False),
        pa.field("old_mode", pa.uint8(), nullable=False),
        pa.field("old_size", pa.int64(), nullable=False),
        pa.field("old_id", pa.binary(32), nullable=False),
        pa.field("new_mode", pa.uint8(), nullable=False),
        pa.field("new_size", pa.int64(), nullable=False),
        pa.field("new_id", pa.binary(32), nullable=False),
        pa.field("seen_mode", pa.uint8(), nullable=False),
        pa.field("seen_size", pa.int64(), nullable=False),
        pa.field("seen_mtime_ns", pa.int64(), nullable=False),
        pa.field("seen_inode", pa.uint64(), nullable=False),
    )
)
"""One file to write or remove: what the index had, what is to come, and what stands there now. Sorted by path."""

_SPARE_BYTES = 64 << 20
_NO_ID = bytes(32)
_OWN_FOLDERS = frozenset({b".dg", b".git"})


class Overwrite(enum.Enum):
    """What happens to files in the way."""

    REFUSE = "refuse"
    """Nothing that is in no commit is overwritten or removed."""
    FORCE = "force"
    """Changed and untracked files that stand exactly where a file is to come are replaced."""
    CLEAR = "clear"
    """Untracked files in folders where a file is to come, or in place of its folders, go as well, but no repository."""


class FilesInTheWayError(RefusedError):
    """A checkout would overwrite work that is in no commit.

    Attributes:
        changed: tracked files that differ from the index, sorted.
        untracked: files, and folders with '/' at the end, that nothing tracks.
    """

    code = "files-in-the-way"

    def __init__(self, changed: Sequence[bytes], untracked: Sequence[bytes]) -> None:
        paths = [*changed, *untracked]
        kind = "changed files" if not untracked else "untracked files" if not changed else "changed and untracked files"
        super().__init__(
            f"checkout would overwrite {len(paths)} {kind}, first {show_path(paths[0])}",
            hint="keep them with 'dg commit', move them away, or lose them with '--force'",
        )
        self.changed = tuple(changed)
        self.untracked = tuple(untracked)


class PathCollisionError(InvalidInputError):
    """Two paths would be one file on this file system."""

    code = "path-collision"

    def __init__(self, one: bytes, other: bytes) -> None:
        super().__init__(
            f"{show_path(one)} and {show_path(other)} would be the same file on this file system",
            hint="check out on a file system that tells them apart, or rename one of them there",
        )


class FileAndFolderError(InvalidObjectError):
    """A tree has a file where it has a folder; whoever built it wants the one to be written through the other."""

    def __init__(self, path: bytes) -> None:
        super().__init__(f"the tree has both a file {show_path(path)} and files below it")


@dataclass(frozen=True, slots=True)
class CheckoutPlan:
    """Files to write and to remove, in an order that apply_checkout chooses.

    Attributes:
        rows: PLAN_SCHEMA; only what is still to be done.
        bytes_to_write: the sum of new sizes.
    """

    rows: pa.Table
    bytes_to_write: int


def plan_checkout(
    index: Index, root: Path, changes: pa.Table, *, hash_rows: HashRows, overwrite: Overwrite = Overwrite.REFUSE
) -> CheckoutPlan:
    """Return what makes the files what changes say; nothing is touched.

    Args:
        index: what the user's files are compared with; a file that equals its row of stage 0 may be replaced.
        root: the working tree.
        changes: CHANGE_SCHEMA; only path and the new side count. A file that is what it is to become is left alone.
        hash_rows: hashes files whose stat data prove nothing.
        overwrite: which changed and untracked files may be lost.

    Raises:
        FilesInTheWayError: they may not, and are there; or an untracked file is in a folder where a file is to come.
        FileAndFolderError: one of the files to come is to lie below another.
        PathCollisionError: the file system folds names, and two of them would meet.
        StorageError: disk-full, fewer bytes are free than will be written.
    """
    changes = changes.combine_chunks()
    _check_files_and_folders(changes)
    present = look_at_paths(os.fsencode(root), _values(changes["path"]))
    indexed = _align(index.staged, changes["path"])
    dirty = _dirty_paths(index, changes, present, hash_rows)
    rows = _plan_rows(changes, indexed, present)
    clean = pc.invert(pc.is_in(rows["path"], value_set=dirty))
    tracked = pc.not_equal(rows["old_mode"], ABSENT)
    there = pc.less(rows["seen_mode"], DIRECTORY)
    done = _as_planned(rows, pc.and_(clean, tracked))
    todo = pc.filter(rows, pc.invert(done))
    if overwrite is Overwrite.REFUSE:
        there_todo = pc.and_(there, pc.invert(done))
        changed = _values(pc.filter(rows["path"], pc.and_(pc.and_(there_todo, tracked), pc.invert(clean))))
        untracked = _values(pc.filter(rows["path"], pc.and_(there_todo, pc.invert(tracked))))
        untracked += _inside_removed(root, pc.filter(rows, tracked))
        hidden = _hidden(pc.filter(rows, tracked), present)
        changed += hidden
    else:
        changed, untracked, hidden = [], [], []
    obstacles = _other_obstacles(root, todo, present, set(hidden))
    if overwrite is Overwrite.CLEAR:
        cleared = _clear_rows(root, sorted(set(obstacles)))
        obstacles = sorted({*obstacles} - {*_values(cleared["path"])})
        todo = pa.concat_tables([todo, cleared])
        todo = pc.take(todo, pc.sort_indices(todo, sort_keys=[("path", "ascending")]))
    untracked += obstacles
    if changed or untracked:
        raise FilesInTheWayError(sorted(changed), sorted(set(untracked)))
    _check_collisions(root, index, changes)
    bytes_to_write = pc.sum(todo["new_size"]).as_py() or 0
    _check_space(root, bytes_to_write)
    return CheckoutPlan(todo.combine_chunks(), bytes_to_write)


def plan_removal(index: Index, root: Path, paths: Sequence[bytes]) -> CheckoutPlan:
    """Return what removes the files and links that stand at paths, whatever they hold; nothing is touched."""
    column = pa.array(paths, pa.binary())
    nothing = [pa.nulls(len(column), kind.type) for kind in list(CHANGE_SCHEMA)[1:]]
    changes = pa.Table.from_arrays([column, *nothing], schema=CHANGE_SCHEMA)
    present = look_at_paths(os.fsencode(root), paths)
    rows = _plan_rows(changes, _align(index.staged, changes["path"]), present)
    return CheckoutPlan(pc.filter(rows, pc.less(rows["seen_mode"], DIRECTORY)), 0)


def _dirty_paths(index: Index, changes: pa.Table, present: Present, hash_rows: HashRows) -> Column:
    """Return the tracked paths whose file is there and differs from its row of stage 0."""
    there = pa.array([mode < DIRECTORY for mode in present.columns.mode], pa.bool_())
    found = pc.filter(present.table(changes["path"]), there)
    scan = Scan(found["path"], found, (), SCAN_SCHEMA.empty_table(), (), (), (), ())
    compared = compare_worktree(index, scan, hash_rows)
    return compared.changes["path"].combine_chunks()


def _align(staged: pa.Table, paths: Column) -> pa.Table:
    """Return the row of staged for each path, nulls where there is none."""
    places = pc.index_in(paths, value_set=staged["path"].combine_chunks()).combine_chunks()
    rows: pa.Table = pc.take(staged.select(["mode", "size", "id"]), places)
    return rows


def _plan_rows(changes: pa.Table, indexed: pa.Table, present: Present) -> pa.Table:
    seen = present.table(changes["path"])
    columns = [changes["path"]]
    for side, prefix in ((indexed, ""), (changes, "new_")):
        columns += [
            pc.fill_null(side[prefix + "mode"], pa.scalar(ABSENT, pa.uint8())),
            pc.fill_null(side[prefix + "size"], pa.scalar(0, pa.int64())),
            pc.fill_null(side[prefix + "id"], pa.scalar(_NO_ID, pa.binary(32))),
        ]
    columns += [seen["mode"], seen["size"], seen["mtime_ns"], seen["inode"]]
    return pa.Table.from_arrays([_one(column) for column in columns], schema=PLAN_SCHEMA)


def _one(column: Column) -> Column:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _as_planned(rows: pa.Table, clean: Column) -> Column:
    """Return which rows need nothing: the file is what it is to be, or is to go and is not there."""
    same = pc.and_(pc.equal(rows["old_id"], rows["new_id"]), pc.equal(rows["old_mode"], rows["new_mode"]))
    there = pc.less(rows["seen_mode"], DIRECTORY)
    gone = pc.and_(pc.equal(rows["new_mode"], ABSENT), pc.invert(there))
    return pc.or_(pc.and_(pc.and_(clean, same), there), gone)


def _inside_removed(root: Path, tracked: pa.Table) -> list[bytes]:
    """Return the files in folders that the user made where a tracked file was that is to go."""
    gone = pc.and_(pc.equal(tracked["new_mode"], ABSENT), pc.equal(tracked["seen_mode"], DIRECTORY))
    return [path for folder in _values(pc.filter(tracked["path"], gone)) for path in _left_in(root, folder, set())]


def _clear_rows(root: Path, obstacles: list[bytes]) -> pa.Table:
    """Return rows that remove those of the untracked files that may be removed: files and links of no repository."""
    paths = pa.array([path for path in obstacles if not _OWN_FOLDERS & set(path.split(b"/"))], pa.binary())
    present = look_at_paths(os.fsencode(root), _values(paths)).table(paths)
    present = pc.filter(present, pc.less(present["mode"], DIRECTORY))
    nothing = pa.repeat(pa.scalar(ABSENT, pa.uint8()), present.num_rows)
    no_size = pa.repeat(pa.scalar(0, pa.int64()), present.num_rows)
    no_id = pa.array([_NO_ID] * present.num_rows, pa.binary(32))
    seen = [present[name] for name in ("mode", "size", "mtime_ns", "inode")]
    columns = [present["path"], nothing, no_size, no_id, nothing, no_size, no_id, *seen]
    return pa.Table.from_arrays([_one(column) for column in columns], schema=PLAN_SCHEMA)


def _hidden(tracked: pa.Table, present: Present) -> list[bytes]:
    """Return the tracked paths in place of whose folder the user put a file or link: changed, as Git sees it."""
    below = set().union(*present.blockers.values())
    return [path for path in _values(tracked["path"]) if path in below] if below else []


def _other_obstacles(root: Path, todo: pa.Table, present: Present, told: set[bytes]) -> list[bytes]:
    """Return untracked files that stand where a folder must be, or lie in a folder where a file must be.

    Args:
        root: the working tree.
        todo: PLAN_SCHEMA.
        present: what stands at its paths.
        told: paths that are in the way themselves, so that what hides them is no news.
    """
    leaving = set(_values(pc.filter(todo["path"], pc.equal(todo["new_mode"], ABSENT))))
    obstacles: list[bytes] = []
    # a file above: fine if this very plan removes it
    writes = pc.filter(todo, pc.not_equal(todo["new_mode"], ABSENT))
    coming = set(_values(writes["path"])) - told
    obstacles += [file for file, below in present.blockers.items() if file not in leaving and below & coming]
    for folder in _values(pc.filter(writes["path"], pc.equal(writes["seen_mode"], DIRECTORY))):
        obstacles += _left_in(root, folder, leaving)
    return obstacles + _values(pc.filter(writes["path"], pc.equal(writes["seen_mode"], SPECIAL)))


def _values(paths: Column) -> list[bytes]:
    values: list[bytes] = paths.to_pylist()
    return values


def _left_in(root: Path, folder: bytes, leaving: set[bytes]) -> list[bytes]:
    """Return the files in folder, at any depth, that the plan does not remove."""
    left: list[bytes] = []
    pending = [folder]
    while pending:
        inside = pending.pop()
        with os.scandir(os.fsencode(root) + b"/" + inside) as entries:
            for entry in entries:
                path = inside + b"/" + entry.name
                if entry.is_dir(follow_symlinks=False):
                    pending.append(path)
                elif path not in leaving:
                    left.append(path)
    return left


def _check_files_and_folders(changes: pa.Table) -> None:
    """Raise if a path to come is a folder of another; a tree that datagit built has none such."""
    coming = _values(pc.filter(changes["path"], pc.is_valid(changes["new_mode"])))
    files = set(coming)
    last = b""
    for path in coming:
        folder = path.rpartition(b"/")[0]
        if folder == last:
            continue
        last = folder
        while folder:
            if folder in files:
                raise FileAndFolderError(folder)
            folder = folder.rpartition(b"/")[0]


def _check_collisions(root: Path, index: Index, changes: pa.Table) -> None:
    """Raise if names that differ only in case or normal form would meet; a question only where the disk folds them."""
    if not _folds_names(root):
        return
    coming = pc.filter(changes, pc.is_valid(changes["new_mode"]))["path"]
    going = pc.filter(changes, pc.is_null(changes["new_mode"]))["path"]
    kept = pc.filter(index.staged["path"], pc.invert(pc.is_in(index.staged["path"], value_set=_one(going))))
    seen: dict[str, bytes] = {}
    for path in sorted({*_values(kept), *_values(coming)}):
        names = path.split(b"/")
        for end in range(1, len(names) + 1):
            part = b"/".join(names[:end])
            folded = unicodedata.normalize("NFC", part.decode("utf-8", "surrogateescape")).casefold()
            if seen.setdefault(folded, part) != part:
                raise PathCollisionError(seen[folded], part)


def _folds_names(root: Path) -> bool:
    """Return whether the file system of root takes names for equal that differ in case; asked of a name that exists."""
    for name in (".dg", root.name):
        folder = root if name == ".dg" else root.parent
        swapped = name.swapcase()
        if swapped == name:
            continue
        try:
            return os.path.samestat(os.lstat(folder / name), os.lstat(folder / swapped))
        except FileNotFoundError:
            if os.path.lexists(folder / name):
                return False
    return False


def _check_space(root: Path, bytes_to_write: int) -> None:
    facts = os.statvfs(root)
    free = facts.f_bavail * facts.f_frsize
    if bytes_to_write and bytes_to_write + _SPARE_BYTES > free:
        message = f"checkout needs {bytes_to_write + _SPARE_BYTES} bytes in '{root}', and {free} are free"
        raise StorageError(message, hint="make room, then run the same command again", code="disk-full")

"""Put files, or index rows, back to what the index or a version has; branches and HEAD stay where they are."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datagit.diff.pathspec import PathFilter
from datagit.errors import RefusedError
from datagit.ids import ObjectId
from datagit.index.index import INDEX_SCHEMA, Index, drop_paths, load_index, put_rows, save_index
from datagit.objects import compute as pc
from datagit.objects.tree import read_tree
from datagit.objects.tree_diff import CHANGE_SCHEMA
from datagit.porcelain.in_the_way import LocalChangesError, show_path
from datagit.porcelain.move_files import change_index, explain_obstacles, journal
from datagit.porcelain.two_way import sort_by_path
from datagit.porcelain.worktree_changes import file_hasher
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.worktree.apply import apply_checkout
from datagit.worktree.plan import CheckoutPlan, FilesInTheWayError, Overwrite, plan_checkout

_VALUES = ("mode", "size", "id")
_SIDE_NAMES = {2: "our", 3: "their"}


class Target(enum.Enum):
    """What is put back."""

    FILES = "files"
    INDEX = "index"
    BOTH = "both"


class Overlay(enum.Enum):
    """What happens to tracked paths that the source does not have."""

    KEEP = "keep"
    REMOVE = "remove"


class Unmerged(enum.Enum):
    """What happens to paths with a conflict when files are put back from the index."""

    REFUSE = "refuse"
    SKIP = "skip"
    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """What to put back from where.

    Attributes:
        tree: the root to take rows from; None for the index.
        target: what is put back.
        overlay: only with a tree.
        unmerged: only without a tree.
        overwrite: FORCE keeps untracked files that would have to go for a folder; CLEAR does not.
    """

    tree: ObjectId | None = None
    target: Target = Target.FILES
    overlay: Overlay = Overlay.REMOVE
    unmerged: Unmerged = Unmerged.REFUSE
    overwrite: Overwrite = Overwrite.FORCE


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """How many paths were put back, and the unmerged ones that were skipped."""

    count: int
    skipped: tuple[bytes, ...] = ()


class PathsUnknownError(RefusedError):
    """Pathspecs match nothing that is tracked; nothing was touched."""

    code = "path-not-found"

    def __init__(self, specs: Sequence[bytes]) -> None:
        lines = [f"pathspec '{show_path(spec)}' did not match any file(s) known to dg" for spec in specs]
        super().__init__("\nerror: ".join(lines))


class UnmergedPathError(RefusedError):
    """Paths have a conflict, or lack the side that was asked for; nothing was touched."""

    code = "conflict"

    def __init__(self, lines: Sequence[str], hint: str = "") -> None:
        super().__init__("\nerror: ".join(lines), hint=hint)


def restore(repo: Repository, paths: PathFilter, options: RestoreOptions, progress: Progress) -> RestoreResult:
    """Put back what paths choose; the lock must be held.

    Files that are not tracked are never touched, but where a file is to come that is tracked in the source.

    Raises:
        PathsUnknownError: a pathspec matches nothing.
        UnmergedPathError: a path has a conflict and no side was chosen.
        LocalChangesError: an untracked file lies in a folder where a file is to come.
    """
    index = load_index(repo.index)
    if options.tree is None:
        return _from_index(repo, index, paths, options, progress)
    return _from_tree(repo, index, paths, options.tree, options, progress)


def restore_index(repo: Repository, paths: PathFilter, tree: ObjectId) -> int:
    """Give the index what tree has at paths and return how many rows changed; the lock must be held.

    A pathspec that matches nothing is no error, as in `git reset`.
    """
    index = load_index(repo.index)
    source = _chosen(read_tree(repo.store, tree), paths)
    tracked = index.rows["path"]
    chosen: Any = pc.unique(pc.filter(tracked, paths.matches(tracked)))
    return _reset_rows(repo, index, source, _without(chosen, source))


def _from_index(
    repo: Repository, index: Index, paths: PathFilter, options: RestoreOptions, progress: Progress
) -> RestoreResult:
    unmerged = options.unmerged
    _check_matched(paths, index.rows["path"])
    rows = _chosen(index.staged, paths)
    waiting = _chosen(index.unmerged, paths)
    names: list[bytes] = pc.unique(waiting["path"]).to_pylist()
    sides = waiting.slice(0, 0)
    if names and unmerged is Unmerged.REFUSE:
        hint = "take a side with '--ours' or '--theirs'"
        raise UnmergedPathError([f"path '{show_path(path)}' is unmerged" for path in names], hint)
    if unmerged in (Unmerged.OURS, Unmerged.THEIRS):
        sides = _side_rows(waiting, names, 2 if unmerged is Unmerged.OURS else 3)
    table = sort_by_path(pa.concat_tables([rows, sides]))
    plan = _plan(repo, index, _write_rows(table), options.overwrite, progress)
    skipped = tuple(names) if unmerged is Unmerged.SKIP else ()
    if not plan.rows.num_rows:
        return RestoreResult(0, skipped)
    with journal(repo, plan, op="restore", progress=progress):  # it also finds what a killed restore left half written
        written = apply_checkout(plan, repo.store, repo.root(), jobs=None, progress=progress)
        kept = pc.filter(written, pc.invert(pc.is_in(written["path"], value_set=pa.array(names, pa.binary()))))
        if kept.num_rows:
            save_index(put_rows(index, kept), repo.index)
    return RestoreResult(plan.rows.num_rows, skipped)


def _from_tree(
    repo: Repository,
    index: Index,
    paths: PathFilter,
    tree: ObjectId,
    options: RestoreOptions,
    progress: Progress,
) -> RestoreResult:
    source = _chosen(read_tree(repo.store, tree), paths)
    tracked = index.rows["path"] if options.overlay is Overlay.REMOVE else index.rows["path"].slice(0, 0)
    _check_matched(paths, tracked, source["path"])
    chosen: Any = pc.unique(pc.filter(tracked, paths.matches(tracked)))
    gone = _without(chosen, source)
    changes = sort_by_path(pa.concat_tables([_write_rows(source), _remove_rows(gone)])).combine_chunks()
    if options.target is Target.INDEX:
        return RestoreResult(_reset_rows(repo, index, source, gone))
    plan = _plan(repo, index, changes, options.overwrite, progress)
    if options.target is Target.FILES and not plan.rows.num_rows:
        return RestoreResult(0)
    with journal(repo, plan, op="restore", progress=progress):
        written = apply_checkout(plan, repo.store, repo.root(), jobs=None, progress=progress)
        if options.target is not Target.FILES:
            save_index(change_index(index, changes, written), repo.index)
    return RestoreResult(plan.rows.num_rows)


def _plan(repo: Repository, index: Index, changes: pa.Table, overwrite: Overwrite, progress: Progress) -> CheckoutPlan:
    root = repo.root()
    hasher = file_hasher(root, progress)
    try:
        return plan_checkout(index, root, changes, hash_rows=hasher, overwrite=overwrite)
    except FilesInTheWayError as error:
        explained: LocalChangesError = explain_obstacles("restore", error, changes, ())
        raise explained from error


def _check_matched(paths: PathFilter, *columns: Any) -> None:  # noqa: ANN401 # columns of paths
    missing = set(paths.unmatched(*columns))
    if not any(len(column) for column in columns):
        missing.update(spec for spec in paths.wanted if not spec.path)  # the root, where nothing is
    if missing:
        raise PathsUnknownError([spec.written for spec in paths.wanted if spec in missing])


def _chosen(rows: pa.Table, paths: PathFilter) -> pa.Table:
    if paths.everything or not rows.num_rows:
        return rows
    chosen: pa.Table = pc.filter(rows, paths.matches(rows["path"]))
    return chosen


def _side_rows(waiting: pa.Table, names: Sequence[bytes], stage: int) -> pa.Table:
    rows: pa.Table = pc.filter(waiting, pc.equal(waiting["stage"], stage))
    there = set(rows["path"].to_pylist())
    missing = [path for path in names if path not in there]
    if missing:
        side = _SIDE_NAMES[stage]
        raise UnmergedPathError([f"path '{show_path(path)}' does not have {side} version" for path in missing])
    return rows


def _write_rows(rows: pa.Table) -> pa.Table:
    """Return CHANGE_SCHEMA that writes rows, whatever is there."""
    nothing = [pa.nulls(rows.num_rows, CHANGE_SCHEMA.field(f"old_{name}").type) for name in _VALUES]
    return pa.table([rows["path"], *nothing, *(rows[name] for name in _VALUES)], schema=CHANGE_SCHEMA)


def _remove_rows(paths: Any) -> pa.Table:  # noqa: ANN401 # a column
    nothing = [pa.nulls(len(paths), field.type) for field in list(CHANGE_SCHEMA)[1:]]
    return pa.table([paths, *nothing], schema=CHANGE_SCHEMA)


def _without(paths: Any, source: pa.Table) -> Any:  # noqa: ANN401 # columns
    """Return the paths that source does not have."""
    return pc.filter(paths, pc.invert(pc.is_in(paths, value_set=_one_piece(source["path"]))))


def _reset_rows(repo: Repository, index: Index, source: pa.Table, gone: Any) -> int:  # noqa: ANN401 # a column
    """Save the index with the rows of source and without the paths that are gone; files stay."""
    changed = _unlike(index, source)
    if changed.num_rows or len(gone):
        save_index(put_rows(drop_paths(index, gone), _unseen_rows(changed)), repo.index)
    return changed.num_rows + len(gone)


def _unlike(index: Index, source: pa.Table) -> pa.Table:
    """Return the rows of source that are not, as they are, rows of stage 0."""
    staged = index.staged
    rows = pc.take(staged, pc.index_in(source["path"], value_set=_one_piece(staged["path"])))
    same = pc.and_(pc.equal(rows["mode"], source["mode"]), pc.equal(rows["id"], source["id"]))
    unlike: pa.Table = pc.filter(source, pc.invert(pc.fill_null(same, fill_value=False)))
    return unlike


def _unseen_rows(rows: pa.Table) -> pa.Table:
    """Return rows of INDEX_SCHEMA, stage 0, whose files have to be looked at before they count as clean."""
    zeros = {
        name: pa.repeat(pa.scalar(0, INDEX_SCHEMA.field(name).type), rows.num_rows)
        for name in ("stage", "mtime_ns", "ctime_ns", "inode")
    }
    columns = [zeros[name] if name in zeros else _one_piece(rows[name]) for name in INDEX_SCHEMA.names]
    return pa.Table.from_arrays(columns, schema=INDEX_SCHEMA)


def _one_piece(column: Any) -> Any:  # noqa: ANN401 # an Array or ChunkedArray
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

"""Status: how HEAD, the index and the files differ, and what is under way."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

from datagit.diff.pathspec import EVERYTHING, PathFilter
from datagit.diff.renames import pair_renames, with_status
from datagit.diff.staged import diff_staged
from datagit.ids import ObjectId
from datagit.index.index import Index, load_index, put_rows, save_index
from datagit.index.operation import MergeState, is_concluded, load_merge_state
from datagit.objects import compute as pc
from datagit.porcelain.detached import DetachedHead, find_detached
from datagit.porcelain.ignoring import repository_rules
from datagit.porcelain.move_files import tree_of
from datagit.porcelain.ref_list import RefObjects
from datagit.porcelain.upstream import Distance, Upstream, find_upstream, upstream_distance
from datagit.porcelain.worktree_changes import file_hasher
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.revision.walk import read_commit
from datagit.storage.lock import try_lock
from datagit.store.layout import LOCK
from datagit.store.refs import Refs
from datagit.worktree.present import look_at_paths
from datagit.worktree.scan import Scan, ScanProblem, scan_worktree
from datagit.worktree.stat_columns import DIRECTORY
from datagit.worktree.status import WorktreeChanges, compare_worktree
from datagit.worktree.untracked import Ignored, Untracked

_MANY_PREFIXES = 64
_MERGE = "merge"
_NO_ID = ObjectId(bytes(32))


class Renames(enum.Enum):
    """Whether files that moved are shown as one entry."""

    PAIR = "pair"
    APART = "apart"


class Refreshed(enum.Enum):
    """What becomes of new stat data of files that turned out to be unchanged."""

    SAVE = "save"
    """They go into the index, if nobody is writing."""
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What to look for."""

    untracked: Untracked = Untracked.FOLDERS
    ignored: Ignored = Ignored.NONE
    renames: Renames = Renames.PAIR
    paths: PathFilter = EVERYTHING


class Side(NamedTuple):
    """A file in a commit or in the index."""

    mode: int
    oid: ObjectId


class Entry(NamedTuple):
    """A path that differs between HEAD, the index and the file.

    Attributes:
        path: where it is now.
        staged: Git's letter for HEAD to index (A, D, M, R, T), "." for no difference.
        unstaged: Git's letter for index to file (D, M, T), "." for no difference.
        in_head: what HEAD has; None if it is not there.
        in_index: what the index has; None if it is not there.
        file_mode: of the file; None if it is not there.
        old_path: where it was in HEAD, if it moved.
    """

    path: bytes
    staged: str
    unstaged: str
    in_head: Side | None
    in_index: Side | None
    file_mode: int | None
    old_path: bytes | None = None


class Unmerged(NamedTuple):
    """A path that a merge left to the user: base, ours and theirs as far as they exist, and the mode of the file."""

    path: bytes
    stages: tuple[Side | None, Side | None, Side | None]
    file_mode: int | None

    @property
    def mask(self) -> int:
        """One bit for each stage that exists: 1 base, 2 ours, 4 theirs."""
        return sum(1 << number for number, side in enumerate(self.stages) if side is not None)


@dataclass(frozen=True, slots=True)
class Status:
    """What ``dg status`` tells.

    Attributes:
        refs: where all names point.
        commit: the commit that is checked out; None on a branch without commits.
        detached: where HEAD came from, if it is on no branch.
        upstream: what the branch follows.
        distance: how far it is from there; None if that is gone.
        operation: the merge or the like that waits for the user.
        entries: paths that differ, sorted.
        unmerged: paths that wait for a decision, sorted.
        untracked: files and folders (with '/') that are not tracked, sorted.
        ignored: likewise, that are ignored.
        problems: what could not be looked at, or can never be stored.
        options: what was asked.
    """

    refs: Refs
    commit: ObjectId | None
    detached: DetachedHead | None
    upstream: Upstream | None
    distance: Distance | None
    operation: MergeState | None
    entries: Sequence[Entry]
    unmerged: Sequence[Unmerged]
    untracked: Sequence[bytes]
    ignored: Sequence[bytes]
    problems: Sequence[ScanProblem] = field(default=())
    options: StatusOptions = field(default_factory=StatusOptions)


def status(repo: Repository, options: StatusOptions, progress: Progress, refs: Refs | None = None) -> Status:
    """Return how things stand; takes no lock, and saves what it learned about unchanged files only if that is free.

    Raises:
        IndexDamagedError: the index cannot be read.
        StorageError: a folder with tracked files cannot be read.
        NoWorktreeError: the repository is bare.
    """
    index = load_index(repo.index)
    return status_of_index(repo, index, options, progress, refs or repo.store.refs(), Refreshed.SAVE)


def status_of_index(
    repo: Repository,
    index: Index,
    options: StatusOptions,
    progress: Progress,
    refs: Refs,
    refreshed: Refreshed = Refreshed.DROP,
) -> Status:
    """Return how things stand for an index, which need not be saved, as it is about to be for a commit."""
    root = repo.root()
    commit = refs.target_of_head()
    tracked = pc.unique(index.rows["path"]) if index.unmerged_count else index.rows["path"]
    roots = options.paths.roots
    scan = scan_worktree(
        root,
        tracked=tracked,
        is_ignored=repository_rules(repo).is_ignored,
        untracked=options.untracked,
        ignored=options.ignored,
        prefixes=roots if len(roots) <= _MANY_PREFIXES else (b"",),
    )
    compared = compare_worktree(index, scan, file_hasher(root, progress))
    if index.saved_ns and refreshed is Refreshed.SAVE:
        _save_refreshed(repo, index, compared)
    branch = refs.branch
    upstream = find_upstream(repo.settings, branch) if branch is not None else None
    near = commit is not None and upstream is not None
    staged = _chosen(diff_staged(repo.store, tree_of(repo, commit), index.rows), options.paths)
    unstaged = with_status(_chosen(compared.changes, options.paths))
    return Status(
        refs=refs,
        commit=commit,
        detached=None if branch is not None else find_detached(repo.store, refs, RefObjects(repo.store)),
        upstream=upstream,
        distance=upstream_distance(repo.store, refs.heads, commit, upstream) if near and commit and upstream else None,
        operation=_waiting(repo, commit),
        entries=list(
            _entries(pair_renames(staged) if options.renames is Renames.PAIR else with_status(staged), unstaged)
        ),
        unmerged=list(_unmerged(index, root.as_posix().encode("utf-8", "surrogateescape"), options.paths)),
        untracked=_untracked(scan, options),
        ignored=_kept(scan.ignored, options.paths),
        problems=scan.problems,
        options=options,
    )


def _waiting(repo: Repository, commit: ObjectId | None) -> MergeState | None:
    """Return what waits for the user, if the commit at HEAD has not concluded it already."""
    state = load_merge_state(repo.state / _MERGE)
    if state is not None and commit is not None and is_concluded(state, read_commit(repo.store, commit).parents):
        return None
    return state


def _chosen(rows: pa.Table, paths: PathFilter) -> pa.Table:
    return rows if paths.everything or not rows.num_rows else pc.filter(rows, paths.matches(rows["path"]))


def _kept(found: Sequence[bytes], paths: PathFilter) -> list[bytes]:
    return [path for path in found if paths.matches_one(path.rstrip(b"/"))]


def _untracked(scan: Scan, options: StatusOptions) -> list[bytes]:
    paths, folders = options.paths, _kept(scan.folders, options.paths)
    if options.untracked is Untracked.FOLDERS and folders and scan.missing:
        # like git, which shows only the deletion where a folder took the place of a tracked file
        files_once = set(scan.missing_paths.to_pylist())
        folders = [folder for folder in folders if folder[:-1] not in files_once]
    files: Any = _chosen(scan.untracked, paths)["path"].to_pylist()
    invalid = [problem.path for problem in scan.problems if problem.code == "path-invalid"]
    return sorted([*files, *folders, *_kept(invalid, paths)])


def _entries(staged: pa.Table, unstaged: pa.Table) -> Iterator[Entry]:
    """Yield one entry for each path of two tables of STATUS_SCHEMA, HEAD to index and index to files, by path."""
    entries: dict[bytes, Entry] = {}
    for row in _rows(staged):
        index = _side(row, "new")
        mode = None if index is None else index.mode
        entries[row["path"]] = Entry(row["path"], row["status"], ".", _side(row, "old"), index, mode, row["old_path"])
    for row in _rows(unstaged):
        known = entries.get(row["path"])
        index = _side(row, "old")
        if known is None:
            known = Entry(row["path"], ".", ".", index, index, None)
        entries[row["path"]] = known._replace(unstaged=row["status"], file_mode=row["new_mode"])
    for path in sorted(entries):
        yield entries[path]


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _side(row: dict[str, Any], name: str) -> Side | None:
    mode = row[f"{name}_mode"]
    return None if mode is None else Side(mode, ObjectId(row[f"{name}_id"] or _NO_ID))


def _unmerged(index: Index, root: bytes, paths: PathFilter) -> Iterator[Unmerged]:
    if not index.unmerged_count:
        return
    stages: dict[bytes, list[Side | None]] = {}
    rows = _chosen(index.unmerged, paths).select(["path", "stage", "mode", "id"])
    for row in _rows(rows):
        stages.setdefault(row["path"], [None, None, None])[row["stage"] - 1] = Side(row["mode"], ObjectId(row["id"]))
    present = look_at_paths(root, sorted(stages))
    for path, mode in zip(sorted(stages), present.columns.mode, strict=True):
        base, ours, theirs = stages[path]
        yield Unmerged(path, (base, ours, theirs), mode if mode < DIRECTORY else None)


def _save_refreshed(repo: Repository, index: Index, compared: WorktreeChanges) -> None:
    """Save the stat data of files that turned out to be unchanged, if nobody is writing."""
    if not compared.refreshed.num_rows:
        return
    with try_lock(repo.dg_dir / LOCK, command="dg status") as held:
        # somebody may have saved another index since ours was loaded
        if held and repo.index.exists() and repo.index.stat().st_mtime_ns == index.saved_ns:
            save_index(put_rows(index, compared.refreshed), repo.index)

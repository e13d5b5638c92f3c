"""Status: how HEAD, the index and the files differ, and what is under way."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from datagit.diff.pathspec import EVERYTHING, PathFilter
from datagit.diff.renames import pair_renames, with_status
from datagit.diff.staged import diff_staged
from datagit.errors import DatagitError
from datagit.ids import ObjectId
from datagit.index.index import Index, load_index, put_rows, save_index
from datagit.objects import compute as pc
from datagit.porcelain.clean_status import find_standing, note_index_tree
from datagit.porcelain.ignoring import repository_rules
from datagit.porcelain.move_files import tree_of
from datagit.porcelain.status_result import Entry, Refreshed, Renames, Side, Status, StatusOptions, Unmerged
from datagit.porcelain.worktree_changes import file_hasher
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.storage.lock import try_lock
from datagit.store.layout import LOCK
from datagit.store.refs import Refs
from datagit.worktree.present import look_at_paths
from datagit.worktree.scan import Scan, scan_worktree
from datagit.worktree.stat_columns import DIRECTORY
from datagit.worktree.status import WorktreeChanges, compare_worktree
from datagit.worktree.untracked import Untracked

_MANY_PREFIXES = 64
_NO_ID = ObjectId(bytes(32))


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
    paths = options.paths or EVERYTHING
    roots = paths.roots
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
        index = _save_refreshed(repo, index, compared)
    staged = _chosen(diff_staged(repo.store, tree_of(repo, commit), index.rows), paths)
    unstaged = with_status(_chosen(compared.changes, paths))
    if index.checksum and not index.unmerged_count and paths.everything and not staged.num_rows:
        note_index_tree(repo, index.checksum, tree_of(repo, commit))
    return replace(
        find_standing(repo, refs, options),
        entries=list(
            _entries(pair_renames(staged) if options.renames is Renames.PAIR else with_status(staged), unstaged)
        ),
        unmerged=list(_unmerged(index, root.as_posix().encode("utf-8", "surrogateescape"), paths)),
        untracked=_untracked(scan, options, paths),
        ignored=_kept(scan.ignored, paths),
        problems=scan.problems,
    )


def _chosen(rows: pa.Table, paths: PathFilter) -> pa.Table:
    return rows if paths.everything or not rows.num_rows else pc.filter(rows, paths.matches(rows["path"]))


def _kept(found: Sequence[bytes], paths: PathFilter) -> list[bytes]:
    return [path for path in found if paths.matches_one(path.rstrip(b"/"))]


def _untracked(scan: Scan, options: StatusOptions, paths: PathFilter) -> list[bytes]:
    folders = _kept(scan.folders, paths)
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


def _save_refreshed(repo: Repository, index: Index, compared: WorktreeChanges) -> Index:
    """Save the stat data of files that turned out to be unchanged, if nobody is writing; return the index as saved."""
    if not compared.refreshed.num_rows:
        return index
    # saving is a favour to the next status: on a read-only disk this one works as well
    with contextlib.suppress(DatagitError), try_lock(repo.dg_dir / LOCK, command="dg status") as held:
        # somebody may have saved another index since ours was loaded
        if held and repo.index.exists() and repo.index.stat().st_mtime_ns == index.saved_ns:
            return save_index(put_rows(index, compared.refreshed), repo.index)
    return index

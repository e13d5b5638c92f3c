"""Remove: take files out of the index, and out of the working tree unless they are to stay there."""

import enum
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datagit.diff.pathspec import PathFilter, Pathspec
from datagit.diff.pathspec_word import parse_word
from datagit.errors import NotFoundError, RefusedError
from datagit.index.index import Index, drop_paths, load_index, save_index
from datagit.objects import compute as pc
from datagit.objects.columns import Column
from datagit.objects.tree import EMPTY_TREE, read_tree
from datagit.porcelain.move_files import journal, tree_of
from datagit.porcelain.worktree_changes import file_hasher
from datagit.progress import Progress
from datagit.repository import Repository, locked
from datagit.worktree.apply import remove_paths
from datagit.worktree.plan import plan_removal
from datagit.worktree.present import look_at_paths
from datagit.worktree.scan import SCAN_SCHEMA, Scan
from datagit.worktree.stat_columns import DIRECTORY
from datagit.worktree.status import compare_worktree


class Files(enum.Enum):
    """What happens to the files themselves."""

    REMOVE = "remove"
    KEEP = "keep"


class Safety(enum.Enum):
    """Whether files that are not in the last commit as they are may be removed."""

    CHECK = "check"
    FORCE = "force"


class Folders(enum.Enum):
    """Whether a folder may be named for all the files in it."""

    REFUSE = "refuse"
    RECURSE = "recurse"


class Run(enum.Enum):
    """Whether anything is done."""

    REAL = "real"
    DRY = "dry"


class Unmatched(enum.Enum):
    """What a path that matches nothing means."""

    REFUSE = "refuse"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class RmOptions:
    """How to remove."""

    files: Files = Files.REMOVE
    safety: Safety = Safety.CHECK
    folders: Folders = Folders.REFUSE
    run: Run = Run.REAL
    unmatched: Unmatched = Unmatched.REFUSE


class NothingMatchedError(NotFoundError):
    """A pathspec matches no tracked file."""

    code = "path-not-found"

    def __init__(self, spec: Pathspec) -> None:
        super().__init__(f"pathspec '{spec.written.decode(errors='backslashreplace')}' did not match any files")


class FolderNamedError(NotFoundError):
    """A folder was named, and nobody said that all in it is meant."""

    code = "path-not-found"

    def __init__(self, spec: Pathspec) -> None:
        super().__init__(f"not removing '{spec.written.decode(errors='backslashreplace')}' recursively without -r")


class ContentAtRiskError(RefusedError):
    """Files hold, or the index holds, what no commit has.

    Attributes:
        both: staged content differs from both the file and HEAD.
        staged: what is staged is not in HEAD.
        local: the file is not what is staged.
    """

    code = "files-in-the-way"

    def __init__(self, both: Sequence[bytes], staged: Sequence[bytes], local: Sequence[bytes]) -> None:
        super().__init__(f"{len(both) + len(staged) + len(local)} files hold what no commit has")
        self.both, self.staged, self.local = tuple(both), tuple(staged), tuple(local)


def rm(repo: Repository, paths: PathFilter, options: RmOptions, progress: Progress, here: bytes = b"") -> list[bytes]:
    """Remove what paths chooses, and return its paths in order.

    Args:
        repo: the repository.
        paths: which tracked files.
        options: how.
        progress: told about long work.
        here: the folder the user is in, which stays even if it gets empty.

    Raises:
        NothingMatchedError: a pathspec matches no tracked file.
        FolderNamedError: one names a folder, without Folders.RECURSE.
        ContentAtRiskError: something would be lost, without Safety.FORCE.
        NoWorktreeError: the repository is bare.
    """
    root_path = os.fsencode(repo.root())
    with locked(repo, "dg rm", progress):
        index = load_index(repo.index)
        _check_specs(index, paths, options)
        chosen: list[bytes] = pc.unique(pc.filter(index.rows["path"], paths.matches(index.rows["path"]))).to_pylist()
        if options.safety is Safety.CHECK:
            _check_safety(repo, index, chosen, options, progress)
        if options.run is Run.REAL and chosen:
            if options.files is Files.REMOVE:
                with journal(repo, plan_removal(index, repo.root(), chosen), op="rm", progress=progress):
                    remove_paths(root_path, chosen, frozenset({here.rstrip(b"/")}))
                    save_index(drop_paths(index, chosen), repo.index)
            else:
                save_index(drop_paths(index, chosen), repo.index)
    return chosen


def _check_specs(index: Index, paths: PathFilter, options: RmOptions) -> None:
    for spec in paths.wanted:
        one = PathFilter((spec,))
        matched = pc.filter(index.rows["path"], one.matches(index.rows["path"]))
        if not len(matched):
            if options.unmatched is Unmatched.REFUSE:
                raise NothingMatchedError(spec)
        elif options.folders is Folders.REFUSE and _is_folder(spec, matched):
            raise FolderNamedError(spec)
    # exclusions alone choose from everything, which is a folder
    if paths.unwanted and not paths.wanted and options.folders is Folders.REFUSE:
        raise FolderNamedError(parse_word(b".", b"", b""))


def _is_folder(spec: Pathspec, matched: Column) -> bool:
    """Return whether spec matches files only because it names a folder that they are in."""
    path = spec.path.rstrip(b"/")
    if not path:
        return True
    return spec.plain and path not in set(matched.to_pylist())


def _check_safety(
    repo: Repository, index: Index, chosen: Sequence[bytes], options: RmOptions, progress: Progress
) -> None:
    """Raise ContentAtRiskError if something would be lost; a path with conflicts may go, as in git."""
    staged_rows = index.staged
    rows = pc.filter(staged_rows, pc.is_in(staged_rows["path"], value_set=pa.array(chosen, pa.binary())))
    asked: list[Any] = rows["path"].to_pylist()
    present = look_at_paths(os.fsencode(repo.root()), asked)
    there = pa.array([mode < DIRECTORY for mode in present.columns.mode], pa.bool_())
    rows, found = pc.filter(rows, there), pc.filter(present.table(_one(rows["path"])), there)
    scan = Scan(found["path"], found, (), SCAN_SCHEMA.empty_table(), (), (), (), ())
    ours = Index(rows, index.store, index.seq, index.boot, index.durable_ns, index.saved_ns)
    local = set(compare_worktree(ours, scan, file_hasher(repo.root(), progress)).changes["path"].to_pylist())
    staged = _not_in_head(repo, rows)
    paths: list[Any] = rows["path"].to_pylist()
    both = [path for path in paths if path in local and path in staged]
    if options.files is Files.KEEP:
        only_staged: list[bytes] = []
        only_local: list[bytes] = []
    else:
        only_staged = [path for path in paths if path in staged and path not in local]
        only_local = [path for path in paths if path in local and path not in staged]
    if both or only_staged or only_local:
        raise ContentAtRiskError(both, only_staged, only_local)


def _not_in_head(repo: Repository, rows: pa.Table) -> set[bytes]:
    """Return the paths of rows that HEAD does not have with the same content and mode."""
    root = tree_of(repo, repo.store.refs().target_of_head())
    tree = read_tree(repo.store, root) if root != EMPTY_TREE else None
    paths: list[Any] = rows["path"].to_pylist()
    if tree is None:
        return set(paths)
    places = pc.index_in(rows["path"], value_set=_one(tree["path"]))
    same = pc.and_(
        pc.equal(pc.take(tree["id"], _one(places)), rows["id"]),
        pc.equal(pc.take(tree["mode"], _one(places)), rows["mode"]),
    )
    return {path for path, equal in zip(paths, same.to_pylist(), strict=True) if not equal}


def _one(column: Column) -> Column:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

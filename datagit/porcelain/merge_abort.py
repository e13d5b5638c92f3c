"""Give up a merge: index and files of what it touched go back to HEAD, other local work stays."""

from typing import Any

import pyarrow as pa
import pyarrow.compute

from datagit.errors import NotFoundError, StateError
from datagit.index.index import drop_paths, load_index, save_index
from datagit.index.operation import clear_merge_state, load_merge_state
from datagit.objects.path import show_path
from datagit.objects.tree import read_tree
from datagit.porcelain.merge_options import MERGE_STATE
from datagit.porcelain.move_files import change_index, journal, tree_of
from datagit.porcelain.two_way import start_over
from datagit.porcelain.worktree_changes import file_hasher, find_worktree_changes
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.worktree.apply import apply_checkout
from datagit.worktree.plan import Overwrite, plan_checkout

pc: Any = pyarrow.compute  # its stubs are narrower than its functions


class NoMergeError(NotFoundError):
    """No merge is in progress."""

    code = "operation-in-progress"

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="see what is in progress with 'dg status'")


class EntryNotUpToDateError(StateError):
    """A file that the merge touched was changed afterwards, so going back would lose work."""

    code = "files-in-the-way"

    def __init__(self, path: bytes) -> None:
        super().__init__(
            f"entry {show_path(path)} not uptodate. Cannot merge.",
            hint="keep your version somewhere else, then run the same command again",
        )


def check_merge_waits(repo: Repository, message: str) -> None:
    """Raise NoMergeError with message if no merge is in progress."""
    if load_merge_state(repo.state / MERGE_STATE) is None:
        raise NoMergeError(message)


def abort_merge(repo: Repository, progress: Progress) -> None:
    """Take index and files back to HEAD where the merge changed them; the lock must be held.

    Raises:
        NoMergeError: there is none.
        EntryNotUpToDateError: a file that was merged cleanly has been changed since.
    """
    check_merge_waits(repo, "there is no merge to abort (MERGE_HEAD missing)")
    index, root = load_index(repo.index), repo.root()
    target = read_tree(repo.store, tree_of(repo, repo.store.refs().target_of_head()))
    changes = start_over(index, target, pa.array([], pa.binary()))
    unmerged = pc.unique(index.unmerged["path"])
    merged = changes["path"].filter(pc.invert(pc.is_in(changes["path"], value_set=unmerged)))
    dirty = find_worktree_changes(index, root, progress).changes["path"]
    lost: Any = dirty.filter(pc.is_in(dirty, value_set=merged)).to_pylist()
    if lost:
        raise EntryNotUpToDateError(lost[0])
    checkout = plan_checkout(index, root, changes, hash_rows=file_hasher(root, progress), overwrite=Overwrite.FORCE)
    with journal(repo, checkout, op="merge --abort", progress=progress):
        written = apply_checkout(checkout, repo.store, root, jobs=None, progress=progress)
        save_index(change_index(drop_paths(index, unmerged), changes, written), repo.index)
        clear_merge_state(repo.state / MERGE_STATE)


def quit_merge(repo: Repository) -> None:
    """Forget the merge in progress, and leave index and files as they are; nothing happens if there is none."""
    clear_merge_state(repo.state / MERGE_STATE)

"""Takes index and files from one snapshot to another: the part that switch, checkout, reset and merge share.

The order is objects, files, index; the caller writes the log entry last.
"""

import enum
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pyarrow as pa

from datagit.ids import ObjectId
from datagit.index.index import Index, drop_paths, load_index, put_rows, save_index
from datagit.objects import compute as pc
from datagit.objects.commit import decode_commit
from datagit.objects.kind import Kind
from datagit.objects.tree import EMPTY_TREE, read_tree
from datagit.objects.tree_diff import diff_nodes
from datagit.porcelain.in_the_way import LocalChangesError, UnmergedIndexError
from datagit.porcelain.two_way import carry_over, start_over
from datagit.porcelain.worktree_changes import file_hasher, find_worktree_changes
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.worktree.apply import apply_checkout
from datagit.worktree.journal import Place, checkout_journal
from datagit.worktree.plan import CheckoutPlan, FilesInTheWayError, Overwrite, plan_checkout


class LocalWork(enum.Enum):
    """What happens to what is staged or edited, and in no commit."""

    CARRY = "carry"
    """It stays where both snapshots agree; where they do not, nothing is done at all."""
    DISCARD = "discard"
    """Index and tracked files become what the target is."""


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What takes index and files to another snapshot.

    Attributes:
        index: as it was found.
        changes: rows of CHANGE_SCHEMA for the index.
        checkout: what the files need; None in a bare repository.
    """

    index: Index
    changes: pa.Table
    checkout: CheckoutPlan


def tree_of(repo: Repository, commit: ObjectId | None) -> ObjectId:
    """Return the tree of a commit; the empty one for a branch without commits."""
    return EMPTY_TREE if commit is None else decode_commit(repo.store.read(Kind.COMMIT, commit)).tree


def plan_move(
    repo: Repository, old: ObjectId, new: ObjectId, local: LocalWork, progress: Progress, verb: str = "checkout"
) -> MovePlan:
    """Return what takes index and files from tree old to tree new; nothing is touched yet.

    Raises:
        UnmergedIndexError: conflicts wait in the index, and are to be kept.
        LocalChangesError: local work would be lost.
    """
    index, root = load_index(repo.index), repo.root()
    if local is LocalWork.DISCARD:
        dirty = find_worktree_changes(index, root, progress).changes["path"]
        changes, overwrite = start_over(index, read_tree(repo.store, new), dirty), Overwrite.CLEAR
        blocked: Sequence[bytes] = ()
    else:
        if index.unmerged_count:
            raise UnmergedIndexError(pc.unique(index.unmerged["path"]).to_pylist())
        two_way = carry_over(index, diff_nodes(repo.store, old, new))
        changes, blocked, overwrite = two_way.wanted, two_way.blocked, Overwrite.REFUSE
    hasher = file_hasher(root, progress)
    try:
        checkout = plan_checkout(index, root, changes, hash_rows=hasher, overwrite=overwrite)
    except FilesInTheWayError as error:
        raise explain_obstacles(verb, error, changes, blocked) from error
    if blocked:
        raise LocalChangesError(verb, changed=blocked)
    return MovePlan(index, changes, checkout)


def journal(repo: Repository, plan: CheckoutPlan, *, op: str, progress: Progress) -> AbstractContextManager[None]:
    """Return what keeps a journal while its block applies plan, saves the index and writes the log entry.

    Args:
        repo: the repository.
        plan: what the files need.
        op: the command, for messages.
        progress: told about what could not be undone after a failure.
    """
    place = Place(repo.state, repo.index, repo.root())

    def log_seq() -> int:
        return repo.store.refs().seq

    return checkout_journal(place, plan, op=op, log_seq=log_seq, objects=repo.store, progress=progress)


def apply_move(repo: Repository, plan: MovePlan, progress: Progress) -> Index:
    """Make plan true, the files and then the index, and return the index as saved; within journal, under the lock."""
    written = apply_checkout(plan.checkout, repo.store, repo.root(), jobs=None, progress=progress)
    return save_index(change_index(plan.index, plan.changes, written), repo.index)


def change_index(index: Index, changes: pa.Table, written: pa.Table) -> Index:
    """Return index with changes, CHANGE_SCHEMA, in place; written are the INDEX rows of the files just written.

    A file that needed no writing keeps its row's stat data if the row is the same, and is looked at again otherwise.
    """
    if not changes.num_rows:
        return index
    gone = pc.filter(changes["path"], pc.is_null(changes["new_mode"]))
    return put_rows(drop_paths(index, gone), written)


def explain_obstacles(
    verb: str, error: FilesInTheWayError, changes: pa.Table, blocked: Sequence[bytes]
) -> LocalChangesError:
    """Return what is in the way in Git's words: files, or folders where a file is to come."""
    planned = set(changes["path"].to_pylist())
    folders: set[bytes] = set()
    untracked: list[bytes] = []
    for path in error.untracked:
        above = next((folder for folder in _folders_above(path) if folder in planned), None)
        if above is None:
            untracked.append(path)
        else:
            folders.add(above)
    changed = sorted({*error.changed, *blocked})
    return LocalChangesError(verb, changed=changed, folders=sorted(folders), untracked=sorted(untracked))


def _folders_above(path: bytes) -> list[bytes]:
    names = path.rstrip(b"/").split(b"/")
    return [b"/".join(names[:end]) for end in range(1, len(names))]

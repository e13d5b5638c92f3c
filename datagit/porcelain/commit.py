"""Commit: make a version of what is staged. It never looks at the files, unless it is asked to stage them first."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from datagit.diff.pathspec import EVERYTHING, PathFilter
from datagit.diff.staged import diff_staged
from datagit.diff.trees import choose_changes
from datagit.errors import RefusedError, StateError
from datagit.ids import ObjectId
from datagit.index.index import INDEX_SCHEMA, Index, drop_paths, load_index, put_rows, save_index
from datagit.index.operation import MergeState, clear_merge_state, is_concluded, load_merge_state
from datagit.objects import compute as pc
from datagit.objects.columns import Column
from datagit.objects.commit import Commit, Signature, commit_id, decode_commit, encode_commit
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tree import EMPTY_TREE, NewTree, edit_tree
from datagit.porcelain.commit_message import subject_of
from datagit.porcelain.commit_options import Blobs, Onto, Take
from datagit.porcelain.record import record_change
from datagit.porcelain.squash import clear_squash_message
from datagit.progress import Progress
from datagit.repository import Repository, locked
from datagit.store.append import RefMovedError
from datagit.store.refs import RefChange, Refs
from datagit.store.store import write_objects

MERGE = "merge"
"""Folder, in the repository's state, of a merge that waits for its commit."""

_STAGING = "datagit.porcelain.commit_staging"  # loads the scan and the packing of files


class UnmergedFilesError(StateError):
    """Conflicts wait for a decision, so that there is nothing to make a version of."""

    def __init__(self, paths: Sequence[bytes]) -> None:
        super().__init__(
            "exiting because of an unresolved conflict",
            hint="fix the files up in the work tree, and then use 'dg add/rm <file>'\n"
            "as appropriate to mark resolution and make a commit",
        )
        self.paths = tuple(paths)


class NothingToCommitError(RefusedError):
    """The commit would hold exactly what the one before holds."""

    code = "nothing-to-commit"

    def __init__(self) -> None:
        super().__init__("nothing to commit", hint="stage something with 'dg add', or use '--allow-empty'")


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """A commit that waits for its message.

    Attributes:
        refs: all refs, as they were seen.
        parents: of the commit to come.
        base: tree to compare with, that of the first parent.
        tree: what will be committed.
        found: the index, as it was found.
        index: the index to save with the commit; None if it stays as it is.
        shown: what the index would be if it held the commit and nothing else that is staged.
        merge: the merge that the commit will conclude.
        amended: the commit that it will replace.
    """

    refs: Refs
    parents: tuple[ObjectId, ...]
    base: ObjectId
    tree: NewTree
    found: Index
    index: Index | None
    shown: Index
    merge: MergeState | None
    amended: Commit | None

    @property
    def is_empty(self) -> bool:
        """Whether it would only repeat its parent."""
        return self.tree.root == self.base and self.merge is None and len(self.parents) < 2  # noqa: PLR2004, RUF100 # a merge


@dataclass(frozen=True, slots=True)
class Committed:
    """A version that was just made.

    Attributes:
        oid: its id.
        commit: what it says.
        branch: short name of the branch it is on; None if HEAD is detached.
        initial: whether it is the first one on a branch that had none.
        base: tree of its first parent, to tell what it changed; the empty one if it has none.
    """

    oid: ObjectId
    commit: Commit
    branch: str | None
    initial: bool
    base: ObjectId


def commit(repo: Repository, message: str, *, author: Signature, committer: Signature, progress: Progress) -> Committed:
    """Commit what is staged.

    Raises:
        NothingToCommitError: it is what HEAD holds.
        UnmergedFilesError: conflicts wait.
    """
    plan = plan_commit(repo, progress)
    if plan.is_empty:
        raise NothingToCommitError
    return apply_commit(repo, plan, message, author=author, committer=committer, progress=progress)


def plan_commit(
    repo: Repository,
    progress: Progress,
    *,
    take: Take = Take.INDEX,
    paths: PathFilter = EVERYTHING,
    onto: Onto = Onto.HEAD,
    blobs: Blobs = Blobs.STORE,
) -> CommitPlan:
    """Return the commit to come; blobs of files that have to be staged are stored, nothing else is written.

    Raises:
        UnmergedFilesError: conflicts wait.
        PathsUnknownError: a pathspec matches no tracked file.
        StateError: there is nothing to amend, or a merge is in progress that forbids it.
        AddFailedError: files could not be read.
    """
    if take is Take.INDEX:
        return _plan(repo, progress, take, paths, onto, blobs)
    with locked(repo, "dg commit", progress):
        return _plan(repo, progress, take, paths, onto, blobs)


def apply_commit(
    repo: Repository,
    plan: CommitPlan,
    message: str,
    *,
    author: Signature,
    committer: Signature,
    progress: Progress,
) -> Committed:
    """Make plan true: the objects, the index, and last the log entry.

    Raises:
        RefMovedError: HEAD is not where the plan saw it.
        StateError: the index changed since.
        LimitExceededError: the message is too long.
    """
    made = Commit(plan.tree.root, plan.parents, author, committer, message)
    content = encode_commit(made)
    oid = commit_id(content)
    with locked(repo, "dg commit", progress):
        change = _check_unmoved(repo, plan, oid)
        nodes = ((Kind.NODE, node, node_content) for node, node_content in plan.tree.nodes)
        write_objects(repo.store, (*nodes, (Kind.COMMIT, oid, content)))
        if plan.index is not None:
            save_index(plan.index, repo.index)
        head = None if plan.refs.branch is not None else oid.hex()
        refs = () if head is not None else (change,)
        record_change(repo, f"{_verb(plan)}: {subject_of(message)}", refs, head, committer)
        if plan.merge is not None:
            clear_merge_state(repo.state / MERGE)
        clear_squash_message(repo)
    return Committed(oid, made, plan.refs.branch, plan.refs.target_of_head() is None, plan.base)


def _plan(repo: Repository, progress: Progress, take: Take, paths: PathFilter, onto: Onto, blobs: Blobs) -> CommitPlan:
    refs = repo.store.refs()
    head = refs.target_of_head()
    current = None if head is None else decode_commit(repo.store.read(Kind.COMMIT, head))
    merge = load_merge_state(repo.state / MERGE)
    if merge is not None and current is not None and is_concluded(merge, current.parents):
        merge = None
    _check_state(current, merge, take, onto)
    root = EMPTY_TREE if current is None else current.tree
    found = load_index(repo.index)
    index = _stage(repo, found, root, take, paths, blobs, progress)
    staged = found if index is None else index
    if staged.unmerged_count:
        unmerged: Column = pc.unique(staged.unmerged["path"])
        raise UnmergedFilesError(unmerged.to_pylist())
    changes = diff_staged(repo.store, root, staged.rows)
    shown = staged
    if take is Take.PATHS:
        chosen = choose_changes(changes, paths)
        shown = _without(staged, changes, chosen)
        changes = chosen
    tree = _edit(repo, root, changes)
    if onto is Onto.AMENDED and current is not None:
        parents, base = current.parents, EMPTY_TREE
        if parents:
            base = decode_commit(repo.store.read(Kind.COMMIT, parents[0])).tree
        return CommitPlan(refs, parents, base, tree, found, index, shown, None, current)
    parents = (() if head is None else (head,)) + (() if merge is None else merge.merge_heads)
    return CommitPlan(refs, parents, root, tree, found, index, shown, merge, None)


def _check_state(current: Commit | None, merge: MergeState | None, take: Take, onto: Onto) -> None:
    if onto is Onto.AMENDED and current is None:
        message = "you have nothing to amend"
        raise StateError(message, code="unknown-revision")
    if onto is Onto.AMENDED and merge is not None:
        message = "you are in the middle of a merge -- cannot amend"
        raise StateError(message)
    if take is Take.PATHS and merge is not None:
        message = "cannot do a partial commit during a merge"
        raise StateError(message)


def _stage(
    repo: Repository, found: Index, root: ObjectId, take: Take, paths: PathFilter, blobs: Blobs, progress: Progress
) -> Index | None:
    """Return the index with what take asks for staged; None if that changes nothing."""
    if take is Take.INDEX:
        return None
    staging = importlib.import_module(_STAGING)
    index: Index | None
    if take is Take.TRACKED:
        index = staging.stage_tracked(repo, found, blobs, progress)
    elif take is Take.INDEX_AND_PATHS:
        index = staging.stage_known_paths(repo, found, paths, blobs, progress)
    else:
        index = staging.stage_paths(repo, found, root, paths, blobs, progress)
    return index


def _without(index: Index, changes: pa.Table, chosen: pa.Table) -> Index:
    """Return index with all changes but the chosen ones taken back; what comes back is to be hashed."""
    others: pa.Table = pc.filter(changes, pc.invert(pc.is_in(changes["path"], value_set=chosen["path"])))
    old: pa.Table = pc.filter(others, pc.is_valid(others["old_id"]))
    zeros = {
        field.name: pa.repeat(pa.scalar(0, field.type), old.num_rows)
        for field in INDEX_SCHEMA
        if field.name not in LEAF_SCHEMA.names
    }
    columns = {"path": old["path"], "mode": old["old_mode"], "size": old["old_size"], "id": old["old_id"], **zeros}
    rows = pa.Table.from_arrays([columns[name] for name in INDEX_SCHEMA.names], schema=INDEX_SCHEMA)
    return put_rows(drop_paths(index, others["path"]), rows)


def _edit(repo: Repository, root: ObjectId, changes: pa.Table) -> NewTree:
    kept: pa.Table = pc.filter(changes, pc.is_valid(changes["new_id"]))
    put = pa.Table.from_arrays(
        [kept["path"], kept["new_mode"], kept["new_size"], kept["new_id"]], names=LEAF_SCHEMA.names
    )
    new = edit_tree(repo.store, root, pc.filter(changes["path"], pc.is_null(changes["new_id"])), put)
    # the empty tree can be read anywhere, but a store that names it shall hold it
    return new if new.root != EMPTY_TREE else edit_tree(repo.store, EMPTY_TREE, changes["path"][:0], put[:0])


def _check_unmoved(repo: Repository, plan: CommitPlan, oid: ObjectId) -> RefChange:
    """Return the change of the branch that is checked out, if all is as the plan saw it."""
    now, seen = repo.store.refs(), plan.refs
    change = RefChange(seen.head if seen.branch is not None else "HEAD", seen.target_of_head(), oid)
    if now.head != seen.head or now.target_of_head() != seen.target_of_head():
        raise RefMovedError(change, now.target_of_head())
    if plan.index is not None and not _holds_the_same(load_index(repo.index), plan.found):
        message = "the index changed while the commit was prepared"
        raise StateError(message, hint="run the same command again")
    return change


def _holds_the_same(now: Index, found: Index) -> bool:
    """Return whether an index has the same content; a status beside us may have saved newer stat data."""
    if now.saved_ns == found.saved_ns:
        return True
    staged = [*LEAF_SCHEMA.names, "stage"]
    same: bool = now.rows.select(staged).equals(found.rows.select(staged))  # type: ignore[assignment]  # so the stubs say
    return same


def _verb(plan: CommitPlan) -> str:
    if plan.amended is not None:
        return "commit (amend)"
    if plan.merge is not None:
        return "commit (merge)"
    return "commit" if plan.parents else "commit (initial)"


def planned_objects(repo: Repository, plan: CommitPlan) -> MemoryObjects:
    """Return the objects of the store, with those of the plan before they are written."""
    view = MemoryObjects(repo.store)
    view.keep(plan.tree)
    return view

"""Join another line of history into the branch that is checked out."""

import enum
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute

from datagit.diff.staged import diff_staged
from datagit.ids import ObjectId, short_id
from datagit.index.index import INDEX_SCHEMA, Index, load_index, put_rows, save_index
from datagit.index.operation import MergeState, load_merge_state, save_merge_state
from datagit.merge.base import MANY_BASES, NO_BASE, virtual_base
from datagit.merge.conflicts import Conflict, Note, stage_rows
from datagit.merge.content import MergePolicy
from datagit.merge.markers import Labels
from datagit.merge.text import TextStyle
from datagit.merge.trees import TreeMerge, merge_trees
from datagit.objects.commit import Commit, Signature, commit_id, encode_commit
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.reader import ObjectReader
from datagit.objects.tree import EMPTY_TREE, NewTree, edit_tree
from datagit.objects.tree_diff import CHANGE_SCHEMA, diff_nodes
from datagit.porcelain.in_the_way import LocalChangesError
from datagit.porcelain.merge_options import (
    MERGE_STATE,
    EmptyHeadError,
    FastForward,
    Finish,
    Histories,
    LocalChangesForbidMergeError,
    MergeHead,
    MergeOptions,
    MergeWaitsError,
    NotFastForwardError,
    Strategy,
    UnmergedError,
    UnrelatedHistoriesError,
)
from datagit.porcelain.merge_words import with_conflicts
from datagit.porcelain.merged_blobs import blob_objects
from datagit.porcelain.move_files import (
    LocalWork,
    MovePlan,
    apply_move,
    change_index,
    explain_obstacles,
    journal,
    plan_move,
    tree_of,
)
from datagit.porcelain.orig_head import save_orig_head
from datagit.porcelain.record import record_change
from datagit.porcelain.squash import save_squash_message
from datagit.porcelain.worktree_changes import file_hasher
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.revision.merge_base import merge_bases
from datagit.store.refs import RefChange, Refs
from datagit.store.store import write_objects
from datagit.worktree.apply import apply_checkout
from datagit.worktree.plan import FilesInTheWayError, plan_checkout

pc: Any = pyarrow.compute  # its stubs are narrower than its functions


class MergeKind(enum.Enum):
    """What a merge comes to."""

    UP_TO_DATE = "up to date"
    FAST_FORWARD = "fast-forward"
    TRUE = "true"


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge will do.

    Attributes:
        kind: the way it goes.
        head: the commit to merge.
        options: as asked.
        before: refs as the plan saw them.
        move: what index and files need; None if there is nothing to do.
        tree: the merged tree, for a true merge without conflicts.
        merged: conflicts, notes and contents of a true merge.
    """

    kind: MergeKind
    head: MergeHead
    options: MergeOptions
    before: Refs
    move: MovePlan | None = None
    tree: NewTree | None = None
    merged: TreeMerge = field(default_factory=lambda: TreeMerge(CHANGE_SCHEMA.empty_table(), (), (), ()))

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What the user has to decide."""
        return self.merged.conflicts

    @property
    def notes(self) -> tuple[Note, ...]:
        """What there is to say about paths."""
        return self.merged.notes

    def stopping(self) -> "MergePlan":
        """Return the plan that does the same, but stops before the commit."""
        return replace(self, options=replace(self.options, finish=Finish.STOP))

    @property
    def makes_commit(self) -> bool:
        """Whether a commit with two parents follows at once."""
        return self.kind is MergeKind.TRUE and not self.conflicts and self.options.finish is Finish.COMMIT


def load_settled_index(repo: Repository) -> Index:
    """Return the index that a merge may start from.

    Raises:
        UnmergedError, MergeWaitsError: an earlier merge is not concluded.
    """
    index = load_index(repo.index)
    if index.unmerged_count:
        raise UnmergedError
    if load_merge_state(repo.state / MERGE_STATE) is not None:
        raise MergeWaitsError
    return index


def plan_merge(repo: Repository, refs: Refs, head: MergeHead, options: MergeOptions, progress: Progress) -> MergePlan:
    """Return what merging head means; nothing is touched yet. The lock must be held until it is applied.

    Raises:
        UnmergedError, MergeWaitsError: an earlier merge is not concluded.
        EmptyHeadError: there is no commit yet to do that to.
        UnrelatedHistoriesError: there is no common ancestor, and one is needed.
        NotFastForwardError: a true merge is needed, and none is allowed.
        LocalChangesError: a fast-forward would lose local work.
        LocalChangesForbidMergeError: so would a true merge, or something is staged.
    """
    index = load_settled_index(repo)
    ours = refs.target_of_head()
    if ours is None:
        if options.finish is Finish.SQUASH:
            raise EmptyHeadError("squash commit")
        if options.fast_forward is FastForward.NEVER:
            raise EmptyHeadError("non-fast-forward commit")
        return _plan_fast_forward(repo, refs, head, options, progress)
    bases = merge_bases(repo.store, ours, head.commit)
    if head.commit in bases:
        return MergePlan(MergeKind.UP_TO_DATE, head, options, refs)
    if not bases and options.histories is Histories.RELATED:
        raise UnrelatedHistoriesError
    never = options.fast_forward is FastForward.NEVER or options.strategy is Strategy.OURS
    if ours in bases and not never:
        return _plan_fast_forward(repo, refs, head, options, progress)
    if options.fast_forward is FastForward.ONLY:
        raise NotFastForwardError
    return _plan_true_merge(repo, refs, index, head, options, bases, progress)


def _plan_fast_forward(
    repo: Repository, refs: Refs, head: MergeHead, options: MergeOptions, progress: Progress
) -> MergePlan:
    old, new = tree_of(repo, refs.target_of_head()), tree_of(repo, head.commit)
    move = plan_move(repo, old, new, LocalWork.CARRY, progress, verb="merge")
    return MergePlan(MergeKind.FAST_FORWARD, head, options, refs, move)


def _plan_true_merge(
    repo: Repository,
    refs: Refs,
    index: Index,
    head: MergeHead,
    options: MergeOptions,
    bases: tuple[ObjectId, ...],
    progress: Progress,
) -> MergePlan:
    ours, theirs = tree_of(repo, refs.target_of_head()), tree_of(repo, head.commit)
    staged: Any = diff_staged(repo.store, ours, index.rows)["path"].to_pylist()
    if staged:
        raise LocalChangesForbidMergeError("merge", changed=staged)
    if options.strategy is Strategy.OURS:
        merged, reader = TreeMerge(CHANGE_SCHEMA.empty_table(), (), (), ()), MemoryObjects(repo.store)
    else:
        policy = _policy(head, options, bases)
        base = virtual_base(repo.store, bases, policy)
        reader = base.objects
        merged = _with_base_blobs(merge_trees(reader, base.root, ours, theirs, policy), reader)
    changes, root = merged.changes, repo.root()
    try:
        checkout = plan_checkout(index, root, changes, hash_rows=file_hasher(root, progress))
    except FilesInTheWayError as error:
        found = explain_obstacles("merge", error, changes, ())
        raise _forbidding(found) from error
    tree = None if merged.conflicts else _edit(repo, ours, changes)
    return MergePlan(MergeKind.TRUE, head, options, refs, MovePlan(index, changes, checkout), tree, merged)


def _policy(head: MergeHead, options: MergeOptions, bases: tuple[ObjectId, ...]) -> MergePolicy:
    base = short_id(bases[0]).encode() if len(bases) == 1 else MANY_BASES if bases else NO_BASE
    labels = Labels(b"HEAD", head.word.encode("utf-8", "surrogateescape"), base)
    return MergePolicy(TextStyle(labels, options.style, options.favour))


def _with_base_blobs(merged: TreeMerge, reader: MemoryObjects) -> TreeMerge:
    """Return merged with those contents of a virtual base that its conflicts name as stage 1."""
    made = {oid: content for kind, oid, content in reader.kept() if kind is Kind.BLOB}
    named = {conflict.base.oid for conflict in merged.conflicts if conflict.base is not None}
    kept = tuple((oid, made[oid]) for oid in sorted(named & made.keys()))
    taken = {oid for oid, _ in merged.blobs}
    return replace(merged, blobs=(*merged.blobs, *(blob for blob in kept if blob[0] not in taken)))


def _forbidding(error: LocalChangesError) -> LocalChangesForbidMergeError:
    forbidding = LocalChangesForbidMergeError("merge", changed=error.paths)
    forbidding.args, forbidding.message = error.args, error.message
    return forbidding


def _edit(repo: Repository, root: ObjectId, changes: pa.Table) -> NewTree:
    kept = changes.filter(pc.is_valid(changes["new_id"]))
    columns = [kept[name] for name in ("path", "new_mode", "new_size", "new_id")]
    removed = changes["path"].filter(pc.is_null(changes["new_id"]))
    new = edit_tree(repo.store, root, removed, pa.Table.from_arrays(columns, schema=LEAF_SCHEMA))
    # the empty tree can be read anywhere, but a store that names it shall hold it
    return new if new.root != EMPTY_TREE else edit_tree(repo.store, EMPTY_TREE, removed[:0], LEAF_SCHEMA.empty_table())


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge did.

    Attributes:
        commit: what HEAD is now; None on a branch without commits.
        changes: CHANGE_SCHEMA from HEAD as it was to the files as they are, for the diffstat.
        objects: holds the contents of changes; None if the store does.
    """

    commit: ObjectId | None
    changes: pa.Table
    objects: ObjectReader | None = None


def preview_merge(repo: Repository, plan: MergePlan) -> MergeResult:
    """Return what applying plan would change, without writing anything."""
    before = plan.before.target_of_head()
    view = MemoryObjects(repo.store)
    for oid, content in plan.merged.blobs:
        for kind, part, raw in blob_objects([(oid, content)]):
            view.put(kind, part, raw)
    if plan.kind is MergeKind.FAST_FORWARD:
        changes = diff_nodes(repo.store, tree_of(repo, before), tree_of(repo, plan.head.commit))
        return MergeResult(before, changes, view)
    return MergeResult(before, plan.merged.changes, view)


def apply_merge_plan(
    repo: Repository, plan: MergePlan, message: str, *, author: Signature, committer: Signature, progress: Progress
) -> MergeResult:
    """Make plan true: objects, files, index, and last the log entry, or what lets a commit conclude the merge.

    Args:
        repo: the repository; its lock is held since the plan was made.
        plan: from plan_merge.
        message: of the commit that is made now or later.
        author: of the commit.
        committer: of the commit, and actor in the log.
        progress: hears of files.
    """
    before = plan.before.target_of_head()
    if plan.move is None:
        return MergeResult(before, CHANGE_SCHEMA.empty_table())
    if before is not None:
        save_orig_head(repo, before)
    if plan.kind is MergeKind.FAST_FORWARD:
        return _apply_fast_forward(repo, plan, plan.move, message, committer, progress)
    write_objects(repo.store, blob_objects(plan.merged.blobs))
    made = None
    if plan.makes_commit and plan.tree is not None and before is not None:
        made = Commit(plan.tree.root, (before, plan.head.commit), author, committer, message)
        nodes = [(Kind.NODE, oid, content) for oid, content in plan.tree.nodes]
        content = encode_commit(made)
        write_objects(repo.store, (*nodes, (Kind.COMMIT, commit_id(content), content)))
    with journal(repo, plan.move.checkout, op="merge", progress=progress):
        written = apply_checkout(plan.move.checkout, repo.store, repo.root(), jobs=None, progress=progress)
        index = change_index(plan.move.index, plan.move.changes, written)
        save_index(put_rows(index, _unmerged_rows(plan.conflicts)), repo.index)
        if made is None:
            _save_state(repo, plan, message)
            return MergeResult(before, plan.move.changes)
        oid = commit_id(encode_commit(made))
        said = f"merge {plan.head.word}: Merge made by the '{plan.options.strategy.value}' strategy."
        _move_head(repo, plan.before, oid, said, committer)
    return MergeResult(oid, plan.move.changes)


def _apply_fast_forward(
    repo: Repository, plan: MergePlan, move: MovePlan, message: str, committer: Signature, progress: Progress
) -> MergeResult:
    before = plan.before.target_of_head()
    changes = diff_nodes(repo.store, tree_of(repo, before), tree_of(repo, plan.head.commit))
    with journal(repo, move.checkout, op="merge", progress=progress):
        apply_move(repo, move, progress)
        if plan.options.finish is Finish.SQUASH:
            save_squash_message(repo, message)
            return MergeResult(before, changes)
        said = f"merge {plan.head.word}: Fast-forward" if before is not None else "initial pull"
        _move_head(repo, plan.before, plan.head.commit, said, committer)
    return MergeResult(plan.head.commit, changes)


def _unmerged_rows(conflicts: tuple[Conflict, ...]) -> pa.Table:
    rows = stage_rows(conflicts)
    for name in ("mtime_ns", "ctime_ns", "inode"):
        kind = INDEX_SCHEMA.field(name)
        rows = rows.append_column(kind, pa.array([0] * rows.num_rows, kind.type))
    return rows


def _save_state(repo: Repository, plan: MergePlan, message: str) -> None:
    message = with_conflicts(message, [conflict.path for conflict in plan.conflicts])
    if plan.options.finish is Finish.SQUASH:
        save_squash_message(repo, message)
        return
    state = MergeState(
        kind="merge",
        head=plan.before.head,
        orig_head=plan.before.target_of_head(),
        merge_heads=(plan.head.commit,),
        message=message,
        conflicts=tuple(conflict.path for conflict in plan.conflicts),
    )
    save_merge_state(state, repo.state / MERGE_STATE)


def _move_head(repo: Repository, refs: Refs, commit: ObjectId, said: str, who: Signature) -> None:
    if refs.branch is None:
        record_change(repo, said, (), commit.hex(), who)
    else:
        record_change(repo, said, (RefChange(refs.head, refs.target_of_head(), commit),), None, who)

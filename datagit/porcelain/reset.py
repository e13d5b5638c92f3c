"""Move the branch that is checked out to another commit, and with it the index, the files, both or neither."""

import enum
from dataclasses import dataclass

from datagit.diff.pathspec import EVERYTHING
from datagit.errors import NotFoundError, StateError
from datagit.ids import ObjectId
from datagit.index.index import Index, IndexDamagedError, load_index
from datagit.index.operation import clear_merge_state, load_merge_state
from datagit.objects import compute as pc
from datagit.objects.commit import Signature
from datagit.objects.path import show_path
from datagit.porcelain.in_the_way import LocalChangesError
from datagit.porcelain.move_files import LocalWork, MovePlan, apply_move, journal, plan_move, tree_of
from datagit.porcelain.orig_head import save_orig_head
from datagit.porcelain.record import record_change
from datagit.porcelain.restore import restore_index
from datagit.porcelain.switch import MERGE_STATE, LocalChange, letters_of
from datagit.porcelain.worktree_changes import find_worktree_changes
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.store.refs import RefChange, Refs


class Reset(enum.Enum):
    """What goes along with the branch."""

    SOFT = "soft"
    MIXED = "mixed"
    """The index."""
    HARD = "hard"
    """The index and the files, whatever was changed in them."""
    KEEP = "keep"
    """The index, and the files that were not changed; nothing happens if a changed one is different there."""


@dataclass(frozen=True, slots=True)
class ResetPlan:
    """Where a reset goes.

    Attributes:
        reset: what goes along.
        before: refs as the plan saw them.
        commit: the new tip; None where there is none yet.
        spelled: how the user called it, for the log.
        move: what index and files need, where the files go along.
    """

    reset: Reset
    before: Refs
    commit: ObjectId | None
    spelled: str
    move: MovePlan | None


class MidMergeError(StateError):
    """This kind of reset cannot be done while a merge waits."""

    code = "operation-in-progress"

    def __init__(self, reset: Reset) -> None:
        super().__init__(
            f"Cannot do a {reset.value} reset in the middle of a merge.",
            hint="give the merge up with 'dg merge --abort', or conclude it with 'dg commit'",
        )


class EntryNotUpToDateError(StateError):
    """A changed file is different in the commit to go to."""

    code = "files-in-the-way"

    def __init__(self, path: bytes, spelled: str) -> None:
        super().__init__(
            f"Could not reset index file to revision '{spelled}': entry {show_path(path)} not uptodate",
            hint="commit your changes first, or lose them with '--hard'",
        )
        self.path = path


def plan_reset(
    repo: Repository, refs: Refs, commit: ObjectId | None, spelled: str, reset: Reset, progress: Progress
) -> ResetPlan:
    """Return what going to commit means; nothing is touched yet. The lock must be held until it is applied.

    Raises:
        MidMergeError: a merge waits, and soft or keep was asked for.
        NotFoundError: there is no commit yet from which keep could tell what changed.
        EntryNotUpToDateError: keep would lose changes.
    """
    if reset in (Reset.SOFT, Reset.KEEP) and _is_merging(repo):
        raise MidMergeError(reset)
    if reset is Reset.KEEP and refs.target_of_head() is None:
        message = "You do not have a valid HEAD."
        raise NotFoundError(message, hint="make a first commit with 'dg commit'", code="unknown-revision")
    if reset is Reset.HARD or reset is Reset.MIXED:
        _drop_damaged_index(repo, progress)
    move = None
    if reset is Reset.HARD or reset is Reset.KEEP:
        old, new = tree_of(repo, refs.target_of_head()), tree_of(repo, commit)
        local = LocalWork.DISCARD if reset is Reset.HARD else LocalWork.CARRY
        try:
            move = plan_move(repo, old, new, local, progress, "reset")
        except LocalChangesError as error:
            if reset is Reset.HARD:
                raise
            raise EntryNotUpToDateError(error.paths[0], spelled) from error
    return ResetPlan(reset, refs, commit, spelled, move)


def _drop_damaged_index(repo: Repository, progress: Progress) -> None:
    """Remove an index that cannot be read, since it is about to be made anew; what it alone knew is lost already."""
    try:
        load_index(repo.index)
    except IndexDamagedError as error:
        progress.warn(f"{error.message}; it is rebuilt, and what was staged has to be added again")
        repo.index.unlink()


def apply_reset(repo: Repository, plan: ResetPlan, who: Signature, progress: Progress) -> None:
    """Make plan true: the files, the index, then the log entry that moves the branch."""
    tree = tree_of(repo, plan.commit)
    if plan.move is not None:
        with journal(repo, plan.move.checkout, op="reset", progress=progress):
            apply_move(repo, plan.move, progress)
            if plan.reset is Reset.KEEP:
                restore_index(repo, EVERYTHING, tree)
            _record(repo, plan, who)
    else:
        if plan.reset is Reset.MIXED:
            restore_index(repo, EVERYTHING, tree)
        _record(repo, plan, who)
    if plan.reset is not Reset.SOFT:
        clear_merge_state(repo.state / MERGE_STATE)


def list_unstaged(repo: Repository, progress: Progress) -> list[LocalChange]:
    """Return the tracked files that differ from the index, unmerged ones as ``U``."""
    index = load_index(repo.index)
    letters: dict[bytes, str] = dict.fromkeys(pc.unique(index.unmerged["path"]).to_pylist(), "U")
    letters |= letters_of(find_worktree_changes(index, repo.root(), progress).changes)
    return [LocalChange(letters[path], path) for path in sorted(letters)]


def _is_merging(repo: Repository) -> bool:
    if load_merge_state(repo.state / MERGE_STATE) is not None:
        return True
    index: Index = load_index(repo.index)
    return index.unmerged_count > 0


def _record(repo: Repository, plan: ResetPlan, who: Signature) -> None:
    old = plan.before.target_of_head()
    if plan.commit is None:
        return
    if old is not None:
        save_orig_head(repo, old)
    if old == plan.commit:
        return
    op = f"reset: moving to {plan.spelled}"
    if plan.before.branch is None:
        record_change(repo, op, (), plan.commit.hex(), who)
    else:
        record_change(repo, op, (RefChange(plan.before.head, old, plan.commit),), None, who)

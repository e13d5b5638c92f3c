"""Check out another branch or commit: the files, the index, and HEAD last."""

import enum
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from datagit.diff.staged import diff_staged
from datagit.errors import RefusedError, StateError
from datagit.ids import ObjectId
from datagit.index.index import Index, load_index
from datagit.index.operation import clear_merge_state, load_merge_state
from datagit.objects import compute as pc
from datagit.objects.commit import Commit, Signature
from datagit.objects.kind import Kind
from datagit.objects.tag import decode_tag
from datagit.objects.tree import EMPTY_TREE
from datagit.porcelain.in_the_way import UnmergedIndexError
from datagit.porcelain.move_files import LocalWork, MovePlan, apply_move, journal, plan_move, tree_of
from datagit.porcelain.record import record_change
from datagit.porcelain.squash import clear_squash_message
from datagit.porcelain.worktree_changes import find_worktree_changes
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.revision.walk import walk_commits
from datagit.store.refs import HEADS, RefChange, Refs

MERGE_STATE = "merge"
"""The folder of the merge in progress, in Repository.state."""
_MOST_LEFT_SHOWN = 4
_VERB = "checkout"  # in the log, like Git, for switch as well
_ORPHAN = "orphan"  # as in Git, @{-1} does not count the way to a branch without commits, only the way back


class Moving(enum.Enum):
    """Whether index and files move with HEAD."""

    FILES_TOO = "files-too"
    HEAD_ONLY = "head-only"
    """A new branch at HEAD: everything staged or edited stays, conflicts, too."""


class InProgress(enum.Enum):
    """Whether one may leave while a merge waits."""

    REFUSE = "refuse"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where HEAD is to go.

    Attributes:
        head: full name of a branch, or 64 hex digits.
        commit: what that is; None for a branch without commits.
        tree: the tree to check out.
        refs: the branch made or reset on the way.
        spelled: how the user called it, for the log.
    """

    head: str
    commit: ObjectId | None
    tree: ObjectId
    refs: tuple[RefChange, ...]
    spelled: str


@dataclass(frozen=True, slots=True)
class SwitchPlan:
    """What a switch will do.

    Attributes:
        destination: where HEAD goes.
        before: refs as the plan saw them.
        move: what index and files need; None if they stay.
    """

    destination: Destination
    before: Refs
    move: MovePlan | None


@dataclass(frozen=True, slots=True)
class LocalChange:
    """A file that differs from HEAD, in the index or in the files: status letter and path."""

    letter: str
    path: bytes


@dataclass(frozen=True, slots=True)
class LeftCommits:
    """Commits of a detached HEAD that nothing leads to any more: the latest few and how many there are."""

    shown: tuple[tuple[ObjectId, Commit], ...]
    count: int


class MergeInProgressError(StateError):
    """A branch is not left in the middle of a merge."""

    code = "operation-in-progress"

    def __init__(self) -> None:
        super().__init__('cannot switch branch while merging\nConsider "dg merge --quit".')


class BranchTakenError(RefusedError):
    """A branch of that name is there."""

    code = "exists"
    exit_code = 128

    def __init__(self, name: str) -> None:
        super().__init__(f"a branch named '{name}' already exists")
        self.name = name


def check_nothing_waits(repo: Repository) -> None:
    """Raise MergeInProgressError if a merge waits for the user."""
    if load_merge_state(repo.state / MERGE_STATE) is not None:
        raise MergeInProgressError


def branch_destination(repo: Repository, refs: Refs, name: str, spelled: str) -> Destination:
    """Return a branch that exists as a destination; name is full."""
    commit = refs.heads[name]
    return Destination(name, commit, tree_of(repo, commit), (), spelled)


def detached_destination(repo: Repository, commit: ObjectId, spelled: str) -> Destination:
    """Return a commit as a destination."""
    return Destination(commit.hex(), commit, tree_of(repo, commit), (), spelled)


def new_branch_destination(repo: Repository, refs: Refs, name: str, commit: ObjectId | None) -> Destination:
    """Return a branch, made or reset to commit, as a destination; without a commit it is as unborn as HEAD is."""
    old = refs.heads.get(name)
    changes = (RefChange(name, old, commit),) if commit is not None and commit != old else ()
    return Destination(name, commit, tree_of(repo, commit), changes, name.removeprefix(HEADS))


def orphan_destination(name: str, tree: ObjectId = EMPTY_TREE) -> Destination:
    """Return a branch without commits as a destination."""
    return Destination(name, None, tree, (), name.removeprefix(HEADS))


def plan_switch(
    repo: Repository, refs: Refs, destination: Destination, local: LocalWork, moving: Moving, progress: Progress
) -> SwitchPlan:
    """Return what going to destination means; nothing is touched yet. The lock must be held until it is applied.

    Raises:
        UnmergedIndexError: conflicts wait in the index.
        LocalChangesError: local work would be lost.
    """
    if moving is Moving.HEAD_ONLY:
        return SwitchPlan(destination, refs, None)
    old = tree_of(repo, refs.target_of_head())
    return SwitchPlan(destination, refs, plan_move(repo, old, destination.tree, local, progress))


def apply_switch(repo: Repository, plan: SwitchPlan, who: Signature, progress: Progress) -> Index | None:
    """Make plan true: the files, the index, then the log entry that moves HEAD; return the index if it moved."""
    if plan.move is None:
        _go(repo, plan, who)
        return None
    with journal(repo, plan.move.checkout, op=_VERB, progress=progress):
        index = apply_move(repo, plan.move, progress)
        _go(repo, plan, who)
    return index


def reset_files(repo: Repository, refs: Refs, progress: Progress) -> None:
    """Make index and tracked files what HEAD is and forget a merge that waits; the lock must be held."""
    tree = tree_of(repo, refs.target_of_head())
    plan = plan_move(repo, tree, tree, LocalWork.DISCARD, progress)
    with journal(repo, plan.checkout, op=_VERB, progress=progress):
        apply_move(repo, plan, progress)
    clear_merge_state(repo.state / MERGE_STATE)


def list_local_changes(
    repo: Repository, commit: ObjectId | None, progress: Progress, index: Index | None = None
) -> list[LocalChange]:
    """Return what differs between a commit and the files, as `git diff --name-status HEAD` lists it.

    Args:
        repo: the repository.
        commit: what HEAD is.
        progress: hears of files that must be hashed.
        index: as it is after a switch; loaded if it is not given.

    Raises:
        UnmergedIndexError: conflicts wait in the index.
    """
    index = load_index(repo.index) if index is None else index
    if index.unmerged_count:
        raise UnmergedIndexError(pc.unique(index.unmerged["path"]).to_pylist())
    staged = diff_staged(repo.store, tree_of(repo, commit), index.rows)
    found = find_worktree_changes(index, repo.root(), progress).changes
    letters = letters_of(staged)
    for path, letter in letters_of(found).items():
        if letters.get(path) != "A":
            letters[path] = letter
        elif letter == "D":
            del letters[path]
    return [LocalChange(letters[path], path) for path in sorted(letters)]


def left_behind(repo: Repository, refs: Refs, commit: ObjectId, new: ObjectId | None) -> LeftCommits:
    """Return the commits that only a detached HEAD at commit led to, once HEAD is at new.

    Args:
        repo: the repository.
        refs: after the switch.
        commit: where HEAD was.
        new: where it is.
    """
    kept = _commits_of(repo, {*refs.heads.values(), *([new] if new is not None else [])})
    if commit in kept:
        return LeftCommits((), 0)
    walk = walk_commits(repo.store, [commit], kept)
    shown = tuple(islice(walk, _MOST_LEFT_SHOWN))
    return LeftCommits(shown, len(shown) + sum(1 for _ in walk))


def _commits_of(repo: Repository, tips: set[ObjectId]) -> set[ObjectId]:
    """Return the commits that refs lead to, through tags where they are annotated."""
    commits: set[ObjectId] = set()
    for tip in tips:
        target = tip
        while not repo.store.has(Kind.COMMIT, target) and repo.store.has(Kind.TAG, target):
            target = decode_tag(repo.store.read(Kind.TAG, target)).object
        if repo.store.has(Kind.COMMIT, target):
            commits.add(target)
    return commits


def _go(repo: Repository, plan: SwitchPlan, who: Signature) -> None:
    """Move HEAD, which commits the switch; a merge that waited here is over with it."""
    destination, before = plan.destination, plan.before
    verb = _VERB if destination.commit is not None else _ORPHAN
    op = f"{verb}: moving from {before.branch or before.head} to {destination.spelled}"
    # as in Git, @{-1} counts from a branch to itself, and not from a commit to itself
    if destination.head != before.head or before.branch is not None:
        record_change(repo, op, destination.refs, destination.head, who)
    clear_merge_state(repo.state / MERGE_STATE)
    clear_squash_message(repo)


def letters_of(changes: pa.Table) -> dict[bytes, str]:
    """Return the status letter of every path of a table of CHANGE_SCHEMA: A, D, M, or T where a link comes or goes."""
    letters: dict[bytes, str] = {}
    columns = (changes["path"], changes["old_mode"], changes["new_mode"])
    for path, old, new in zip(*(column.to_pylist() for column in columns), strict=True):
        kinds = old == 2, new == 2
        letters[path] = "A" if old is None else "D" if new is None else "T" if kinds[0] != kinds[1] else "M"
    return letters

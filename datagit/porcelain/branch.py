"""Make, delete, rename and copy branches."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from datagit.errors import DatagitError, NotFoundError, RefusedError, StateError
from datagit.ids import ObjectId
from datagit.objects.commit import Signature
from datagit.porcelain.branch_config import Follow, Tracking, copy_section, drop_section, move_section, set_upstream
from datagit.porcelain.record import record_change
from datagit.porcelain.upstream import find_upstream
from datagit.progress import Progress
from datagit.repository import Repository, locked
from datagit.revision.merge_base import is_ancestor
from datagit.store.reflog import RENAMING
from datagit.store.refs import HEADS, REMOTES, RefChange, RefNameError, Refs, check_branch_name

_COMMAND = "dg branch"


class Existing(enum.Enum):
    """What to do about a branch that has the new name already."""

    KEEP = "keep"
    REPLACE = "replace"


class Unmerged(enum.Enum):
    """What to do about a branch that has commits which nothing else reaches."""

    KEEP = "keep"
    DELETE = "delete"


class Side(enum.Enum):
    """Whose branches are meant: ours, or those fetched from remotes; the value is what full names begin with."""

    LOCAL = HEADS
    REMOTE = REMOTES


@dataclass(frozen=True, slots=True)
class Start:
    """Where a new branch begins.

    Attributes:
        commit: the commit.
        spelled: how the user called it.
        ref: the full name of the ref, where just that was named.
    """

    commit: ObjectId
    spelled: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class CreatedBranch:
    """A branch that was made or moved; follows is what it is set up to track, None for nothing."""

    name: str
    commit: ObjectId
    old: ObjectId | None
    follows: Follow | None


@dataclass(frozen=True, slots=True)
class DeletedBranch:
    """A branch that is gone, by its short name, and where it was."""

    name: str
    commit: ObjectId


@dataclass(frozen=True, slots=True)
class DeletedBranches:
    """What came of a deletion: branches that are gone, why others are not, and what to think about."""

    deleted: tuple[DeletedBranch, ...]
    problems: tuple[DatagitError, ...]
    warnings: tuple[str, ...]


class BranchExistsError(RefusedError):
    """The name is taken."""

    code = "exists"
    exit_code = 128

    def __init__(self, name: str) -> None:
        super().__init__(f"a branch named '{name}' already exists", hint="choose another name, or move it with --force")


class BranchMissingError(NotFoundError):
    """No branch is called so."""

    code = "unknown-revision"


class BranchCheckedOutError(RefusedError):
    """The branch is the one whose files are in the working tree."""

    code = "ref-checked-out"


class BranchNotMergedError(RefusedError):
    """Commits would be lost from sight."""

    code = "not-merged"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The branch '{name}' is not fully merged.",
            hint=f"if you are sure you want to delete it, run 'dg branch -D {name}'",
        )


class NoBranchError(StateError):
    """HEAD is on no branch, or on one without commits."""

    code = "unknown-revision"


def check_new_branch(repo: Repository, refs: Refs, name: str, existing: Existing) -> str:
    """Return the full name of a branch to make; raise what create_branch would refuse the name for."""
    full = check_branch_name(name)
    _check_new_name(repo, refs, full, existing)
    return full


def create_branch(
    repo: Repository,
    name: str,
    start: Start,
    *,
    existing: Existing,
    tracking: Tracking,
    who: Signature,
    progress: Progress,
) -> CreatedBranch:
    """Make a branch at start, or move it there; nothing is checked out.

    Raises:
        RefNameError: no branch may be called so.
        BranchExistsError: there is one, and it is to be kept.
        BranchCheckedOutError: it would be moved away from under the working tree.
    """
    with locked(repo, _COMMAND, progress):
        refs = repo.store.refs()
        full = check_new_branch(repo, refs, name, existing)
        old = refs.heads.get(full)
        follow = tracking.choose(repo.settings, start.ref, start.spelled)
        verb = "Created from" if old is None else "Reset to"
        if old != start.commit:
            record_change(repo, f"branch: {verb} {start.spelled}", [RefChange(full, old, start.commit)], None, who)
        if follow is not None and follow.ref == full:
            follow = None  # a branch does not follow itself
        if follow is not None:
            set_upstream(repo, name, follow)
    return CreatedBranch(name, start.commit, old, follow)


def delete_branches(
    repo: Repository, names: Sequence[str], side: Side, *, unmerged: Unmerged, who: Signature, progress: Progress
) -> DeletedBranches:
    """Delete those of the named branches that may go, in one step.

    Raises:
        NoBranchError: whether they are merged cannot be said, because HEAD has no commit.
    """
    deleted: dict[str, DeletedBranch] = {}
    problems: list[DatagitError] = []
    warnings: list[str] = []
    with locked(repo, _COMMAND, progress):
        refs = repo.store.refs()
        for name in names:
            full = side.value + name
            problem = _why_not_delete(repo, refs, full, side, unmerged, warnings)
            if problem is not None:
                problems.append(problem)
            elif full not in deleted:
                deleted[full] = DeletedBranch(name, refs.heads[full])
        if deleted:
            changes = [RefChange(full, branch.commit, None) for full, branch in deleted.items()]
            subject = ", ".join(branch.name for branch in deleted.values())
            record_change(repo, f"branch: deleted {subject}", changes, None, who)
        if side is Side.LOCAL:
            for branch in deleted.values():
                drop_section(repo, branch.name)
    return DeletedBranches(tuple(deleted.values()), tuple(problems), tuple(warnings))


def rename_branch(
    repo: Repository, old: str | None, new: str, *, existing: Existing, who: Signature, progress: Progress
) -> None:
    """Give a branch another name, with its moves and settings; old None is the one that is checked out.

    Raises:
        NoBranchError: HEAD is on no branch.
        BranchMissingError: there is none called old.
        RefNameError, BranchExistsError, BranchCheckedOutError: as create_branch.
    """
    with locked(repo, _COMMAND, progress):
        refs = repo.store.refs()
        source = _source(refs, old, "rename")
        full_old = HEADS + source
        is_current = refs.head == full_old
        commit = refs.heads.get(full_old)
        if commit is None and not is_current:
            message = f"No branch named '{source}'."
            raise BranchMissingError(message)
        full_new = check_branch_name(new)
        if full_old == full_new:
            return
        _check_new_name(repo, refs, full_new, existing)
        changes = []
        if commit is not None:
            changes = [RefChange(full_old, commit, None), RefChange(full_new, refs.heads.get(full_new), commit)]
        record_change(repo, f"{RENAMING} {full_old} to {full_new}", changes, full_new if is_current else None, who)
        move_section(repo, source, new)


def copy_branch(
    repo: Repository, old: str | None, new: str, *, existing: Existing, who: Signature, progress: Progress
) -> None:
    """Make a branch like another, with its settings; old None is the one checked out; raises as rename_branch."""
    with locked(repo, _COMMAND, progress):
        refs = repo.store.refs()
        source = _source(refs, old, "copy")
        full_old = HEADS + source
        commit = refs.heads.get(full_old)
        if commit is None:
            if refs.head == full_old:
                message = f"No commit on branch '{source}' yet."
                raise NoBranchError(message)
            message = f"No branch named '{source}'."
            raise BranchMissingError(message)
        full_new = check_branch_name(new)
        if full_old == full_new:
            return
        _check_new_name(repo, refs, full_new, existing)
        change = RefChange(full_new, refs.heads.get(full_new), commit)
        record_change(repo, f"branch: copied {full_old} to {full_new}", [change], None, who)
        copy_section(repo, source, new)


def _source(refs: Refs, old: str | None, verb: str) -> str:
    if old is None:
        if refs.branch is None:
            message = f"cannot {verb} the current branch while not on any."
            raise NoBranchError(message)
        return refs.branch
    try:
        check_branch_name(old)
    except RefNameError as error:
        message = f"Invalid branch name: '{old}'"
        raise BranchMissingError(message, code=error.code) from error
    return old


def _check_new_name(repo: Repository, refs: Refs, full: str, existing: Existing) -> None:
    if full not in refs.heads:
        return
    if existing is Existing.KEEP:
        raise BranchExistsError(full.removeprefix(HEADS))
    if refs.head == full and repo.worktree is not None:
        message = f"cannot force update the branch '{full.removeprefix(HEADS)}' checked out at '{repo.worktree}'"
        error = BranchCheckedOutError(message, hint="move the branch you are on with 'dg reset'")
        error.exit_code = 128
        raise error


def _why_not_delete(
    repo: Repository, refs: Refs, full: str, side: Side, unmerged: Unmerged, warnings: list[str]
) -> DatagitError | None:
    name = full.removeprefix(side.value)
    if refs.head == full and repo.worktree is not None:
        message = f"Cannot delete branch '{name}' checked out at '{repo.worktree}'"
        return BranchCheckedOutError(message, hint="go to another one first: dg switch BRANCH")
    if full not in refs.heads:
        what = "branch" if side is Side.LOCAL else "remote-tracking branch"
        return BranchMissingError(f"{what} '{name}' not found.")
    if unmerged is Unmerged.DELETE or side is Side.REMOTE:
        return None
    return None if _is_merged(repo, refs, full, warnings) else BranchNotMergedError(name)


def _is_merged(repo: Repository, refs: Refs, full: str, warnings: list[str]) -> bool:
    """Return whether the branch's upstream, or HEAD where there is none, reaches the branch."""
    head, tip, name = refs.target_of_head(), refs.heads[full], full.removeprefix(HEADS)
    if head is None:
        message = "Couldn't look up commit object for HEAD"
        raise NoBranchError(message)
    upstream = find_upstream(repo.settings, name)
    reference = head if upstream is None else refs.heads.get(upstream.ref, head)
    merged = is_ancestor(repo.store, tip, reference)
    if upstream is not None and reference != head and is_ancestor(repo.store, tip, head) != merged:
        warnings.append(
            f"deleting branch '{name}' that has been merged to\n         '{upstream.ref}', but not yet merged to HEAD."
            if merged
            else f"not deleting branch '{name}' that is not yet merged to\n"
            f"         '{upstream.ref}', even though it is merged to HEAD."
        )
    return merged

"""What ``switch`` and ``checkout`` share: one pass through lock, plan and log entry, and the words afterwards."""

import enum
from dataclasses import dataclass

from datagit.cli.options import Door
from datagit.errors import NotFoundError
from datagit.ids import ObjectId, parse_id, short_id
from datagit.index.operation import load_merge_state
from datagit.objects.kind import Kind
from datagit.porcelain.in_the_way import UnmergedIndexError
from datagit.porcelain.move_files import LocalWork, tree_of
from datagit.porcelain.ref_fields import subject_of
from datagit.porcelain.switch import (
    MERGE_STATE,
    BranchTakenError,
    Destination,
    LeftCommits,
    LocalChange,
    Moving,
    apply_switch,
    branch_destination,
    detached_destination,
    left_behind,
    list_local_changes,
    new_branch_destination,
    orphan_destination,
    plan_switch,
    reset_files,
)
from datagit.repository import Repository
from datagit.revision.parse import peel, resolve
from datagit.revision.reader import Resolved, RevisionReader, UnknownRevisionError
from datagit.revision.walk import read_commit
from datagit.store.refs import HEADS, Refs, check_branch_name
from datagit.ui.quote import Quoting, quote_path, safe_line

_ADVICE = """\
You are in 'detached HEAD' state: commits that you make here belong to no branch.
Keep them on a new branch with

  dg switch -c <new-branch-name>

or go back with

  dg switch -

This advice is off with advice.detachedHead=false
"""


class Manner(enum.Enum):
    """Whether a branch that is made may be there already."""

    CREATE = "create"
    RESET = "reset"


class Files(enum.Enum):
    """Whether a branch without commits starts with the files that are there."""

    KEEP = "keep"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a switch starts, under the lock.

    Attributes:
        repo: the repository.
        refs: as they are now.
        reader: of names.
        local: what is to happen to local work.
    """

    repo: Repository
    refs: Refs
    reader: RevisionReader
    local: LocalWork


@dataclass(frozen=True, slots=True)
class Trip:
    """One way from HEAD to elsewhere.

    Attributes:
        destination: where to.
        moving: whether the files go along.
        arrival: what to say before the name of a branch; empty for a commit.
        asked: the words that led to a commit, if its being on no branch has to be explained.
        compared: the commit that local changes are told against; None for the destination's own.
    """

    destination: Destination
    moving: Moving
    arrival: str = ""
    asked: str | None = None
    compared: ObjectId | None = None


def previous(word: str) -> str:
    """Return word, or ``@{-1}`` for ``-``."""
    return "@{-1}" if word == "-" else word


def find_branch(at: Start, word: str) -> str | None:
    """Return the full name of the branch that word, or ``@{-n}``, names; None if it names none."""
    full = HEADS + word
    if full in at.refs.heads:
        return full
    if word.startswith("@{-"):
        try:
            found = resolve(at.reader, word)
        except UnknownRevisionError:
            return None
        return found.ref if found.ref is not None and found.ref.startswith(HEADS) else None
    return None


def spell(at: Start, word: str) -> str:
    """Return word as messages and the log spell it: ``@{-1}`` is the branch, or the id of the commit, that was left."""
    if not word.startswith("@{-"):
        return word
    try:
        found = resolve(at.reader, word)
        return found.ref.removeprefix(HEADS) if found.ref else found.oid.hex()
    except UnknownRevisionError:
        return word


def named_object(at: Start, word: str) -> Resolved:
    """Return what word names; raise NotFoundError in the words of switch."""
    try:
        return resolve(at.reader, word)
    except UnknownRevisionError as error:
        message = f"invalid reference: {word}"
        raise NotFoundError(message, code=error.code) from error


def named_commit(at: Start, word: str) -> ObjectId:
    """Return the commit that word names; raise NotFoundError in the words of switch."""
    found = named_object(at, word)
    if found.kind is Kind.BLOB:
        message = f"reference is not a tree: {word}"
        raise NotFoundError(message, code="unknown-revision")
    try:
        return peel(at.reader, found, Kind.COMMIT, word).oid
    except UnknownRevisionError as error:
        message = f"Cannot switch branch to a non-commit '{word}'"
        raise NotFoundError(message, code=error.code) from error


def head_commit(at: Start) -> ObjectId:
    """Return the commit that is checked out; raise NotFoundError if there is none yet."""
    commit = at.refs.target_of_head()
    if commit is None:
        message = "You are on a branch yet to be born"
        raise NotFoundError(message, code="unknown-revision")
    return commit


def branch_trip(at: Start, full: str) -> Trip:
    """Return the way to a branch that exists, by its full name."""
    words = "Already on" if full == at.refs.head else "Switched to branch"
    return Trip(branch_destination(at.repo, at.refs, full, full.removeprefix(HEADS)), Moving.FILES_TOO, words)


def detached_trip(at: Start, commit: ObjectId, spelled: str, moving: Moving, asked: str | None = None) -> Trip:
    """Return the way to a commit, on no branch; asked is what has to be explained, if anything."""
    return Trip(detached_destination(at.repo, commit, spelled), moving, asked=asked)


def new_branch_trip(at: Start, name: str, start: str | None, manner: Manner, moving: Moving) -> Trip:
    """Return the way to a branch that is made, or reset, at start or at HEAD; as unborn as HEAD, if need be."""
    if start is not None:
        named_object(at, start)  # what is no name at all comes first
    full = check_branch_name(name)
    if full in at.refs.heads and manner is Manner.CREATE:
        raise BranchTakenError(name)
    commit = at.refs.target_of_head()
    if start is not None:
        commit = named_commit(at, start)
    words = "Switched to a new branch"
    if full in at.refs.heads and commit is not None:
        words = "Reset branch" if full == at.refs.head else "Switched to and reset branch"
    if commit is None:
        moving = Moving.HEAD_ONLY
    return Trip(new_branch_destination(at.repo, at.refs, full, commit), moving, words)


def orphan_trip(at: Start, name: str, commit: ObjectId | None, files: Files) -> Trip:
    """Return the way to a branch without commits.

    Args:
        at: where it starts.
        name: of the branch, which must be new.
        commit: whose files are to be there, but no history; None for none.
        files: whether index and files stay as they are.
    """
    full = check_branch_name(name)
    if full in at.refs.heads:
        raise BranchTakenError(name)
    # from one branch without commits to another nothing but HEAD moves
    unborn = at.refs.target_of_head() is None
    commit = commit or (at.refs.target_of_head() if files is Files.KEEP else None)
    moving = Moving.HEAD_ONLY if commit is None and unborn else Moving.FILES_TOO
    words = "Already on" if full == at.refs.head and commit is not None else "Switched to a new branch"
    return Trip(orphan_destination(full, tree_of(at.repo, commit)), moving, words, compared=commit)


def stay(door: Door, at: Start) -> None:
    """Check out HEAD again: show what differs from it, or throw that away."""
    progress, repo = door.progress(), at.repo
    if at.local is LocalWork.DISCARD:
        reset_files(repo, at.refs, progress)
        return
    try:
        changes = list_local_changes(repo, at.refs.target_of_head(), progress)
    except UnmergedIndexError as error:
        show_unmerged(door, error)
        raise
    if not door.quiet:
        show_local_changes(door, changes)


def travel(door: Door, at: Start, trip: Trip) -> None:
    """Go where trip leads and say so; the lock is held."""
    progress, repo = door.progress(), at.repo
    try:
        plan = plan_switch(repo, at.refs, trip.destination, at.local, trip.moving, progress)
    except UnmergedIndexError as error:
        show_unmerged(door, error)
        raise
    if load_merge_state(repo.state / MERGE_STATE) is not None:
        door.console.warning("the merge in progress is given up")
    index = apply_switch(repo, plan, door.signature("COMMITTER"), progress)
    if door.quiet:
        return
    commit = trip.destination.commit
    compared = trip.compared or commit
    if trip.moving is Moving.FILES_TOO and at.local is LocalWork.CARRY and compared is not None:
        show_local_changes(door, list_local_changes(repo, compared, progress, index))
    _say_left(door, repo, at.refs, compared)
    if trip.destination.head.startswith(HEADS):
        door.console.say(f"{trip.arrival} '{trip.destination.head.removeprefix(HEADS)}'")
    elif commit is not None:
        if trip.asked is not None and at.refs.branch is not None and _advises(door):
            door.console.say(f"Note: switching to '{trip.asked}'.\n\n{_ADVICE}")
        door.console.say(f"HEAD is now at {describe_commit(repo, commit)}")


def _advises(door: Door) -> bool:
    return door.settings.get_bool("advice.detachedHead", default=True)


def show_unmerged(door: Door, error: UnmergedIndexError) -> None:
    """Write a line for every path that has to be merged first to stdout."""
    for path in error.paths:
        door.console.line(quote_path(path, quoting_of(door)) + b": needs merge")


def quoting_of(door: Door) -> Quoting:
    """Return how paths are quoted here."""
    return Quoting.ALL if door.settings.get_bool("core.quotePath", default=True) else Quoting.ASCII_ONLY


def show_local_changes(door: Door, changes: list[LocalChange]) -> None:
    """Write one line per file that differs from HEAD to stdout."""
    quoting = quoting_of(door)
    for change in changes:
        door.console.line(change.letter.encode() + b"\t" + quote_path(change.path, quoting))


def describe_commit(repo: Repository, oid: ObjectId) -> str:
    """Return the short id and the subject of a commit."""
    return f"{short_id(oid)} {safe_line(subject_of(read_commit(repo.store, oid).message))}"


def _say_left(door: Door, repo: Repository, before: Refs, commit: ObjectId | None) -> None:
    """After a detached HEAD: say where it was, and warn if nothing else leads there."""
    if before.head.startswith("refs/"):
        return
    old = parse_id(before.head)
    if old == commit:
        return
    left = left_behind(repo, repo.store.refs(), old, commit)
    if not left.count:
        door.console.say(f"Previous HEAD position was {describe_commit(repo, old)}")
        return
    _warn_of_left(door, left)


def _warn_of_left(door: Door, left: LeftCommits) -> None:
    one = left.count == 1
    say = door.console.say
    say(f"Warning: you are leaving {left.count} commit{'' if one else 's'} behind, not connected to")
    say("any of your branches:\n")
    for oid, commit in left.shown:
        say(f"  {short_id(oid)} {safe_line(subject_of(commit.message))}")
    if left.count > len(left.shown):
        say(f" ... and {left.count - len(left.shown)} more.")
    say("")
    say(f"If you want to keep {'it' if one else 'them'} by creating a new branch, this may be a good time")
    say(f"to do so with:\n\n dg branch <new-branch-name> {short_id(left.shown[0][0])}\n")

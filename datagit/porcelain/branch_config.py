"""What a branch follows, written down: the section ``branch.NAME`` of the repository's settings."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from datagit.config.edit import KeyMissingError, add_value, remove_section, rename_section, replace_values, unset_values
from datagit.config.settings import Level, Settings
from datagit.errors import NotFoundError, StateError
from datagit.porcelain.upstream import find_source, find_upstream
from datagit.progress import Progress
from datagit.repository import Repository, locked
from datagit.storage.durable import write_replacing
from datagit.store.refs import HEADS, REMOTES, Refs

_COMMAND = "dg branch"


@dataclass(frozen=True, slots=True)
class Follow:
    """What a branch is to follow: ref here, which stands for merge at the remote (``.`` is this repository)."""

    remote: str
    merge: str
    ref: str


class NotABranchError(StateError):
    """What a branch is to follow is no branch."""

    code = "unknown-revision"

    def __init__(self, spelled: str) -> None:
        super().__init__(f"cannot set up tracking information; starting point '{spelled}' is not a branch")


class NoUpstreamError(NotFoundError):
    """The branch follows nothing."""

    code = "unknown-revision"


class Tracking(enum.Enum):
    """Whether a new branch follows what it starts from."""

    AUTO = "auto"
    """As ``branch.autoSetupMerge`` says: where that is a remote's branch, by default."""
    DIRECT = "direct"
    INHERIT = "inherit"
    """The branch that the start follows itself."""
    NEVER = "never"

    def choose(self, settings: Settings, ref: str | None, spelled: str) -> Follow | None:
        """Return what a branch that starts at ref is to follow.

        Raises:
            NotABranchError: the user asked for it, and the start is no branch.
        """
        mode, only_remote = self, False
        if self is Tracking.AUTO:
            wish = (settings.get("branch.autoSetupMerge") or "true").lower()
            mode = {"always": Tracking.DIRECT, "inherit": Tracking.INHERIT, "false": Tracking.NEVER}.get(
                wish, Tracking.DIRECT
            )
            only_remote = wish != "always"
        is_branch = ref is not None and ref.startswith((HEADS, REMOTES))
        if mode is Tracking.NEVER or (self is Tracking.AUTO and not is_branch):
            return None
        if ref is None or not is_branch:
            raise NotABranchError(spelled)
        if mode is Tracking.INHERIT:
            found = find_upstream(settings, ref.removeprefix(HEADS)) if ref.startswith(HEADS) else None
            return None if found is None else Follow(found.remote, found.merge, found.ref)
        source = find_source(settings, ref)
        if source is not None:
            return Follow(source.remote, source.merge, ref)
        return None if only_remote else Follow(".", ref, ref)


def follow_branch(repo: Repository, branch: str, ref: str | None, spelled: str, progress: Progress) -> Follow | None:
    """Let a branch follow another, ref; None if that is the branch itself, which is left as it was.

    Raises:
        NotABranchError: ref is no branch.
        NotFoundError: branch is none.
    """
    with locked(repo, _COMMAND, progress):
        check_born(repo.store.refs(), branch)
        follow = Tracking.DIRECT.choose(repo.settings, ref, spelled)
        if follow is None or follow.ref == HEADS + branch:
            return None
        set_upstream(repo, branch, follow)
        return follow


def unfollow_branch(repo: Repository, branch: str, progress: Progress) -> None:
    """Let a branch follow nothing; raises NoUpstreamError if it does so already."""
    with locked(repo, _COMMAND, progress):
        if not (repo.settings.get(f"branch.{branch}.remote") or repo.settings.get(f"branch.{branch}.merge")):
            message = f"Branch '{branch}' has no upstream information"
            raise NoUpstreamError(message)
        _edit_if_there(repo, lambda text: unset_values(text, f"branch.{branch}.remote"))
        _edit_if_there(repo, lambda text: unset_values(text, f"branch.{branch}.merge"))


def check_born(refs: Refs, branch: str) -> None:
    """Raise StateError or NotFoundError unless the branch has a commit."""
    if HEADS + branch in refs.heads:
        return
    if refs.head == HEADS + branch:
        message = f"No commit on branch '{branch}' yet."
        raise StateError(message, code="unknown-revision")
    message = f"branch '{branch}' does not exist"
    raise NotFoundError(message, code="unknown-revision")


def set_upstream(repo: Repository, branch: str, follow: Follow) -> None:
    """Write down what a branch follows; the lock must be held."""

    def edit(text: str) -> str:
        text = replace_values(text, f"branch.{branch}.remote", follow.remote)
        return replace_values(text, f"branch.{branch}.merge", follow.merge)

    _edit(repo, edit)


def drop_section(repo: Repository, branch: str) -> None:
    """Forget the settings of a branch; the lock must be held."""
    _edit_if_there(repo, lambda text: remove_section(text, f"branch.{branch}"))


def move_section(repo: Repository, old: str, new: str) -> None:
    """Give the settings of a branch to its new name; the lock must be held."""
    _edit_if_there(repo, lambda text: rename_section(text, f"branch.{old}", f"branch.{new}"))


def copy_section(repo: Repository, old: str, new: str) -> None:
    """Give another branch the same settings; the lock must be held."""
    prefix = f"branch.{old}."
    pairs = [
        (setting.key.removeprefix(prefix), setting.value or "")
        for setting in repo.settings
        if setting.level is Level.REPOSITORY and setting.key.startswith(prefix)
    ]

    def edit(text: str) -> str:
        for key, value in pairs:
            text = add_value(text, f"branch.{new}.{key}", value)
        return text

    if pairs:
        _edit(repo, edit)


def _edit_if_there(repo: Repository, change: Callable[[str], str]) -> None:
    try:
        _edit(repo, change)
    except KeyMissingError:
        return


def _edit(repo: Repository, change: Callable[[str], str]) -> None:
    text = repo.config.read_text("utf-8", "surrogateescape") if repo.config.exists() else ""
    write_replacing(repo.config, change(text).encode("utf-8", "surrogateescape"))

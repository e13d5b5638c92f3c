"""What ``dg status`` tells. No pyarrow here: a clean tree is told without it."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from datagit.ids import ObjectId
from datagit.store.refs import Refs
from datagit.worktree.untracked import Ignored, ScanProblem, Untracked

if TYPE_CHECKING:
    from datagit.diff.pathspec import PathFilter
    from datagit.index.operation import MergeState
    from datagit.porcelain.detached import DetachedHead
    from datagit.porcelain.upstream import Distance, Upstream


class Renames(enum.Enum):
    """Whether files that moved are shown as one entry."""

    PAIR = "pair"
    APART = "apart"


class Refreshed(enum.Enum):
    """What becomes of new stat data of files that turned out to be unchanged."""

    SAVE = "save"
    """They go into the index, if nobody is writing."""
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What to look for; without paths, everywhere."""

    untracked: Untracked = Untracked.FOLDERS
    ignored: Ignored = Ignored.NONE
    renames: Renames = Renames.PAIR
    paths: "PathFilter | None" = None


class Side(NamedTuple):
    """A file in a commit or in the index."""

    mode: int
    oid: ObjectId


class Entry(NamedTuple):
    """A path that differs between HEAD, the index and the file.

    Attributes:
        path: where it is now.
        staged: Git's letter for HEAD to index (A, D, M, R, T), "." for no difference.
        unstaged: Git's letter for index to file (D, M, T), "." for no difference.
        in_head: what HEAD has; None if it is not there.
        in_index: what the index has; None if it is not there.
        file_mode: of the file; None if it is not there.
        old_path: where it was in HEAD, if it moved.
    """

    path: bytes
    staged: str
    unstaged: str
    in_head: Side | None
    in_index: Side | None
    file_mode: int | None
    old_path: bytes | None = None


class Unmerged(NamedTuple):
    """A path that a merge left to the user: base, ours and theirs as far as they exist, and the mode of the file."""

    path: bytes
    stages: tuple[Side | None, Side | None, Side | None]
    file_mode: int | None

    @property
    def mask(self) -> int:
        """One bit for each stage that exists: 1 base, 2 ours, 4 theirs."""
        return sum(1 << number for number, side in enumerate(self.stages) if side is not None)


@dataclass(frozen=True, slots=True)
class Status:
    """What ``dg status`` tells.

    Attributes:
        refs: where all names point.
        commit: the commit that is checked out; None on a branch without commits.
        detached: where HEAD came from, if it is on no branch.
        upstream: what the branch follows.
        distance: how far it is from there; None if that is gone.
        operation: the merge or the like that waits for the user.
        entries: paths that differ, sorted.
        unmerged: paths that wait for a decision, sorted.
        untracked: files and folders (with '/') that are not tracked, sorted.
        ignored: likewise, that are ignored.
        problems: what could not be looked at, or can never be stored.
        options: what was asked.
    """

    refs: Refs
    commit: ObjectId | None
    detached: "DetachedHead | None"
    upstream: "Upstream | None"
    distance: "Distance | None"
    operation: "MergeState | None"
    entries: Sequence[Entry]
    unmerged: Sequence[Unmerged]
    untracked: Sequence[bytes]
    ignored: Sequence[bytes]
    problems: Sequence[ScanProblem] = field(default=())
    options: StatusOptions = field(default_factory=StatusOptions)

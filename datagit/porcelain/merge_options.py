"""How a merge goes, what it is told, and why it may refuse."""

import enum
from dataclasses import dataclass

from datagit.errors import RefusedError, StateError
from datagit.ids import ObjectId
from datagit.merge.markers import ConflictStyle
from datagit.merge.text import Favour
from datagit.porcelain.in_the_way import LocalChangesError

MERGE_STATE = "merge"
"""The folder of the merge in progress, in Repository.state."""


class FastForward(enum.Enum):
    """What merge does when our branch is an ancestor of theirs."""

    ALLOW = "allow"
    ONLY = "only"
    NEVER = "never"


class Strategy(enum.Enum):
    """How two trees become one."""

    ORT = "ort"
    OURS = "ours"
    """Our tree, whatever theirs is."""


class Finish(enum.Enum):
    """What follows a merge without conflicts."""

    COMMIT = "commit"
    STOP = "stop"
    SQUASH = "squash"
    """Index and files only: the commit to come has one parent."""


class Histories(enum.Enum):
    """Whether there must be a common ancestor."""

    RELATED = "related"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """How to merge."""

    fast_forward: FastForward = FastForward.ALLOW
    strategy: Strategy = Strategy.ORT
    favour: Favour = Favour.NONE
    finish: Finish = Finish.COMMIT
    histories: Histories = Histories.RELATED
    style: ConflictStyle = ConflictStyle.MERGE


@dataclass(frozen=True, slots=True)
class MergeHead:
    """The commit to merge, and how the user called it."""

    commit: ObjectId
    word: str


class UnmergedError(StateError):
    """Conflicts of an earlier merge wait."""

    code = "operation-in-progress"

    def __init__(self) -> None:
        super().__init__(
            "merging is not possible because you have unmerged files",
            hint="fix them up in the work tree, and then use 'dg add/rm <file>'\n"
            "as appropriate to mark resolution and make a commit",
        )


class MergeWaitsError(StateError):
    """An earlier merge has not been committed."""

    code = "operation-in-progress"

    def __init__(self) -> None:
        super().__init__(
            "you have not concluded your merge (MERGE_HEAD exists)\nPlease, commit your changes before you merge.",
        )


class EmptyHeadError(StateError):
    """The branch that is checked out has no commit yet, so there is nothing to join."""

    code = "unknown-revision"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} does not make sense into an empty head", hint="leave the option out")


class UnrelatedHistoriesError(StateError):
    """The two commits have no common ancestor."""

    code = "not-merged"

    def __init__(self) -> None:
        super().__init__(
            "refusing to merge unrelated histories", hint="merge them anyway with --allow-unrelated-histories"
        )


class NotFastForwardError(RefusedError):
    """Both sides have commits of their own, and only a fast-forward was allowed."""

    code = "not-fast-forward"
    exit_code = 128

    def __init__(self) -> None:
        super().__init__(
            "not possible to fast-forward, aborting",
            hint="diverging branches can't be fast-forwarded, you need to either:\n  dg merge --no-ff\nor\n  dg rebase",
        )


class LocalChangesForbidMergeError(LocalChangesError):
    """A true merge would lose local work, or would mix it into its commit."""

    exit_code = 2

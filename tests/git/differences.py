"""Where dg differs from git on purpose. Each has its reason in docs/explanation/differences-from-git.md."""

import re

from tests.git.ops import Argv
from tests.git.pair import Outcome

INDEX_LINE = re.compile(rb"^index [0-9a-f]+\.\.[0-9a-f]+", re.MULTILINE)


def is_known(argv: Argv, theirs: Outcome, ours: Outcome) -> bool:
    """Return whether the two outcomes may differ by decision."""
    return False


def normalise(answer: bytes) -> bytes:
    """Return an answer without what differs by nature: abbreviated ids have other lengths."""
    return INDEX_LINE.sub(b"index ..", answer)

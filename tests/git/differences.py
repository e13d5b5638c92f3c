"""Where dg differs from git on purpose: docs/explanation/differences-from-git.md has the reasons."""

import re

from tests.git.pair import Outcome, Pair

INDEX_LINE = re.compile(rb"^index [0-9a-f]+\.\.[0-9a-f]+", re.MULTILINE)
IN_THE_WAY = re.compile(
    rb"(?:untracked working tree files would be (?:overwritten|removed) by \w+|would lose untracked files in them):\n"
    rb"((?:\t.*\n)+)"
)
NO_COMMIT_THERE = b"does not have a commit checked out"


def is_known(pair: Pair, theirs: Outcome, ours: Outcome) -> bool:
    """Return whether the two may part here."""
    return keeps_ignored_files(pair, theirs, ours) or (theirs.code > 1 and NO_COMMIT_THERE in theirs.err)


def keeps_ignored_files(pair: Pair, theirs: Outcome, ours: Outcome) -> bool:
    """Return whether git went on and lost ignored files without a word, where dg refused and named them."""
    found = IN_THE_WAY.search(ours.err)
    if theirs.code not in (0, 1) or ours.code not in (1, 2) or found is None:
        return False
    named = [line[1:] for line in found[1].split(b"\n") if line]
    untracked = pair.run_dg(["ls-files", "-z", "-o", "--exclude-standard"]).out.split(b"\0")
    return not any(path == name or path.startswith(name + b"/") for path in untracked for name in named)


def normalise(answer: bytes) -> bytes:
    """Return an answer without what differs by nature: abbreviated ids have other lengths."""
    return INDEX_LINE.sub(b"index ..", answer)

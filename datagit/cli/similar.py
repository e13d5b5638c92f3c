"""What was probably meant; loaded only after a typing error."""

import difflib
from collections.abc import Iterable

_GITS = """
    am annotate apply archive bisect blame bundle check-attr check-ignore cherry cherry-pick clean clone
    commit-tree count-objects describe diff-files diff-index diff-tree difftool fetch filter-branch for-each-ref
    format-patch fsck gc grep index-pack ls-remote maintenance mergetool merge-tree name-rev notes pack-objects
    prune pull push range-diff read-tree rebase reflog remote repack replace rev-list revert shortlog show-branch
    show-ref sparse-checkout stash submodule symbolic-ref update-index update-ref verify-pack verify-tag
    whatchanged worktree write-tree
"""
_OURS = frozenset(("doctor", "undo", "redo", "op"))


def similar_words(word: str, known: Iterable[str], most: int) -> tuple[str, ...]:
    """Return up to most of the known words that look like word, the closest first."""
    return tuple(difflib.get_close_matches(word, list(known), n=most, cutoff=0.6))


def absent_words(word: str) -> str:
    """Return what to say of a command of Git's, or of a planned one, that dg does not have; nothing of other words."""
    if word in _GITS.split():
        return f"dg: git's '{word}' is not in dg yet. See 'dg --help' for what is."
    return f"dg: '{word}' is not in dg yet. See 'dg --help' for what is." if word in _OURS else ""

"""What the words of ``dg diff`` compare: versions, the index, the files."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from datagit.cli.operands import names_revision
from datagit.errors import InvalidInputError, NotFoundError, UsageError
from datagit.ids import ObjectId
from datagit.objects.tree import EMPTY_TREE
from datagit.porcelain.diff import (
    Diff,
    DiffOptions,
    Place,
    diff_files,
    diff_files_and_tree,
    diff_index,
    diff_trees_of,
)
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.revision.merge_base import merge_bases
from datagit.revision.parse import resolve_commit, resolve_tree, split_range
from datagit.revision.reader import RevisionReader, UnknownRevisionError
from datagit.revision.walk import read_commit


class Sides(enum.Enum):
    """Whether ``--cached`` sets one side to the index."""

    FREE = "free"
    CACHED = "cached"


@dataclass(frozen=True, slots=True)
class DiffSides:
    """Two sides to compare: roots of trees, or a place."""

    old: ObjectId | Place
    new: ObjectId | Place


def is_revision_or_range(reader: RevisionReader) -> Callable[[str], bool]:
    """Return a function that says whether a word names a version or two."""

    def check(word: str) -> None:
        parts = split_range(word)
        if parts is None:
            resolve_tree(reader, word.removeprefix("^"))
        else:
            resolve_commit(reader, parts[0])
            resolve_commit(reader, parts[2])

    return names_revision(check)


def find_sides(reader: RevisionReader, words: tuple[str, ...], sides: Sides, *, merge_base: bool) -> DiffSides:
    """Return what the words compare.

    Raises:
        UnknownRevisionError: a word names no version.
        UsageError: there are too many words.
    """
    ranges = [parts for word in words if (parts := split_range(word)) is not None]
    if ranges and (len(words) > 1 or sides is Sides.CACHED or merge_base):
        message = "a range stands alone"
        raise UsageError(message)
    if ranges:
        return _range_sides(reader, *ranges[0])
    roots = [_base_or_tree(reader, word, words, merge_base=merge_base) for word in words[:1]]
    roots += [_tree(reader, word) for word in words[1:]]
    if len(roots) > 2:
        message = "at most two versions can be compared"
        raise UsageError(message)
    if sides is Sides.CACHED:
        if len(roots) > 1:
            message = "--cached takes at most one version"
            raise UsageError(message)
        return DiffSides(roots[0] if roots else _head_tree(reader), Place.INDEX)
    if not roots:
        return DiffSides(Place.INDEX, Place.WORKTREE)
    return DiffSides(roots[0], roots[1] if len(roots) > 1 else Place.WORKTREE)


def find_diff(repo: Repository, sides: DiffSides, options: DiffOptions, progress: Progress) -> Diff:
    """Return the difference between the two sides."""
    old, new = sides.old, sides.new
    if isinstance(old, Place):
        return diff_files(repo, options, progress)
    if new is Place.INDEX:
        return diff_index(repo, old, options)
    if isinstance(new, Place):
        return diff_files_and_tree(repo, old, options, progress)
    return diff_trees_of(repo, old, new, options)


def _range_sides(reader: RevisionReader, left: str, dots: str, right: str) -> DiffSides:
    ours, theirs = _commit(reader, left), _commit(reader, right)
    if dots == "...":
        bases = merge_bases(reader.objects, ours, theirs)
        if not bases:
            message = f"{left}...{right}: no merge base"
            raise NotFoundError(message, code="unknown-revision")
        ours = bases[0]
    return DiffSides(read_commit(reader.objects, ours).tree, read_commit(reader.objects, theirs).tree)


def _base_or_tree(reader: RevisionReader, word: str, words: tuple[str, ...], *, merge_base: bool) -> ObjectId:
    if not merge_base:
        return _tree(reader, word)
    bases = merge_bases(reader.objects, _commit(reader, word), _commit(reader, words[1] if len(words) > 1 else "HEAD"))
    if len(bases) != 1:
        message = "no merge base found" if not bases else "multiple merge bases found"
        raise InvalidInputError(message, code="unknown-revision")
    return read_commit(reader.objects, bases[0]).tree


def _tree(reader: RevisionReader, word: str) -> ObjectId:
    try:
        return resolve_tree(reader, word.removeprefix("^"))
    except UnknownRevisionError as error:
        raise _bad(word, error) from error


def _commit(reader: RevisionReader, word: str) -> ObjectId:
    try:
        return resolve_commit(reader, word)
    except UnknownRevisionError as error:
        raise _bad(word, error) from error


def _bad(word: str, error: UnknownRevisionError) -> UnknownRevisionError:
    return UnknownRevisionError(word, f"bad revision '{word}'", error.hint)


def _head_tree(reader: RevisionReader) -> ObjectId:
    head = reader.refs.target_of_head()
    return EMPTY_TREE if head is None else read_commit(reader.objects, head).tree

"""What the words of ``dg diff`` compare: versions, the index, the files."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from datagit.cli.operands import names_revision
from datagit.errors import InvalidInputError, NotFoundError, UsageError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
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
from datagit.porcelain.diff_blobs import diff_blob_and_file, diff_blobs
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.revision.merge_base import merge_bases
from datagit.revision.parse import resolve, resolve_commit, resolve_tree, split_range
from datagit.revision.reader import Resolved, RevisionReader, UnknownRevisionError
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
            if resolve(reader, word.removeprefix("^")).kind is not Kind.BLOB:
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


def find_blob_diff(
    repo: Repository, reader: RevisionReader, words: tuple[str, ...], options: DiffOptions, progress: Progress
) -> Diff | None:
    """Return the difference of two files of which one at least is named as ``REV:path``; None if no word is a file.

    Raises:
        UsageError: it is not two files that are named.
    """
    blobs = [found for word in words if (found := _blob(reader, word)) is not None]
    if not blobs:
        return None
    wanted = options.paths.wanted
    if len(blobs) == len(words) == 2 and not wanted:
        return diff_blobs(repo, (words[0], words[1]), blobs[0], blobs[1], options)
    if len(blobs) == len(words) == len(wanted) == 1:
        return diff_blob_and_file(repo, blobs[0], wanted[0].path, options, progress)
    message = "a file of a version is compared with one other file"
    raise UsageError(message, hint="for example: dg diff HEAD:labels.csv labels.csv")


def _blob(reader: RevisionReader, word: str) -> Resolved | None:
    try:
        found = resolve(reader, word)
    except NotFoundError:
        return None
    return found if found.kind is Kind.BLOB else None


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

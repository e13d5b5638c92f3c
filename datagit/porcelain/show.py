"""Show: commits with what they changed, tags, folders, and the bytes of files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from datagit.diff.pathspec import PathFilter
from datagit.diff.trees import diff_trees
from datagit.errors import NotFoundError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.objects.tag import TAGGED_KINDS, Tag, decode_tag
from datagit.objects.tree import EMPTY_TREE
from datagit.porcelain.diff import Diff, DiffOptions, diff_trees_of
from datagit.porcelain.log import Logged, LogQuery, find_commits
from datagit.porcelain.ls_tree import FolderIds, Listing, TreeEntry, ls_tree
from datagit.repository import Repository
from datagit.revision.parse import parse_range, resolve, split_range
from datagit.revision.reader import Resolved, RevisionReader
from datagit.revision.walk import read_commit

_MERGE_PARENTS = 2


@dataclass(frozen=True, slots=True)
class ShownTag:
    """A tag; what it names is shown after it."""

    oid: ObjectId
    tag: Tag


@dataclass(frozen=True, slots=True)
class ShownTree:
    """A folder, or the root of a version: how it was called, and what is directly in it."""

    name: str
    root: ObjectId
    entries: tuple[TreeEntry, ...]


@dataclass(frozen=True, slots=True)
class ShownBlob:
    """A file's content."""

    oid: ObjectId
    path: bytes | None


Shown: TypeAlias = Logged | ShownTag | ShownTree | ShownBlob
"""One thing that show shows; a commit is Logged."""


def show(reader: RevisionReader, names: Sequence[str], paths: PathFilter, prefix: bytes = b"") -> Iterator[Shown]:
    """Yield what names stand for, in their order, each commit once; with a range, the commits in it.

    Args:
        reader: resolves names.
        names: revisions, ``REV:path``, tags, or ranges.
        paths: only commits that change one of them are shown, merges only if they changed it against all parents.
        prefix: current folder, for paths.

    Raises:
        UnknownRevisionError, AmbiguousRevisionError, PathNotInRevisionError, ObjectMissingError: as resolve.
    """
    if any(_is_range(name) for name in names):
        found = parse_range(reader, names)
        specs = tuple(spec.written for spec in (*paths.wanted, *paths.unwanted))
        yield from find_commits(reader.objects, LogQuery(found.include, found.exclude, paths=specs, prefix=prefix))
        return
    seen: set[ObjectId] = set()
    for name in names:
        for shown in _show_one(reader, name, resolve(reader, name)):
            if isinstance(shown, Logged):
                if shown.oid in seen or not _changes_any(reader, shown, paths):
                    continue
                seen.add(shown.oid)
            yield shown


def _changes_any(reader: RevisionReader, shown: Logged, paths: PathFilter) -> bool:
    if paths.everything:
        return True
    roots = [read_commit(reader.objects, parent).tree for parent in shown.commit.parents] or [EMPTY_TREE]
    return all(diff_trees(reader.objects, root, shown.commit.tree, paths).num_rows for root in roots)


def changes_of_commit(repo: Repository, shown: Logged, options: DiffOptions) -> Diff:
    """Return what a commit changes against its first parent, or against nothing if it has none."""
    parents = shown.commit.parents
    old = read_commit(repo.store, parents[0]).tree if parents else EMPTY_TREE
    return diff_trees_of(repo, old, shown.commit.tree, options)


def is_merge(shown: Logged) -> bool:
    """Return whether a commit joins several lines of history."""
    return len(shown.commit.parents) >= _MERGE_PARENTS


def _show_one(reader: RevisionReader, name: str, found: Resolved) -> Iterator[Shown]:
    while found.kind is Kind.TAG:
        tag = decode_tag(reader.objects.read(Kind.TAG, found.oid))
        yield ShownTag(found.oid, tag)
        found = replace(found, kind=TAGGED_KINDS[tag.kind], oid=tag.object)
    if found.kind is Kind.COMMIT:
        commit = read_commit(reader.objects, found.oid)
        yield Logged(found.oid, commit, commit.parents)
    elif found.kind is Kind.NODE:
        folder = (found.path or b"").rstrip(b"/")
        listing = Listing(reader.objects, found.oid, ids=FolderIds.SKIP)
        entries = tuple(ls_tree(listing, [folder + b"/" if folder else b""]))
        yield ShownTree(name, found.oid, entries)
    elif found.kind is Kind.BLOB:
        yield ShownBlob(found.oid, found.path)
    else:
        message = f"bad object {name}"
        raise NotFoundError(message, code="object-missing")


def _is_range(name: str) -> bool:
    return split_range(name) is not None or name.startswith("^") or name.endswith(("^!", "^@"))

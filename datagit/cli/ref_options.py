"""What ``branch`` and ``tag`` have in common on the command line: filters of lists, and names of versions."""

from collections.abc import Sequence

from datagit.cli.options import Door
from datagit.diff.wildmatch import Case
from datagit.errors import InvalidInputError, NotFoundError, UsageError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.porcelain.ref_fields import RefContext
from datagit.porcelain.ref_list import RefFilter, RefObjects
from datagit.porcelain.revisions import open_revisions
from datagit.repository import Repository
from datagit.revision.parse import peel, resolve, resolve_commit
from datagit.revision.reader import RevisionReader
from datagit.store.refs import Refs
from datagit.ui.console import Colours
from datagit.ui.ref_format import RefWriter


def make_filter(
    reader: RevisionReader,
    patterns: Sequence[str],
    case: Case,
    *,
    contains: Sequence[str],
    no_contains: Sequence[str],
    merged: Sequence[str],
    no_merged: Sequence[str],
    points_at: Sequence[str],
) -> RefFilter:
    """Return the filter that the options say; each value of an option is the name of a version.

    Raises:
        UsageError, InvalidInputError: a name is none, as Git says it.
    """
    return RefFilter(
        patterns,
        case,
        tuple(_commit_for_usage(reader, text) for text in contains),
        tuple(_commit_for_usage(reader, text) for text in no_contains),
        tuple(_commit_or_fatal(reader, text) for text in merged),
        tuple(_commit_or_fatal(reader, text) for text in no_merged),
        tuple(_object_for_usage(reader, text) for text in points_at),
    )


def make_context(repo: Repository, refs: Refs, known: RefObjects) -> RefContext:
    """Return what fields of refs are read from."""
    return RefContext(known, refs.heads, refs.head, repo.settings)


def make_writer(door: Door, context: RefContext) -> RefWriter:
    """Return what a format needs besides a ref."""
    on = door.console.colours is Colours.ON
    return RefWriter(context, door.now(), lambda codes: f"\x1b[{codes}m" if on else "")


def read_names(door: Door, repo: Repository) -> RevisionReader:
    """Return where names of versions are looked up."""
    prefix = b""
    if repo.worktree is not None and door.cwd.is_relative_to(repo.worktree):
        prefix = door.prefix()
    return open_revisions(repo, prefix=prefix)


def _commit_for_usage(reader: RevisionReader, text: str) -> ObjectId:
    try:
        found = resolve(reader, text)
    except NotFoundError as error:
        message = f"malformed object name {text}"
        raise UsageError(message) from error
    try:
        return peel(reader, found, Kind.COMMIT, text).oid
    except NotFoundError as error:
        message = f"no such commit {text}"
        raise UsageError(message) from error


def _commit_or_fatal(reader: RevisionReader, text: str) -> ObjectId:
    try:
        return resolve_commit(reader, text)
    except NotFoundError as error:
        message = f"malformed object name {text}"
        raise InvalidInputError(message, code="unknown-revision") from error


def _object_for_usage(reader: RevisionReader, text: str) -> ObjectId:
    try:
        return resolve(reader, text).oid
    except NotFoundError as error:
        message = f"malformed object name '{text}'"
        raise UsageError(message) from error

"""What names of versions are looked up in, what they can turn out to be, and how they can fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datagit.errors import NotFoundError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectReader
from datagit.store.log import LogPlace
from datagit.store.refs import Refs

_NAMES = "see names with 'dg branch -a', 'dg tag', 'dg log'"


class UnknownRevisionError(NotFoundError):
    """No branch, tag, commit or object has that name."""

    code = "unknown-revision"

    def __init__(
        self, text: str, reason: str = "", hint: str = "see names with 'dg branch -a', 'dg tag', 'dg log'"
    ) -> None:
        super().__init__(reason or f"unknown revision '{text}'", hint=hint)
        self.text = text


class AmbiguousRevisionError(NotFoundError):
    """A short id is the beginning of several ids."""

    code = "ambiguous-revision"

    def __init__(self, text: str, candidates: Sequence[tuple[Kind, ObjectId]]) -> None:
        shown = ", ".join(
            f"{oid.hex()[: max(12, len(text) + 4)]} ({KIND_WORDS[kind]})" for kind, oid in candidates[:10]
        )
        super().__init__(f"short object id {text} is ambiguous", hint=f"the candidates are: {shown}")
        self.text = text


class PathNotInRevisionError(NotFoundError):
    """The version, or the index, has no such path."""

    code = "path-not-found"


KIND_WORDS = {Kind.COMMIT: "commit", Kind.TAG: "tag", Kind.NODE: "tree", Kind.BLOB: "blob"}
"""How Git calls what a name can stand for."""


@dataclass(frozen=True, slots=True)
class PathEntry:
    """What a version or the index has at a path.

    Attributes:
        path: as in the tree.
        mode: as in the tree; None for a folder.
        size: bytes of the file, or of all files in the folder.
        oid: id of the file's content; None for a folder, which has none.
    """

    path: bytes
    mode: int | None
    size: int
    oid: ObjectId | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name stands for.

    Attributes:
        kind: COMMIT, TAG, NODE (a tree) or BLOB; None for a full id of which nothing is here.
        oid: the object's id; of a folder, that of the whole tree.
        ref: the full name of the ref, where the text names just that, or HEAD.
        path: the path in ``REV:path`` or ``:path``.
        mode: mode of the file at path; None where there is no path, or it is a folder's.
        size: bytes of the file at path.
    """

    kind: Kind | None
    oid: ObjectId
    ref: str | None = None
    path: bytes | None = None
    mode: int | None = None
    size: int | None = None


def _nothing_staged(_path: bytes, _stage: int) -> PathEntry | None:
    return None


def _nothing_found(_digits: str) -> Sequence[tuple[Kind, ObjectId]]:
    return ()


def _no_name(_name: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class RevisionReader:
    """Where names are looked up.

    Attributes:
        objects: commits, tags and trees.
        refs: where branches, tags and HEAD point.
        log: where they pointed before; None if nobody knows.
        find_ids: (kind, id) of all objects whose id begins with some hex digits.
        find_upstream: full name of the ref that a branch, by its short name, follows; None if none is configured.
        find_staged: the row of the index for a path and a stage.
        find_special: the commit of ``MERGE_HEAD``, ``ORIG_HEAD`` and the like.
        prefix: current folder below the root, empty or with ``/`` at the end; for ``REV:./path``.
    """

    objects: ObjectReader
    refs: Refs
    log: LogPlace | None = None
    find_ids: Callable[[str], Sequence[tuple[Kind, ObjectId]]] = _nothing_found
    find_upstream: Callable[[str], str | None] = _no_name
    find_staged: Callable[[bytes, int], PathEntry | None] = _nothing_staged
    find_special: Callable[[str], ObjectId | None] = _no_name
    prefix: bytes = b""

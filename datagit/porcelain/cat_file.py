"""What an object is, how long it is, and what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from datagit.errors import NotFoundError
from datagit.ids import ObjectId, blob_hasher
from datagit.objects.blob import blob_parts, blob_size
from datagit.objects.folder_id import folder_id
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectCorruptError, ObjectReader
from datagit.porcelain.ls_tree import Listing, TreeEntry, ls_tree
from datagit.revision.parse import resolve
from datagit.revision.reader import KIND_WORDS, Resolved, RevisionReader, UnknownRevisionError


class ObjectNameError(NotFoundError):
    """A full id of which nothing is here."""

    code = "object-missing"

    def __init__(self, text: str) -> None:
        super().__init__(f"not a valid object name {text}", hint="it is not here; a remote may have it")


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object that a user named.

    Attributes:
        kind: COMMIT, TAG, NODE (a tree) or BLOB.
        oid: its id; that of a folder is derived from what it holds.
        root: of a folder, the tree that it lies in; else oid.
        folder: path of the folder in root, b"" for the whole of it.
    """

    kind: Kind
    oid: ObjectId
    root: ObjectId
    folder: bytes = b""

    @property
    def word(self) -> str:
        """What Git calls the kind."""
        return KIND_WORDS[self.kind]


def resolve_object(reader: RevisionReader, text: str) -> Resolved:
    """Return what text stands for, as resolve does, but with the words of Git's plumbing for a name of nothing."""
    try:
        return resolve(reader, text)
    except UnknownRevisionError as error:
        raise UnknownRevisionError(text, f"Not a valid object name {text}", error.hint) from error


def find_object(reader: RevisionReader, text: str) -> FoundObject:
    """Return what text names.

    Raises:
        ObjectNameError: text is a full id, and nothing here has it.
        UnknownRevisionError, AmbiguousRevisionError, PathNotInRevisionError: as resolve.
    """
    found = resolve_object(reader, text)
    if found.kind is None:
        raise ObjectNameError(text)
    if found.kind is Kind.NODE and found.path:
        return FoundObject(found.kind, folder_id(reader.objects, found.oid, found.path), found.oid, found.path)
    return FoundObject(found.kind, found.oid, found.oid)


def list_found_tree(objects: ObjectReader, found: FoundObject) -> Iterator[TreeEntry]:
    """Yield what is directly in the tree or folder; paths are from there."""
    prefix = found.folder + b"/" if found.folder else b""
    for entry in ls_tree(Listing(objects, found.root), [prefix]):
        yield TreeEntry(entry.path[len(prefix) :], entry.kind, entry.mode, entry.oid, entry.size)


def object_size(objects: ObjectReader, found: FoundObject) -> int:
    """Return the bytes of a blob, commit or tag; a large blob is not read for it."""
    if found.kind is Kind.BLOB:
        return blob_size(objects, found.oid)
    return len(objects.read(found.kind, found.oid))


def object_parts(objects: ObjectReader, found: FoundObject) -> Iterator[bytes]:
    """Yield the bytes of a blob, commit or tag, in bounded memory.

    Raises:
        ObjectCorruptError: the parts of a large blob are not what its id says; known only after the last.
    """
    if found.kind is not Kind.BLOB:
        yield objects.read(found.kind, found.oid)
        return
    hasher = blob_hasher()
    for part in blob_parts(objects, found.oid):
        hasher.update(part)
        yield part
    if hasher.digest() != found.oid:
        raise ObjectCorruptError(Kind.BLOB, found.oid, "its chunk list")

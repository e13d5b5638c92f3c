"""Hash a file's content, and store it if asked to."""

import enum
import os
from pathlib import Path

from datagit.errors import InvalidInputError, NotFoundError
from datagit.ids import Bytes, ObjectId, blob_id
from datagit.objects.commit import commit_id, decode_commit
from datagit.objects.kind import Kind
from datagit.objects.tag import decode_tag, tag_id
from datagit.progress import Silent
from datagit.repository import Repository, locked
from datagit.store.source import SourceChangedError
from datagit.store.store import write_objects
from datagit.store.store_blob import hash_open_file, store_blob, store_open_file

_OPEN = os.O_RDONLY | os.O_CLOEXEC


class ObjectType(enum.Enum):
    """What the bytes are taken for."""

    BLOB = "blob"
    COMMIT = "commit"
    TAG = "tag"


class UnhashableError(InvalidInputError):
    """A folder, or a file that changes while it is read."""

    code = "file-changed"


def hash_bytes(content: Bytes, kind: ObjectType, repo: Repository | None) -> ObjectId:
    """Return the id of content, and store it in repo if one is given.

    Raises:
        InvalidObjectError: content is no commit or tag.
    """
    if kind is ObjectType.BLOB:
        if repo is None:
            return blob_id(content)
        with locked(repo, "dg hash-object", Silent()):
            return store_blob(repo.store, content)[0]
    if kind is ObjectType.COMMIT:
        decode_commit(bytes(content))
        stored, oid = Kind.COMMIT, commit_id(bytes(content))
    else:
        decode_tag(bytes(content))
        stored, oid = Kind.TAG, tag_id(bytes(content))
    if repo is not None:
        with locked(repo, "dg hash-object", Silent()):
            write_objects(repo.store, [(stored, oid, content)])
    return oid


def hash_file(path: Path, shown: str, kind: ObjectType, repo: Repository | None) -> ObjectId:
    """Return the id of a file's content, links followed as git does, and store it in repo if one is given.

    Raises:
        NotFoundError: there is no such file, or it cannot be opened.
        UnhashableError: it is a folder, or changed while it was read.
    """
    try:
        descriptor = os.open(path, _OPEN)
    except OSError as error:
        message = f"could not open '{shown}' for reading: {error.strerror}"
        raise NotFoundError(message) from error
    try:
        if kind is not ObjectType.BLOB:
            return hash_bytes(_read_all(descriptor), kind, repo)
        if repo is None:
            return hash_open_file(descriptor)
        with locked(repo, "dg hash-object", Silent()):
            return store_open_file(repo.store, descriptor)
    except (IsADirectoryError, SourceChangedError) as error:
        message = f"unable to hash {shown}"
        raise UnhashableError(message) from error
    finally:
        os.close(descriptor)


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()

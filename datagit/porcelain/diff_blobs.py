"""Two files, wherever they are, side by side: ``dg diff HEAD:a a`` and ``dg diff HEAD:a main:b``."""

import os
import stat
from dataclasses import dataclass

import pyarrow as pa

from datagit.diff.contents import Contents, StoredContents
from datagit.diff.renames import STATUS_SCHEMA
from datagit.errors import NotFoundError
from datagit.ids import ObjectId
from datagit.objects.blob import blob_size
from datagit.objects.mode import Mode
from datagit.porcelain.diff import Diff, DiffOptions, Direction, WorktreeContents
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.revision.reader import Resolved
from datagit.store.ingest import hash_files


@dataclass(frozen=True, slots=True)
class _Side:
    path: bytes
    mode: int
    size: int
    oid: ObjectId
    contents: Contents


def diff_blobs(repo: Repository, words: tuple[str, str], old: Resolved, new: Resolved, options: DiffOptions) -> Diff:
    """Return what differs between two stored files, called by their paths or else by words."""
    sides = [
        _stored(repo, found, found.path or word.encode(), int(Mode.FILE))
        for word, found in zip(words, (old, new), strict=True)
    ]
    return _compare(sides[0], sides[1], options)


def diff_blob_and_file(repo: Repository, old: Resolved, path: bytes, options: DiffOptions, progress: Progress) -> Diff:
    """Return what differs between a stored file and a file of the working tree.

    Raises:
        NotFoundError: there is no such file.
    """
    root = repo.root()
    try:
        found = os.lstat(os.path.join(os.fsencode(root), path))
    except (FileNotFoundError, NotADirectoryError) as error:
        message = f"failed to stat '{os.fsdecode(path)}': {error.strerror}"
        raise NotFoundError(message, code="path-not-found") from error
    mode = Mode.EXECUTABLE if found.st_mode & stat.S_IXUSR else Mode.FILE
    kind = int(Mode.SYMLINK if stat.S_ISLNK(found.st_mode) else mode)
    asked = pa.Table.from_arrays(
        [pa.array([path], pa.binary()), pa.array([kind], pa.uint8()), pa.array([found.st_size], pa.int64())],
        names=["path", "mode", "size"],
    )
    row = hash_files(root, asked, jobs=None, progress=progress).rows.to_pylist()[0]
    file = _Side(path, kind, row["size"], ObjectId(row["id"]), WorktreeContents(root))
    return _compare(_stored(repo, old, old.path or path, kind), file, options)


def _stored(repo: Repository, found: Resolved, name: bytes, mode: int) -> _Side:
    size = blob_size(repo.store, found.oid) if found.size is None else found.size
    return _Side(name, mode if found.mode is None else int(found.mode), size, found.oid, StoredContents(repo.store))


def _compare(old: _Side, new: _Side, options: DiffOptions) -> Diff:
    if options.direction is Direction.REVERSED:
        old, new = new, old
    files = frozenset(side.path for side in (old, new) if isinstance(side.contents, WorktreeContents))
    if (old.oid, old.mode) == (new.oid, new.mode):
        return Diff(STATUS_SCHEMA.empty_table(), old.contents, new.contents, files)
    row = {
        "path": new.path,
        "old_mode": old.mode,
        "old_size": old.size,
        "old_id": old.oid,
        "new_mode": new.mode,
        "new_size": new.size,
        "new_id": new.oid,
        "status": "T" if (old.mode == Mode.SYMLINK) != (new.mode == Mode.SYMLINK) else "M",
        "old_path": None if old.path == new.path else old.path,
    }
    return Diff(pa.Table.from_pylist([row], schema=STATUS_SCHEMA), old.contents, new.contents, files)

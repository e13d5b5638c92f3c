"""Hashes files and packs what is new, one slice of paths after the other: the loop in which ``add`` spends its time.

It runs in worker processes and, for a few files, in the caller's own. Five system calls a file: openat, fstat, readv
straight into the pack's buffer, fstat, close.
"""

import errno
import functools
import importlib
import os
import stat
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from datagit.ids import ID_SIZE, Bytes, ObjectId, blob_id
from datagit.objects.kind import Kind
from datagit.objects.mode import Mode
from datagit.store.layout import PackFile
from datagit.store.pack_kind import PackKind
from datagit.store.pack_writer import PackWriter
from datagit.store.source import SourceChangedError, SourceFiles
from datagit.store.store import Store
from datagit.store.zstd import compress_if_pays

LARGE = 1 << 20
"""Bytes above which a file is cut into chunks (objects.chunks.LARGEST_WHOLE, which needs pyarrow)."""

_REMEMBERED = 1_000_000  # ids that one process keeps to store equal files once
_HOPELESS = 12  # files of one suffix in a row that did not shrink; from then on a few are still tried
_STILL_TRIED = 32
_NO_ROW = (bytes(ID_SIZE), 0, os.stat_result((0,) * os.stat_result.n_fields))
_BLOB = Kind.BLOB
_LONGEST_SUFFIX = 8
_CHANGED = (errno.ELOOP, errno.ENOTDIR, errno.EINVAL, errno.EISDIR, errno.ENXIO)
_CODES = {errno.ENOENT: "path-not-found", errno.EACCES: "permission-denied", errno.EPERM: "permission-denied"}


@dataclass(frozen=True, slots=True)
class IngestFailure:
    """A path that could not be read: message is lower case and names it; code as in docs/reference/errors.md."""

    path: bytes
    code: str
    message: str


@dataclass(slots=True)
class SliceColumns:
    """One row per path of a slice; rows of failures have an id of zeros."""

    ids: bytes = b""
    sizes: "array[int]" = field(default_factory=lambda: array("q"))
    mtimes: "array[int]" = field(default_factory=lambda: array("q"))
    ctimes: "array[int]" = field(default_factory=lambda: array("q"))
    inodes: "array[int]" = field(default_factory=lambda: array("Q"))
    failures: list[tuple[int, IngestFailure]] = field(default_factory=list)

    def fill(self, rows: Sequence[tuple[bytes, int, os.stat_result]]) -> None:
        """Take the rows, each an id, a size and a stat."""
        self.ids = b"".join([row[0] for row in rows])
        self.sizes.extend([row[1] for row in rows])
        self.mtimes.extend([row[2].st_mtime_ns for row in rows])
        self.ctimes.extend([row[2].st_ctime_ns for row in rows])
        self.inodes.extend([row[2].st_ino for row in rows])


@functools.cache
def _large_file() -> Any:  # noqa: ANN401 - a module that needs pyarrow, which workers load only if they must
    return importlib.import_module("datagit.store.large_file")


class _Sink:
    """Where bytes go that are only hashed."""

    def __init__(self) -> None:
        self._scratch = memoryview(bytearray(LARGE + 1))

    def reserve(self, length: int) -> memoryview:
        return self._scratch[: length + 1]

    def keep(self, path: bytes, room: memoryview, size: int) -> ObjectId:
        return blob_id(room[:size])

    def large(self, descriptor: int, size: int) -> ObjectId:
        oid: ObjectId = _large_file().hash_large(_large_file().descriptor_source(descriptor), size)
        return oid

    def finish(self) -> tuple[PackFile, ...]:
        return ()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _PackSink(_Sink):
    """Where bytes go that are stored."""

    def __init__(self, folder: Path, known: Store | None) -> None:
        self._data = PackWriter(folder, PackKind.DATA)
        self._meta = PackWriter(folder, PackKind.META)
        self._store = known
        self._known = None if known is None else known.lookup[Kind.BLOB]
        self._stored: set[ObjectId] = set()
        self._hopeless: dict[bytes, int] = {}

    def reserve(self, length: int) -> memoryview:
        return self._data.reserve(length)

    def keep(self, path: bytes, room: memoryview, size: int) -> ObjectId:
        raw = room[:size]
        oid = blob_id(raw)
        if oid in self._stored or (self._known is not None and self._known.find(Kind.BLOB, oid)):
            return oid
        frame = self._compress(path, raw)
        stored_len = size
        if frame is not None:
            stored_len = len(frame)
            room[:stored_len] = frame
        self._data.seal(_BLOB, oid, size, stored_len)
        if len(self._stored) < _REMEMBERED:
            self._stored.add(oid)
        return oid

    def _compress(self, path: bytes, raw: Bytes) -> bytes | None:
        # what does not shrink has a suffix that says so: asking zstd about every jpeg would cost more than reading it
        _, dot, suffix = path[-_LONGEST_SUFFIX:].rpartition(b".")
        key = suffix if dot else b""
        hopeless = self._hopeless.get(key, 0)
        if hopeless > _HOPELESS and hopeless % _STILL_TRIED:
            self._hopeless[key] = hopeless + 1
            return None
        frame = compress_if_pays(raw)
        self._hopeless[key] = 0 if frame is not None else hopeless + 1
        return frame

    def large(self, descriptor: int, size: int) -> ObjectId:
        source = _large_file().descriptor_source(descriptor)
        oid: ObjectId = _large_file().store_large(source, size, self._data, self._meta, self._store)
        return oid

    def finish(self) -> tuple[PackFile, ...]:
        return self._data.finish() + self._meta.finish()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._data.__exit__(kind, error, trace)
        self._meta.__exit__(kind, error, trace)


class SliceIngester:
    """Reads slices of files below a root; leaving the block without ``finish`` drops the pack that is not full yet."""

    def __init__(self, root: Path, sink: _Sink) -> None:
        self._files = SourceFiles(root)
        self._sink = sink

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sink.__exit__(kind, error, trace)
        self._files.close()

    def take(self, paths: Iterable[bytes], modes: Iterable[int]) -> SliceColumns:
        """Return one row per path, whatever happens to it.

        Raises:
            StorageError: the store cannot be written.
        """
        columns = SliceColumns()
        rows: list[tuple[bytes, int, os.stat_result]] = []
        take_file, take_link, link = self._take_file, self._take_link, int(Mode.SYMLINK)
        for number, (path, mode) in enumerate(zip(paths, modes, strict=True)):
            take = take_link if mode == link else take_file
            try:
                try:
                    rows.append(take(path))
                except SourceChangedError:
                    rows.append(take(path))  # once more: a writer may just have been closing it
            except (OSError, SourceChangedError) as error:
                columns.failures.append((number, _failure(path, error)))
                rows.append(_NO_ROW)
        columns.fill(rows)
        return columns

    def finish(self) -> tuple[PackFile, ...]:
        """Publish what was stored and return the packs."""
        return self._sink.finish()

    def _take_file(self, path: bytes) -> tuple[bytes, int, os.stat_result]:
        descriptor = self._files.open(path)
        try:
            before = os.fstat(descriptor)
            size = before.st_size
            if not stat.S_ISREG(before.st_mode):
                raise SourceChangedError
            if size > LARGE:
                oid = self._sink.large(descriptor, size)
                _check_unchanged(before, os.fstat(descriptor))
                return oid, size, before
            room = self._sink.reserve(size)
            got = os.readv(descriptor, (room,))  # one byte more than the size, so that growth shows
            while 0 < got < size and (more := os.readv(descriptor, (room[got:],))):
                got += more
            if got != size:
                raise SourceChangedError
            _check_unchanged(before, os.fstat(descriptor))
        finally:
            os.close(descriptor)
        return self._sink.keep(path, room, size), size, before

    def _take_link(self, path: bytes) -> tuple[bytes, int, os.stat_result]:
        target, found = self._files.read_link(path)
        room = self._sink.reserve(len(target))
        room[: len(target)] = target
        return self._sink.keep(b"", room, len(target)), len(target), found


def hashing(root: Path) -> SliceIngester:
    """Return what hashes files below root and stores nothing."""
    return SliceIngester(root, _Sink())


def storing(root: Path, folder: Path, known: Store | None) -> SliceIngester:
    """Return what hashes files below root and packs those that known (None: nothing) lacks into the store at folder."""
    return SliceIngester(root, _PackSink(folder, known))


def _check_unchanged(before: os.stat_result, after: os.stat_result) -> None:
    if (
        before.st_mtime_ns != after.st_mtime_ns
        or before.st_size != after.st_size
        or before.st_ctime_ns != after.st_ctime_ns
    ):
        raise SourceChangedError


def _failure(path: bytes, error: Exception) -> IngestFailure:
    shown = path.decode(errors="backslashreplace")
    if not isinstance(error, OSError) or error.errno in _CHANGED:
        return IngestFailure(path, "file-changed", f"'{shown}' changed while it was read")
    code = _CODES.get(error.errno or 0, "io-error")
    return IngestFailure(path, code, f"cannot read '{shown}': {(error.strerror or str(error)).lower()}")

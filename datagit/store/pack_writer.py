"""Builds packs: records through one buffer into an unfinished file, then index and footer, then a name.

docs/format/pack.md. The file lies in tmp/, flocked by its writer, so that salvage knows who is alive. Finished packs
are synced and published by a thread while the next one is being filled.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from datagit.ids import Bytes, ObjectId, blob_hasher, checksum
from datagit.objects.invalid import LimitExceededError
from datagit.objects.kind import LARGEST, Kind
from datagit.storage.durable import (
    make_folder,
    masked_mode,
    publish_new,
    storage_error,
    sync_file,
    temporary_name,
)
from datagit.store.errand import Errand
from datagit.store.layout import TEMPORARY, PackFile, pack_path
from datagit.store.pack_frame import (
    FOOTER_SIZE,
    PackFooter,
    PackHeader,
    encode_footer_head,
    encode_footer_tail,
    encode_header,
)
from datagit.store.pack_index import aligned, encode_index
from datagit.store.pack_kind import FULL_PACK, MOST_OBJECTS, PACK_OF_KIND, PackKind
from datagit.store.record import RECORD_SIZE, Codec, padded, put_record
from datagit.store.zstd import compress_if_pays

_BUFFER = 8 << 20
_CREATE = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
_RAW_ONLY = (Kind.COMMIT, Kind.TAG)
_MODE = 0o444
_BLOB, _RAW, _ZSTD = int(Kind.BLOB), int(Codec.RAW), int(Codec.ZSTD)
_ZEROS = bytes(8)


class PackWriter:
    """Writes objects of one kind of pack, in the order they come, into as many packs as that takes.

    An object is in at most one record of a pack. Nothing is visible to readers before a pack is full or ``finish`` is
    called; leaving the block by an error keeps the packs that are published and drops the unfinished one.
    """

    def __init__(
        self, folder: Path, kind: PackKind, compress: Callable[[Bytes], bytes | None] = compress_if_pays
    ) -> None:
        """Prepare to write below folder, the store's own; nothing is created before the first object comes.

        Args:
            folder: of the store.
            kind: of the packs.
            compress: returns a zstd frame where that pays, else None.
        """
        self._folder = folder
        self._kind = kind
        self._compress = compress
        self._open: _OpenPack | None = None
        self._publishing: list[Errand[PackFile]] = []
        self._published: list[PackFile] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            self._open.abandon()
            self._open = None
        for publishing in self._publishing:
            publishing.wait()

    def add(self, kind: Kind, oid: ObjectId, raw: Bytes) -> None:
        """Append an object whose id the caller has computed, unless the open pack has it.

        Raises:
            LimitExceededError: raw is larger than the format allows for its kind.
            StorageError: disk-full, permission-denied or io-error; the open pack is lost.
        """
        if PACK_OF_KIND[kind] is not self._kind or len(raw) > LARGEST[kind]:
            message = f"a {kind.name.lower()} of {len(raw)} bytes does not fit into a {self._kind.folder} pack"
            raise LimitExceededError(message)
        frame = None if kind in _RAW_ONLY else self._compress(raw)
        stored: Bytes = raw if frame is None else frame
        self.reserve(len(stored))[: len(stored)] = stored
        self.seal(kind, oid, len(raw), len(stored))

    def reserve(self, length: int) -> memoryview:
        """Return length + 1 writable bytes, valid until the next call, for a payload that seal may then append."""
        pack = self._open
        if pack is None or pack.is_full():
            self._close_pack()
            pack = self._open = _OpenPack(self._folder, self._kind)
        return pack.reserve(length)

    def seal(self, kind: Kind, oid: ObjectId, raw_len: int, stored_len: int) -> None:
        """Append the object whose stored bytes were put into what reserve returned last, unless the pack has it.

        Stored bytes that are shorter than the raw ones are a zstd frame.
        """
        if self._open is None:
            message = "seal before reserve"
            raise RuntimeError(message)
        self._open.seal(kind, oid, raw_len, stored_len)

    def finish(self) -> tuple[PackFile, ...]:
        """Publish what was added, durably, and return all packs that this writer published; none if it was empty."""
        if self._open is not None:
            pack, self._open = self._open, None
            self._published_first()
            if pack.is_empty():
                pack.abandon()
            else:
                self._published.append(pack.publish())
        self._published_first()
        return tuple(self._published)

    def _published_first(self) -> None:
        while self._publishing:
            self._published.append(self._publishing.pop(0).result())

    def _close_pack(self) -> None:
        pack, self._open = self._open, None
        if pack is not None:
            if self._publishing:  # one behind is enough: the disk sets the pace, and dirty pages stay bounded
                self._published_first()
            self._publishing.append(Errand(pack.publish))


class _OpenPack:
    """An unfinished pack in tmp/."""

    def __init__(self, folder: Path, kind: PackKind) -> None:
        self._folder = folder
        self._header = PackHeader(kind, int.from_bytes(os.urandom(8)) or 1)
        self._path = folder / TEMPORARY / temporary_name()
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._spare: bytearray | None = None  # the other buffer; while _writing runs, its bytes are on the way
        self._writing: Errand[None] | None = None
        self._hasher = blob_hasher()
        self._salt = self._header.salt
        self._rows: list[tuple[ObjectId, int, int, int, int, int]] = []  # the fields of IndexRow
        self._seen: set[bytes] = set()
        self._flushed = 0  # bytes of the file that left the buffer
        try:
            if not self._path.parent.is_dir():
                make_folder(self._path.parent)
            self._descriptor = os.open(self._path, _CREATE, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise storage_error(error, "create", self._path) from error
        head = encode_header(self._header)
        self._buffer[: len(head)] = head
        self._used = len(head)  # bytes in the buffer

    def is_empty(self) -> bool:
        return not self._rows

    def is_full(self) -> bool:
        return self._flushed + self._used >= FULL_PACK or len(self._rows) >= MOST_OBJECTS

    def reserve(self, length: int) -> memoryview:
        needed = RECORD_SIZE + padded(length) + 8
        if self._used + needed > len(self._buffer):
            self._flush()
            if needed > len(self._buffer):
                self._buffer = bytearray(needed)
                self._view = memoryview(self._buffer)
        start = self._used + RECORD_SIZE
        return self._view[start : start + length + 1]

    def seal(self, kind: int, oid: ObjectId, raw_len: int, stored_len: int) -> None:
        # a hot path: a million small files come through here, so rows are plain tuples and keys plain bytes
        key = oid if kind == _BLOB else oid + bytes((kind,))
        if key in self._seen:
            return
        self._seen.add(key)
        start = self._used
        payload = start + RECORD_SIZE
        end = payload + stored_len
        codec = _RAW if stored_len == raw_len else _ZSTD
        total = checksum(self._view[payload:end], self._salt)
        put_record(self._buffer, start, (kind, codec, oid, raw_len, stored_len), total, self._salt)
        self._used = used = payload + padded(stored_len)
        if used > end:
            self._view[end:used] = _ZEROS[: used - end]
        self._rows.append((oid, kind, self._flushed + start, stored_len, raw_len, codec))

    def publish(self) -> PackFile:
        """Write index and footer, sync, and give the pack its name."""
        try:
            return self._publish()
        except OSError as error:
            raise storage_error(error, "write", self._path) from error
        finally:
            self.abandon()

    def _publish(self) -> PackFile:
        offset = aligned(self._flushed + self._used)
        index = encode_index(self._rows)
        salt = self._header.salt
        footer = PackFooter(offset, len(index), len(self._rows), salt, checksum(index, salt), bytes(32))
        self._settle()
        self._write(self._view[: self._used])
        self._write(bytes(offset - self._flushed - self._used) + index + encode_footer_head(footer))
        digest = self._hasher.digest()
        self._write(encode_footer_tail(digest))
        written = offset + len(index) + FOOTER_SIZE
        os.fchmod(self._descriptor, masked_mode(_MODE))
        size = os.fstat(self._descriptor).st_size
        if size != written:
            message = f"{size} bytes were written instead of {written}"
            raise OSError(message)
        sync_file(self._descriptor)
        kind = self._header.kind
        name = f"{kind.folder}/{digest.hex()}-{os.urandom(8).hex()}"
        target = self._folder / pack_path(name)
        if not target.parent.is_dir():
            make_folder(target.parent)
        publish_new(self._path, target)
        return PackFile(name, size, offset, len(self._rows))

    def abandon(self) -> None:
        """Close the file, and remove it if it was not published; the lock goes with it."""
        if self._descriptor < 0:
            return
        if self._writing is not None:
            self._writing.wait()
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = -1

    def _flush(self) -> None:
        """Send the buffer on its way, to be written and hashed by a thread, and go on with the other one."""
        self._settle()
        full = self._view[: self._used]
        self._writing = Errand(lambda: self._write(full))
        self._flushed += self._used
        self._used = 0
        self._buffer, self._spare = self._spare or bytearray(_BUFFER), self._buffer
        self._view = memoryview(self._buffer)

    def _settle(self) -> None:
        """Wait until what was sent on its way has arrived."""
        writing, self._writing = self._writing, None
        try:
            if writing is not None:
                writing.result()
        except OSError as error:
            raise storage_error(error, "write", self._path) from error

    def _write(self, content: Bytes) -> None:
        with memoryview(content) as view:
            done = 0
            while done < len(view):
                done += os.write(self._descriptor, view[done:])
        self._hasher.update(content)

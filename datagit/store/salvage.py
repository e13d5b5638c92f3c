"""What a killed writer left in tmp/: its whole records are kept, as a pack (docs/format/pack.md)."""

import contextlib
import errno
import fcntl
import os
import secrets
import stat
from pathlib import Path

from datagit.errors import CorruptionError
from datagit.ids import blob_hasher, checksum
from datagit.objects.kind import Kind
from datagit.progress import Progress
from datagit.storage.durable import (
    TEMPORARY_PREFIX,
    make_folder,
    masked_mode,
    publish_new,
    storage_error,
    sync_file,
)
from datagit.store.layout import TEMPORARY, PackFile, pack_path
from datagit.store.pack_frame import (
    HEADER_SIZE,
    MAGIC,
    PackFooter,
    decode_header,
    encode_footer_head,
    encode_footer_tail,
)
from datagit.store.pack_index import IndexRow, aligned, encode_index
from datagit.store.pack_kind import LARGEST_PACK, MOST_OBJECTS
from datagit.store.record import RECORD_SIZE, padded
from datagit.store.store import Store
from datagit.store.verify import walk_records

_OPEN = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_BLOCK = 8 << 20


def salvage_packs(store: Store, progress: Progress) -> tuple[PackFile, ...]:
    """Publish what is whole in unfinished packs that nobody writes any more, and return the packs; the lock is held.

    A file that holds nothing whole is removed; one that is no pack at all is left for gc.

    Raises:
        StorageError: disk-full, permission-denied or io-error; nothing is lost.
    """
    found = []
    folder = store.folder / TEMPORARY
    for path in sorted(folder.glob(f"{TEMPORARY_PREFIX}*")):
        try:
            pack = _salvage(store.folder, path)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno == errno.ELOOP:
                continue  # a link is nobody's unfinished pack
            raise storage_error(error, "salvage", path) from error
        if pack is not None:
            found.append(pack)
    if found:
        count = sum(pack.count for pack in found)
        progress.warn(f"kept {count} objects that an interrupted command had stored")
        for lookup in set(store.lookup.values()):
            lookup.refresh()
    return tuple(found)


def _salvage(folder: Path, path: Path) -> PackFile | None:
    descriptor = os.open(path, os.O_RDONLY | _OPEN)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None  # its writer is alive
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_nlink > 1 or status.st_size < HEADER_SIZE:
            path.unlink()  # published already, under its other name; or nothing was written yet
            return None
        if os.pread(descriptor, len(MAGIC), 0) != MAGIC:
            return None
        rows, end = _whole_records(descriptor, status.st_size)
        if not rows:
            path.unlink()
            return None
        os.fchmod(descriptor, 0o600)
        return _finish(folder, path, rows, end)
    finally:
        os.close(descriptor)


def _whole_records(descriptor: int, size: int) -> tuple[list[IndexRow], int]:
    """Return the records before the first that is not whole, and where they end."""
    rows: list[IndexRow] = []
    seen: set[tuple[bytes, Kind]] = set()
    end = HEADER_SIZE
    # what stops the walk is expected: the record that was being written, or a finished index
    with contextlib.suppress(CorruptionError):
        header = decode_header(os.pread(descriptor, HEADER_SIZE, 0))

        def read(offset: int, length: int) -> bytes:
            return os.pread(descriptor, length, offset)

        for offset, record, _ in walk_records(read, header, size):
            stop = offset + RECORD_SIZE + padded(record.stored_len)
            key = (record.oid, record.kind)
            if key in seen or len(rows) == MOST_OBJECTS or stop > LARGEST_PACK:
                break
            seen.add(key)
            rows.append(IndexRow(record.oid, record.kind, offset, record.stored_len, record.raw_len, record.codec))
            end = stop
    return rows, end


def _finish(folder: Path, path: Path, rows: list[IndexRow], end: int) -> PackFile:
    descriptor = os.open(path, os.O_RDWR | _OPEN)
    try:
        header = decode_header(os.pread(descriptor, HEADER_SIZE, 0))
        offset = aligned(end)
        index = encode_index(rows)
        footer = PackFooter(offset, len(index), len(rows), header.salt, checksum(index, header.salt), bytes(32))
        os.ftruncate(descriptor, end)
        _write_at(descriptor, end, bytes(offset - end) + index + encode_footer_head(footer))
        size = os.fstat(descriptor).st_size
        hasher = blob_hasher()
        for start in range(0, size, _BLOCK):
            hasher.update(os.pread(descriptor, min(_BLOCK, size - start), start))
        digest = hasher.digest()
        _write_at(descriptor, size, encode_footer_tail(digest))
        os.fchmod(descriptor, masked_mode(0o444))
        size = os.fstat(descriptor).st_size
        sync_file(descriptor)
    finally:
        os.close(descriptor)
    name = f"{header.kind.folder}/{digest.hex()}-{secrets.token_hex(8)}"
    target = folder / pack_path(name)
    make_folder(target.parent)
    publish_new(path, target)
    return PackFile(name, size, offset, len(rows))


def _write_at(descriptor: int, offset: int, content: bytes) -> None:
    done = 0
    while done < len(content):
        done += os.pwrite(descriptor, content[done:], offset + done)

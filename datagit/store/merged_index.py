"""The indexes of many packs as one sorted table in cache/: derived, and ignored unless it is whole and of this store.

Layout, little endian: magic "DGPX", u32 version, store uuid as 36 characters, u32 packs, u64 rows, u64 bytes of names,
xxh3_64 of all from 128 on, seeded with that of the fields before; zeros to 128; names joined by newlines, padded to
64; then columns, each padded to 64: id, offset, stored_len, pack number (u32), type (u8); sorted by id.
"""

import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path

from datagit.ids import ID_SIZE, Bytes, ObjectId, checksum
from datagit.objects.kind import Kind
from datagit.store.layout import CACHE, is_pack_name
from datagit.store.pack_index import aligned, first_at_least
from datagit.store.pack_kind import PackKind

WIDTHS = (ID_SIZE, 8, 8, 4, 1)
"""Bytes per row of id, offset, stored_len, pack number, type."""

_FIELDS = struct.Struct("<4sI36sIQQ")
_MAGIC = b"DGPX"
_VERSION = 1
_U64 = struct.Struct("<Q")
_START = 128  # of what follows the header
_U32 = struct.Struct("<I")


def merged_path(folder: Path, kind: PackKind) -> Path:
    """Return where a store keeps the merged table of one kind of packs."""
    return folder / CACHE / f"packs-{kind.folder}.idx"


class MergedIndex:
    """A merged table, over bytes that it keeps alive."""

    __slots__ = ("_packs", "_starts", "body", "count", "names")

    def __init__(self, packs: tuple[str, ...], body: Bytes, count: int) -> None:
        """Take packs by number, and the columns of count rows as bytes, laid out as in the file."""
        self._packs = packs
        self.names = frozenset(packs)
        self.body = memoryview(body)
        self.count = count
        starts, position = [], 0
        for width in WIDTHS:
            starts.append(position)
            position += aligned(width * count)
        if position != len(self.body):
            message = f"merged index of {count} rows has {len(self.body)} bytes"
            raise ValueError(message)
        self._starts = starts

    @property
    def packs(self) -> tuple[str, ...]:
        """The packs that are merged here, by number."""
        return self._packs

    def column(self, number: int) -> memoryview:
        """Return one column without its padding; numbers as in WIDTHS."""
        start = self._starts[number]
        return self.body[start : start + WIDTHS[number] * self.count]

    def find(self, kind: Kind, oid: ObjectId) -> Iterator[tuple[str, int, int]]:
        """Yield (pack, offset, stored_len) of each copy."""
        ids, offsets, stored, packs, kinds = self._starts
        body = self.body
        position = first_at_least(body, self.count, oid)
        while position < self.count:
            start = ids + ID_SIZE * position
            if bytes(body[start : start + ID_SIZE]) != oid:
                return
            number = _U32.unpack_from(body, packs + 4 * position)[0]
            if body[kinds + position] == kind and number < len(self._packs):
                yield (
                    self._packs[number],
                    _U64.unpack_from(body, offsets + 8 * position)[0],
                    _U64.unpack_from(body, stored + 8 * position)[0],
                )
            position += 1


def encode_merged(merged: MergedIndex, store_uuid: str) -> bytes:
    """Return the bytes of the cache file."""
    names = "\n".join(merged.packs).encode()
    rest = b"".join((names.ljust(aligned(len(names)), b"\0"), merged.body))
    head = _FIELDS.pack(_MAGIC, _VERSION, store_uuid.encode(), len(merged.packs), merged.count, len(names))
    head += _U64.pack(checksum(rest, checksum(head)))
    return head.ljust(_START, b"\0") + rest


def decode_merged(content: Bytes, store_uuid: str) -> MergedIndex | None:
    """Return the table that encode_merged wrote for this store; None for any other bytes."""
    view = memoryview(content)
    if len(view) < _START:
        return None
    magic, version, uuid, packs, count, names_length = _FIELDS.unpack_from(view)
    total = checksum(view[_START:], checksum(view[: _FIELDS.size]))
    if (magic, version, uuid) != (_MAGIC, _VERSION, store_uuid.encode()) or view[_FIELDS.size :][:8] != _U64.pack(
        total
    ):
        return None
    if len(view) < _START + names_length:
        return None
    names = tuple(bytes(view[_START : _START + names_length]).decode("ascii", "replace").split("\n"))
    if len(names) != packs or not all(map(is_pack_name, names)):
        return None
    try:
        return MergedIndex(names, view[_START + aligned(names_length) :], count)
    except ValueError:
        return None


def load_merged(path: Path, store_uuid: str) -> MergedIndex | None:
    """Return the table kept at path, mapped; None if there is none of this store, or it is damaged."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            size = os.fstat(descriptor).st_size
            content = mmap.mmap(descriptor, size, access=mmap.ACCESS_READ)
            return decode_merged(memoryview(content), store_uuid)
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None

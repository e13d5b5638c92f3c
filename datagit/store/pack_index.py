"""The index of a pack: flat columns sorted by (id, type), bisected in place (docs/format/pack.md)."""

import math
import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from datagit.ids import ID_SIZE, Bytes, ObjectId
from datagit.objects.kind import Kind
from datagit.store.record import Codec, PackDamagedError

COLUMN_WIDTHS = (ID_SIZE, 8, 8, 8, 1, 1)
"""Bytes per row of id, offset, stored_len, raw_len, type, codec."""

_GUESSED = 256

_U64 = struct.Struct("<Q")


class IndexRow(NamedTuple):
    """Where a pack holds one object; offset is that of the record's header."""

    oid: ObjectId
    kind: int
    offset: int
    stored_len: int
    raw_len: int
    codec: int


def aligned(length: int) -> int:
    """Return length rounded up to a multiple of 64."""
    return (length + 63) & ~63


def index_size(count: int) -> int:
    """Return the bytes of an index of count rows."""
    return sum(aligned(width * count) for width in COLUMN_WIDTHS)


def column_offsets(count: int) -> tuple[int, ...]:
    """Return where each column of an index of count rows starts."""
    starts, position = [], 0
    for width in COLUMN_WIDTHS:
        starts.append(position)
        position += aligned(width * count)
    return tuple(starts)


def encode_index(rows: Iterable[tuple[ObjectId, int, int, int, int, int]]) -> bytes:
    """Return the bytes of the index of rows, each the fields of an IndexRow, in any order, none twice."""
    ordered = sorted(rows)
    count = len(ordered)
    numbers = struct.Struct(f"<{count}Q")
    oids, kinds, offsets, stored, raw, codecs = zip(*ordered, strict=True) if ordered else ((),) * 6
    columns = (
        b"".join(oids),
        numbers.pack(*offsets),
        numbers.pack(*stored),
        numbers.pack(*raw),
        bytes(kinds),
        bytes(codecs),
    )
    return b"".join([column.ljust(aligned(len(column)), b"\0") for column in columns])


def first_at_least(ids: Bytes, count: int, oid: bytes) -> int:
    """Return the first of count sorted ids, 32 bytes each, that is not below oid; count if there is none."""
    low, high = 0, count
    if count > _GUESSED:  # ids are uniform, so the first 8 bytes tell nearly where; a wrong guess costs, but never errs
        guess = int.from_bytes(oid[:8], "big") * count >> 64
        reach = 4 * math.isqrt(count)
        left, right = max(0, guess - reach), min(count - 1, guess + reach)
        if bytes(ids[left * ID_SIZE : left * ID_SIZE + ID_SIZE]) < oid:
            low = left + 1
        if bytes(ids[right * ID_SIZE : right * ID_SIZE + ID_SIZE]) >= oid:
            high = right
    while low < high:
        middle = (low + high) // 2
        start = middle * ID_SIZE
        if bytes(ids[start : start + ID_SIZE]) < oid:
            low = middle + 1
        else:
            high = middle
    return low


class PackIndex:
    """The columns of one pack's index, over bytes that the caller keeps alive (a memory map)."""

    __slots__ = ("_columns", "_starts", "count")

    def __init__(self, columns: Bytes, count: int) -> None:
        if len(columns) != index_size(count):
            message = f"index of {count} objects has {len(columns)} bytes"
            raise PackDamagedError(message)
        self._columns = memoryview(columns)
        self._starts = column_offsets(count)
        self.count = count

    @property
    def columns(self) -> memoryview:
        """All bytes of the index."""
        return self._columns

    def column(self, number: int) -> memoryview:
        """Return one column without its padding; numbers as in COLUMN_WIDTHS."""
        start = self._starts[number]
        return self._columns[start : start + COLUMN_WIDTHS[number] * self.count]

    def row(self, position: int) -> IndexRow:
        """Return one row; positions count in the order of ids."""
        ids, offsets, stored, raw, kinds, codecs = self._starts
        columns, number = self._columns, 8 * position
        start = ids + ID_SIZE * position
        return IndexRow(
            ObjectId(bytes(columns[start : start + ID_SIZE])),
            columns[kinds + position],
            _U64.unpack_from(columns, offsets + number)[0],
            _U64.unpack_from(columns, stored + number)[0],
            _U64.unpack_from(columns, raw + number)[0],
            columns[codecs + position],
        )

    def rows(self) -> Sequence[IndexRow]:
        """Return all rows, sorted by id."""
        return [self.row(position) for position in range(self.count)]

    def find(self, kind: Kind, oid: ObjectId) -> IndexRow | None:
        """Return the row of an object, or None."""
        position = first_at_least(self._columns, self.count, oid)  # ids are the first column
        while position < self.count:
            row = self.row(position)
            if row.oid != oid:
                return None
            if row.kind == kind:
                return row
            position += 1
        return None

    def release(self) -> None:
        """Let go of the bytes, so that a memory map can be closed."""
        self._columns.release()


def check_rows(rows: Sequence[IndexRow]) -> None:
    """Raise PackDamagedError unless rows strictly ascend by (id, type) and name known types and codecs."""
    before = (b"", 0)
    for row in rows:
        if (row.oid, row.kind) <= before or row.kind not in tuple(Kind) or row.codec not in tuple(Codec):
            message = f"index is not sorted or names an unknown type at {row.oid.hex()[:12]}"
            raise PackDamagedError(message)
        before = (row.oid, row.kind)

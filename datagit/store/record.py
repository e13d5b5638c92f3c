"""One record of a pack: header, payload, zeros to a multiple of 8 (docs/format/pack.md)."""

import enum
import struct
from typing import NamedTuple

from datagit.errors import CorruptionError
from datagit.ids import Bytes, ObjectId, checksum
from datagit.objects.kind import LARGEST, Kind
from datagit.store.pack_kind import PACK_OF_KIND, PackKind

MAGIC = b"DGRC"
RECORD_SIZE = 72
"""Bytes of a record's header."""

_HEADER = struct.Struct("<4sBBH32sQQQ")
_SUM = struct.Struct("<Q")
_SUMMED = _HEADER.size  # the bytes that the header's own checksum covers
_RAW_ONLY = (Kind.COMMIT, Kind.TAG)
_KINDS = {int(kind): kind for kind in Kind}
_LARGEST = {int(kind): size for kind, size in LARGEST.items()}


class Codec(enum.IntEnum):
    """How a payload is stored."""

    RAW = 0
    ZSTD = 1


class PackDamagedError(CorruptionError):
    """A pack is not what its format says."""

    code = "object-corrupt"


class Record(NamedTuple):
    """What the header of a record says; lengths in bytes."""

    kind: Kind
    codec: Codec
    oid: ObjectId
    raw_len: int
    stored_len: int
    payload_sum: int


def padded(length: int) -> int:
    """Return length rounded up to a multiple of 8."""
    return (length + 7) & ~7


def encode_record(record: Record, salt: int) -> bytes:
    """Return the 72 bytes of a record's header in a pack with this salt."""
    kind, codec, oid, raw_len, stored_len, payload_sum = record
    head = _HEADER.pack(MAGIC, kind, codec, 0, oid, raw_len, stored_len, payload_sum)
    return head + _SUM.pack(checksum(head, salt))


def put_record(
    buffer: bytearray, start: int, fields: tuple[int, int, bytes, int, int], payload_sum: int, salt: int
) -> None:
    """Write a record's header into buffer from start on; fields are kind, codec, id, raw_len, stored_len."""
    kind, codec, oid, raw_len, stored_len = fields
    _HEADER.pack_into(buffer, start, MAGIC, kind, codec, 0, oid, raw_len, stored_len, payload_sum)
    with memoryview(buffer) as view:
        _SUM.pack_into(buffer, start + _SUMMED, checksum(view[start : start + _SUMMED], salt))


def decode_record(header: Bytes, salt: int, pack_kind: PackKind) -> Record:
    """Return what a record's header says, after every field was checked.

    Raises:
        PackDamagedError: the checksum, a field, or a combination of fields is not as the format says.
    """
    if len(header) != RECORD_SIZE:
        message = "record header is cut off"
        raise PackDamagedError(message)
    head = memoryview(header)[:_SUMMED]
    magic, kind_number, codec_number, flags, oid, raw_len, stored_len, payload_sum = _HEADER.unpack(head)
    if magic != MAGIC or _SUM.unpack_from(header, _SUMMED)[0] != checksum(head, salt):
        message = "record header does not match its checksum"
        raise PackDamagedError(message)
    kind = _KINDS.get(kind_number)
    if kind is None or PACK_OF_KIND[kind] is not pack_kind or flags or codec_number > Codec.ZSTD:
        message = f"record of type {kind_number}, codec {codec_number}, flags {flags} in a {pack_kind.folder} pack"
        raise PackDamagedError(message)
    if raw_len > _LARGEST[kind_number]:
        message = f"record of type {kind_number} claims {raw_len} bytes"
        raise PackDamagedError(message)
    shorter = stored_len < raw_len and kind not in _RAW_ONLY
    fits = shorter if codec_number == Codec.ZSTD else stored_len == raw_len
    if not fits:
        message = f"record of type {kind_number} stores {raw_len} bytes as {stored_len} with codec {codec_number}"
        raise PackDamagedError(message)
    return Record(kind, Codec(codec_number), ObjectId(oid), raw_len, stored_len, payload_sum)

"""The two ends of a pack: the 16 bytes it opens with and the 80 it closes with (docs/format/pack.md)."""

import struct
from dataclasses import dataclass

from datagit.ids import Bytes
from datagit.store.pack_index import index_size
from datagit.store.pack_kind import MOST_OBJECTS, PackKind
from datagit.store.record import RECORD_SIZE, PackDamagedError

MAGIC = b"DGPK"
END_MAGIC = b"DGPKEND1"
VERSION = 1
HEADER_SIZE = 16
FOOTER_SIZE = 80
HASHED_FOOTER = 40
"""Bytes of the footer that its BLAKE3 covers, with all before."""

_HEADER = struct.Struct("<4sBBHQ")
_FOOTER = struct.Struct("<QQIIQQ32s8s")


@dataclass(frozen=True, slots=True)
class PackHeader:
    """The first 16 bytes of a pack; salt seeds all its checksums."""

    kind: PackKind
    salt: int


@dataclass(frozen=True, slots=True)
class PackFooter:
    """The last 80 bytes of a pack; digest is the BLAKE3 of all bytes before that field."""

    index_offset: int
    index_length: int
    count: int
    salt: int
    index_sum: int
    digest: bytes


def encode_header(header: PackHeader) -> bytes:
    """Return the 16 bytes that open a pack."""
    return _HEADER.pack(MAGIC, VERSION, header.kind, 0, header.salt)


def decode_header(content: Bytes) -> PackHeader:
    """Return what the first 16 bytes of a pack say; raise PackDamagedError if a field is unknown."""
    if len(content) != HEADER_SIZE:
        message = "the header is cut off"
        raise PackDamagedError(message)
    magic, version, kind, flags, salt = _HEADER.unpack(content)
    if magic != MAGIC or version != VERSION or kind > PackKind.META or flags or not salt:
        message = f"the header is not that of a pack of version {VERSION}"
        raise PackDamagedError(message)
    return PackHeader(PackKind(kind), salt)


def encode_footer_head(footer: PackFooter) -> bytes:
    """Return the 40 bytes of the footer that its digest still covers; the digest is not looked at."""
    return _encode_footer(footer)[:HASHED_FOOTER]


def encode_footer_tail(digest: bytes) -> bytes:
    """Return the 40 bytes that close a pack."""
    return digest + END_MAGIC


def _encode_footer(footer: PackFooter) -> bytes:
    return _FOOTER.pack(
        footer.index_offset,
        footer.index_length,
        footer.count,
        0,
        footer.salt,
        footer.index_sum,
        footer.digest,
        END_MAGIC,
    )


def decode_footer(content: Bytes, header: PackHeader, size: int) -> PackFooter:
    """Return what the last 80 bytes of a pack of size bytes say, once they fit together and to its header."""
    if len(content) != FOOTER_SIZE:
        message = "the footer is cut off"
        raise PackDamagedError(message)
    offset, length, count, zero, salt, index_sum, digest, magic = _FOOTER.unpack(content)
    if magic != END_MAGIC or zero or salt != header.salt:
        message = "the footer is not that of this pack"
        raise PackDamagedError(message)
    if (
        not 0 < count <= MOST_OBJECTS
        or offset % 64
        or length != index_size(count)
        or offset + length + FOOTER_SIZE != size
        or offset < HEADER_SIZE + RECORD_SIZE * count
    ):
        message = f"the footer claims {count} objects and an index of {length} bytes at {offset} in {size} bytes"
        raise PackDamagedError(message)
    return PackFooter(offset, length, count, salt, index_sum, digest)

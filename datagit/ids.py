"""Identity: the only room that knows how ids and checksums are computed.

Ids are BLAKE3-256, since a collision in a shared store would replace somebody's image. xxh3 serves where no adversary
can gain: tree cuts, storage checksums, row hashes.
"""

from collections.abc import Sequence
from typing import NewType, Protocol, TypeAlias

import blake3
import xxhash

ObjectId = NewType("ObjectId", bytes)
"""32 bytes of BLAKE3; shown as 64 hex digits."""

Bytes: TypeAlias = bytes | bytearray | memoryview
"""What can be hashed without a copy."""

ID_SIZE = 32
"""Length of an ObjectId in bytes."""

COMMIT_CONTEXT = "datagit v1 commit"
TAG_CONTEXT = "datagit v1 tag"
NODE_CONTEXT = "datagit v1 node"
SEGMENT_CONTEXT = "datagit v1 segment"


class Hasher(Protocol):
    """A hash that is still being fed."""

    def update(self, content: Bytes, /) -> "Hasher": ...

    def digest(self) -> bytes: ...


def blob_id(content: Bytes) -> ObjectId:
    """Return the id of a blob: BLAKE3 of its bytes, as ``b3sum`` prints it."""
    return ObjectId(blake3.blake3(content).digest())


def blob_hasher() -> Hasher:
    """Return a hasher whose digest is the blob id of all bytes fed to it; uses all cores on large buffers."""
    return blake3.blake3(max_threads=blake3.blake3.AUTO)


def derived_id(context: str, content: Bytes) -> ObjectId:
    """Return the id of an object that is no blob: BLAKE3 in derive-key mode under one of the contexts above."""
    return ObjectId(blake3.blake3(content, derive_key_context=context).digest())


def checksum(content: Bytes, seed: int = 0) -> int:
    """Return xxh3_64 of content as an unsigned 64-bit number."""
    return xxhash.xxh3_64_intdigest(content, seed)


def low_checksums(contents: Sequence[Bytes], seed: int, limit: int) -> list[tuple[int, int]]:
    """Return (position, xxh3_64) of each of contents whose xxh3_64 is below limit; one call for very many of them."""
    hashed = xxhash.xxh3_64_intdigest
    return [(i, h) for i, content in enumerate(contents) if (h := hashed(content, seed)) < limit]


def row_hash(content: Bytes, seed: int = 0) -> bytes:
    """Return xxh3_128 of content, 16 bytes, for rows of label manifests."""
    return xxhash.xxh3_128_digest(content, seed)


def parse_id(text: str) -> ObjectId:
    """Return the id written as 64 lower-case hex digits.

    Raises:
        ValueError: text is anything else.
    """
    if len(text) != 2 * ID_SIZE or text.lower() != text:
        message = f"not an object id: {text!r}"
        raise ValueError(message)
    return ObjectId(bytes.fromhex(text))


def short_id(oid: ObjectId) -> str:
    """Return the first 12 hex digits, which is how people see an id."""
    return oid.hex()[:12]

"""Large blobs: cut by content into chunks, which a chunk list names in order (docs/format/chunks.md)."""

import enum
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import pyfastcdc

from datagit.ids import ID_SIZE, SEGMENT_CONTEXT, Bytes, ObjectId, derived_id
from datagit.objects.cuts import CutRule, cut_points
from datagit.objects.invalid import InvalidObjectError, LimitExceededError

LARGEST_WHOLE = 1 << 20
"""Bytes up to which a blob is stored whole; longer ones are cut into chunks."""

LARGEST_CHUNK = 4 << 20
LARGEST_BLOB = 8 << 40
MOST_IN_SEGMENT = 2048
MOST_IN_ROOT = 1 << 18

_HEADER = struct.Struct("<B7xQQ")
_RULE = CutRule(leaf=512, inner=512)


class Fineness(enum.Enum):
    """How long chunks are: least, usual and greatest length in bytes."""

    FINE = (16 << 10, 64 << 10, 256 << 10)
    """For what compresses: text, tables, raw pixels. An edit stores little."""
    COARSE = (256 << 10, 1 << 20, 4 << 20)
    """For what does not: JPEG, video, archives, weights."""


@dataclass(frozen=True, slots=True)
class ChunkList:
    """The parts of a blob in order, or, at level 1, the segments of such a list.

    Attributes:
        level: 0 lists chunks, 1 lists segments.
        oids: ids of the chunks (blobs) or segments.
        lengths: bytes of the blob that each of them covers.
    """

    level: int
    oids: tuple[ObjectId, ...]
    lengths: tuple[int, ...]

    @property
    def size_bytes(self) -> int:
        """Length of all that the list covers."""
        return sum(self.lengths)


@dataclass(frozen=True, slots=True)
class NewChunkList:
    """What to store so that a blob can be found by its own id.

    Attributes:
        root: bytes of the chunk list, kept under the id of the blob.
        segments: (id, bytes) of the segments that root names, if it is too long to name chunks.
    """

    root: bytes
    segments: tuple[tuple[ObjectId, bytes], ...]


def cut_buffer(content: Bytes, fineness: Fineness) -> list[int]:
    """Return the ascending ends of the chunks of content; the last one is its length.

    Source: Xia et al., The Design of Fast Content-Defined Chunking, IEEE TPDS 2020, as pyfastcdc does it; the cuts of
    a known buffer are pinned by a test, because another gear table would store everything anew.
    """
    least, usual, greatest = fineness.value
    # a chunker of its own for each call: one may not be used by two threads at once
    chunker = pyfastcdc.FastCDC(usual, min_size=least, max_size=greatest, normalized_chunking=1, seed=0)
    return [chunk.offset + chunk.length for chunk in chunker.cut_buf(content)]


def cut_front(content: Bytes, fineness: Fineness) -> list[int]:
    """Return the ends of those chunks of content that stay as they are, whatever bytes follow.

    A file that is read by windows is cut like one buffer: cut the front, and put the next bytes behind the rest.
    """
    return cut_buffer(content, fineness)[:-1]


def plan_chunk_list(oids: Sequence[ObjectId], lengths: Sequence[int]) -> NewChunkList:
    """Return the chunk list of a blob, given its chunks in order.

    Above 2,048 chunks the list is cut into segments by the chunks' ids, so that a small edit of the blob changes one
    segment and the root.

    Raises:
        LimitExceededError: the blob or its list is larger than the format allows.
    """
    if len(oids) <= MOST_IN_SEGMENT:
        return NewChunkList(encode_chunk_list(ChunkList(0, tuple(oids), tuple(lengths))), ())
    segments: list[tuple[ObjectId, bytes]] = []
    covered: list[int] = []
    start = 0
    for end in cut_points(oids, 0, _RULE):
        segment = encode_chunk_list(ChunkList(0, tuple(oids[start:end]), tuple(lengths[start:end])))
        segments.append((segment_id(segment), segment))
        covered.append(sum(lengths[start:end]))
        start = end
    root = ChunkList(1, tuple(oid for oid, _ in segments), tuple(covered))
    return NewChunkList(encode_chunk_list(root), tuple(dict(segments).items()))


def encode_chunk_list(chunks: ChunkList) -> bytes:
    """Return the bytes of a chunk list or segment.

    Raises:
        LimitExceededError: it has more entries or covers more bytes than the format allows.
    """
    count = len(chunks.oids)
    most = MOST_IN_ROOT if chunks.level else MOST_IN_SEGMENT
    if count > most or chunks.size_bytes > LARGEST_BLOB:
        message = f"a chunk list cannot have {count} entries of {chunks.size_bytes} bytes"
        raise LimitExceededError(message)
    header = _HEADER.pack(chunks.level, count, chunks.size_bytes)
    return b"".join([header, *chunks.oids, struct.pack(f"<{count}Q", *chunks.lengths)])


def decode_chunk_list(content: Bytes) -> ChunkList:
    """Return the chunk list or segment that content holds.

    Raises:
        InvalidObjectError: content is not exactly what encode_chunk_list could have returned.
    """
    if len(content) < _HEADER.size:
        message = "a chunk list ends within its header"
        raise InvalidObjectError(message)
    level, count, total = _HEADER.unpack_from(content)
    most = MOST_IN_ROOT if level else MOST_IN_SEGMENT
    if level > 1 or any(content[1:8]) or count > most or len(content) != _HEADER.size + (ID_SIZE + 8) * count:
        message = f"a chunk list cannot have level {level}, {count} entries and {len(content)} bytes"
        raise InvalidObjectError(message)
    ids_end = _HEADER.size + ID_SIZE * count
    oids = tuple(ObjectId(bytes(content[at : at + ID_SIZE])) for at in range(_HEADER.size, ids_end, ID_SIZE))
    lengths = struct.unpack_from(f"<{count}Q", content, ids_end)
    longest = LARGEST_BLOB if level else LARGEST_CHUNK
    if any(not 0 < length <= longest for length in lengths) or sum(lengths) != total or total > LARGEST_BLOB:
        message = "the lengths of a chunk list are impossible, or not its total"
        raise InvalidObjectError(message)
    return ChunkList(level, oids, lengths)


def segment_id(content: Bytes) -> ObjectId:
    """Return the id of a segment, given its bytes."""
    return derived_id(SEGMENT_CONTEXT, content)

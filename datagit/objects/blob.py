"""The content of files: whole blobs, or blobs assembled from their chunks and proven by their id."""

import itertools
from collections.abc import Iterator

from datagit.ids import ObjectId, blob_hasher, blob_id, short_id
from datagit.objects.chunks import decode_chunk_list
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectCorruptError, ObjectReader

_BATCH = 16
"""Chunks asked for at once, so that memory stays below 64 MiB."""


def read_blob(objects: ObjectReader, oid: ObjectId) -> bytes:
    """Return the content of a file of any size, proven by its id.

    Raises:
        ObjectMissingError: the blob, or a chunk of it, is nowhere here.
        ObjectCorruptError: the chunks do not make this blob.
    """
    content = b"".join(blob_parts(objects, oid))
    if blob_id(content) != oid:
        raise ObjectCorruptError(Kind.BLOB, oid, "its chunk list")
    return content


def blob_parts(objects: ObjectReader, oid: ObjectId) -> Iterator[bytes]:
    """Yield the content of a file piece by piece: at once if it is stored whole, else a chunk at a time.

    Each piece is what its own id says. That together they are this blob is known only when the caller has hashed them
    all: a chunk list is a claim.

    Raises:
        ObjectMissingError: the blob, or a chunk of it, is nowhere here.
        ObjectCorruptError: a piece is not as long as the chunk list says.
    """
    # whole first: its bytes are proven, a list is only a claim; the other way round an error would name the list
    if objects.has(Kind.BLOB, oid) or not objects.has(Kind.CHUNKS, oid):
        yield objects.read(Kind.BLOB, oid)
        return
    chunks = iter_chunks(objects, oid)
    while batch := list(itertools.islice(chunks, _BATCH)):
        found = dict(objects.read_many(Kind.BLOB, [chunk for chunk, _ in batch]))
        for chunk, length in batch:
            if len(found[chunk]) != length:
                raise ObjectCorruptError(Kind.CHUNKS, oid, "a pack")
            yield found[chunk]


def iter_chunks(objects: ObjectReader, oid: ObjectId) -> Iterator[tuple[ObjectId, int]]:
    """Yield (id, length) of the chunks of a large blob in order; reads one segment at a time.

    Raises:
        ObjectMissingError: there is no chunk list, or one of its segments is nowhere here.
        InvalidObjectError: the list or a segment is malformed, or they disagree.
    """
    root = decode_chunk_list(objects.read(Kind.CHUNKS, oid))
    if root.level == 0:
        yield from zip(root.oids, root.lengths, strict=True)
        return
    for segment_oid, length in zip(root.oids, root.lengths, strict=True):
        segment = decode_chunk_list(objects.read(Kind.SEGMENT, segment_oid))
        # a segment of segments could name itself for ever
        if segment.level or segment.size_bytes != length:
            message = f"segment {short_id(segment_oid)} is not what the chunk list of {short_id(oid)} says"
            raise InvalidObjectError(message)
        yield from zip(segment.oids, segment.lengths, strict=True)


def blob_size(objects: ObjectReader, oid: ObjectId) -> int:
    """Return the length of a blob in bytes, without reading its chunks.

    Raises:
        ObjectMissingError: it is nowhere here.
    """
    if objects.has(Kind.BLOB, oid) or not objects.has(Kind.CHUNKS, oid):
        return len(objects.read(Kind.BLOB, oid))
    return decode_chunk_list(objects.read(Kind.CHUNKS, oid)).size_bytes


def prove_blob(objects: ObjectReader, oid: ObjectId) -> None:
    """Read a blob of any size in bounded memory, and check that its pieces make what its id says.

    Raises:
        ObjectCorruptError: they do not.
    """
    hasher = blob_hasher()
    for part in blob_parts(objects, oid):
        hasher.update(part)
    if hasher.digest() != oid:
        raise ObjectCorruptError(Kind.BLOB, oid, "its chunk list")

"""Contents that a merge made and that no file had yet, as objects to store."""

from collections.abc import Iterable, Iterator

from datagit.ids import ObjectId, blob_id
from datagit.objects.chunks import LARGEST_WHOLE, Fineness, cut_buffer, plan_chunk_list
from datagit.objects.kind import Kind


def blob_objects(blobs: Iterable[tuple[ObjectId, bytes]]) -> Iterator[tuple[Kind, ObjectId, bytes]]:
    """Yield the objects that hold the blobs, given as (id, content): whole, or cut into chunks like a large file."""
    for oid, content in blobs:
        if len(content) <= LARGEST_WHOLE:
            yield Kind.BLOB, oid, content
            continue
        oids: list[ObjectId] = []
        lengths: list[int] = []
        start = 0
        for end in cut_buffer(content, Fineness.FINE):  # what merged line by line is text
            chunk = content[start:end]
            oids.append(blob_id(chunk))
            lengths.append(end - start)
            yield Kind.BLOB, oids[-1], chunk
            start = end
        plan = plan_chunk_list(oids, lengths)
        for segment, listed in plan.segments:
            yield Kind.SEGMENT, segment, listed
        yield Kind.CHUNKS, oid, plan.root

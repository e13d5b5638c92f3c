import pytest

from datagit.ids import ObjectId, blob_id
from datagit.objects.blob import blob_parts, blob_size, iter_chunks, prove_blob, read_blob
from datagit.objects.chunks import ChunkList, Fineness, cut_buffer, encode_chunk_list, plan_chunk_list
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.reader import ObjectCorruptError, ObjectMissingError
from tests.objects.test_chunks import noise

CONTENT = noise(3 << 20)


def stored(content: bytes) -> tuple[MemoryObjects, list[ObjectId], list[int]]:
    objects = MemoryObjects()
    oids: list[ObjectId] = []
    lengths: list[int] = []
    start = 0
    for end in cut_buffer(content, Fineness.FINE):
        piece = content[start:end]
        oids.append(blob_id(piece))
        lengths.append(len(piece))
        objects.put(Kind.BLOB, oids[-1], piece)
        start = end
    new = plan_chunk_list(oids, lengths)
    objects.put(Kind.CHUNKS, blob_id(content), new.root)
    return objects, oids, lengths


def test_a_small_blob_is_one_part() -> None:
    objects = MemoryObjects()
    for content in (b"", b"label"):
        objects.put(Kind.BLOB, blob_id(content), content)
        assert read_blob(objects, blob_id(content)) == content
        assert list(blob_parts(objects, blob_id(content))) == [content]
        assert blob_size(objects, blob_id(content)) == len(content)


def test_a_large_blob_is_assembled() -> None:
    objects, oids, lengths = stored(CONTENT)
    oid = blob_id(CONTENT)
    assert read_blob(objects, oid) == CONTENT
    assert [len(part) for part in blob_parts(objects, oid)] == lengths
    assert list(iter_chunks(objects, oid)) == list(zip(oids, lengths, strict=True))
    assert blob_size(objects, oid) == len(CONTENT)
    prove_blob(objects, oid)


def test_a_blob_of_many_equal_chunks_in_segments_is_assembled() -> None:
    objects = MemoryObjects()
    pieces = [b"%d" % (number % 300) for number in range(5000)]
    new = plan_chunk_list([blob_id(piece) for piece in pieces], [len(piece) for piece in pieces])
    oid = blob_id(b"".join(pieces))
    assert new.segments
    for piece in pieces:
        objects.put(Kind.BLOB, blob_id(piece), piece)
    for segment, content in new.segments:
        objects.put(Kind.SEGMENT, segment, content)
    objects.put(Kind.CHUNKS, oid, new.root)
    assert read_blob(objects, oid) == b"".join(pieces)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ObjectMissingError):
        read_blob(MemoryObjects(), blob_id(b"nowhere"))
    objects, oids, _ = stored(CONTENT)
    without = MemoryObjects()
    for kind, oid, content in objects.kept():
        if oid != oids[3]:
            without.put(kind, oid, content)
    with pytest.raises(ObjectMissingError) as caught:
        read_blob(without, blob_id(CONTENT))
    assert caught.value.oid == oids[3]


# reliability: hostile corpus H8
def test_the_list_of_another_blob_is_found_out() -> None:
    objects, _, _ = stored(CONTENT)
    victim = blob_id(b"victim")
    objects.put(Kind.CHUNKS, victim, objects.read(Kind.CHUNKS, blob_id(CONTENT)))
    for prove in (read_blob, prove_blob):
        with pytest.raises(ObjectCorruptError):
            prove(objects, victim)


def test_a_length_that_is_a_lie_is_found_out() -> None:
    objects, oids, lengths = stored(CONTENT)
    oid = blob_id(b"victim")
    lying = ChunkList(0, tuple(oids), (lengths[0] + 1, *lengths[1:]))
    objects.put(Kind.CHUNKS, oid, encode_chunk_list(lying))
    with pytest.raises(ObjectCorruptError):
        read_blob(objects, oid)


def test_a_loop_of_segments_is_refused() -> None:
    objects = MemoryObjects()
    segment = ObjectId(b"s" * 32)
    looping = encode_chunk_list(ChunkList(1, (segment,), (100,)))
    objects.put(Kind.SEGMENT, segment, looping)
    objects.put(Kind.CHUNKS, blob_id(b"victim"), looping)
    with pytest.raises(InvalidObjectError):
        read_blob(objects, blob_id(b"victim"))

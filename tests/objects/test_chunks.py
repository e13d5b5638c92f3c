import hashlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.ids import ObjectId, blob_id
from datagit.objects.chunks import (
    ChunkList,
    Fineness,
    cut_buffer,
    cut_front,
    decode_chunk_list,
    encode_chunk_list,
    plan_chunk_list,
    segment_id,
)
from datagit.objects.invalid import InvalidObjectError, LimitExceededError


def noise(length: int, seed: int = 0) -> bytes:
    """Return bytes that look random and are the same for ever and everywhere."""
    return hashlib.shake_128(b"%d" % seed).digest(length)


CONTENT = noise(8 << 20)


def test_the_cuts_of_a_known_buffer_are_pinned() -> None:
    fine = cut_buffer(CONTENT, Fineness.FINE)
    coarse = cut_buffer(CONTENT, Fineness.COARSE)
    assert fine[:8] == [133639, 205670, 234814, 353012, 385217, 506104, 551835, 643009]
    assert coarse == [1193790, 2283944, 3473297, 6755123, 8388608]
    # other cuts would store everything anew: a change of pyfastcdc that moves them has to be kept out
    assert (
        blob_id(struct.pack(f"<{len(fine)}Q", *fine)).hex()
        == "608049b74ec93e20a60807a9646d5e9e7744318086840d444ab64a75a6f863f8"
    )


def test_cuts_are_the_same_every_time_and_from_any_kind_of_buffer() -> None:
    for fineness in Fineness:
        ends = cut_buffer(CONTENT, fineness)
        assert ends == cut_buffer(memoryview(bytearray(CONTENT)), fineness)
        assert ends[-1] == len(CONTENT)
        least, _, greatest = fineness.value
        lengths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
        assert all(least <= length <= greatest for length in lengths[:-1])
        assert lengths[-1] <= greatest
    assert cut_buffer(b"", Fineness.FINE) == []
    assert cut_buffer(b"x", Fineness.FINE) == [1]
    assert cut_buffer(bytes(3 << 20), Fineness.FINE) == list(range(256 << 10, (3 << 20) + 1, 256 << 10))


@settings(max_examples=30, deadline=None)
@given(st.integers(300 << 10, 3 << 20), st.integers(0, 8 << 20))
def test_a_file_read_by_windows_is_cut_like_one_buffer(window: int, length: int) -> None:
    content = memoryview(CONTENT)[:length]
    ends: list[int] = []
    start = taken = 0
    while taken < length:
        taken = min(length, taken + window)
        piece = content[start:taken]
        found = cut_buffer(piece, Fineness.FINE) if taken == length else cut_front(piece, Fineness.FINE)
        ends += [start + end for end in found]
        start = ends[-1] if ends else 0
    assert ends == cut_buffer(content, Fineness.FINE)


def test_an_insertion_changes_few_chunks() -> None:
    edited = CONTENT[:4_000_000] + b"ten bytes!" + CONTENT[4_000_000:]

    def pieces(content: bytes) -> set[bytes]:
        ends = cut_buffer(content, Fineness.FINE)
        return {content[start:end] for start, end in zip([0, *ends], ends, strict=False)}

    assert sum(map(len, pieces(edited) - pieces(CONTENT))) <= 512 << 10


def chunks(count: int) -> tuple[list[ObjectId], list[int]]:
    return [blob_id(b"%d" % number) for number in range(count)], [1000 + number % 7 for number in range(count)]


def test_a_short_list_names_chunks() -> None:
    oids, lengths = chunks(2048)
    new = plan_chunk_list(oids, lengths)
    assert new.segments == ()
    assert decode_chunk_list(new.root) == ChunkList(0, tuple(oids), tuple(lengths))


def test_a_long_list_is_cut_into_segments_and_a_small_edit_rewrites_one() -> None:
    oids, lengths = chunks(20_000)
    new = plan_chunk_list(oids, lengths)
    root = decode_chunk_list(new.root)
    assert (root.level, root.size_bytes) == (1, sum(lengths))
    assert root.oids == tuple(oid for oid, _ in new.segments)
    segments = [decode_chunk_list(content) for _, content in new.segments]
    assert [oid for segment in segments for oid in segment.oids] == oids
    assert root.lengths == tuple(segment.size_bytes for segment in segments)
    assert all(segment_id(content) == oid for oid, content in new.segments)
    edited = plan_chunk_list([*oids[:9000], blob_id(b"new"), *oids[9000:]], [*lengths[:9000], 5, *lengths[9000:]])
    written = [content for oid, content in edited.segments if oid not in root.oids]
    assert sum(map(len, written)) + len(edited.root) <= 200_000
    assert new.segments[0][0].hex() == "38464c7c1bc879efc4b82f86d5f7222fff13ecc213b10ef092729c03bb77cb3b"


GOOD = encode_chunk_list(ChunkList(0, (blob_id(b"1"), blob_id(b"2")), (100, 200)))


def forged(position: int, replacement: bytes) -> bytes:
    return GOOD[:position] + replacement + GOOD[position + len(replacement) :]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        GOOD[:23],
        GOOD[:-1],
        GOOD + b"\0",
        forged(0, b"\x02"),
        forged(1, b"\x01"),
        forged(8, b"\x03"),
        forged(8, b"\xff" * 8),
        forged(16, struct.pack("<Q", 301)),
        forged(88, struct.pack("<QQ", 0, 300)),
        forged(88, struct.pack("<QQ", (1 << 64) - 1, 301)),
        forged(16, struct.pack("<Q", (4 << 20) + 201))[:88] + struct.pack("<QQ", (4 << 20) + 1, 200),
    ],
    ids=range(12),
)
def test_a_forged_list_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidObjectError):
        decode_chunk_list(content)


@given(st.binary(max_size=9), st.integers(0, len(GOOD)), st.integers(0, 9))
def test_mangled_bytes_give_a_coded_error_or_round_trip(piece: bytes, start: int, width: int) -> None:
    mangled = GOOD[:start] + piece + GOOD[start + width :]
    try:
        decoded = decode_chunk_list(mangled)
    except InvalidObjectError:
        return
    assert encode_chunk_list(decoded) == mangled


def test_a_list_beyond_the_limits_is_not_written() -> None:
    oids, lengths = chunks(2049)
    with pytest.raises(LimitExceededError):
        encode_chunk_list(ChunkList(0, tuple(oids), tuple(lengths)))
    with pytest.raises(LimitExceededError):
        encode_chunk_list(ChunkList(1, tuple(oids[:2]), (8 << 40, 1)))

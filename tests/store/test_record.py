import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagit.ids import ObjectId
from datagit.objects.kind import LARGEST, Kind
from datagit.store.pack_kind import PACK_OF_KIND, PackKind
from datagit.store.record import RECORD_SIZE, Codec, PackDamagedError, Record, decode_record, encode_record, padded
from tests.store.pack_bytes import SALT, Rec, oid_of

HELLO = Record(Kind.BLOB, Codec.RAW, ObjectId(oid_of(1, b"hello")), 5, 5, 0x0102030405060708)


def test_the_bytes_of_a_header_never_change() -> None:
    encoded = encode_record(HELLO, SALT)
    assert len(encoded) == RECORD_SIZE
    assert encoded.hex().startswith("44475243" + "01" + "00" + "0000" + oid_of(1, b"hello").hex())
    assert encoded[40:64].hex() == "0500000000000000" + "0500000000000000" + "0807060504030201"
    assert encoded[:64] == Rec(1, b"hello", payload_sum=0x0102030405060708).encode()[:64]
    assert encoded == Rec(1, b"hello", payload_sum=0x0102030405060708).encode()[:72]


records = st.builds(
    lambda kind, oid, raw_len, saved, total: Record(
        kind,
        Codec.ZSTD if saved and raw_len > saved and kind not in (Kind.COMMIT, Kind.TAG) else Codec.RAW,
        ObjectId(oid),
        raw_len,
        raw_len - saved if raw_len > saved and kind not in (Kind.COMMIT, Kind.TAG) else raw_len,
        total,
    ),
    st.sampled_from(Kind),
    st.binary(min_size=32, max_size=32),
    st.integers(0, 24 << 10),
    st.integers(0, 200),
    st.integers(0, 2**64 - 1),
)


@given(record=records, salt=st.integers(1, 2**64 - 1))
def test_what_is_encoded_is_decoded(record: Record, salt: int) -> None:
    assert decode_record(encode_record(record, salt), salt, PACK_OF_KIND[record.kind]) == record


def test_every_flipped_bit_of_a_header_is_detected() -> None:
    encoded = encode_record(HELLO, SALT)
    for bit in range(8 * RECORD_SIZE):
        damaged = bytearray(encoded)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(PackDamagedError):
            decode_record(damaged, SALT, PackKind.DATA)


@pytest.mark.parametrize("length", [0, 1, 71, 73])
def test_a_header_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(PackDamagedError):
        decode_record(encode_record(HELLO, SALT).ljust(73, b"\0")[:length], SALT, PackKind.DATA)


def test_a_header_of_another_pack_is_refused() -> None:
    with pytest.raises(PackDamagedError):
        decode_record(encode_record(HELLO, SALT), SALT + 1, PackKind.DATA)


@pytest.mark.parametrize(
    ("wrong", "pack"),
    [
        (Rec(0, b"x", oid=bytes(32)), PackKind.DATA),
        (Rec(7, b"x", oid=bytes(32)), PackKind.META),
        (Rec(255, b"x", oid=bytes(32)), PackKind.META),
        (Rec(1, b"x", codec=2), PackKind.DATA),
        (Rec(1, b"x", flags=1), PackKind.DATA),
        (Rec(1, b"x"), PackKind.META),
        (Rec(4, b"x"), PackKind.DATA),
        (Rec(2, b"x"), PackKind.DATA),
        (Rec(1, b"x", raw_len=2), PackKind.DATA),
        (Rec(1, b"x", stored_len=2), PackKind.DATA),
        (Rec(1, b"x", codec=1), PackKind.DATA),
        (Rec(1, b"x", codec=1, raw_len=0, stored_len=0), PackKind.DATA),
        (Rec(5, b"x" * 100, codec=1, stored_len=10), PackKind.META),
        (Rec(6, b"x" * 100, codec=1, stored_len=10), PackKind.META),
        *(
            (Rec(kind, b"x", raw_len=length, stored_len=length), PACK_OF_KIND[kind])
            for kind, most in LARGEST.items()
            for length in (most + 1, 2**31, 2**63, 2**64 - 1)
        ),
    ],
)
def test_a_field_that_no_writer_writes_is_refused_although_the_checksum_is_right(wrong: Rec, pack: PackKind) -> None:
    with pytest.raises(PackDamagedError):
        decode_record(wrong.encode()[:RECORD_SIZE], SALT, pack)


@given(content=st.binary(min_size=72, max_size=72))
def test_any_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(PackDamagedError):
        decode_record(content, SALT, PackKind.DATA)


@given(length=st.integers(0, 1 << 40))
def test_payloads_are_padded_to_a_multiple_of_8(length: int) -> None:
    assert 0 <= padded(length) - length < 8
    assert padded(length) % 8 == 0

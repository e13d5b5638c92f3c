import os
import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from datagit.ids import ObjectId, blob_id
from datagit.objects.kind import Kind
from datagit.store.lookup import ONE_BY_ONE, Lookup
from datagit.store.merged_index import MergedIndex, decode_merged, encode_merged, merged_path
from datagit.store.pack_index import IndexRow, PackIndex, aligned, encode_index, first_at_least
from datagit.store.pack_kind import PackKind
from datagit.store.store import Store, write_objects
from tests.store.conftest import UUID

ids = st.binary(min_size=32, max_size=32)


@given(have=st.lists(ids, max_size=600), ask=ids)
def test_bisecting_finds_the_first_id_that_is_not_below(have: list[bytes], ask: bytes) -> None:
    ordered = sorted(have)
    assert first_at_least(b"".join(ordered), len(ordered), ask) == sum(oid < ask for oid in ordered)


def test_bisecting_uniform_and_crowded_ids_agrees_with_counting() -> None:
    chance = random.Random(3)
    uniform = sorted(chance.randbytes(32) for _ in range(5000))
    crowded = sorted(b"\x7f" * 8 + chance.randbytes(24) for _ in range(5000))
    for ordered in (uniform, crowded):
        joined = b"".join(ordered)
        for place in range(0, 5000, 37):
            assert first_at_least(joined, 5000, ordered[place]) == place
        for ask in (bytes(32), b"\xff" * 32, *(chance.randbytes(32) for _ in range(200))):
            assert first_at_least(joined, 5000, ask) == sum(oid < ask for oid in ordered)


rows = st.builds(
    IndexRow,
    ids.map(ObjectId),
    st.sampled_from([int(kind) for kind in Kind]),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
    st.integers(0, 1),
)


@given(rows=st.lists(rows, max_size=50, unique_by=lambda row: (row.oid, row.kind)))
def test_an_index_is_read_as_it_was_written(rows: list[IndexRow]) -> None:
    index = PackIndex(encode_index(rows), len(rows))
    assert index.rows() == sorted(rows)
    for row in rows:
        assert index.find(Kind(row.kind), row.oid) == row


def merged_of(entries: list[tuple[bytes, int]]) -> MergedIndex:
    entries = sorted(entries)
    columns = (
        b"".join(oid for oid, _ in entries),
        b"".join((16 + 80 * place).to_bytes(8, "little") for place in range(len(entries))),
        b"".join((place).to_bytes(8, "little") for place in range(len(entries))),
        b"".join((place % 2).to_bytes(4, "little") for place in range(len(entries))),
        bytes(kind for _, kind in entries),
    )
    body = b"".join(column.ljust(aligned(len(column)), b"\0") for column in columns)
    names = tuple(f"data/{digit * 64}-0123456789abcdef" for digit in "ab")
    return MergedIndex(names, body, len(entries))


@given(entries=st.lists(st.tuples(ids, st.sampled_from([1, 4])), max_size=40))
def test_a_merged_table_is_read_as_it_was_written(entries: list[tuple[bytes, int]]) -> None:
    merged = merged_of(entries)
    again = decode_merged(encode_merged(merged, UUID), UUID)
    assert again is not None
    for oid, kind in entries:
        found = list(again.find(Kind(kind), ObjectId(oid)))
        assert found == list(merged.find(Kind(kind), ObjectId(oid)))
        assert len(found) == entries.count((oid, kind))


def test_a_merged_table_that_is_damaged_or_of_another_store_is_none() -> None:
    content = encode_merged(merged_of([(bytes([number]) * 32, 1) for number in range(9)]), UUID)
    assert decode_merged(content, UUID) is not None
    assert decode_merged(content, UUID.replace("6", "7")) is None
    for bit in range(0, 8 * len(content), 5):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        padding = 72 <= bit // 8 < 128  # between the header and its multiple of 64
        assert padding or decode_merged(bytes(damaged), UUID) is None
    for length in range(0, len(content), 7):
        assert decode_merged(content[:length], UUID) is None


@given(content=st.binary(max_size=300))
def test_no_bytes_make_reading_a_merged_table_fail(content: bytes) -> None:
    assert decode_merged(content, UUID) is None


def test_descriptors_stay_few_however_many_packs_there_are(store: Store) -> None:
    oids = []
    for number in range(120):
        raw = b"%d" % number
        oids.append(blob_id(raw))
        write_objects(store, [(Kind.BLOB, oids[-1], raw)])
    lookup = Lookup(store.folder, PackKind.DATA, UUID)
    before = len(os.listdir("/proc/self/fd"))
    for oid in oids:
        (place,) = lookup.find(Kind.BLOB, oid)
        pack = lookup.pack(place.pack)
        assert pack is not None
        pack.read(Kind.BLOB, oid, place.offset, place.stored_len)
    assert len(os.listdir("/proc/self/fd")) - before <= 2 * 64 + 4


def test_many_finds_make_a_merge_pay_even_for_few_packs(store: Store) -> None:
    path: Path = merged_path(store.folder, PackKind.DATA)
    for number in range(2):
        write_objects(store, [(Kind.BLOB, blob_id(b"%d" % number), b"%d" % number)])
    lookup = Lookup(store.folder, PackKind.DATA, UUID)
    lookup.prepare(1000)
    assert not path.exists()
    lookup.prepare(100_000)
    assert path.exists()
    assert lookup.find(Kind.BLOB, blob_id(b"1"))
    before = path.stat().st_mtime_ns
    Lookup(store.folder, PackKind.DATA, UUID).prepare(100_000)
    assert path.stat().st_mtime_ns == before


def test_the_merged_table_is_written_only_when_there_are_many_packs(store: Store) -> None:
    path: Path = merged_path(store.folder, PackKind.DATA)
    for number in range(ONE_BY_ONE + 1):
        lookup = Lookup(store.folder, PackKind.DATA, UUID)
        lookup.find(Kind.BLOB, blob_id(b"0"))
        assert not path.exists()
        write_objects(store, [(Kind.BLOB, blob_id(b"%d" % number), b"%d" % number)])
    lookup = Lookup(store.folder, PackKind.DATA, UUID)
    assert lookup.find(Kind.BLOB, blob_id(b"0"))
    assert path.exists()

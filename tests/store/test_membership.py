import pyarrow as pa
import pytest

from datagit.ids import NODE_CONTEXT, ObjectId, blob_id, derived_id
from datagit.objects.kind import Kind
from datagit.store.membership import held_ids, locate
from datagit.store.store import Store, open_store, write_objects


@pytest.mark.parametrize("packs", [0, 1, 3, 30])
def test_membership_is_what_one_lookup_at_a_time_says(store: Store, packs: int) -> None:
    for number in range(packs):
        write_objects(
            store, [(Kind.BLOB, blob_id(b"%d" % item), b"%d" % item) for item in range(number * 5, number * 5 + 5)]
        )
    asked = [blob_id(b"%d" % number) for number in range(0, 400, 3)]
    reader = open_store(store.folder)
    held = held_ids(reader, Kind.BLOB, pa.array(asked, pa.binary(32))).to_pylist()
    assert held == [reader.has(Kind.BLOB, oid) for oid in asked]
    assert sum(held) == len([number for number in range(0, 400, 3) if number < packs * 5])
    chunked = pa.chunked_array([pa.array(asked[:50], pa.binary(32)), pa.array(asked[50:], pa.binary(32))])
    assert held_ids(reader, Kind.BLOB, chunked).to_pylist() == held


def test_a_kind_does_not_stand_for_another(store: Store) -> None:
    raw = bytes(24)
    node = derived_id(NODE_CONTEXT, raw)
    write_objects(store, [(Kind.NODE, node, raw), (Kind.CHUNKS, ObjectId(b"\1" * 32), raw)])
    ids = pa.array([node, b"\1" * 32], pa.binary(32))
    assert held_ids(store, Kind.NODE, ids).to_pylist() == [True, False]
    assert held_ids(store, Kind.CHUNKS, ids).to_pylist() == [False, True]
    assert held_ids(store, Kind.BLOB, ids).to_pylist() == [False, False]


def test_ids_are_located_in_one_join(store: Store) -> None:
    raws = [b"%d" % number for number in range(200)]
    write_objects(store, [(Kind.BLOB, blob_id(raw), raw) for raw in raws[:150]])
    located = dict(locate(store, Kind.BLOB, [blob_id(raw) for raw in raws]))
    assert [located[blob_id(raw)] is not None for raw in raws] == [True] * 150 + [False] * 50
    for raw in raws[:150]:
        assert store.lookup[Kind.BLOB].find(Kind.BLOB, blob_id(raw)) == [located[blob_id(raw)]]

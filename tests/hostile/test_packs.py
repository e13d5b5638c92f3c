"""H7: packs that somebody built to do harm. Each is read by a store; what it says is never believed."""

import resource
import struct
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from datagit.errors import DatagitError
from datagit.ids import ObjectId, blob_id
from datagit.objects.kind import Kind
from datagit.store.record import PackDamagedError
from datagit.store.store import Store, create_store, open_store, write_objects
from datagit.store.verify import verify_pack
from tests.store.pack_bytes import PackBytes, Rec, oid_of, write_pack

UUID = "6f1c2a34-9d1e-4a56-8b7c-0123456789ab"
WANTED = b"the real content, which is in another pack, too" * 3
ZSTD = pa.Codec("zstd")


def frame_of(raw: bytes) -> bytes:
    return bytes(ZSTD.compress(raw, asbytes=True))


def bomb(claimed: int) -> bytes:
    """A frame of a few kilobytes of run-length blocks that stand for 10 GB and claim to be shorter."""
    block = struct.pack("<I", (128 << 10) << 3 | 1 << 1)[:3] + b"\0"
    last = struct.pack("<I", (128 << 10) << 3 | 1 << 1 | 1)[:3] + b"\0"
    return b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", claimed) + block * 3000 + last


def one(**wrong: object) -> PackBytes:
    return PackBytes([Rec(1, WANTED, **wrong)])  # type: ignore[arg-type] # any field may be wrong


HOSTILE = {
    "content is not the id": PackBytes([Rec(1, b"x" * len(WANTED), oid=blob_id(WANTED))]),
    "raw_len lies upwards": one(raw_len=2**63),
    "raw_len lies downwards": one(raw_len=1),
    "stored_len lies upwards": one(stored_len=2**63),
    "stored_len lies downwards": one(stored_len=1),
    "zstd without zstd": one(codec=1, stored=b"x" * 20),
    "zstd frame of other content": one(codec=1, stored=frame_of(b"y" * len(WANTED))),
    "zstd frame of other length": one(codec=1, stored=frame_of(WANTED + b"!")),
    "zstd frame that claims 4 GiB": one(codec=1, stored=frame_of(bytes(4 << 20)), raw_len=4 << 20),
    "zstd bomb with an honest record": one(codec=1, stored=bomb(4 << 20), raw_len=4 << 20),
    "zstd bomb with a false frame": one(codec=1, stored=bomb(len(WANTED))),
    "two frames": one(codec=1, stored=frame_of(WANTED[:70]) + frame_of(WANTED[70:])),
    "unknown codec": one(codec=9),
    "unknown type": PackBytes([Rec(9, WANTED, oid=blob_id(WANTED))]),
    "a blob in a meta pack": PackBytes([Rec(1, WANTED)], kind=1),
    "a commit in a data pack": PackBytes([Rec(5, WANTED, oid=blob_id(WANTED))]),
    "payload checksum": one(payload_sum=1),
    "header checksum": one(header_sum=1),
    "index names the header": PackBytes([Rec(1, WANTED)], rows=[(blob_id(WANTED), 1, 0, len(WANTED), len(WANTED), 0)]),
    "index names itself": PackBytes([Rec(1, WANTED)], rows=[(blob_id(WANTED), 1, 256, len(WANTED), len(WANTED), 0)]),
    "index names 2^63": PackBytes([Rec(1, WANTED)], rows=[(blob_id(WANTED), 1, 2**63, len(WANTED), len(WANTED), 0)]),
    "index of 2^63 bytes": PackBytes([Rec(1, WANTED)], rows=[(blob_id(WANTED), 1, 16, 2**63, len(WANTED), 0)]),
    "footer without objects": PackBytes([Rec(1, WANTED)], footer={"count": 0}),
    "footer of 2^31 objects": PackBytes([Rec(1, WANTED)], footer={"count": 2**31}),
    "footer of another pack": PackBytes([Rec(1, WANTED)], footer={"salt": 5}),
    "no salt": PackBytes([Rec(1, WANTED)], salt=0),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield create_store(tmp_path / "store", UUID)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 512 << 10  # kilobytes


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pack_counts_as_missing_and_the_other_copy_is_used(store: Store, name: str) -> None:
    wrong = HOSTILE[name]
    wrong.write(store.folder)
    oid = blob_id(WANTED)
    with pytest.raises(DatagitError) as caught:
        store.read(Kind.BLOB, oid)
    assert caught.value.code in ("object-corrupt", "object-missing")
    with pytest.raises(DatagitError):
        dict(open_store(store.folder).read_many(Kind.BLOB, [oid]))
    hidden = [path.rename(path.with_suffix(".hidden")) for path in (store.folder / "packs").glob("*/*.pack")]
    good = open_store(store.folder)
    write_objects(good, [(Kind.BLOB, oid, WANTED)])
    for path in hidden:
        path.rename(path.with_suffix(".pack"))
    both = open_store(store.folder)
    assert both.read(Kind.BLOB, oid) == WANTED
    assert dict(both.read_many(Kind.BLOB, [oid])) == {oid: WANTED}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pack_does_not_verify(store: Store, name: str) -> None:
    wrong = HOSTILE[name]
    wrong.write(store.folder)
    for lookup in set(store.lookup.values()):
        for pack_name in lookup.names():
            pack = lookup.pack(pack_name)
            if pack is None:
                assert pack_name in lookup.damaged
            else:
                with pytest.raises(PackDamagedError):
                    verify_pack(pack)


@pytest.mark.parametrize("name", ["", "../../x", "a" * 64, "g" * 64, "0" * 64])
def test_a_pack_under_a_name_that_is_not_its_hash_is_not_read(store: Store, name: str) -> None:
    content = one().encode()
    if "/" not in name:
        write_pack(store.folder, content, 0, name)
    assert not store.has(Kind.BLOB, blob_id(WANTED))


def test_a_blob_that_holds_the_bytes_of_a_commit_is_no_commit(store: Store) -> None:
    write_objects(store, [(Kind.BLOB, blob_id(WANTED), WANTED)])
    for kind in Kind:
        assert store.has(kind, blob_id(WANTED)) == (kind is Kind.BLOB)
    assert not store.has(Kind.COMMIT, ObjectId(oid_of(5, WANTED)))

import fcntl
import os
from pathlib import Path

import pytest

from datagit.ids import ObjectId, blob_id
from datagit.objects.kind import Kind
from datagit.progress import Silent
from datagit.store.pack import Pack
from datagit.store.pack_kind import PackKind
from datagit.store.salvage import salvage_packs
from datagit.store.store import Store, open_store
from datagit.store.verify import verify_pack
from tests.store.pack_bytes import PackBytes, Rec, oid_of, up

RAWS = [b"one", b"", b"three" * 20, b"4" * 64]
BOOK = PackBytes([Rec(1, raw) for raw in RAWS])


def leave(store: Store, content: bytes, name: str = ".tmp-0123456789abcdef") -> Path:
    path = store.folder / "tmp" / name
    path.write_bytes(content)
    return path


def boundaries() -> list[int]:
    ends = [16]
    for raw in RAWS:
        ends.append(ends[-1] + 72 + up(len(raw), 8))
    return ends


CUTS = {end + near for end in boundaries() for near in (-8, -1, 0, 1, 71, 72)} | set(
    range(0, len(BOOK.encode()) + 1, 9)
)


@pytest.mark.parametrize("length", sorted(CUTS | {len(BOOK.encode()) - 1, len(BOOK.encode())}))
def test_whole_records_are_kept_wherever_the_file_was_cut(store: Store, length: int) -> None:
    path = leave(store, BOOK.encode()[:length])
    whole = sum(1 for end in boundaries()[1:] if end <= length)
    packs = salvage_packs(store, Silent())
    assert not path.exists()
    assert sum(pack.count for pack in packs) == whole
    for pack in packs:
        opened = Pack(store.folder / "packs" / f"{pack.name}.pack", PackKind.DATA)
        assert {row.oid for row in verify_pack(opened)} == {oid_of(1, raw) for raw in RAWS[:whole]}
        assert opened.size == pack.size
    for raw in RAWS[:whole]:
        assert store.read(Kind.BLOB, blob_id(raw)) == raw
    assert [store.has(Kind.BLOB, blob_id(raw)) for raw in RAWS] == [place < whole for place in range(4)]


@pytest.mark.parametrize("place", range(16, boundaries()[2], 7))
def test_what_follows_a_damaged_record_is_given_up(store: Store, place: int) -> None:
    content = bytearray(BOOK.body())
    content[place] ^= 16
    leave(store, bytes(content))
    whole = sum(1 for end in boundaries()[1:] if end <= place)
    assert sum(pack.count for pack in salvage_packs(store, Silent())) == whole


def test_zeros_that_a_power_cut_left_end_the_records(store: Store) -> None:
    leave(store, BOOK.body() + bytes(5000))
    assert [pack.count for pack in salvage_packs(store, Silent())] == [4]
    leave(store, bytes(5000))
    assert salvage_packs(store, Silent()) == ()


def test_a_pack_stored_as_a_blob_plants_no_records(store: Store) -> None:
    planted = BOOK.encode()
    salt = 0x0F0E0D0C0B0A0908
    outer = PackBytes([Rec(1, planted), Rec(1, b"cut")], salt=salt)
    leave(store, outer.body()[:-8])
    (pack,) = salvage_packs(store, Silent())
    assert pack.count == 1
    assert store.read(Kind.BLOB, blob_id(planted)) == planted
    assert not store.has(Kind.BLOB, blob_id(b"one"))


def test_a_meta_pack_is_salvaged_as_one(store: Store) -> None:
    leave(store, PackBytes([Rec(4, b"node"), Rec(5, b"commit")], kind=1).body())
    (pack,) = salvage_packs(store, Silent())
    assert pack.name.startswith("meta/")
    assert store.read(Kind.NODE, ObjectId(oid_of(4, b"node"))) == b"node"


def test_a_file_whose_writer_lives_is_left_alone(store: Store) -> None:
    path = leave(store, BOOK.body())
    with path.open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        assert salvage_packs(store, Silent()) == ()
        assert path.read_bytes() == BOOK.body()
    assert len(salvage_packs(store, Silent())) == 1


def test_a_pack_that_was_published_is_never_touched(store: Store) -> None:
    published = BOOK.write(store.folder)
    path = store.folder / "tmp" / ".tmp-0123456789abcdef"
    os.link(published, path)
    assert salvage_packs(store, Silent()) == ()
    assert not path.exists()
    assert published.read_bytes() == BOOK.encode()


def test_a_finished_but_unpublished_pack_is_read_only_and_kept(store: Store) -> None:
    leave(store, BOOK.encode()).chmod(0o444)
    assert [pack.count for pack in salvage_packs(store, Silent())] == [4]


def test_foreign_files_and_links_are_left_alone(store: Store, tmp_path: Path) -> None:
    foreign = leave(store, b"not a pack at all, but long enough")
    outside = tmp_path / "outside"
    outside.write_bytes(BOOK.body())
    unrelated = leave(store, BOOK.body(), "notes")
    assert salvage_packs(store, Silent()) == ()
    assert foreign.exists()
    assert unrelated.exists()
    (store.folder / "tmp" / ".tmp-1111111111111111").symlink_to(outside)
    assert salvage_packs(store, Silent()) == ()
    assert outside.read_bytes() == BOOK.body()


def test_the_same_object_twice_ends_the_records(store: Store) -> None:
    leave(store, PackBytes([Rec(1, b"a"), Rec(1, b"a"), Rec(1, b"b")]).body())
    assert [pack.count for pack in salvage_packs(store, Silent())] == [1]
    assert open_store(store.folder).read(Kind.BLOB, blob_id(b"a")) == b"a"

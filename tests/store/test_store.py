import os
import pickle
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from datagit.ids import COMMIT_CONTEXT, NODE_CONTEXT, ObjectId, blob_id, derived_id
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectCorruptError, ObjectMissingError
from datagit.storage.base import NameTakenError
from datagit.store.layout import FormatTooNewError, NotAStoreError
from datagit.store.store import Store, create_store, open_store, write_objects
from tests.store.conftest import UUID


def blobs(count: int) -> dict[ObjectId, bytes]:
    chance = random.Random(count)
    raws = [chance.randbytes(chance.randrange(2000)) for _ in range(count)]
    return {blob_id(raw): raw for raw in raws}


def keep(store: Store, objects: dict[ObjectId, bytes]) -> list[Path]:
    packs = write_objects(store, [(Kind.BLOB, oid, raw) for oid, raw in objects.items()])
    return [store.folder / "packs" / f"{pack.name}.pack" for pack in packs]


def damage(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def test_a_new_store_is_opened_by_its_uuid_and_made_once(tmp_path: Path) -> None:
    store = create_store(tmp_path / "new", UUID)
    assert open_store(tmp_path / "new") == store
    assert store.uuid == UUID
    with pytest.raises(NameTakenError):
        create_store(tmp_path / "new", UUID)
    with pytest.raises(NotAStoreError):
        open_store(tmp_path)


def test_a_store_of_a_later_format_is_refused(tmp_path: Path) -> None:
    create_store(tmp_path / "new", UUID)
    path = tmp_path / "new" / "format.json"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2'))
    with pytest.raises(FormatTooNewError):
        open_store(tmp_path / "new")


def test_objects_are_kept_by_kind_and_id(store: Store) -> None:
    raw = b"the same bytes"
    commit = derived_id(COMMIT_CONTEXT, raw)
    packs = write_objects(store, [(Kind.BLOB, blob_id(raw), raw), (Kind.COMMIT, commit, raw)])
    assert [pack.name[:4] for pack in packs] == ["data", "meta"]
    assert store.read(Kind.BLOB, blob_id(raw)) == raw
    assert store.read(Kind.COMMIT, commit) == raw
    assert store.has(Kind.COMMIT, commit)
    assert not store.has(Kind.NODE, commit)
    with pytest.raises(ObjectMissingError):
        store.read(Kind.BLOB, commit)


def test_what_is_stored_already_is_not_stored_again(store: Store) -> None:
    objects = blobs(20)
    assert len(keep(store, objects)) == 1
    assert keep(store, objects) == []
    assert len(keep(store, {**objects, blob_id(b"one more"): b"one more"})) == 1


@pytest.mark.parametrize("count", [1, 10, 63, 64, 500])
def test_many_are_read_in_any_order_and_each_once(store: Store, count: int) -> None:
    objects = blobs(count)
    keep(store, dict(list(objects.items())[: count // 2]))
    keep(store, dict(list(objects.items())[count // 2 :]))
    asked = list(objects) * 2
    random.Random(1).shuffle(asked)
    found = list(store.read_many(Kind.BLOB, asked))
    assert len(found) == len(objects)
    assert dict(found) == objects


def test_a_missing_one_among_many_is_named(store: Store) -> None:
    objects = blobs(100)
    keep(store, objects)
    lost = blob_id(b"never stored")
    with pytest.raises(ObjectMissingError) as caught:
        dict(store.read_many(Kind.BLOB, [*objects, lost]))
    assert caught.value.oid == lost


def test_objects_that_another_process_packs_are_found_at_once(store: Store) -> None:
    other = open_store(store.folder)
    for number in range(50):
        raw = b"%d" % number
        assert not other.has(Kind.BLOB, blob_id(raw))
        keep(store, {blob_id(raw): raw})
        assert other.read(Kind.BLOB, blob_id(raw)) == raw


def test_it_goes_through_pickle_and_fork(store: Store) -> None:
    raw = b"shared"
    keep(store, {blob_id(raw): raw})
    assert store.read(Kind.BLOB, blob_id(raw)) == raw
    copy = pickle.loads(pickle.dumps(store))
    assert copy == store
    assert copy.read(Kind.BLOB, blob_id(raw)) == raw
    child = os.fork()
    if child == 0:
        os._exit(0 if store.read(Kind.BLOB, blob_id(raw)) == raw else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_damaged_object_is_never_returned(store: Store) -> None:
    raw = b"x" * 200
    (path,) = keep(store, {blob_id(raw): raw})
    damage(path, 16 + 72 + 3)
    with pytest.raises(ObjectCorruptError) as caught:
        store.read(Kind.BLOB, blob_id(raw))
    assert path.stem in caught.value.message
    with pytest.raises(ObjectCorruptError):
        dict(open_store(store.folder).read_many(Kind.BLOB, [blob_id(raw)]))


@pytest.mark.parametrize("place", [3, 20, 16 + 72 + 3, -20])
def test_the_second_copy_is_used_when_the_first_is_damaged(store: Store, place: int) -> None:
    objects = {blob_id(bytes([number]) * 300): bytes([number]) * 300 for number in range(70)}
    (first,) = keep(store, objects)
    hidden = first.rename(first.with_suffix(".hidden"))
    (second,) = keep(open_store(store.folder), objects)
    hidden.rename(first)
    for path in (first, second):
        saved = path.read_bytes()
        damage(path, place)
        fresh = open_store(store.folder)
        assert dict(fresh.read_many(Kind.BLOB, list(objects))) == objects
        assert all(fresh.read(Kind.BLOB, oid) == raw for oid, raw in objects.items())
        path.write_bytes(saved)


def test_a_pack_that_does_not_open_counts_as_missing_and_is_told(store: Store) -> None:
    raw = b"lost"
    (path,) = keep(store, {blob_id(raw): raw})
    damage(path, -1)
    fresh = open_store(store.folder)
    with pytest.raises(ObjectMissingError):
        fresh.read(Kind.BLOB, blob_id(raw))
    assert not fresh.has(Kind.BLOB, blob_id(raw))
    assert [name.partition("/")[2] for name in fresh.lookup[Kind.BLOB].damaged] == [path.stem]
    assert keep(fresh, {blob_id(raw): raw})
    assert fresh.read(Kind.BLOB, blob_id(raw)) == raw


def test_a_pack_that_a_gc_replaced_is_looked_for_again(store: Store) -> None:
    objects = blobs(80)
    (first,) = keep(store, objects)
    reader = open_store(store.folder)
    assert reader.has(Kind.BLOB, next(iter(objects)))
    hidden = first.rename(first.with_suffix(".hidden"))
    keep(open_store(store.folder), objects)
    hidden.unlink()
    assert all(reader.read(Kind.BLOB, oid) == raw for oid, raw in objects.items())
    assert dict(reader.read_many(Kind.BLOB, list(objects))) == objects


def test_foreign_files_among_the_packs_are_left_alone(store: Store) -> None:
    raw = b"mine"
    folder = store.folder / "packs" / "data"
    for name in (".tmp-0123456789abcdef", "README", "x.pack", "A" * 64 + "-0123456789abcdef.pack"):
        (folder / name).write_bytes(b"?")
    keep(store, {blob_id(raw): raw})
    assert store.read(Kind.BLOB, blob_id(raw)) == raw
    assert store.lookup[Kind.BLOB].damaged == {}


def test_chunk_lists_are_checked_by_their_form_and_all_copies_are_offered(store: Store) -> None:
    oid = ObjectId(bytes(range(32)))
    write_objects(store, [(Kind.CHUNKS, oid, bytes(24))])
    other = (b"\0" * 8) + (1).to_bytes(8, "little") + (5).to_bytes(8, "little") + bytes(32) + (5).to_bytes(8, "little")
    fresh = open_store(store.folder)
    hidden = [path.rename(path.with_suffix(".hidden")) for path in (store.folder / "packs" / "meta").iterdir()]
    write_objects(fresh, [(Kind.CHUNKS, oid, other)])
    for path in hidden:
        path.rename(path.with_suffix(".pack"))
    assert set(open_store(store.folder).copies(Kind.CHUNKS, oid)) == {bytes(24), other}
    bad = ObjectId(bytes(32))
    write_objects(store, [(Kind.CHUNKS, bad, b"no chunk list")])
    with pytest.raises(ObjectCorruptError):
        store.read(Kind.CHUNKS, bad)


def many_small_packs(store: Store) -> Iterator[tuple[ObjectId, bytes]]:
    for number in range(40):
        raw = b"node %d" % number
        oid = derived_id(NODE_CONTEXT, raw)
        write_objects(store, [(Kind.NODE, oid, raw)])
        yield oid, raw


def test_many_small_packs_are_merged_in_the_cache_which_may_vanish_or_lie(store: Store) -> None:
    objects = dict(many_small_packs(store))
    reader = open_store(store.folder)
    assert all(reader.read(Kind.NODE, oid) == raw for oid, raw in objects.items())
    cache = store.folder / "cache" / "packs-meta.idx"
    assert cache.exists()
    for content in (b"", b"DGPX", cache.read_bytes()[:-1], bytes(cache.stat().st_size)):
        cache.unlink()
        cache.write_bytes(content)
        reader = open_store(store.folder)
        assert all(reader.read(Kind.NODE, oid) == raw for oid, raw in objects.items())


def test_packs_that_the_merged_table_still_names_may_be_gone(store: Store) -> None:
    objects = dict(many_small_packs(store))
    lost = list(objects)[5]
    assert open_store(store.folder).has(Kind.NODE, lost)
    for path in (store.folder / "packs" / "meta").iterdir():
        if b"node 5" in path.read_bytes():
            path.unlink()
    reader = open_store(store.folder)
    with pytest.raises(ObjectMissingError):
        reader.read(Kind.NODE, lost)
    assert dict(reader.read_many(Kind.NODE, [oid for oid in objects if oid != lost])).keys() == objects.keys() - {lost}
    assert write_objects(reader, [(Kind.NODE, lost, b"node 5")])
    assert reader.read(Kind.NODE, lost) == b"node 5"


def test_a_store_without_a_cache_folder_that_cannot_be_written_is_read(store: Store) -> None:
    objects = dict(many_small_packs(store))
    cache = store.folder / "cache"
    for path in cache.iterdir():
        path.unlink()
    cache.rmdir()
    cache.write_bytes(b"a file in the way")
    reader = open_store(store.folder)
    assert all(reader.read(Kind.NODE, oid) == raw for oid, raw in objects.items())

import itertools
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from datagit.errors import DatagitError, StorageError
from datagit.ids import blob_id
from datagit.objects.kind import Kind
from datagit.storage.base import NameTakenError
from datagit.storage.memory import MemoryStorage
from datagit.store.append import RefInTheWayError, RefMovedError
from datagit.store.layout import FormatInfo, log_name, write_format
from datagit.store.log import LogDamagedError, iter_entries, read_entries, read_refs, read_state
from datagit.store.refs import RefNameError
from datagit.store.store import Store, create_store, write_objects
from tests.store.places import ACTOR, MAIN, NOON, UUID, Place, commit_often, move, oid, place_in_memory, place_on_disk


def test_the_entry_says_who_did_what_and_when() -> None:
    place = place_in_memory()
    entry = move(place, [("refs/tags/v1", None, 1), (MAIN, None, 1)], op="tag: v1\nlater", head=MAIN)
    assert (entry.seq, entry.actor, entry.time, entry.op, entry.head) == (1, ACTOR, NOON, "tag: v1 later", MAIN)
    assert [change.name for change in entry.refs] == [MAIN, "refs/tags/v1"]
    assert list(iter_entries(place, read_refs(place))) == [entry]


@pytest.mark.parametrize("change", [(MAIN, 1, 9), (MAIN, None, 9), (MAIN, 1, None), ("refs/heads/gone", 1, 2)])
def test_a_ref_moves_only_from_where_the_writer_saw_it(change: tuple[str, int | None, int | None]) -> None:
    place = place_in_memory()
    commit_often(place, 2)
    with pytest.raises(RefMovedError) as caught:
        move(place, [("refs/heads/fine", None, 5), change])
    assert (caught.value.code, caught.value.exit_code) == ("ref-moved", 1)
    assert change[0] in caught.value.message
    assert read_refs(place).seq == 2


def test_names_that_exclude_each_other_are_refused_before_anything_is_written() -> None:
    place = place_in_memory()
    move(place, [("refs/heads/a/b", None, 1)])
    for name, other in (("refs/heads/a", "refs/heads/a/b"), ("refs/heads/a/b/c", "refs/heads/a/b")):
        with pytest.raises(RefInTheWayError) as caught:
            move(place, [(name, None, 1)])
        assert other in caught.value.message
    with pytest.raises(RefInTheWayError):
        move(place, [("refs/heads/x", None, 1), ("refs/heads/x/y", None, 1)])
    assert read_refs(place).seq == 1
    move(place, [("refs/heads/a/b", 1, None), ("refs/heads/a", None, 1)])
    assert list(read_refs(place).heads) == ["refs/heads/a"]


def test_bad_names_are_refused_before_anything_is_written() -> None:
    place = place_in_memory()
    with pytest.raises(RefNameError):
        move(place, [("refs/heads/a..b", None, 1)])
    with pytest.raises(RefNameError):
        move(place, [], head="main")
    assert read_refs(place).seq == 0


@dataclass(frozen=True)
class Rival(MemoryStorage):
    """A storage in which another writer creates entries just before ours arrive."""

    rivals: list[bytes] = field(default_factory=list)

    def create(self, name: str, content: bytes) -> None:
        if name.startswith("log/") and self.rivals:
            super().create(name, self.rivals.pop(0))
        super().create(name, content)


def test_who_loses_the_race_applies_the_winner_and_comes_next() -> None:
    model = place_in_memory()
    entries = [move(model, [("refs/heads/theirs", None, 1)]), move(model, [("refs/heads/theirs", 1, 2)])]
    storage = Rival(rivals=[model.storage.read(log_name(entry.seq)) for entry in entries])
    write_format(storage, FormatInfo(UUID))
    place = Place(storage)
    assert move(place, [(MAIN, None, 7)]).seq == 3
    assert dict(read_refs(place).heads) == {MAIN: oid(7), "refs/heads/theirs": oid(2)}


def test_who_loses_the_race_for_the_same_ref_is_told() -> None:
    model = place_in_memory()
    move(model, [(MAIN, None, 1)])
    storage = Rival(rivals=[model.storage.read(log_name(1))])
    write_format(storage, FormatInfo(UUID))
    with pytest.raises(RefMovedError):
        move(Place(storage), [(MAIN, None, 7)])
    assert read_refs(Place(storage)).heads == {MAIN: oid(1)}


@dataclass(frozen=True)
class Echo(MemoryStorage):
    """A storage that publishes an entry and then says that the name was taken, as a client that retries inside does."""

    def create(self, name: str, content: bytes) -> None:
        super().create(name, content)
        if name.startswith("log/"):
            raise NameTakenError(name)


def test_taken_by_our_own_earlier_try_is_success_and_written_once() -> None:
    storage = Echo()
    write_format(storage, FormatInfo(UUID))
    assert move(Place(storage), [(MAIN, None, 7)]).seq == 1
    assert read_refs(Place(storage)).seq == 1


@dataclass(frozen=True)
class Full(MemoryStorage):
    """A storage without room for entries."""

    def create(self, name: str, content: bytes) -> None:
        if name.startswith("log/"):
            message = "the disk is full"
            raise StorageError(message, code="disk-full")
        super().create(name, content)


def test_a_full_disk_is_an_error_and_no_entry() -> None:
    storage = Full()
    write_format(storage, FormatInfo(UUID))
    with pytest.raises(StorageError):
        move(Place(storage), [(MAIN, None, 7)])
    assert read_refs(Place(storage)).seq == 0


def test_a_damaged_log_is_never_continued() -> None:
    place = place_in_memory()
    commit_often(place, 3)
    place.storage.replace(log_name(2), place.storage.read(log_name(2)).replace(b"commit: x", b"commit: y"))
    with pytest.raises(LogDamagedError):
        move(place, [("refs/heads/b", None, 1)])
    with pytest.raises(DatagitError):
        place.storage.read(log_name(4))


def keep(store: Store, *contents: bytes) -> Sequence[str]:
    return [pack.name for pack in write_objects(store, [(Kind.BLOB, blob_id(each), each) for each in contents])]


def test_every_pack_is_named_once_by_the_next_entry(tmp_path: Path) -> None:
    store = create_store(tmp_path / ".dg", UUID)
    first = keep(store, b"1", b"2")
    assert [pack.name for pack in move(store, [(MAIN, None, 1)]).packs_added] == first
    assert move(store, [(MAIN, 1, 2)]).packs_added == ()
    second = sorted([*keep(store, b"3"), *keep(store, b"4")])
    (added_3, added_4) = move(store, [(MAIN, 2, 3)]).packs_added
    assert [added_3.name, added_4.name] == second
    for pack in (added_3, added_4):
        path = tmp_path / ".dg/packs" / f"{pack.name}.pack"
        assert path.stat().st_size == pack.size
        assert 0 < pack.index_offset < pack.size
        assert pack.count == 1
    assert set(read_state(store).packs) == {*first, *second}


def test_what_is_no_whole_pack_is_not_named(tmp_path: Path) -> None:
    store = create_store(tmp_path / ".dg", UUID)
    name = keep(store, b"1")[0]
    folder = tmp_path / ".dg/packs/data"
    content = (tmp_path / f".dg/packs/{name}.pack").read_bytes()
    (folder / ("1" * 64 + "-" + "2" * 16 + ".pack")).write_bytes(content[:-1])
    (folder / ("3" * 64 + "-" + "4" * 16 + ".pack")).write_bytes(b"")
    (folder / "notes.txt").write_bytes(content)
    assert [pack.name for pack in move(store, [(MAIN, None, 1)]).packs_added] == [name]


def test_the_shortcuts_appear_when_they_are_due(tmp_path: Path) -> None:
    place = place_on_disk(tmp_path)
    commit_often(place, 15)
    assert not (tmp_path / "HINT").exists()
    commit_often(place, 55, start=15)
    assert (tmp_path / "HINT").read_bytes() == b'{"checkpoint":64,"seq":64}'
    assert [path.name for path in (tmp_path / "checkpoint").iterdir()] == ["0000000064.arrow"]
    assert (tmp_path / "cache/refs.json").is_file()


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from datagit.store.append import Proposal, append_entry
from datagit.store.log import read_refs
from datagit.store.log_entry import Actor
from datagit.store.refs import RefChange
from datagit.store.append import RefMovedError
from tests.store.places import Place, LocalStorage, oid
folder, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
place = Place(LocalStorage(folder), folder / "cache")
done = 0
while done < times:
    shared = read_refs(place).heads.get("refs/heads/shared")
    changes = (
        RefChange(f"refs/heads/{name}", oid(done) if done else None, oid(done + 1)),
        RefChange("refs/heads/shared", shared, oid(1 if shared is None else int.from_bytes(shared, "big") + 1)),
    )
    try:
        append_entry(place, Proposal(f"commit: {name} {done}", changes, None, Actor(name, "a@b.c"), 1))
    except RefMovedError:
        continue
    done += 1
"""


def test_many_processes_append_a_chain_without_gaps_and_each_ack_counts_once(tmp_path: Path) -> None:
    place = place_on_disk(tmp_path)
    root = str(Path(__file__).parents[2])
    names, times = ["w1", "w2", "w3", "w4"], 12
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name, str(times), root]) for name in names
    ]
    assert [writer.wait(120) for writer in writers] == [0] * len(names)
    total = times * len(names)
    entries = [entry for entry, _ in read_entries(place.storage)]
    assert [entry.seq for entry in entries] == list(range(1, total + 1))
    assert len({entry.tx for entry in entries}) == total
    assert sorted(entry.op for entry in entries) == sorted(
        f"commit: {name} {number}" for name, number in itertools.product(names, range(times))
    )
    heads = read_refs(place).heads
    assert heads == read_state(Place(place.storage)).refs.heads
    assert heads["refs/heads/shared"] == oid(total)
    assert all(heads[f"refs/heads/{name}"] == oid(times) for name in names)
    assert not [path for path in (tmp_path / "log").iterdir() if path.name.startswith(".tmp-")]

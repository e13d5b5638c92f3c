import subprocess
import sys
from pathlib import Path

import pytest

from datagit.errors import DatagitError
from datagit.storage.memory import MemoryStorage
from datagit.store.layout import FormatInfo, checkpoint_name, encode_format, format_hash, log_name
from datagit.store.log import LogDamagedError, iter_entries, read_entries, read_refs, read_state, replay_refs
from datagit.store.log_entry import decode_entry, encode_entry, entry_hash
from datagit.store.refs import Refs
from tests.store.places import MAIN, OTHER_UUID, UUID, Place, commit_often, move, oid, place_in_memory, place_on_disk


def test_a_store_without_entries_is_on_main_without_commits() -> None:
    assert read_refs(place_in_memory()) == Refs(0, format_hash(FormatInfo(UUID)), {}, MAIN)


def test_refs_are_where_the_last_entry_put_them_sorted_by_name() -> None:
    place = place_in_memory()
    move(place, [], op="init", head=MAIN)
    move(place, [("refs/tags/v1", None, 1), (MAIN, None, 1)])
    move(place, [(MAIN, 1, 2), ("refs/heads/b", None, 9)])
    move(place, [("refs/heads/b", 9, None)], head=oid(2).hex())
    refs = read_refs(place)
    assert list(refs.heads.items()) == [(MAIN, oid(2)), ("refs/tags/v1", oid(1))]
    assert (refs.seq, refs.head) == (4, oid(2).hex())


def test_entries_come_newest_first_and_prove_each_other() -> None:
    place = place_in_memory()
    commit_often(place, 5)
    assert [entry.seq for entry in iter_entries(place, read_refs(place))] == [5, 4, 3, 2, 1]
    assert [entry.seq for entry, _ in read_entries(place.storage)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("entries", [1, 63, 64, 65, 130, 200])
def test_whatever_is_lost_of_the_shortcuts_refs_are_the_same(tmp_path: Path, entries: int) -> None:
    place = place_on_disk(tmp_path)
    commit_often(place, entries)
    expected = read_refs(place)
    assert (expected.seq, dict(expected.heads)) == (entries, {MAIN: oid(entries)})
    for lost in ("cache/refs.json", "HINT", f"checkpoint/{entries // 64 * 64:010d}.arrow"):
        (tmp_path / lost).unlink(missing_ok=True)
        assert read_refs(Place(place.storage)) == expected
        assert read_refs(place) == expected
        assert read_state(place).refs == expected


@pytest.mark.parametrize(
    "hint",
    [
        b"",
        b"{",
        b'{"checkpoint":64,"seq":9223372036854775808}',
        b'{"checkpoint":-1,"seq":-1}',
        b'{"checkpoint":0,"seq":9999999999}',
        b'{"checkpoint":0,"seq":3}',
        b"x" * 10_000,
    ],
)
def test_no_hint_is_ever_believed(hint: bytes) -> None:
    place = place_in_memory()
    commit_often(place, 70)
    place.storage.replace("HINT", hint)
    assert read_refs(place).seq == 70


@pytest.mark.parametrize("content", [b"", b"ARROW1", b"\xff\xff\xff\xff\0\0\0\0" * 20, b"<html></html>"])
def test_a_damaged_checkpoint_only_costs_time(content: bytes) -> None:
    place = place_in_memory()
    commit_often(place, 70)
    place.storage.replace(checkpoint_name(64), content)
    assert read_state(place).refs.heads == {MAIN: oid(70)}


def test_a_checkpoint_of_another_history_is_not_believed() -> None:
    place, other = place_in_memory(), place_in_memory()
    commit_often(place, 70)
    commit_often(other, 63)
    move(other, [(MAIN, 63, 999)])
    place.storage.replace(checkpoint_name(64), other.storage.read(checkpoint_name(64)))
    assert read_refs(place).heads == {MAIN: oid(70)}


def test_the_cache_spares_the_log_but_the_last_known_entry(tmp_path: Path) -> None:
    place = place_on_disk(tmp_path)
    commit_often(place, 5)
    expected = read_refs(place)
    (tmp_path / "log/0000000002.json").unlink()
    assert read_refs(place) == expected
    with pytest.raises(LogDamagedError):
        list(iter_entries(place, expected))


@pytest.mark.parametrize("spoil", ["flip", "cut", "store", "empty", "folder"])
def test_a_spoiled_cache_is_ignored_and_made_anew(tmp_path: Path, spoil: str) -> None:
    place = place_on_disk(tmp_path / "store")
    commit_often(place, 5)
    cache = tmp_path / "store/cache/refs.json"
    content = cache.read_bytes()
    if spoil == "store":
        other = place_on_disk(tmp_path / "other", OTHER_UUID)
        commit_often(other, 9)
        cache.write_bytes((tmp_path / "other/cache/refs.json").read_bytes())
    elif spoil == "folder":
        cache.unlink()
        cache.mkdir()
    else:
        position = content.index(b"refs/heads/main") + 11
        flipped = content[:position] + b"z" + content[position + 1 :]
        cache.write_bytes({"flip": flipped, "cut": content[:50], "empty": b""}[spoil])
    assert read_refs(place).heads == {MAIN: oid(5)}
    if spoil != "folder":
        assert cache.read_bytes() == content


def test_an_entry_that_was_there_and_is_gone_or_other_is_damage_not_an_older_state(tmp_path: Path) -> None:
    place = place_on_disk(tmp_path)
    commit_often(place, 5)
    last = tmp_path / "log/0000000005.json"
    content = last.read_bytes()
    last.chmod(0o644)
    last.write_bytes(content.replace(b"commit: x", b"commit: y"))
    for read in (read_refs, read_state):
        with pytest.raises(LogDamagedError, match=r"log/0000000005\.json"):
            read(place)
    last.unlink()
    for read in (read_refs, read_state):
        with pytest.raises(LogDamagedError) as caught:
            read(place)
        assert caught.value.code == "log-damaged"
    last.write_bytes(content)
    assert read_refs(place).seq == 5


def rewritten(place: Place, seq: int, old: bytes, new: bytes) -> Place:
    """Return a copy of the log in which entry seq has other bytes."""
    copy = MemoryStorage()
    copy.create("format.json", encode_format(FormatInfo(UUID)))
    for number in range(1, read_refs(place).seq + 1):
        content = place.storage.read(log_name(number))
        if number == seq:
            assert old in content
            content = content.replace(old, new)
        copy.create(log_name(number), content)
    return Place(copy)


def three_entries() -> Place:
    place = place_in_memory()
    move(place, [(MAIN, None, 1)])
    move(place, [(MAIN, 1, 2), ("refs/heads/b", None, 1)])
    move(place, [(MAIN, 2, 3)])
    return place


@pytest.mark.parametrize(
    ("seq", "old", "new"),
    [
        (1, b"commit: x", b"commit: y"),
        (2, b'"seq":2', b'"seq":3'),
        (3, b'"time"', b'"tIme"'),
        (3, b'"old":"' + oid(2).hex().encode(), b'"old":"' + oid(1).hex().encode()),
        (3, b"refs/heads/main", b"refs/heads/mine"),
        (3, b'"refs":{', b'"refs":{"refs/heads/b/c":{"new":"' + b"ab" * 32 + b'","old":null},'),
        (3, b'"v":1', b'"v":1 '),
        (3, b"", b""),
    ],
)
def test_entries_that_do_not_follow_from_each_other_are_named(seq: int, old: bytes, new: bytes) -> None:
    place = rewritten(three_entries(), seq, old or b"}", new or b"")
    with pytest.raises(LogDamagedError, match=r"log/000000000[23]\.json") as caught:
        read_refs(place)
    assert caught.value.code == "log-damaged"
    with pytest.raises(LogDamagedError):
        read_state(place)


def test_another_store_with_the_same_entries_is_not_this_one() -> None:
    place = three_entries()
    copy = MemoryStorage()
    copy.create("format.json", encode_format(FormatInfo(OTHER_UUID)))
    for seq in (1, 2, 3):
        copy.create(log_name(seq), place.storage.read(log_name(seq)))
    with pytest.raises(LogDamagedError, match="does not follow"):
        read_refs(Place(copy))


def test_replaying_nothing_changes_nothing() -> None:
    refs = read_refs(three_entries())
    assert replay_refs(refs, []) is refs


def test_a_pack_name_is_used_once_and_never_again_after_its_doom() -> None:
    name = "data/" + "0" * 64 + "-" + "1" * 16
    pack = b'"packs_added":[{"count":1,"index_offset":64,"name":"%s","size":999}]' % name.encode()
    doom = b'"packs_doomed":["%s"]' % name.encode()
    chain = {"twice": (pack, pack), "after its doom": (doom, pack), "doomed twice": (doom, doom)}
    for spoiled in chain.values():
        place = place_in_memory()
        prev = format_hash(FormatInfo(UUID))
        entry = decode_entry(three_entries().storage.read(log_name(1)))
        for seq, part in enumerate(spoiled, 1):
            content = encode_entry(type(entry)(seq, prev, entry.tx, entry.time, entry.actor, "push"))
            content = content.replace(part.partition(b":")[0] + b":[]", part)
            place.storage.create(log_name(seq), content)
            prev = entry_hash(content)
        with pytest.raises(DatagitError) as caught:
            read_state(place)
        assert caught.value.code == "log-damaged"
        assert caught.value.message.startswith("the log is damaged at 'log/0000000002.json'")


def format_hash_of(content: bytes) -> bytes:
    from datagit.store.log_entry import entry_hash  # noqa: PLC0415

    return entry_hash(content)


LIGHT = """
import sys
from dataclasses import dataclass
from pathlib import Path
from datagit.storage.local import LocalStorage
from datagit.store.log import iter_entries, read_refs

@dataclass
class Place:
    storage: LocalStorage
    cache: Path

place = Place(LocalStorage(Path(sys.argv[1])), Path(sys.argv[1]) / "cache")
assert len(list(iter_entries(place, read_refs(place)))) == 70
sys.exit("pyarrow" in sys.modules or "fsspec" in sys.modules)
"""


def test_reading_refs_and_log_loads_neither_pyarrow_nor_fsspec(tmp_path: Path) -> None:
    commit_often(place_on_disk(tmp_path), 70)
    assert subprocess.run([sys.executable, "-c", LIGHT, str(tmp_path)], check=False).returncode == 0

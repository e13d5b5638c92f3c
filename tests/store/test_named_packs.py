from pathlib import Path

import pytest

from datagit.store.append import unnamed_packs
from datagit.store.log import read_refs, read_state
from datagit.store.named_packs import NamedPacks, load_named_packs, read_named_packs, save_named_packs
from datagit.store.store import create_store
from tests.store.places import MAIN, OTHER_UUID, UUID, move
from tests.store.test_append import keep

NAMES = frozenset({"data/" + "1" * 64 + "-" + "a" * 16, "meta/" + "2" * 64 + "-" + "b" * 16})


@pytest.mark.parametrize("names", [NAMES, frozenset[str]()])
def test_what_was_saved_comes_back(tmp_path: Path, names: frozenset[str]) -> None:
    named = NamedPacks(7, b"\x05" * 32, names)
    save_named_packs(tmp_path / "cache", UUID, named)
    assert load_named_packs(tmp_path / "cache", UUID) == named
    assert load_named_packs(tmp_path / "cache", OTHER_UUID) is None
    assert load_named_packs(tmp_path / "other", UUID) is None
    assert load_named_packs(None, UUID) is None


def test_every_flipped_byte_is_noticed(tmp_path: Path) -> None:
    save_named_packs(tmp_path, UUID, NamedPacks(7, b"\x05" * 32, NAMES))
    path = tmp_path / "named-packs"
    content = path.read_bytes()
    for position in range(len(content)):
        path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        assert load_named_packs(tmp_path, UUID) is None
    path.write_bytes(content[:-1])
    assert load_named_packs(tmp_path, UUID) is None


@pytest.mark.parametrize("lost", ["never", "cache", "refs", "stale", "foreign"])
def test_no_pack_is_named_twice_or_forgotten_whatever_happens_to_the_cache(tmp_path: Path, lost: str) -> None:
    store = create_store(tmp_path / ".dg", UUID)
    path = tmp_path / ".dg/cache/named-packs"
    keep(store, b"0")
    move(store, [(MAIN, None, 1)])
    old = path.read_bytes()
    for number in range(1, 6):
        expected = keep(store, b"%d" % number)
        assert [pack.name for pack in move(store, [(MAIN, number, number + 1)]).packs_added] == expected
        if lost == "cache":
            path.unlink()
        elif lost == "refs":
            (tmp_path / ".dg/cache/refs.json").unlink()
        elif lost == "stale":
            path.write_bytes(old)
        elif lost == "foreign":
            save_named_packs(path.parent, UUID, NamedPacks(1, b"\x07" * 32, frozenset()))
    state = read_state(store)
    assert len(state.packs) == 6
    named = read_named_packs(store, UUID, read_refs(store))
    assert named == frozenset(state.packs)
    assert list(unnamed_packs(store.storage, named)) == []

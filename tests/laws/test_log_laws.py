"""What always holds of the log, whatever is done to refs in whatever order."""

import string
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.errors import DatagitError
from datagit.ids import ObjectId
from datagit.storage.local import LocalStorage
from datagit.store.append import Proposal, RefInTheWayError, RefMovedError, append_entry
from datagit.store.checkpoint import decode_checkpoint, encode_checkpoint
from datagit.store.layout import FormatInfo, PackFile, write_format
from datagit.store.log import iter_entries, read_refs, read_state, replay
from datagit.store.log_entry import Actor, LogEntry, decode_entry, encode_entry, entry_hash
from datagit.store.reflog import ref_moves
from datagit.store.refs import RefChange, check_branch_name
from tests.store.places import ACTOR, NOON, UUID, Place, oid, place_in_memory

NAMES = st.sampled_from(
    ["refs/heads/main", "refs/heads/a", "refs/heads/a/b", "refs/tags/v1", "refs/remotes/origin/main"]
)
IDS = st.none() | st.integers(1, 4)
HEADS = st.none() | st.sampled_from(["refs/heads/main", "refs/heads/a", oid(3).hex()])
STEPS = st.lists(st.tuples(st.dictionaries(NAMES, IDS, max_size=3), HEADS), max_size=12)


def as_oid(number: int | None) -> ObjectId | None:
    return None if number is None else oid(number)


def clashes(names: set[str]) -> bool:
    return any(other.startswith(name + "/") for name in names for other in names)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_replaying_the_log_gives_what_a_dictionary_would(steps: list[tuple[dict[str, int | None], str | None]]) -> None:
    place = place_in_memory()
    model: dict[str, ObjectId] = {}
    head, seq = "refs/heads/main", 0
    for wanted, new_head in steps:
        changes = tuple(
            RefChange(name, model.get(name), as_oid(number))
            for name, number in wanted.items()
            if model.get(name) is not None or number is not None
        )
        after = {**model, **{change.name: change.new for change in changes if change.new is not None}}
        for change in changes:
            if change.new is None:
                after.pop(change.name)
        try:
            append_entry(place, Proposal("commit: x", changes, new_head, ACTOR, NOON))
        except RefInTheWayError:
            assert clashes(set(after))
            continue
        assert not clashes(set(after))
        model, head, seq = after, new_head or head, seq + 1
        refs = read_refs(place)
        assert (dict(refs.heads), refs.head, refs.seq) == (model, head, seq)
        assert list(refs.heads) == sorted(model)
    state = read_state(place)
    assert decode_checkpoint(encode_checkpoint(state), UUID, seq) == state
    assert replay(state, []) == state
    for name, target in model.items():
        assert next(ref_moves(place, state.refs, name)).new == target
    target_of_head = state.refs.target_of_head()
    newest = next(ref_moves(place, state.refs, "HEAD"), None)
    assert newest is None or target_of_head is None or newest.new == target_of_head


@settings(max_examples=40, deadline=None)
@given(seen=IDS, moved=st.integers(1, 4), wanted=st.integers(5, 9))
def test_a_ref_never_moves_from_where_the_writer_did_not_see_it(seen: int | None, moved: int, wanted: int) -> None:
    place = place_in_memory()
    name = "refs/heads/main"
    append_entry(place, Proposal("x", (RefChange(name, None, oid(moved)),), None, ACTOR, NOON))
    proposal = Proposal("x", (RefChange(name, as_oid(seen), oid(wanted)),), None, ACTOR, NOON)
    try:
        append_entry(place, proposal)
    except RefMovedError:
        assert seen != moved
        assert read_refs(place).heads == {name: oid(moved)}
    else:
        assert seen == moved


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
HASHES = st.binary(min_size=32, max_size=32)
PACKS = st.builds(
    lambda kind, digits, tail, at, size, count: PackFile(f"{kind}/{digits.hex()}-{tail.hex()}", at + size, at, count),
    st.sampled_from(["data", "meta"]),
    HASHES,
    st.binary(min_size=8, max_size=8),
    st.integers(1, 1 << 40),
    st.integers(1, 1 << 40),
    st.integers(1, 262_144),
)


def is_branch(text: str) -> bool:
    try:
        check_branch_name(text)
    except DatagitError:
        return False
    return True


BRANCHES = st.text(string.ascii_letters + "äü/-_.", min_size=1, max_size=20).filter(is_branch)


ENTRIES = st.builds(
    LogEntry,
    seq=st.integers(1, 9_999_999_999),
    prev=HASHES,
    tx=st.uuids(version=4).map(str),
    time=st.integers(0, 253_402_300_799),
    actor=st.builds(Actor, TEXT, TEXT),
    op=TEXT,
    refs=st.dictionaries(BRANCHES, st.tuples(HASHES, st.none() | HASHES), max_size=4).map(
        lambda found: tuple(
            RefChange(f"refs/heads/{name}", ObjectId(old), None if new is None else ObjectId(new))
            for name, (old, new) in sorted(found.items())
        )
    ),
    head=st.none() | BRANCHES.map(lambda name: f"refs/heads/{name}") | HASHES.map(bytes.hex),
    packs_added=st.lists(PACKS, max_size=3, unique_by=lambda pack: pack.name).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(entry=ENTRIES)
def test_decoding_gives_back_what_was_encoded(entry: LogEntry) -> None:
    content = encode_entry(entry)
    assert decode_entry(content) == entry
    assert encode_entry(decode_entry(content)) == content


@settings(max_examples=150, deadline=None)
@given(entry=ENTRIES, position=st.integers(0, 1 << 20), byte=st.integers(0, 255))
def test_no_two_contents_are_the_same_entry(entry: LogEntry, position: int, byte: int) -> None:
    content = bytearray(encode_entry(entry))
    position %= len(content)
    same = content[position] == byte
    content[position] = byte
    try:
        found = decode_entry(bytes(content))
    except DatagitError:
        assert not same
    else:
        assert same == (found == entry)
        assert encode_entry(found) == content
        assert same == (entry_hash(content) == entry_hash(encode_entry(entry)))


@settings(max_examples=15, deadline=None)
@given(breaks=st.lists(st.sampled_from(["cache/refs.json", "HINT"]), max_size=4), times=st.integers(1, 20))
def test_losing_what_can_be_rebuilt_changes_nothing(breaks: list[str], times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(LocalStorage(Path(folder)), Path(folder) / "cache")
        write_format(place.storage, FormatInfo(UUID))
        for number in range(times):
            change = RefChange("refs/heads/main", as_oid(number or None), oid(number + 1))
            append_entry(place, Proposal("x", (change,), None, ACTOR, NOON))
            if number < len(breaks):
                (Path(folder) / breaks[number]).unlink(missing_ok=True)
            assert read_refs(place).heads == {"refs/heads/main": oid(number + 1)}
        assert len(list(iter_entries(place, read_refs(place)))) == times

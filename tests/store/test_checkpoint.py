import re
from pathlib import Path

import pyarrow as pa
import pytest

from datagit.errors import InvalidInputError
from datagit.ids import checksum
from datagit.objects.ipc import read_strict, table_sum, write_strict
from datagit.store.checkpoint import CHECKPOINT_SCHEMA, decode_checkpoint, encode_checkpoint, write_checkpoint
from datagit.store.layout import PackFile, checkpoint_name
from datagit.store.log import LogState, NamedPack, read_state
from datagit.store.refs import Refs
from tests.store.places import MAIN, OTHER_UUID, UUID, commit_often, oid, place_in_memory

PAGE = Path(__file__).parents[2] / "docs/format/checkpoint.md"
PACK = "data/" + "1" * 64 + "-" + "a" * 16
DOOMED = "meta/" + "2" * 64 + "-" + "b" * 16
STATE = LogState(
    UUID,
    Refs(128, b"\x05" * 32, {MAIN: oid(1), "refs/tags/ü": oid(2)}, MAIN),
    {PACK: NamedPack(PackFile(PACK, 1000, 500, 3), 77)},
    {DOOMED: 99},
)
ONE_BRANCH = LogState(UUID, Refs(64, b"\x05" * 32, {MAIN: oid(1)}, MAIN), {}, {})


def test_a_checkpoint_holds_the_whole_state() -> None:
    assert decode_checkpoint(encode_checkpoint(STATE), UUID, 128) == STATE
    detached = LogState(UUID, Refs(64, b"\x05" * 32, {}, oid(3).hex()), {}, {})
    assert decode_checkpoint(encode_checkpoint(detached), UUID, 64) == detached


def test_its_sum_is_pinned_and_documented() -> None:
    page = PAGE.read_text()
    dump = re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)[0]
    digits = "".join(re.sub(r"   .*$", "", line.strip()).replace(" ", "") for line in dump.splitlines())
    layout = bytes.fromhex(digits)
    table = read_strict(encode_checkpoint(ONE_BRANCH), CHECKPOINT_SCHEMA, largest=1 << 20)
    assert checksum(layout) == table_sum(table)
    assert f"`{checksum(layout):016x}`" in page
    assert (table.schema.metadata or {})[b"sum"] == f"{checksum(layout):016x}".encode()


def spoil(rows: list[dict[str, object]], **metadata: str) -> bytes:
    table = pa.Table.from_pylist(rows, schema=CHECKPOINT_SCHEMA)
    words = {"v": "1", "store": UUID, "seq": "128", "entry": "05" * 32, "sum": f"{table_sum(table):016x}", **metadata}
    return write_strict(table, {key.encode(): value.encode() for key, value in words.items()}).to_pybytes()


def row(kind: int, name: str) -> dict[str, object]:
    return {"kind": kind, "name": name.encode(), "id": bytes(32), "size": 0, "index_offset": 0, "count": 0, "seq": 0}


HEAD = row(4, MAIN)
REF = row(0, MAIN)


def test_the_rows_that_the_next_tests_spoil_are_sound() -> None:
    assert decode_checkpoint(spoil([REF, HEAD]), UUID, 128).refs.head == MAIN


@pytest.mark.parametrize(
    "content",
    [
        spoil([REF, HEAD], v="2"),
        spoil([REF, HEAD], store=OTHER_UUID),
        spoil([REF, HEAD], seq="64"),
        spoil([REF, HEAD], entry="zz"),
        spoil([REF, HEAD], sum="0" * 16),
        spoil([REF, HEAD], more="1"),
        spoil([]),
        spoil([REF]),
        spoil([HEAD, REF]),
        spoil([REF, REF, HEAD]),
        spoil([REF, HEAD, row(4, "refs/heads/x")]),
        spoil([row(0, "refs/heads/../x"), HEAD]),
        spoil([row(1, "../../x"), HEAD]),
        spoil([row(1, PACK), row(2, PACK), HEAD]),
        spoil([REF, row(4, "main")]),
        spoil([REF, HEAD, row(5, "x")]),
        spoil([REF, HEAD])[:-8],
        spoil([REF, HEAD]) + b"\0",
        b"",
    ],
)
def test_whatever_is_wrong_with_a_checkpoint_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInputError):
        decode_checkpoint(content, UUID, 128)


def test_one_is_written_after_every_64th_entry_and_never_replaced() -> None:
    place = place_in_memory()
    commit_often(place, 63)
    write_checkpoint(place)
    assert not place.storage.names("checkpoint")
    commit_often(place, 1, start=63)
    content = place.storage.read(checkpoint_name(64))
    assert decode_checkpoint(content, UUID, 64) == read_state(place)
    commit_often(place, 5, start=64)
    write_checkpoint(place)
    assert place.storage.names("checkpoint") == [checkpoint_name(64)]
    assert place.storage.read(checkpoint_name(64)) == content


def test_one_that_a_killed_writer_owed_is_written_by_the_next() -> None:
    place = place_in_memory()
    commit_often(place, 64)
    content = place.storage.read(checkpoint_name(64))
    place.storage.delete(checkpoint_name(64))
    commit_often(place, 15, start=64)
    assert not place.storage.names("checkpoint")
    commit_often(place, 1, start=79)
    assert place.storage.read(checkpoint_name(64)) == content

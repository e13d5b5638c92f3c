import struct

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.errors import InvalidInputError
from datagit.ids import blob_id
from datagit.objects.invalid import InvalidObjectError, LimitExceededError
from datagit.objects.node import (
    INNER_SCHEMA,
    LEAF_SCHEMA,
    decode_node,
    encode_inner,
    encode_leaf,
    node_id,
)
from datagit.objects.path import PathInvalidError
from datagit.objects.path_column import UnsortedError
from tests.objects.test_path import INVALID, RESERVED_PATHS
from tests.strategies import leaf_table, many_rows


def leaf(*paths: bytes, mode: int = 0, size: int = 7) -> pa.Table:
    rows = [{"path": path, "mode": mode, "size": size, "id": blob_id(path)} for path in paths]
    return pa.Table.from_pylist(rows, schema=LEAF_SCHEMA)


def inner(*paths: bytes, rows: int = 1, size: int = 7) -> pa.Table:
    listed = [{"last_path": path, "child": blob_id(path), "rows": rows, "bytes": size} for path in paths]
    return pa.Table.from_pylist(listed, schema=INNER_SCHEMA)


LEAF = encode_leaf(leaf(b"a/1.jpg", b"a/2.jpg", b"labels.csv"))
INNER = encode_inner(inner(b"a/2.jpg", b"labels.csv"), 1)


@settings(max_examples=60)
@given(many_rows(30), st.integers(0, 3))
def test_a_leaf_comes_back_as_it_was_wherever_its_rows_were_cut_from(files: dict[bytes, object], start: int) -> None:
    whole = leaf_table(dict(sorted(files.items())))  # type: ignore[arg-type]  # values are rows, drawn as objects
    rows = whole.slice(start)
    node = decode_node(encode_leaf(rows))
    assert node.level == 0
    assert node.table.equals(rows)
    assert node.table.schema == LEAF_SCHEMA


def test_an_inner_node_comes_back_as_it_was() -> None:
    node = decode_node(INNER)
    assert (node.level, node.table.schema) == (1, INNER_SCHEMA)
    assert node.table.equals(inner(b"a/2.jpg", b"labels.csv"))


def test_columns_of_several_pieces_are_encoded_as_one() -> None:
    pieces = pa.concat_tables([leaf(b"a/1.jpg"), leaf(), leaf(b"a/2.jpg", b"labels.csv")])
    assert encode_leaf(pieces) == LEAF


def test_the_bytes_and_ids_are_pinned() -> None:
    assert (
        node_id(encode_leaf(LEAF_SCHEMA.empty_table())).hex()
        == "d805db7e0e847c118ab510ef76b88464be74b7a4e2e9db4e6f7e2b7406723c7d"
    )
    assert node_id(LEAF).hex() == "d34bbb88a9fe5ac46acaeb1923e16a9dd6f7b5fe0b5dd758153a4cf0295bfdd2"
    assert node_id(INNER).hex() == "225eaf7a4d24ec673f7eb8aa851a6a0f0fd0ee830fc6e8b1b687a3471434ef8b"


@pytest.mark.parametrize("path", [*INVALID, *map(str.encode, RESERVED_PATHS)], ids=range(40))
def test_a_node_with_a_path_that_breaks_a_rule_is_refused(path: bytes) -> None:
    for content in (encode_leaf(leaf(path)), encode_inner(inner(path), 1)):
        with pytest.raises(PathInvalidError):
            decode_node(content)


def test_rows_out_of_order_or_twice_are_refused() -> None:
    for paths in ([b"b", b"a"], [b"a", b"a"]):
        for content in (encode_leaf(leaf(*paths)), encode_inner(inner(*paths), 1)):
            with pytest.raises(UnsortedError):
                decode_node(content)


def forged(content: bytes, position: int, replacement: bytes) -> bytes:
    return content[:position] + replacement + content[position + len(replacement) :]


def with_offsets(*offsets: int) -> bytes:
    return forged(LEAF, 24, struct.pack("<4i", *offsets))


# reliability: hostile corpus H9
FORGED = {
    "nothing": b"",
    "half a header": LEAF[:15],
    "level 9": forged(LEAF, 0, b"\x09"),
    "leaf as inner": forged(LEAF, 0, b"\x01"),
    "inner as leaf": forged(INNER, 0, b"\x00"),
    "unclean header": forged(LEAF, 7, b"\x01"),
    "more rows": forged(LEAF, 8, struct.pack("<Q", 4)),
    "fewer rows": forged(LEAF, 8, struct.pack("<Q", 2)),
    "2^31 rows": forged(LEAF, 8, struct.pack("<Q", 1 << 31)),
    "2^64-1 rows": forged(LEAF, 8, b"\xff" * 8),
    "8,193 rows": forged(LEAF, 8, struct.pack("<Q", 8193)),
    "huge buffer": forged(LEAF, 16, b"\xff" * 8),
    "buffer of 2^63": forged(LEAF, 16, struct.pack("<Q", 1 << 63)),
    "first offset": with_offsets(1, 7, 14, 24),
    "negative offset": with_offsets(0, -7, 14, 24),
    "falling offsets": with_offsets(0, 14, 7, 24),
    "far offset": with_offsets(0, 1 << 30, 14, 24),
    "last offset": with_offsets(0, 7, 14, 23),
    "bytes after the end": LEAF + bytes(8),
    "cut short": LEAF[:-8],
    "unclean padding": forged(LEAF, len(LEAF) - 32 * 3 - 8 - 24 - 8 - 5, b"\x01"),
    "mode 3": encode_leaf(leaf(b"a", mode=3)),
    "mode 255": encode_leaf(leaf(b"a", mode=255)),
    "negative size": encode_leaf(leaf(b"a", size=-1)),
    "size beyond 8 TiB": encode_leaf(leaf(b"a", size=(8 << 40) + 1)),
    "no rows below": encode_inner(inner(b"a", rows=0), 1),
    "negative rows below": encode_inner(inner(b"a", rows=-1), 1),
    "negative bytes below": encode_inner(inner(b"a", size=-1), 1),
    "inner without rows": encode_inner(inner(), 1),
    "an IPC file": b"ARROW1\0\0" * 8,
}


@pytest.mark.parametrize("content", FORGED.values(), ids=FORGED)
def test_a_forged_node_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidObjectError):
        decode_node(content)


@settings(max_examples=400)
@given(st.sampled_from([LEAF, INNER]), st.binary(max_size=9), st.integers(0, len(LEAF)), st.integers(0, 9))
def test_mangled_bytes_give_a_coded_error_or_round_trip(good: bytes, piece: bytes, start: int, width: int) -> None:
    mangled = good[:start] + piece + good[start + width :]
    try:
        node = decode_node(mangled)
    except InvalidInputError as error:
        assert error.code in ("invalid-object", "path-invalid")  # noqa: PT017 # most of the drawn bytes are refused
        return
    again = encode_inner(node.table, node.level) if node.level else encode_leaf(node.table)
    assert again == mangled


def test_a_node_beyond_the_limits_is_not_written() -> None:
    with pytest.raises(LimitExceededError):
        encode_leaf(leaf(*(b"%05d" % number for number in range(8193))))
    with pytest.raises(LimitExceededError):
        encode_inner(inner(*(b"%05d" % number for number in range(2049))), 1)
    with pytest.raises(LimitExceededError):
        encode_inner(inner(b"a"), 9)
    assert decode_node(encode_leaf(leaf(*(b"%05d" % number for number in range(8192))))).table.num_rows == 8192

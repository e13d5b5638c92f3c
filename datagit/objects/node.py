"""One node of a tree of paths: Arrow columns, and the canonical bytes that its id is of (docs/format/node.md)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from datagit.ids import ID_SIZE, NODE_CONTEXT, Bytes, ObjectId, derived_id
from datagit.objects import compute as pc
from datagit.objects.columns import Array, Column
from datagit.objects.invalid import InvalidObjectError, LimitExceededError
from datagit.objects.kind import LARGEST, Kind
from datagit.objects.mode import Mode
from datagit.objects.path_column import check_ascending, check_paths, column_bytes

LEAF_SCHEMA = pa.schema(
    (
        pa.field("path", pa.binary(), nullable=False),
        pa.field("mode", pa.uint8(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("id", pa.binary(ID_SIZE), nullable=False),
    )
)
"""Rows of a leaf: one file each, sorted by path."""

INNER_SCHEMA = pa.schema(
    (
        pa.field("last_path", pa.binary(), nullable=False),
        pa.field("child", pa.binary(ID_SIZE), nullable=False),
        pa.field("rows", pa.int64(), nullable=False),
        pa.field("bytes", pa.int64(), nullable=False),
    )
)
"""Rows of an inner node: one child each, with its last path, and the files and bytes below it."""

DEEPEST_LEVEL = 8
MOST_ROWS = {0: 8192, 1: 2048}
"""Rows of a leaf, and of an inner node."""
LARGEST_FILE = 8 << 40

_HEADER = struct.Struct("<B7xQ")
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a tree.

    Attributes:
        level: 0 for a leaf, whose table has LEAF_SCHEMA; INNER_SCHEMA above.
        table: its rows; each column is one chunk.
    """

    level: int
    table: pa.Table


def node_id(content: Bytes) -> ObjectId:
    """Return the id of a node, given its canonical bytes."""
    return derived_id(NODE_CONTEXT, content)


def encode_leaf(rows: pa.Table) -> bytes:
    """Return the canonical bytes of a leaf of these rows, which are valid and ascend by path."""
    return _encode(0, rows)


def encode_inner(rows: pa.Table, level: int) -> bytes:
    """Return the canonical bytes of an inner node of these rows, which are valid and ascend by last_path."""
    if not 0 < level <= DEEPEST_LEVEL:
        message = f"a tree cannot have level {level}"
        raise LimitExceededError(message)
    return _encode(level, rows)


def decode_node(content: Bytes) -> Node:
    """Return the node that content holds, its columns mapped onto content without a copy.

    Everything that one node alone can break is checked. That a child holds what its parent says is checked by those
    who read both.

    Raises:
        InvalidObjectError: content is no canonical node.
        PathInvalidError: one of its paths breaks the path rules.
        UnsortedError: its paths do not ascend.
    """
    if len(content) > LARGEST[Kind.NODE] or len(content) < _HEADER.size:
        message = f"a node cannot have {len(content)} bytes"
        raise InvalidObjectError(message)
    level, count = _HEADER.unpack_from(content)
    if level > DEEPEST_LEVEL or count > MOST_ROWS[min(level, 1)] or any(content[1:8]) or (level and not count):
        message = f"a node of level {level} cannot have {count} rows"
        raise InvalidObjectError(message)
    schema = INNER_SCHEMA if level else LEAF_SCHEMA
    arrays = _map_columns(content, schema, count)
    paths = arrays[0]
    check_paths(paths)
    check_ascending(paths)
    (_check_inner if level else _check_leaf)(arrays)
    return Node(level, pa.Table.from_arrays(arrays, schema=schema))


def _encode(level: int, rows: pa.Table) -> bytes:
    array: Array
    count = rows.num_rows
    if count > MOST_ROWS[min(level, 1)]:
        message = f"a node of level {level} cannot have {count} rows"
        raise LimitExceededError(message)
    parts: list[Bytes] = [_HEADER.pack(level, count)]
    for column in rows.columns:
        array = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [_empty(column)])
        if pa.types.is_binary(array.type):
            _append(parts, _offsets(array))
            _append(parts, column_bytes(array))
        else:
            _append(parts, _fixed_bytes(array))
    content = b"".join(parts)
    if len(content) > LARGEST[Kind.NODE]:
        message = f"a node cannot have {len(content)} bytes"
        raise LimitExceededError(message)
    return content


def _empty(column: Column) -> Array:
    return pa.array([], column.type)


def _append(parts: list[Bytes], buffer: Bytes) -> None:
    parts += (_LENGTH.pack(len(buffer)), buffer, bytes(-len(buffer) % 8))


def _offsets(array: Array) -> Bytes:
    buffer = array.buffers()[1]
    if not len(array) or buffer is None:
        return bytes(4)
    offsets = pa.Array.from_buffers(pa.int32(), len(array) + 1, [None, buffer], offset=array.offset)
    return _fixed_bytes(pc.subtract(offsets, offsets[0]))


def _fixed_bytes(array: Array) -> memoryview:
    width = array.type.bit_width // 8
    buffer = array.buffers()[1]
    if buffer is None:
        return memoryview(b"")
    return memoryview(buffer).cast("B")[array.offset * width : (array.offset + len(array)) * width]


def _map_columns(content: Bytes, schema: pa.Schema, count: int) -> list[Array]:
    """Return the columns of a node over the bytes of content, structurally valid and nothing left over."""
    whole = pa.py_buffer(content)
    position = _HEADER.size

    def next_buffer(length: int | None) -> pa.Buffer:
        nonlocal position
        start = position + _LENGTH.size
        if start > whole.size:
            message = "a node ends within a buffer"
            raise InvalidObjectError(message)
        (found,) = _LENGTH.unpack_from(content, position)
        position = start + found + -found % 8
        if (length is not None and found != length) or position > whole.size or any(content[start + found : position]):
            message = "a node has a buffer of the wrong length, or unclean padding"
            raise InvalidObjectError(message)
        return whole.slice(start, found)

    arrays: list[Array] = []
    for field in schema:
        if pa.types.is_binary(field.type):
            offsets = next_buffer(4 * (count + 1))
            text = next_buffer(None)
            ends = memoryview(offsets).cast("i")
            if ends[0] != 0 or ends[count] != text.size:
                message = "the offsets of a node do not cover its paths"
                raise InvalidObjectError(message)
            arrays.append(pa.Array.from_buffers(field.type, count, [None, offsets, text]))
        else:
            width = field.type.bit_width // 8
            arrays.append(pa.Array.from_buffers(field.type, count, [None, next_buffer(width * count)]))
    if position != whole.size:
        message = "a node has bytes after its end"
        raise InvalidObjectError(message)
    for array in arrays:
        try:
            array.validate(full=True)
        except pa.ArrowInvalid as error:
            message = f"the columns of a node are broken: {error}"
            raise InvalidObjectError(message) from error
    return arrays


def _check_leaf(arrays: Sequence[Array]) -> None:
    _, modes, sizes, _ = arrays
    if len(modes) and (pc.max(modes).as_py() > max(Mode) or not _within(sizes, 0, LARGEST_FILE)):
        message = "a leaf has an unknown mode or an impossible size"
        raise InvalidObjectError(message)


def _check_inner(arrays: Sequence[Array]) -> None:
    _, _, rows, sizes = arrays
    if not _within(rows, 1, (1 << 63) - 1) or not _within(sizes, 0, (1 << 63) - 1):
        message = "an inner node has impossible counts"
        raise InvalidObjectError(message)


def _within(numbers: Array, least: int, most: int) -> bool:
    smallest, largest = pc.min(numbers).as_py(), pc.max(numbers).as_py()
    return bool(least <= smallest and largest <= most)

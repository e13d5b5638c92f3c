"""One table in one Arrow IPC stream, read strictly: the index, checkpoints and caches (docs/format/index.md).

Nodes never come through here: no Arrow reader sees untrusted node bytes.
"""

import struct
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from datagit.ids import Bytes, checksum
from datagit.objects.invalid import InvalidObjectError

LONGEST_METADATA = 64 << 10
"""Bytes that one message's own header may have."""

_END = b"\xff\xff\xff\xff\0\0\0\0"
_RECORD_BATCH = 3  # the union tag of Message.header in Arrow's Message.fbs
_COMPRESSION_FIELD = 3  # field number of RecordBatch.compression
_HEADER_TYPE_FIELD = 1
_HEADER_FIELD = 2


def write_strict(table: pa.Table, metadata: Mapping[bytes, bytes]) -> pa.Buffer:
    """Return table as one schema message, one record batch and the end mark; columns of a table without nulls."""
    schema = table.schema.with_metadata(dict(metadata))
    batches = table.combine_chunks().to_batches()
    if len(batches) > 1:  # more than 2 GiB of paths in one column
        raise InvalidObjectError("a table has more bytes in one column than one batch can hold")
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches or [pa.RecordBatch.from_pylist([], schema=table.schema)]:
            writer.write_batch(batch)
    return sink.getvalue()


def read_strict(source: Bytes | pa.Buffer, schema: pa.Schema, *, largest: int) -> pa.Table:
    """Return the one table that source holds, without a copy; its schema carries the metadata that was written.

    Args:
        source: all bytes of the file; a buffer of a memory map is not copied.
        schema: the columns that must be there, exactly.
        largest: bytes that the file may have.

    Raises:
        InvalidObjectError: anything but what write_strict writes.
    """
    buffer = source if isinstance(source, pa.Buffer) else pa.py_buffer(source)
    if buffer.size > largest:
        raise InvalidObjectError(f"a table file has {buffer.size} bytes, more than {largest}")
    try:
        return _read_one_batch(buffer, schema)
    except (pa.ArrowException, OSError, EOFError, ValueError, struct.error, IndexError) as error:
        raise InvalidObjectError(f"a table file is damaged ({str(error).splitlines()[0][:200]})") from error


def table_sum(table: pa.Table) -> int:
    """Return xxh3_64 over the columns of a table without nulls, laid out as a node lays out its own."""
    parts: list[bytes | pa.Buffer] = [bytes(8), struct.pack("<Q", table.num_rows)]
    for column in table.itercolumns():
        for part in _column_buffers(column):
            size = len(part) if isinstance(part, bytes) else part.size
            parts += [struct.pack("<Q", size), part, bytes(-size % 8)]
    return checksum(b"".join(parts))


def _column_buffers(column: "pa.ChunkedArray[Any]") -> list[bytes | pa.Buffer]:
    array: Any = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    rows, start = len(array), array.offset
    if array.null_count:
        raise InvalidObjectError("a table file has no place for nulls")
    buffers = array.buffers()
    if pa.types.is_binary(array.type):
        if not rows:
            return [bytes(4), b""]
        offsets = _slice(buffers[1], 4 * start, 4 * (rows + 1))
        ends = memoryview(offsets).cast("B").cast("i")
        first, last = ends[0], ends[rows]
        if first:
            offsets = struct.pack(f"<{rows + 1}i", *(end - first for end in ends))
        return [offsets, _slice(buffers[2], first, last - first)]
    width = array.type.bit_width // 8
    return [_slice(buffers[1], width * start, width * rows)]


def _slice(buffer: pa.Buffer | None, start: int, length: int) -> bytes | pa.Buffer:
    return buffer.slice(start, length) if buffer is not None and length else b""


def _read_one_batch(buffer: pa.Buffer, schema: pa.Schema) -> pa.Table:
    reader = pa.BufferReader(buffer)
    found = pa.ipc.read_schema(_message(reader, "schema"))
    if not found.equals(schema, check_metadata=False):
        raise ValueError("other columns than expected")
    message = _message(reader, "record batch")
    if _is_compressed(message.metadata):
        raise ValueError("a compressed batch")
    batch = pa.ipc.read_record_batch(message, found)
    if reader.read() != _END:
        raise ValueError("bytes after the batch")
    batch.validate(full=True)
    if any(column.null_count for column in batch.columns):
        raise ValueError("nulls")
    return pa.Table.from_batches([batch], found)


def _message(reader: pa.BufferReader, kind: str) -> pa.Message:
    mark, length = struct.unpack("<Ii", reader.read(8))
    if mark != 0xFFFFFFFF or not 0 < length <= LONGEST_METADATA:  # noqa: PLR2004, RUF100 # Arrow's continuation mark
        raise ValueError("a message without a proper start")
    reader.seek(reader.tell() - 8)
    message = pa.ipc.read_message(reader)
    if message.type != kind:
        raise ValueError(f"a message of type {message.type}")
    return message


def _is_compressed(metadata: pa.Buffer) -> bool:
    """Return whether a record batch message says that its body is compressed; asked before anything is inflated."""
    view = memoryview(metadata).cast("B")
    root = struct.unpack_from("<I", view, 0)[0]
    kind = _field(view, root, _HEADER_TYPE_FIELD)
    header = _field(view, root, _HEADER_FIELD)
    if not kind or not header or view[kind] != _RECORD_BATCH:
        raise ValueError("a message that is no record batch")
    return _field(view, header + struct.unpack_from("<I", view, header)[0], _COMPRESSION_FIELD) != 0


def _field(view: memoryview, table: int, number: int) -> int:
    """Return the position of a field of a flatbuffers table, 0 if it is absent."""
    vtable = table - struct.unpack_from("<i", view, table)[0]
    if vtable < 0:
        raise ValueError("a flatbuffer that points outside")
    size = struct.unpack_from("<H", view, vtable)[0]
    if 4 + 2 * number >= size:
        return 0
    offset = struct.unpack_from("<H", view, vtable + 4 + 2 * number)[0]
    return table + offset if offset else 0

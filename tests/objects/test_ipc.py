"""The strict reader takes what the strict writer writes, and nothing else."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.objects.invalid import InvalidObjectError
from datagit.objects.ipc import read_strict, table_sum, write_strict

SCHEMA = pa.schema(
    (
        pa.field("path", pa.binary(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("id", pa.binary(4), nullable=False),
    )
)
LARGEST = 1 << 20
ROWS = [(b"a", 1, b"aaaa"), (b"", -5, b"bbbb"), (b"long path", 1 << 60, b"cccc")]


def table(rows: list[tuple[bytes, int, bytes]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


def written(rows: list[tuple[bytes, int, bytes]]) -> bytes:
    return write_strict(table(rows), {b"v": b"1"}).to_pybytes()


def stream(batches: list[pa.RecordBatch], schema: pa.Schema, options: pa.ipc.IpcWriteOptions | None = None) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


@given(
    rows=st.lists(st.tuples(st.binary(max_size=9), st.integers(-(2**63), 2**63 - 1), st.binary(min_size=4, max_size=4)))
)
def test_what_is_written_is_read(rows: list[tuple[bytes, int, bytes]]) -> None:
    found = read_strict(written(rows), SCHEMA, largest=LARGEST)
    assert found.replace_schema_metadata(None).equals(table(rows))
    assert found.schema.metadata == {b"v": b"1"}
    assert table_sum(found) == table_sum(table(rows))


def test_nothing_is_copied() -> None:
    buffer = write_strict(table(ROWS), {})
    found = read_strict(buffer, SCHEMA, largest=LARGEST)
    chunks: list[Any] = [column.chunk(0) for column in found.itercolumns()]
    for chunk in chunks:
        for part in chunk.buffers():
            assert part is None or buffer.address <= part.address < buffer.address + buffer.size


def test_the_sum_of_a_slice_is_that_of_its_rows() -> None:
    whole = table(ROWS * 3)
    assert table_sum(whole.slice(2, 4)) == table_sum(table((ROWS * 3)[2:6]))
    assert table_sum(pa.concat_tables([whole, whole])) == table_sum(table(ROWS * 6))
    assert table_sum(whole) != table_sum(table(ROWS * 2 + ROWS[::-1]))
    assert read_strict(write_strict(whole.slice(2, 4), {}), SCHEMA, largest=LARGEST).equals(whole.slice(2, 4))


def test_every_other_file_is_refused() -> None:
    good = table(ROWS).to_batches()[0]
    other = pa.schema([SCHEMA.field(0), SCHEMA.field(1)])
    words = pa.array(["x", "x"]).dictionary_encode()
    dictionary = pa.RecordBatch.from_arrays([words], names=["path"])
    compressed = pa.ipc.IpcWriteOptions(compression="zstd")
    nullable = pa.schema([part.with_nullable(True) for part in SCHEMA])  # noqa: FBT003 # pyarrow's own signature
    holes = pa.RecordBatch.from_pylist([{"path": b"a", "size": None, "id": b"aaaa"}], schema=nullable)
    refused = {
        "empty": b"",
        "no batch": stream([], SCHEMA),
        "two batches": stream([good, good], SCHEMA),
        "bytes behind": stream([good], SCHEMA) + b"\0",
        "no end": stream([good], SCHEMA)[:-8],
        "other columns": stream([good.select(["path", "size"])], other),
        "dictionary": stream([dictionary], dictionary.schema),
        "compressed": stream([good], SCHEMA, compressed),
        "nulls": stream([holes], nullable),
        "long metadata": stream([good], SCHEMA.with_metadata({b"x": bytes(70_000)})),
    }
    for name, content in refused.items():
        with pytest.raises(InvalidObjectError):
            print(name, read_strict(content, SCHEMA, largest=LARGEST))  # noqa: T201 # shown if it is not refused
    with pytest.raises(InvalidObjectError):
        read_strict(stream([good], SCHEMA), SCHEMA, largest=100)


def test_nulls_are_not_written() -> None:
    holes = pa.table({"size": pa.array([1, None], pa.int64())})
    with pytest.raises(InvalidObjectError):
        table_sum(holes)


@settings(max_examples=300)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.integers(0, 10_000))
def test_damage_is_an_error_or_shows_in_the_sum(place: int, value: int, cut: int) -> None:
    content = bytearray(written(ROWS))
    original = bytes(content)
    content[place % len(content)] = value
    for damaged in (bytes(content), original[: cut % len(original)]):
        try:
            found = read_strict(damaged, SCHEMA, largest=LARGEST)
        except InvalidObjectError:
            continue
        assert found.num_rows <= len(original)
        assert found.schema.equals(SCHEMA)

import random
from pathlib import Path

import pyarrow as pa
import pytest

from datagit.ids import ObjectId, blob_id
from datagit.objects.blob import read_blob
from datagit.objects.kind import Kind
from datagit.progress import Silent
from datagit.store.ingest import ingest_files
from datagit.store.store import Store, open_store, write_objects

MIB = 1 << 20


def add(store: Store, root: Path, name: str, content: bytes) -> tuple[ObjectId, int]:
    """Return the id, and the bytes that the store grew by."""
    (root / name).write_bytes(content)
    table = pa.table({"path": pa.array([name.encode()], pa.binary()), "mode": pa.array([0], pa.uint8())})
    result = ingest_files(store, root, table, jobs=1, progress=Silent())
    assert result.failures == ()
    (row,) = result.rows.to_pylist()
    assert row["id"] == blob_id(content)
    assert row["size"] == len(content)
    return ObjectId(row["id"]), sum(pack.size for pack in result.packs)


def text(length: int, seed: int) -> bytes:
    chance = random.Random(seed)
    lines = b"".join(
        b'{"image": %d, "box": [%d, %d]}\n' % (n, chance.randrange(640), chance.randrange(480)) for n in range(40_000)
    )
    return (lines * (length // len(lines) + 1))[:length]


@pytest.mark.parametrize("size", [MIB, MIB + 1, 5 * MIB, 16 * MIB, 16 * MIB + 4097, 41 * MIB + 7])
def test_files_around_every_window_come_back(store: Store, tmp_path: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    oid, _ = add(store, tmp_path, "big.bin", content)
    assert store.has(Kind.CHUNKS, oid) == (size > MIB)
    assert read_blob(open_store(store.folder), oid) == content


def test_windows_do_not_show_in_the_cuts(store: Store, tmp_path: Path) -> None:
    content = random.Random(1).randbytes(40 * MIB)
    _, first = add(store, tmp_path, "a", content)
    _, second = add(store, tmp_path, "b", b"x" * 17 + content)
    assert first > 40 * MIB
    assert second < 4 * MIB


def test_ten_bytes_in_the_middle_store_little(store: Store, tmp_path: Path) -> None:
    content = text(40 * MIB, 3)
    _, first = add(store, tmp_path, "rows.jsonl", content)
    assert first < 10 * MIB
    edited = content[: 20 * MIB] + b"0123456789" + content[20 * MIB :]
    oid, second = add(store, tmp_path, "rows.jsonl", edited)
    assert second < 512 << 10
    assert read_blob(store, oid) == edited
    assert add(store, tmp_path, "copy.jsonl", edited) == (oid, 0)


def test_zeros_are_stored_once(store: Store, tmp_path: Path) -> None:
    oid, stored = add(store, tmp_path, "zeros", bytes(50 * MIB))
    assert stored < 200_000
    assert read_blob(store, oid) == bytes(50 * MIB)


def test_a_list_that_came_from_elsewhere_does_not_count_as_stored(store: Store, tmp_path: Path) -> None:
    content = random.Random(9).randbytes(3 * MIB)
    false = (
        bytes(8)
        + (1).to_bytes(8, "little")
        + (7).to_bytes(8, "little")
        + blob_id(b"1234567")
        + (7).to_bytes(8, "little")
    )
    write_objects(store, [(Kind.CHUNKS, blob_id(content), false)])
    oid, _ = add(store, tmp_path, "big", content)
    assert len(set(store.copies(Kind.CHUNKS, oid))) == 2


def test_a_list_above_2048_chunks_has_segments(store: Store, tmp_path: Path) -> None:
    chance = random.Random(4)
    block = chance.randbytes(MIB // 2)
    content = text(MIB, 5) + b"".join(block + number.to_bytes(10, "little") for number in range(400))
    oid, _ = add(store, tmp_path, "long", content)
    assert store.read(Kind.CHUNKS, oid)[0] == 1
    assert read_blob(store, oid) == content

"""The index without pyarrow is the index; in any doubt there is none."""

from pathlib import Path
from typing import Any

import pytest

from datagit.index.index import INDEX_SCHEMA, Index, IndexDamagedError, load_index, save_index
from datagit.index.raw import read_raw_index
from tests.index.test_index import rows

NAMES = ("mode", "size", "id", "stage", "mtime_ns", "ctime_ns", "inode")


def values(path: Path) -> dict[str, Any]:
    table = load_index(path).rows
    return {name: table[name].to_pylist() for name in INDEX_SCHEMA.names}


@pytest.mark.parametrize("count", [1, 5])
def test_it_has_the_same_rows(tmp_path: Path, count: int) -> None:
    path = tmp_path / "index"
    save_index(Index(rows(*((b"path %d" % number, 0) for number in range(count))), store="uuid", seq=3), path)
    raw, loaded = read_raw_index(path), load_index(path)
    assert raw is not None
    assert raw.paths == values(path)["path"]
    assert raw.columns["stage"] == bytes(values(path)["stage"])
    assert memoryview(raw.columns["size"]).cast("q").tolist() == values(path)["size"]
    assert memoryview(raw.columns["inode"]).cast("Q").tolist() == values(path)["inode"]
    assert raw.columns["id"] == b"".join(values(path)["id"])
    assert (raw.notes["sum"], raw.notes["boot"], raw.saved_ns) == (loaded.checksum, loaded.boot, loaded.saved_ns)
    assert tuple(raw.columns) == NAMES


def test_without_a_file_or_with_a_damaged_one_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "index"
    assert read_raw_index(path) is None
    save_index(Index(rows((b"a", 0), (b"b", 0)), store="uuid", seq=3), path)
    content, before = path.read_bytes(), values(path)
    refused = 0
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        raw = read_raw_index(path)
        if raw is None:
            refused += 1
        else:
            assert raw.paths == before["path"]
            assert raw.columns["id"] == b"".join(before["id"])
    assert refused > len(content) // 6
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        assert read_raw_index(path) is None or length > len(content) - 9
        with pytest.raises(IndexDamagedError):
            load_index(path)

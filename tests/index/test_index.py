"""The index: what is saved is loaded, damage is told, and edits keep one row per path and stage."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagit.ids import checksum
from datagit.index.index import INDEX_SCHEMA, Index, IndexDamagedError, drop_paths, load_index, put_rows, save_index
from datagit.objects.ipc import table_sum

Row = tuple[bytes, int]


def rows(*wanted: Row, size: int = 1) -> pa.Table:
    """Return rows of INDEX_SCHEMA for (path, stage)."""
    columns: dict[str, Any] = {
        "path": [path for path, _ in wanted],
        "mode": [0] * len(wanted),
        "size": [size] * len(wanted),
        "id": [bytes([stage]) * 32 for _, stage in wanted],
        "stage": [stage for _, stage in wanted],
        "mtime_ns": [5] * len(wanted),
        "ctime_ns": [6] * len(wanted),
        "inode": [2**63 + 7] * len(wanted),
    }
    return pa.table(columns, schema=INDEX_SCHEMA)


def keys(index: Index) -> list[Row]:
    columns: list[list[Any]] = [index.rows[name].to_pylist() for name in ("path", "stage")]
    return list(zip(*columns, strict=True))


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    index = Index(rows((b"a", 0), (b"b", 2), (b"b", 3)), store="uuid", seq=7)
    saved = save_index(index, tmp_path / "index")
    loaded = load_index(tmp_path / "index")
    assert loaded.rows.equals(index.rows)
    assert (loaded.store, loaded.seq, loaded.boot, loaded.durable_ns, loaded.saved_ns) == (
        "uuid",
        7,
        saved.boot,
        saved.durable_ns,
        (tmp_path / "index").stat().st_mtime_ns,
    )


def test_no_file_is_an_empty_index(tmp_path: Path) -> None:
    index = load_index(tmp_path / "index")
    assert (index.rows.num_rows, index.saved_ns) == (0, 0)
    save_index(index, tmp_path / "index")
    assert load_index(tmp_path / "index").rows.num_rows == 0


def test_any_flipped_byte_is_told(tmp_path: Path) -> None:
    path = tmp_path / "index"
    index = save_index(Index(rows((b"a", 0), (b"b/c", 0)), store="uuid", seq=1), path)
    content = path.read_bytes()
    seen = 0
    for place in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[place] ^= 0x41
        path.write_bytes(damaged)
        try:
            found = load_index(path)
        except IndexDamagedError:
            seen += 1
        else:  # padding, or a flag that no reader looks at
            assert found.rows.equals(index.rows)
    assert seen > len(content) // 12
    for length in (0, 1, 100, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(IndexDamagedError, match=str(path)):
            load_index(path)


def stamped(mtime: int, ctime: int = 0) -> pa.Table:
    """Return one row for a file with these times."""
    columns = {5: mtime, 6: ctime}
    table = rows((b"a", 0))
    for number, moment in columns.items():
        table = table.set_column(number, INDEX_SCHEMA.field(number), pa.array([moment], pa.int64()))
    return table


def test_a_save_waits_for_the_disk_once_the_files_are_quiet(tmp_path: Path) -> None:
    path = tmp_path / "index"
    path.touch()
    now, minute = path.stat().st_mtime_ns, 60 * 10**9
    young = save_index(Index(stamped(now)), path)
    assert young.boot
    assert young.durable_ns == 0
    quiet = save_index(Index(stamped(now - minute)), path)
    assert quiet.durable_ns >= now
    again = save_index(put_rows(quiet, stamped(now - minute)), path)
    assert again.durable_ns == quiet.durable_ns
    assert save_index(put_rows(quiet, stamped(quiet.durable_ns)), path).durable_ns == quiet.durable_ns


@pytest.mark.parametrize(
    ("mtime", "ctime", "believed"), [(9, 9, True), (10, 9, False), (9, 10, False), (11, 12, False)]
)
def test_after_a_restart_only_files_that_were_on_the_disk_are_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mtime: int, ctime: int, believed: object
) -> None:
    path = tmp_path / "index"
    monkeypatch.setattr("datagit.index.index._file_system_clock", lambda _folder: 0)  # so that no save syncs
    saved = save_index(Index(stamped(mtime, ctime), durable_ns=10), path)
    assert load_index(path).rows.equals(saved.rows)
    monkeypatch.setattr("datagit.index.index.boot_id", lambda: "another")
    later = load_index(path)
    assert (later.boot, later.checksum) == ("another", "")
    assert later.rows["mtime_ns"].to_pylist() == [mtime if believed else 0]
    assert later.rows["ctime_ns"].to_pylist() == [ctime]
    assert load_index(path).saved_ns == path.stat().st_mtime_ns


names = st.sampled_from([b"a", b"a-", b"a/b", b"a/b/c", b"a0", b"b", b"b/a", b"\xc3\xa9"])
edits = st.lists(st.tuples(st.booleans(), st.lists(st.tuples(names, st.sampled_from([0, 0, 1, 2, 3])), max_size=3)))


@given(steps=edits)
def test_edits_do_what_a_dict_of_paths_does(steps: list[tuple[bool, list[Row]]]) -> None:
    index, model = Index(), dict[Row, int]()
    for number, (put, wanted) in enumerate(steps):
        # of one path either stage 0 or the others, and no path below another in one call
        paths = {path for path, _ in wanted}
        clean = {
            (path, stage)
            for path, stage in wanted
            if not any(path.startswith(other + b"/") for other in paths)
            and (stage == 0) == (min(each for name, each in wanted if name == path) == 0)
        }
        paths = {path for path, _ in clean}
        if put:
            index = put_rows(index, rows(*clean, size=number))
            model = {
                key: size
                for key, size in model.items()
                if key[0] not in paths
                and not any(key[0].startswith(path + b"/") or path.startswith(key[0] + b"/") for path in paths)
            } | dict.fromkeys(clean, number)
        else:
            index = drop_paths(index, sorted(paths))
            model = {key: size for key, size in model.items() if key[0] not in paths}
        assert keys(index) == sorted(model)
        assert index.rows["size"].to_pylist() == [model[key] for key in sorted(model)]
        assert index.unmerged_count == sum(1 for _, stage in model if stage)
        assert index.staged.num_rows == sum(1 for _, stage in model if not stage)


PAGE = Path(__file__).parents[2] / "docs/format/index.md"


def test_the_page_about_the_format_is_true() -> None:
    text = PAGE.read_text()
    block = text.partition("```text\n")[2].partition("```")[0]
    laid_out = bytes.fromhex("".join("".join(line.split("   ")[0].split()) for line in block.splitlines()))
    row = {
        "path": [b"a"],
        "mode": [1],
        "size": [3],
        "id": [b"\x07" * 32],
        "stage": [0],
        "mtime_ns": [5],
        "ctime_ns": [6],
        "inode": [7],
    }
    table = pa.table(row, schema=INDEX_SCHEMA)
    assert table_sum(table) == checksum(laid_out)
    assert f"`{table_sum(table):016x}`" in text

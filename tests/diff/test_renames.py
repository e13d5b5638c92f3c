import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.diff.renames import pair_renames, with_status
from datagit.ids import blob_id
from datagit.objects.mode import Mode
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tree_diff import diff_rows

names = st.sampled_from(["a", "b", "c", "d/a", "d/b", "d/e/a", "f/c", "f/a", "g"])
files = st.dictionaries(names, st.sampled_from(["1", "2", "3", ""]), max_size=7)


def rows_of(snapshot: dict[str, str]) -> pa.Table:
    rows = [
        {"path": path.encode(), "mode": 0, "size": len(content), "id": blob_id(content.encode())}
        for path, content in sorted(snapshot.items())
    ]
    return pa.Table.from_pylist(rows, schema=LEAF_SCHEMA)


def name_status(table: pa.Table) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    row: dict[str, Any]
    for row in table.to_pylist():
        if row["status"] == "R":
            found.append(("R100", row["old_path"].decode(), row["path"].decode()))
        else:
            found.append((row["status"], row["path"].decode()))
    return found


def name_status_by_git(folder: Path, old: dict[str, str], new: dict[str, str]) -> list[tuple[str, ...]]:
    trees: list[str] = []
    subprocess.run(["git", "init", "-q", folder], check=True)
    for snapshot in (old, new):
        stream = "".join(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in snapshot.items())
        head = f"commit refs/heads/t{len(trees)}\ncommitter a <a@b> 1 +0000\ndata 0\n"
        subprocess.run(
            ["git", "-C", folder, "fast-import", "--quiet", "--force"], input=(head + stream).encode(), check=True
        )
        trees.append(f"t{len(trees)}")
    command = ["git", "-C", str(folder), "diff", "-M100%", "--name-status", *trees]
    shown = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return [tuple(line.split("\t")) for line in shown.splitlines()]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=files, new=files)
def test_moves_are_paired_as_git_pairs_them(tmp_path: Path, old: dict[str, str], new: dict[str, str]) -> None:
    old = {path: text for path, text in old.items() if not any(other.startswith(path + "/") for other in old)}
    new = {path: text for path, text in new.items() if not any(other.startswith(path + "/") for other in new)}
    paired = pair_renames(diff_rows(rows_of(old), rows_of(new)))
    assert name_status(paired) == name_status_by_git(tmp_path, old, new)


def test_a_move_keeps_what_is_known_of_both_sides() -> None:
    paired = pair_renames(diff_rows(rows_of({"x": "text", "y": "1"}), rows_of({"d/x": "text"}))).to_pylist()
    assert [(row["status"], row["path"], row["old_path"]) for row in paired] == [
        ("R", b"d/x", b"x"),
        ("D", b"y", None),
    ]
    assert paired[0]["old_id"] == paired[0]["new_id"] == blob_id(b"text")


def test_a_link_and_a_file_with_the_same_bytes_are_no_move() -> None:
    old = rows_of({"x": "text"})
    link = old.set_column(0, LEAF_SCHEMA.field(0), pa.array([b"y"], pa.binary()))
    link = link.set_column(1, LEAF_SCHEMA.field(1), pa.array([int(Mode.SYMLINK)], pa.uint8()))
    assert name_status(pair_renames(diff_rows(old, link))) == [("D", "x"), ("A", "y")]


def test_a_file_that_becomes_a_link_changes_its_type() -> None:
    old = rows_of({"x": "text"})
    link = old.set_column(1, LEAF_SCHEMA.field(1), pa.array([int(Mode.SYMLINK)], pa.uint8()))
    assert name_status(with_status(diff_rows(old, link))) == [("T", "x")]

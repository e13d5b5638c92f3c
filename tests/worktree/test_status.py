"""Files whose stat data agree are not opened; what stat cannot tell is hashed."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from datagit.index.index import Index, save_index
from datagit.worktree.scan import scan_worktree
from datagit.worktree.status import WorktreeChanges, compare_worktree
from datagit.worktree.untracked import Untracked
from tests.worktree.trees import Tree, hash_rows


@dataclass
class Watched(Tree):
    """A tree that notes which files were hashed."""

    asked: list[Any] = field(default_factory=list)

    def hash_rows(self, candidates: pa.Table) -> pa.Table:
        self.asked += candidates["path"].to_pylist()
        return hash_rows(self.root, candidates)

    def compare(self, index: Index | None = None) -> WorktreeChanges:
        self.asked = []
        index = index or self.index
        scan = scan_worktree(self.root, tracked=index.staged["path"], is_ignored=None, untracked=Untracked.NONE)
        return compare_worktree(index, scan, self.hash_rows)


@pytest.fixture
def tree(tmp_path: Path) -> Watched:
    tree = Watched(tmp_path / "tree")
    tree.root.mkdir()
    tree.check_out({b"a": (0, b"aaa"), b"b": (0, b"bbb"), b"d/c": (1, b"ccc"), b"link": (2, b"a")})
    for name in ("a", "b", "d/c", "link"):
        os.utime(tree.root / name, ns=(10**18, 10**18), follow_symlinks=False)
    tree.stage(b"a", b"b", b"d/c", b"link")
    tree.index = save_index(tree.index, tmp_path / "index")
    return tree


def summary(found: WorktreeChanges) -> list[tuple[bytes, int | None, int | None]]:
    rows = found.changes.to_pylist()
    return [(row["path"], row["old_mode"], row["new_mode"]) for row in rows]


def test_nothing_is_read_of_a_clean_tree(tree: Watched) -> None:
    assert summary(tree.compare()) == []
    assert tree.asked == []


def test_each_kind_of_change(tree: Watched) -> None:
    (tree.root / "a").write_bytes(b"AAA")
    (tree.root / "b").write_bytes(b"longer")
    (tree.root / "d/c").chmod(0o644)
    (tree.root / "link").unlink()
    found = tree.compare()
    assert summary(found) == [(b"a", 0, 0), (b"b", 0, 0), (b"d/c", 1, 0), (b"link", 2, None)]
    assert tree.asked == [b"a", b"d/c"]
    assert found.changes["new_id"].is_valid().to_pylist() == [True, False, True, False]


def test_a_file_that_became_a_link_is_not_hashed(tree: Watched) -> None:
    (tree.root / "a").unlink()
    (tree.root / "a").symlink_to("bbb")
    assert summary(tree.compare()) == [(b"a", 0, 2)]
    assert tree.asked == []


def test_a_touched_file_is_refreshed(tree: Watched) -> None:
    os.utime(tree.root / "a", ns=(5, 5))
    found = tree.compare()
    assert summary(found) == []
    assert found.refreshed["path"].to_pylist() == [b"a"]
    assert found.refreshed["mtime_ns"].to_pylist() == [5]


def test_a_file_as_young_as_the_index_is_hashed_although_its_stat_data_agree(tree: Watched) -> None:
    index = replace(tree.index, saved_ns=10**18)
    assert summary(tree.compare(index)) == []
    assert tree.asked == [b"a", b"b", b"d/c", b"link"]
    tree.compare(replace(tree.index, saved_ns=10**18 + 1))
    assert tree.asked == []


def test_the_same_size_written_within_the_resolution_of_mtime_is_found(tree: Watched) -> None:
    place = tree.root / "a"
    before = place.stat()
    place.write_bytes(b"xxx")
    os.utime(place, ns=(before.st_mtime_ns, before.st_mtime_ns))
    rows = tree.index.rows
    paths: list[Any] = rows["path"].to_pylist()
    ctimes = [os.lstat(tree.root / path.decode()).st_ctime_ns for path in paths]
    same = rows.set_column(6, rows.schema.field(6), pa.array(ctimes, pa.int64()))
    assert summary(tree.compare(replace(tree.index, rows=same))) == []
    assert summary(tree.compare(replace(tree.index, rows=same, saved_ns=10**18))) == [(b"a", 0, 0)]


def test_after_a_crash_what_may_not_have_reached_the_disk_is_hashed(tree: Watched) -> None:
    other_boot = replace(tree.index, boot="another", durable_ns=tree.index.saved_ns + 10**9)
    tree.compare(other_boot)
    assert tree.asked == []
    tree.compare(replace(other_boot, durable_ns=10**18))
    assert tree.asked == [b"a", b"b", b"d/c", b"link"]


def test_a_row_without_mtime_is_hashed(tree: Watched) -> None:
    rows = tree.index.rows
    unknown = rows.set_column(5, rows.schema.field(5), pa.array([0] * rows.num_rows, pa.int64()))
    assert summary(tree.compare(replace(tree.index, rows=unknown))) == []
    assert tree.asked == [b"a", b"b", b"d/c", b"link"]

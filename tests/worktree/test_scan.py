"""What a scan finds; its view of untracked and ignored files is compared with git in tests/porcelain/test_status.py."""

import os
import random
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.attributes.ignore import GitIgnore, load_ignore
from datagit.worktree import stat_columns
from datagit.worktree.scan import Scan, scan_worktree
from datagit.worktree.stat_columns import StatColumns, stat_names
from datagit.worktree.untracked import Untracked
from datagit.worktree.walk import Bounds, walk_tracked


def scan(root: Path, tracked: Iterable[bytes] = (), **options: Any) -> Scan:  # noqa: ANN401 # those of scan_worktree
    paths = pa.array(sorted(tracked), pa.binary())
    return scan_worktree(root, tracked=paths, is_ignored=None, **options)


def paths_of(table: pa.Table) -> list[Any]:
    paths: list[Any] = table["path"].to_pylist()
    return paths


def fill(root: Path, *paths: bytes) -> None:
    for path in paths:
        place = Path(os.fsdecode(os.fsencode(root) + b"/" + path))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path)


names = st.sampled_from([b"a", b"a-", b"a.b", b"a0", b"b", b"\xc3\xa9", b"zz"])
files = st.lists(st.lists(names, min_size=1, max_size=4).map(b"/".join), max_size=12, unique=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(wanted=files, number=st.integers(0, 12), chance=st.randoms(use_true_random=False))
def test_tracked_and_untracked_files_come_in_the_order_of_all_paths(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[bytes], number: int, chance: random.Random
) -> None:
    root = tmp_path_factory.mktemp("tree")
    made: list[bytes] = []
    for path in wanted:
        clash = any(other.startswith(path + b"/") or path.startswith(other + b"/") for other in made)
        if not clash:
            fill(root, path)
            made.append(path)
    tracked = chance.sample(made, min(number, len(made)))
    found = scan(root, tracked)
    assert paths_of(found.found) == sorted(tracked)
    assert paths_of(found.untracked) == sorted(set(made) - set(tracked))
    assert list(found.missing) == []
    for row in found.found.to_pylist() + found.untracked.to_pylist():
        now = os.lstat(os.fsencode(root) + b"/" + row["path"])
        assert (row["size"], row["mtime_ns"], row["ctime_ns"], row["inode"]) == (
            now.st_size,
            now.st_mtime_ns,
            now.st_ctime_ns,
            now.st_ino,
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(wanted=files, cut=st.integers(0, 12))
def test_two_halves_find_what_one_walk_finds(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[bytes], cut: int
) -> None:
    root = tmp_path_factory.mktemp("tree")
    made: list[bytes] = []
    for path in wanted:
        if not any(other.startswith(path + b"/") or path.startswith(other + b"/") for other in made):
            fill(root, path)
            made.append(path)
    tracked = sorted(made[::2])
    if not tracked:
        return
    middle = min(cut, len(tracked) - 1)
    whole = walk_tracked(os.fsencode(root), tracked, Bounds())
    left = walk_tracked(os.fsencode(root), tracked[:middle], Bounds(high=tracked[middle]))
    before = tracked[middle - 1] if middle else b""
    right = walk_tracked(os.fsencode(root), tracked[middle:], Bounds(low=tracked[middle], before=before))
    assert sorted(left.strays + right.strays) == sorted(whole.strays)
    assert left.found.inode + right.found.inode == whole.found.inode


def test_what_is_gone_or_became_something_else_is_missing(tmp_path: Path) -> None:
    fill(tmp_path, b"file", b"folder/in", b"kept/one", b"kept/two")
    (tmp_path / "link").symlink_to("kept")
    os.mkfifo(tmp_path / "pipe")
    tracked = [b"file/x", b"folder", b"gone", b"kept/one", b"kept/zero", b"link/one", b"no/where", b"pipe"]
    found = scan(tmp_path, tracked)
    assert paths_of(found.found) == [b"kept/one"]
    assert found.missing_paths.to_pylist() == [path for path in tracked if path != b"kept/one"]
    assert paths_of(found.untracked) == [b"file", b"folder/in", b"kept/two", b"link"]
    assert list(found.special) == [b"pipe"]


def test_a_link_to_a_folder_is_a_file(tmp_path: Path) -> None:
    fill(tmp_path, b"real/in")
    (tmp_path / "link").symlink_to("real")
    found = scan(tmp_path, untracked=Untracked.FOLDERS)
    assert paths_of(found.untracked) == [b"link"]
    assert found.untracked["mode"].to_pylist() == [2]
    assert list(found.folders) == [b"real/"]


def test_only_what_the_prefixes_name_is_entered(tmp_path: Path) -> None:
    fill(tmp_path, b"a/one", b"a/two", b"ab", b"b/one", b"c")
    found = scan(tmp_path, [b"a/one", b"b/one"], prefixes=(b"a/", b"c"))
    assert paths_of(found.found) == [b"a/one"]
    assert paths_of(found.untracked) == [b"a/two", b"c"]
    deep = scan(tmp_path, [b"b/one"], prefixes=(b"a/two",), untracked=Untracked.FOLDERS)
    assert (paths_of(deep.untracked), list(deep.folders)) == ([b"a/two"], [])


def test_repositories_stay_out_wherever_they_are(tmp_path: Path) -> None:
    fill(tmp_path, b".dg/index", b".git/config", b"inner/.git/HEAD", b"inner/file", b"with/tracked", b"with/.dg/x")
    found = scan(tmp_path, [b"with/tracked"])
    assert paths_of(found.untracked) == []
    assert list(found.folders) == [b"inner/"]


def test_names_that_cannot_be_stored_are_problems(tmp_path: Path) -> None:
    fill(tmp_path, b"good", b"bad\xff", b"dg~1", b".GIT/x")
    found = scan(tmp_path)
    assert paths_of(found.untracked) == [b"good"]
    assert sorted((problem.path, problem.code) for problem in found.problems) == [
        (b".GIT/x", "path-invalid"),
        (b"bad\xff", "path-invalid"),
        (b"dg~1", "path-invalid"),
    ]


def test_sockets_and_pipes_are_special(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    folder = os.open(tmp_path, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{folder}/socket")
        found = scan(tmp_path)
    os.close(folder)
    assert sorted(found.special) == [b"pipe", b"socket"]
    assert found.untracked.num_rows == 0


def test_ignored_folders_are_asked_about_once_and_not_entered(tmp_path: Path) -> None:
    fill(tmp_path, b"skip/a", b"skip/deep/b", b"keep/a")
    asked: list[bytes] = []
    (tmp_path / ".gitignore").write_text("skip/\n")
    rules = load_ignore(tmp_path, GitIgnore.READ)

    def is_ignored(path: bytes, kind: Any) -> bool:  # noqa: ANN401 # a PathKind
        asked.append(path)
        return rules.is_ignored(path, kind)

    found = scan_worktree(tmp_path, tracked=pa.array([b".gitignore"], pa.binary()), is_ignored=is_ignored)
    assert paths_of(found.untracked) == [b"keep/a"]
    assert sorted(asked) == [b"keep", b"keep/a", b"skip"]


def test_the_deepest_tree_that_paths_allow(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    depth = 1500
    for _ in range(depth):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    path = b"d/" * depth + b"f"
    try:
        assert paths_of(scan(tmp_path).untracked) == [path]
        assert paths_of(scan(tmp_path, [path]).found) == [path]
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # shutil would recurse too deeply


def test_the_slow_way_to_the_stat_columns_gives_the_same(tmp_path: Path) -> None:
    fill(tmp_path, b"a", b"b", b"folder/c")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "b").chmod(0o755)
    os.utime(tmp_path / "a", ns=(-(10**9) - 1, -(10**9) - 1))
    names = [b"a", b"b", b"folder", b"gone", b"link"]
    fast, slow = StatColumns(), StatColumns()
    folder = os.open(tmp_path, os.O_RDONLY)
    assert stat_names(folder, names, fast) is False
    assert stat_columns._stat_slowly(folder, names, slow) is False
    os.close(folder)
    assert fast.mode == slow.mode == bytearray([0, 1, stat_columns.DIRECTORY, stat_columns.MISSING, 2])
    there = [0, 1, 2, 4]
    for name in ("size", "mtime_ns", "ctime_ns", "inode"):
        assert [getattr(fast, name)[row] for row in there] == [getattr(slow, name)[row] for row in there]

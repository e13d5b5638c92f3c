import json
import os
import socket
from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins
from tests.invoke import dg
from tests.unprivileged import without_rights


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    twins = new_twins(tmp_path)
    for path in ("a", "b.txt", "dir/one", "dir/two", "dir/deep/three", "tail"):
        twins.write(path, f"first {path}\n")
    twins.write("run.sh", "#!/bin/sh\n", 0o755)
    twins.link("link", "dir/one")
    twins.write(".gitignore", "*.log\nbuild/\n")
    twins.commit("first")
    twins.write("a", "second\n")
    twins.write("dir/new", "new\n")
    twins.write("dir/deep/new file", "new\n")
    twins.write("noise.log", "noise\n")
    twins.write("build/out", "made\n")
    twins.write("fresh/x", "x\n")
    twins.write("empty", "")
    twins.remove("dir/two")
    for root in (twins.ours, twins.theirs):
        (root / "b.txt").chmod(0o755)
        (root / "hollow").mkdir()
    return twins


def agree(twins: Twins, *words: str, folder: str = ".") -> None:
    """Same exit code, same stdout, same index and files."""
    here, there = twins.run(*words, folder=folder)
    assert (here.code, here.out) == (there.code, there.out), (here, there)
    assert twins.state(twins.ours) == twins.state(twins.theirs)


@pytest.mark.parametrize(
    "words",
    [
        ["."],
        ["-A"],
        ["--all"],
        ["-u"],
        [],
        ["a"],
        ["a", "dir"],
        ["dir"],
        ["dir/"],
        ["dir/two"],
        ["dir/deep"],
        ["*.txt"],
        ["*new*"],
        ["dir/*"],
        [":(glob)dir/*"],
        [":!dir", "."],
        [":/fresh"],
        ["-u", "dir"],
        ["-u", "dir/new"],
        ["-A", "dir"],
        ["--ignore-removal", "."],
        ["--no-all", "dir"],
        ["nosuch"],
        ["a", "nosuch"],
        ["-u", "nosuch"],
        ["nosuch*"],
        ["hollow"],
        ["noise.log"],
        ["build"],
        ["build/out"],
        ["a", "noise.log"],
        ["*.log"],
        ["-f", "noise.log"],
        ["-f", "build"],
        ["-f", "."],
        ["-v", "."],
        ["-n", "."],
        ["-n", "-v", "dir"],
        ["-n", "noise.log"],
        ["-v", "-u"],
        ["-vA"],
        ["-A", "-u"],
        ["--", "a"],
        ["link"],
        ["link/x"],
        ["../outside"],
        [""],
        ["--nonsense"],
        ["--ignore-errors", "."],
    ],
)
def test_add_leaves_what_git_leaves(twins: Twins, words: list[str]) -> None:
    agree(twins, "add", *words)
    agree(twins, "add", *words)


@pytest.mark.parametrize(
    "words", [["."], ["one"], ["..", "-v"], ["../a"], ["-A"], ["-u"], [":/"], ["deep/*"], ["*new*"]]
)
def test_pathspecs_count_from_the_current_folder(twins: Twins, words: list[str]) -> None:
    agree(twins, "add", *words, folder="dir")


def test_a_file_becomes_a_folder_and_back(twins: Twins) -> None:
    twins.remove("tail")
    twins.write("tail/inside", "x\n")
    agree(twins, "add", "-v", ".")
    twins.remove("tail/inside")
    for root in (twins.ours, twins.theirs):
        (root / "tail").rmdir()
    twins.write("tail", "a file again\n")
    agree(twins, "add", "-v", ".")


def test_links_become_files_and_files_links(twins: Twins) -> None:
    twins.remove("link")
    twins.write("link", "a file now\n")
    twins.remove("a")
    twins.link("a", "no where")
    agree(twins, "add", "-A", "-v")


def test_pathspecs_from_a_file_and_from_stdin(twins: Twins) -> None:
    twins.write("list", 'a\n"dir/deep/new\\040file"\r\n')
    agree(twins, "add", "--pathspec-from-file=list")
    agree(twins, "add", "--pathspec-from-file=list", "b.txt")
    agree(twins, "add", "--pathspec-from-file=nosuch")
    agree(twins, "add", "--pathspec-file-nul")
    answer = dg(twins.ours, "add", "--pathspec-from-file=-", "--pathspec-file-nul", "-v", stdin=b"dir/new\0fresh\0")
    assert answer.out == b"add 'dir/new'\nadd 'fresh/x'\n"


def test_nothing_specified_is_said(twins: Twins) -> None:
    here, there = twins.run("add")
    assert here.err.splitlines()[0] == there.err.splitlines()[0]
    assert here.code == 0


def test_ignored_paths_are_named(twins: Twins) -> None:
    here, there = twins.run("add", "noise.log", "build/out", "a")
    assert here.code == there.code == 1
    assert here.err.splitlines()[1:3] == there.err.splitlines()[1:3] == [b"build", b"noise.log"]


def test_a_repository_inside_stays_out(tmp_path: Path) -> None:
    assert dg(tmp_path, "init", "-q").code == 0
    for inner in (".git", ".dg"):
        (tmp_path / f"sub{inner}" / inner).mkdir(parents=True)
        (tmp_path / f"sub{inner}" / "file").write_text("x")
    (tmp_path / "mine").write_text("x")
    answer = dg(tmp_path, "add", "-v", ".")
    assert answer.code == 0
    assert answer.out == b"add 'mine'\n"
    assert b"warning: skipping 'sub.git/': it is a repository of its own" in answer.err
    assert b"warning: skipping 'sub.dg/': it is a repository of its own" in answer.err
    for named in ("sub.git", "sub.git/file", "sub.dg/"):
        answer = dg(tmp_path, "add", named)
        assert answer.code == 128
        assert b"repository of its own" in answer.err


def test_sockets_and_pipes_are_skipped_unless_they_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dg(tmp_path, "init", "-q").code == 0
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        answer = dg(tmp_path, "add", ".")
        assert answer.code == 0
        assert b"skipping 'pipe'" in answer.err
        assert b"skipping 'socket'" in answer.err
        assert dg(tmp_path, "add", "socket").code == 128
    assert b"'pipe' is a socket, a pipe or a device" in dg(tmp_path, "add", "pipe").err


def test_names_that_no_dataset_can_hold_stop_everything_unless_told_otherwise(tmp_path: Path) -> None:
    assert dg(tmp_path, "init", "-q").code == 0
    (tmp_path / "good").write_text("x")
    with open(os.path.join(os.fsencode(tmp_path), b"bad\xff"), "wb"):
        pass
    answer = dg(tmp_path, "add", ".")
    assert answer.code == 128
    assert b"bad\\xff" in answer.err
    assert not (tmp_path / ".dg" / "index").exists()
    answer = dg(tmp_path, "add", "-v", "--ignore-errors", ".")
    assert answer.code == 1
    assert answer.out == b"add 'good'\n"


def test_every_unreadable_file_is_listed_and_the_rest_is_added_only_if_asked_for() -> None:
    with without_rights() as folder:
        assert dg(folder, "init", "-q").code == 0
        for number in range(4):
            (folder / f"file {number}").write_text(str(number))
        for number in (0, 2):
            (folder / f"file {number}").chmod(0)
        answer = dg(folder, "add", ".")
        assert answer.code == 128
        assert b"cannot read 'file 0': permission denied" in answer.err
        assert b"cannot read 'file 2': permission denied" in answer.err
        assert not (folder / ".dg" / "index").exists()
        answer = dg(folder, "add", "--ignore-errors", "-v", ".")
        assert answer.code == 1
        assert answer.out == b"add 'file 1'\nadd 'file 3'\n"
        assert answer.err.count(b"permission denied") == 2


def test_a_folder_that_cannot_be_entered_is_told() -> None:
    with without_rights() as folder:
        assert dg(folder, "init", "-q").code == 0
        (folder / "closed").mkdir()
        (folder / "closed" / "file").write_text("x")
        (folder / "closed").chmod(0)
        (folder / "open").write_text("x")
        answer = dg(folder, "add", ".")
        (folder / "closed").chmod(0o700)
        assert answer.code == 128
        assert b"closed" in answer.err


def test_json_says_what_was_done(twins: Twins) -> None:
    answer = dg(twins.ours, "add", "--json", "a", "dir", "noise.log")
    assert answer.code == 1
    assert json.loads(answer.out) == {
        "version": 1,
        "added": ["dir/deep/new file", "dir/new"],
        "updated": ["a"],
        "removed": ["dir/two"],
        "ignored": ["noise.log"],
        "embedded": [],
        "failures": [],
    }


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_many_files_are_added_by_workers(tmp_path: Path, jobs: str) -> None:
    twins = new_twins(tmp_path)
    for number in range(330):
        twins.write(f"d{number % 5}/{number:03}", f"file {number}\n" * number)
    assert len(dg(twins.ours, "add", "-v", "-j", jobs, ".").out.splitlines()) == 330
    twins.run("add", ".")
    assert twins.state(twins.ours) == twins.state(twins.theirs)

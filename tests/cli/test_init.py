import json
from pathlib import Path

import pytest

from tests.invoke import dg, git


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-b", "trunk"],
        ["-q"],
        ["--bare"],
        ["sub/folder"],
        ["--bare", "sub.dg"],
        ["-b", "a..b"],
        [""],
        ["file"],
        ["a", "b"],
        ["--quiet", "--initial-branch=x/y", "sub"],
    ],
)
def test_init_says_and_returns_what_git_does(tmp_path: Path, words: list[str]) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        (folder / "file").write_bytes(b"")
    for _ in range(2):  # the second time, it is there already
        here = dg(ours, "init", *words)
        there = git(theirs, "-c", "init.defaultBranch=main", *(["init", *words]))
        assert here.code == there.code
        said = there.out.replace(b"Git", b"dg").replace(b".git/", b".dg/").replace(b"theirs", b"ours")
        assert here.out == said
        if here.code == 128:
            assert here.err.splitlines()[0].replace(bytes(ours) + b"/", b"") == there.err.splitlines()[-1]
    assert (ours / "file").read_bytes() == b""


def test_git_in_the_same_folder_does_not_see_the_repository(tmp_path: Path) -> None:
    git(tmp_path, "init")
    assert dg(tmp_path, "init").code == 0
    (tmp_path / "data").write_bytes(b"x")
    assert git(tmp_path, "status", "--porcelain", "-uall").out == b"?? data\n"
    assert git(tmp_path, "add", ".").code == 0
    assert git(tmp_path, "ls-files").out == b"data\n"
    assert dg(tmp_path, "add", ".").code == 0
    assert dg(tmp_path, "ls-files").out == b"data\n"
    dg(tmp_path, "init", "--bare", "bare.dg")
    assert not (tmp_path / "bare.dg" / ".gitignore").exists()


def test_a_branch_is_chosen_only_once(tmp_path: Path) -> None:
    dg(tmp_path, "init", "-b", "trunk")
    assert (tmp_path / ".dg" / "HEAD").read_text() == "ref: refs/heads/trunk\n"
    again = dg(tmp_path, "init", "-b", "other")
    assert again.code == 0
    assert again.err == b"warning: re-init: ignored --initial-branch=other\n"
    assert (tmp_path / ".dg" / "HEAD").read_text() == "ref: refs/heads/trunk\n"


def test_the_first_branch_can_be_configured(tmp_path: Path) -> None:
    assert dg(tmp_path, "-c", "init.defaultBranch=base", "init").code == 0
    assert (tmp_path / ".dg" / "HEAD").read_text() == "ref: refs/heads/base\n"


def test_nothing_that_was_there_is_touched(tmp_path: Path) -> None:
    dg(tmp_path, "init")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / ".dg").rglob("*")}
    assert dg(tmp_path, "init").code == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / ".dg").rglob("*")} == before


def test_a_script_gets_the_place(tmp_path: Path) -> None:
    for created in (True, False):
        told = json.loads(dg(tmp_path, "init", "--json").out)
        assert told == {"version": 1, "repository": str(tmp_path / ".dg"), "created": created}


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    answer = dg(tmp_path, "init", "file/sub")
    assert answer.code == 128
    assert bytes(tmp_path / "file") in answer.err


def test_a_repository_of_later_days_is_left_alone(tmp_path: Path) -> None:
    dg(tmp_path, "init")
    format_json = tmp_path / ".dg" / "format.json"
    text = format_json.read_text().replace('"format":1', '"format":2')
    format_json.unlink()
    format_json.write_text(text)
    answer = dg(tmp_path, "init")
    assert answer.code == 128
    assert b"newer datagit" in answer.err

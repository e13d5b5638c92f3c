import random
from pathlib import Path

import pytest

from datagit.ids import blob_id
from tests.invoke import dg, git


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").write_bytes(b"hello\n")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "folder").mkdir()
    (tmp_path / "big").write_bytes(random.Random(1).randbytes(3 << 20))
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["a"],
        ["a", "empty", "link", "big"],
        ["nosuch"],
        ["a", "nosuch"],
        ["folder"],
        ["--stdin"],
        ["--stdin", "a"],
        ["--stdin-paths"],
        ["--stdin-paths", "a"],
        ["--stdin-paths", "--stdin"],
        ["-t", "foo", "a"],
        ["-t", "commit", "a"],
        ["-t", "tag", "a"],
        ["-w", "a"],
        ["--no-filters", "a"],
        [],
        ["--", "a"],
        ["--nonsense"],
    ],
)
def test_it_says_as_many_ids_and_returns_what_git_does(folder: Path, words: list[str]) -> None:
    here = dg(folder, "hash-object", *words, stdin=b"a\nempty\n")
    there = git(folder, "hash-object", *words, stdin=b"a\nempty\n")
    assert here.code == there.code, (here, there)
    assert len(here.out.splitlines()) == len(there.out.splitlines())


def test_ids_are_those_of_the_bytes(folder: Path) -> None:
    lines = dg(folder, "hash-object", "a", "link", "empty", "big", "--stdin", stdin=b"in").out.decode().split()
    contents = [b"in", b"hello\n", b"hello\n", b"", (folder / "big").read_bytes()]
    assert lines == [blob_id(content).hex() for content in contents]


@pytest.mark.parametrize("name", ["a", "empty", "big"])
def test_what_is_written_can_be_shown(folder: Path, name: str) -> None:
    assert dg(folder, "init", "-q").code == 0
    oid = dg(folder, "hash-object", "-w", name).out.decode().strip()
    content = (folder / name).read_bytes()
    assert dg(folder, "cat-file", "blob", oid).out == content
    assert dg(folder, "cat-file", "-s", oid).out == b"%d\n" % len(content)
    assert dg(folder, "hash-object", "-w", "--stdin", stdin=content).out.decode().strip() == oid


def test_a_commit_is_checked_before_it_is_written(folder: Path) -> None:
    assert dg(folder, "init", "-q").code == 0
    assert dg(folder, "hash-object", "-w", "-t", "commit", "--stdin", stdin=b"{}").code == 128
    dg(folder, "add", "a")
    assert dg(folder, "commit", "-q", "-m", "one").code == 0
    raw = dg(folder, "cat-file", "commit", "HEAD").out
    again = dg(folder, "hash-object", "-t", "commit", "--stdin", stdin=raw)
    assert again.out == dg(folder, "cat-file", "--batch-check=%(objectname)", stdin=b"HEAD").out

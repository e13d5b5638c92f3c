"""Two files side by side, and files with conflicts against one version, as git tells them."""

import json
from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins
from tests.invoke import dg


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    """Two branches that changed the same files, with their merge not begun."""
    pair = new_twins(tmp_path)
    pair.write("a", "1\n2\n3\n")
    pair.write("d/b", "1\n2\n")
    pair.write("bin", "\0one")
    pair.commit("base")
    pair.agree("switch", "-c", "side")
    pair.write("a", "1\ntwo\n3\n")
    pair.write("bin", "\0two")
    pair.commit("side")
    pair.agree("switch", "main")
    pair.write("a", "1\nzwei\n3\n")
    pair.write("bin", "\0zwei")
    pair.commit("main")
    pair.write("d/b", "1\n2\n3\n")
    return pair


@pytest.mark.parametrize(
    "words",
    [
        "HEAD:a HEAD~1:a",
        "HEAD:a side:bin",
        "--exit-code HEAD:a HEAD~1:a",
        "--exit-code HEAD:a HEAD:a",
        "--quiet HEAD:a HEAD:d/b",
        "-R HEAD:a HEAD~1:a",
        "HEAD:a HEAD:d/b",
        "--stat HEAD:a HEAD:d/b",
        "--name-status HEAD:a HEAD:d/b",
        "--name-only HEAD:a HEAD:d/b",
        "HEAD:d/b d/b",
        "HEAD:a d/b",
        "HEAD:a a",
        "--raw HEAD~1:a a",
        "HEAD:a -- a",
        "HEAD:bin bin",
        "side:bin bin",
    ],
)
def test_two_files_are_compared_as_git_compares_them(twins: Twins, words: str) -> None:
    twins.agree("diff", *words.split())


def test_the_words_are_two_files_and_no_more(twins: Twins) -> None:
    for words in ("HEAD:a", "HEAD:a HEAD", "HEAD:a HEAD~1:a -- a", "HEAD:a -- gone"):
        here, there = twins.run("diff", *words.split())
        assert (here.code, here.out) == (there.code, b""), words


def test_the_current_folder_counts_for_the_file(twins: Twins) -> None:
    twins.agree("diff", "HEAD:d/b", "b", folder="d")


def test_two_files_in_json(twins: Twins) -> None:
    changes = json.loads(dg(twins.ours, "diff", "--json", "HEAD:a", "d/b").out)["changes"]
    assert [(change["status"], change["old_path"], change["path"]) for change in changes] == [("M", "a", "d/b")]


@pytest.mark.parametrize("side", ["--base", "--ours", "--theirs", "-1", "-2", "-3", "--name-status --theirs"])
def test_files_with_conflicts_against_one_version(twins: Twins, side: str) -> None:
    twins.run("merge", "side")
    twins.agree("diff", *side.split())
    twins.agree("diff", *side.split(), "--", "a")


def test_a_side_excludes_versions(twins: Twins) -> None:
    here, there = twins.run("diff", "--theirs", "HEAD")
    assert here.code == there.code == 129
    assert here.err.startswith(b"error: --theirs compares files with stages of the index")

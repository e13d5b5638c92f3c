"""``dg rm`` beside ``git rm``: the same words, answers, index and files."""

from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    twins = new_twins(tmp_path)
    for name in ("a", "b", "c", "d/one", "d/two", "d/deep/three", "e f", "x.tmp", "y.tmp"):
        twins.write(name, f"content of {name}\n")
    twins.commit("first")
    return twins


@pytest.mark.parametrize(
    "words",
    [
        ["a"],
        ["a", "b"],
        ["--cached", "a"],
        ["-q", "a"],
        ["-n", "a"],
        ["d"],
        ["-r", "d"],
        ["-r", "-n", "d"],
        ["-r", "--cached", "d"],
        ["d/*"],
        ["*.tmp"],
        ["e f"],
        ["nothing"],
        ["a", "nothing"],
        ["--ignore-unmatch", "nothing"],
        ["--ignore-unmatch", "a", "nothing"],
        ["-r", "."],
        ["."],
        ["-r", "d/"],
        ["d/"],
        ["--", "a"],
    ],
)
def test_what_is_committed_goes(twins: Twins, words: list[str]) -> None:
    twins.agree("rm", *words)


def test_without_a_path_it_asks_for_one(twins: Twins) -> None:
    twins.agree("rm")


def test_in_a_folder(twins: Twins) -> None:
    twins.agree("rm", "one", folder="d")
    twins.agree("rm", "../a", "deep/three", folder="d")
    twins.agree("rm", "-r", ".", folder="d")


@pytest.mark.parametrize("options", [[], ["--cached"], ["-f"], ["-n"], ["-f", "--cached"]])
def test_what_no_commit_has_is_kept_unless_forced(twins: Twins, options: list[str]) -> None:
    twins.write("a", "local\n")
    twins.write("b", "staged\n")
    twins.write("c", "staged\n")
    twins.write("new", "new\n")
    twins.run("add", "b", "c", "new")
    twins.write("c", "staged and local\n")
    for words in (["a"], ["b"], ["c"], ["new"], ["a", "d/one"]):
        twins.agree("rm", *options, *words)


def test_several_files_with_local_changes_are_listed_together(twins: Twins) -> None:
    for name in ("a", "b", "d/one"):
        twins.write(name, "local\n")
    twins.agree("rm", "-r", "a", "b", "c", "d")


def test_a_file_that_is_gone_already(twins: Twins) -> None:
    twins.remove("a")
    twins.agree("rm", "a")


def test_nothing_is_committed_yet(tmp_path: Path) -> None:
    twins = new_twins(tmp_path)
    twins.write("a", "a")
    twins.run("add", "a")
    twins.agree("rm", "a")
    twins.agree("rm", "--cached", "a")


def test_conflicts(twins: Twins) -> None:
    twins.run("switch", "-c", "other")
    twins.write("a", "theirs\n")
    twins.remove("b")
    twins.commit("theirs")
    twins.run("switch", "main")
    twins.write("a", "ours\n")
    twins.write("b", "ours\n")
    twins.commit("ours")
    twins.run("merge", "other")
    twins.agree("rm", "b")
    twins.agree("rm", "a")
    twins.agree("rm", "-f", "a")


def test_untracked_files_keep_their_folder(twins: Twins) -> None:
    twins.write("d/mine", "mine\n")
    twins.agree("rm", "-r", "d")


def test_pathspecs_from_a_file(twins: Twins) -> None:
    twins.write("list", "a\nb\n")
    twins.agree("rm", "--pathspec-from-file=list")

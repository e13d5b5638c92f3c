"""``dg mv`` beside ``git mv``: the same words, answers, index and files."""

from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    twins = new_twins(tmp_path)
    for name in ("a", "b", "c", "d/one", "d/two", "d/deep/three", "into/other", "e f"):
        twins.write(name, f"content of {name}\n")
    twins.commit("first")
    twins.write("untracked", "u\n")
    twins.write("d/untracked", "u\n")
    for root in (twins.ours, twins.theirs):
        (root / "hollow").mkdir()
    return twins


@pytest.mark.parametrize(
    "words",
    [
        ["a", "new"],
        ["a", "into"],
        ["a", "into/"],
        ["a", "into/new"],
        ["a", "b", "into"],
        ["a", "b"],
        ["a", "nowhere/new"],
        ["a", "nowhere/"],
        ["a", "b", "nowhere"],
        ["d", "moved"],
        ["d", "into"],
        ["d/", "moved/"],
        ["d", "b"],
        ["d", "d/deep"],
        ["d", "d/inside"],
        ["a", "a"],
        ["d/one", "."],
        ["missing", "new"],
        ["untracked", "new"],
        ["hollow", "new"],
        ["e f", "g h"],
        ["a", "into/other"],
        ["d/one", "d/two", "into", "into"],
        ["a", "d/../a2"],
    ],
)
@pytest.mark.parametrize("options", [[], ["-n"]])
def test_as_git_does(twins: Twins, options: list[str], words: list[str]) -> None:
    twins.agree("mv", *options, *words)


@pytest.mark.parametrize(
    "words",
    [
        ["a", "new"],
        ["a", "b"],
        ["a", "nowhere/new"],
        ["d", "into"],
        ["d", "b"],
        ["missing", "new"],
        ["a", "into/other"],
        ["d/one", "d/two", "into", "into"],
        ["untracked", "a", "into"],
    ],
)
@pytest.mark.parametrize("options", [["-f"], ["-k"], ["-v"], ["-f", "-v"], ["-k", "-n"]])
def test_each_option(twins: Twins, options: list[str], words: list[str]) -> None:
    twins.agree("mv", *options, *words)


def test_too_few_words(twins: Twins) -> None:
    twins.agree_on_code("mv")
    twins.agree_on_code("mv", "a")


def test_two_sources_for_one_name(twins: Twins) -> None:
    twins.write("into2/one", "x\n")
    twins.commit("second")
    twins.agree("mv", "d/one", "into2/one", "into")
    twins.agree("mv", "-k", "d/one", "into2/one", "into")


def test_in_a_folder(twins: Twins) -> None:
    twins.agree("mv", "one", "../moved", folder="d")
    twins.agree("mv", "-v", "two", "deep", folder="d")
    twins.agree("mv", "../a", ".", folder="d")


def test_a_changed_file_stays_changed(twins: Twins) -> None:
    twins.write("a", "changed\n")
    twins.agree("mv", "a", "new")
    twins.agree("status", "-s")
    twins.write("b", "changed\n")
    twins.run("add", "b")
    twins.write("b", "again\n")
    twins.agree("mv", "b", "into")
    twins.agree("status", "-s")


def test_a_file_over_a_folder_and_the_other_way_round_with_force(twins: Twins) -> None:
    twins.agree("mv", "-f", "a", "d/deep/three")
    twins.agree("mv", "-f", "d/one", "untracked")
    twins.agree("mv", "-f", "-v", "b", "c")


def test_a_link_is_moved_itself(twins: Twins) -> None:
    twins.link("link", "a")
    twins.commit("link")
    twins.agree("mv", "link", "into")

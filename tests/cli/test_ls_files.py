"""``dg ls-files`` beside ``git ls-files``."""

import json

import pytest

from tests.cli.beside_git import Twins, new_twins
from tests.invoke import dg


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    twins = new_twins(tmp_path_factory.mktemp("ls"))
    for name in ("a", "b", "c", "d/one", "d/two", "e f", "tab\there", "한글", "forced.log"):
        twins.write(name, f"content of {name}\n")
    twins.write(".gitignore", "*.log\nbuild/\n")
    twins.commit("first")
    twins.run("add", "-f", "forced.log")
    twins.run("commit", "-m", "forced")
    twins.run("switch", "-c", "other")
    twins.write("c", "theirs\n")
    twins.commit("theirs")
    twins.run("switch", "main")
    twins.write("c", "ours\n")
    twins.commit("ours")
    twins.run("merge", "other")
    twins.write("a", "changed\n")
    twins.remove("b")
    twins.write("d/two", "longer content\n")
    twins.write("new", "new\n")
    twins.write("u/deep/new", "new\n")
    twins.write("u/x.log", "new\n")
    twins.write("build/out", "new\n")
    twins.write("d/noise.log", "new\n")
    return twins


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-c"],
        ["-s"],
        ["-u"],
        ["-m"],
        ["-d"],
        ["-m", "-d"],
        ["-o"],
        ["-o", "--exclude-standard"],
        ["-o", "-i", "--exclude-standard"],
        ["-c", "-i", "--exclude-standard"],
        ["-c", "-o", "-m", "-d", "-t"],
        ["-t"],
        ["-t", "-s"],
        ["-z"],
        ["-s", "-z"],
        ["-t", "-u"],
        ["-s", "-o"],
        ["-m", "-s"],
        ["--", "a"],
        ["d"],
        ["d/*"],
        ["-o", "u"],
        ["-o", "--exclude-standard", "u"],
        ["--error-unmatch", "a"],
        ["--error-unmatch", "nothing"],
        ["--error-unmatch", "a", "nothing", "d", "neither"],
        ["nothing"],
        ["-i"],
        ["-i", "-o"],
        ["-i", "-m", "--exclude-standard"],
        [":!d"],
    ],
)
def test_as_git_does(twins: Twins, words: list[str]) -> None:
    twins.agree("ls-files", *words)


@pytest.mark.parametrize("words", [[], ["-s"], ["-o"], ["--full-name"], ["one"], ["../a"], ["-m"]])
def test_in_a_folder(twins: Twins, words: list[str]) -> None:
    twins.agree("ls-files", *words, folder="d")


def test_json_has_every_fact(twins: Twins) -> None:
    answer = dg(twins.ours, "ls-files", "--json", "-c", "-o", "c", "new")
    files = json.loads(answer.out)["files"]
    assert [(found["path"], found["tag"], found.get("stage")) for found in files] == [
        ("new", "?", None),
        ("c", "M", 1),
        ("c", "M", 2),
        ("c", "M", 3),
    ]

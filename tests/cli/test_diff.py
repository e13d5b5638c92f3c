import json
import os
from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins, tame
from tests.invoke import dg


def numbers(first: int, last: int) -> str:
    return "".join(f"{number}\n" for number in range(first, last + 1))


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    """Two commits that differ in every way a file can, with something staged and something not."""
    pair = new_twins(tmp_path)
    for path, content in (("a.txt", numbers(1, 40)), ("sp ace", "x\n"), ("d/tail", "x\ny"), ("d/e/moved", "moved\n")):
        pair.write(path, content)
    for path, content in (("b.bin", "a\0b"), ("t", "t\n"), ("empty", ""), ("ü", numbers(1, 3)), ("run.sh", "run\n")):
        pair.write(path, content)
    pair.link("link", "a.txt")
    pair.commit("base")
    pair.write("a.txt", numbers(1, 40).replace("20\n", "twenty\n").replace("3\n", "", 1))
    pair.write("b.bin", "a\0cc")
    pair.write("sp ace", "x\nmore\n")
    pair.write("d/tail", "x\nz")
    pair.remove("d/e/moved")
    pair.write("n/moved", "moved\n")
    pair.remove("link")
    pair.write("link", "file\n")
    pair.write("run.sh", "run\n", 0o755)
    pair.write("ü", numbers(2, 4))
    pair.write("big", numbers(1, 300))
    pair.remove("empty")
    pair.write("new empty", "")
    pair.commit("second")
    pair.write("t", numbers(1, 5))
    pair.run("add", "t")
    pair.write("t", numbers(1, 5) + "unstaged\n")
    pair.remove("run.sh")
    return pair


SIDES = [
    "",
    "--cached",
    "HEAD",
    "HEAD~1",
    "HEAD~1 HEAD",
    "HEAD~1..HEAD",
    "HEAD...HEAD~1",
    "--cached HEAD~1",
    "-R HEAD~1",
]
FORMS = ["", "--stat", "--raw", "--name-only", "--name-status", "--numstat", "--shortstat", "--summary"]


def test_all_sides_in_all_forms(twins: Twins) -> None:
    for number, sides in enumerate(SIDES):
        # the forms are written by the same code whatever the sides are: not each pair needs a try
        for form in FORMS[number % 2 :: 2]:
            agree(twins, "diff", *form.split(), *sides.split())


def agree(twins: Twins, *words: str) -> None:
    here, there = twins.run(*words)
    assert (here.code, tame(here.out)) == (there.code, tame(there.out)), words


OPTIONS = [
    "--stat -p HEAD~1 HEAD -- a.txt",
    "-U1 HEAD~1 HEAD -- a.txt d",
    "-U0 HEAD~1 HEAD",
    "--no-renames --name-status HEAD~1 HEAD",
    "--diff-filter=AR --name-status HEAD~1 HEAD",
    "--diff-filter=d --name-status HEAD~1 HEAD",
    "--stat=40 HEAD~1 HEAD",
    "--summary --stat --raw HEAD~1 HEAD -- d n",
    "-z --name-status HEAD~1 HEAD",
    "-z --numstat HEAD~1 HEAD",
    "-z --name-only HEAD~1 HEAD",
    "-s HEAD~1 HEAD",
    "--no-prefix HEAD~1 -- d",
    "--text HEAD~1 HEAD -- b.bin",
    "-c core.quotePath=false HEAD~1 HEAD -- ü",
    "HEAD -- nothing",
    "HEAD -- :!d *.txt",
    "--quiet",
    "--quiet HEAD HEAD",
    "--exit-code --name-only",
    "--exit-code --cached --name-only",
    "nope",
    "nope --",
    "HEAD nope",
    "HEAD~1 HEAD --merge-base",
    "--diff-filter=Q",
]


def test_options(twins: Twins) -> None:
    for line in OPTIONS:
        words = line.split()
        early = words[:2] if words[0] == "-c" else []
        agree(twins, *early, "diff", *words[len(early) :])


def test_in_a_folder_paths_are_relative_and_names_are_not(twins: Twins) -> None:
    here, there = twins.run("diff", "--name-only", "HEAD~1", "HEAD", "--", ".", folder="d")
    assert here.out == there.out == b"d/e/moved\nd/tail\n"


def test_before_the_first_commit(tmp_path: Path) -> None:
    pair = new_twins(tmp_path)
    pair.write("f", "1\n")
    pair.run("add", "f")
    for line in ("diff", "diff --cached", "diff --cached --stat", "diff HEAD"):
        agree(pair, *line.split())


def test_conflicts_are_listed_and_compared_with_both_sides(tmp_path: Path) -> None:
    pair = new_twins(tmp_path)
    pair.write("a", numbers(1, 9))
    pair.write("gone", "1\n")
    pair.commit("base")
    pair.agree("branch", "side")
    pair.write("a", numbers(1, 9).replace("5", "five"))
    pair.remove("gone")
    pair.write("new", "ours\n")
    pair.commit("ours")
    pair.agree("switch", "side")
    pair.write("a", numbers(1, 9).replace("5", "cinq"))
    pair.write("gone", "2\n")
    pair.write("new", "theirs\n")
    pair.commit("theirs")
    pair.agree("switch", "main")
    pair.agree("merge", "side")
    for line in (
        "--name-status",
        "--name-only",
        "--raw",
        "--numstat",
        "--diff-filter=U --name-only",
        "--cached",
        "HEAD",
    ):
        agree(pair, "diff", *line.split())
    agree(pair, "diff")
    assert b"diff --cc a\n" in dg(pair.ours, "diff").out


def test_files_that_only_look_changed_are_not_shown(tmp_path: Path) -> None:
    pair = new_twins(tmp_path)
    pair.write("f", "1\n")
    pair.commit("one")
    for root in (pair.ours, pair.theirs):
        os.utime(root / "f", (1, 1))
    agree(pair, "diff", "--exit-code")


def test_json_names_both_versions(twins: Twins) -> None:
    document = json.loads(dg(twins.ours, "diff", "--json", "HEAD~1", "HEAD", "--", "n", "d/e", "link").out)
    assert document["version"] == 1
    link, moved = document["changes"]
    assert (moved["status"], moved["old_path"], moved["path"]) == ("R", "d/e/moved", "n/moved")
    assert moved["old"]["id"] == moved["new"]["id"]
    assert (link["status"], link["old"]["mode"], link["new"]["mode"]) == ("T", "120000", "100644")
    lines = dg(twins.ours, "diff", "--jsonl", "HEAD~1", "HEAD").out.splitlines()
    assert [json.loads(line)["path"] for line in lines][:2] == ["a.txt", "b.bin"]


def test_colours_only_if_asked_for(twins: Twins) -> None:
    assert b"\x1b[32m+more\x1b[m\n" in dg(twins.ours, "diff", "--color", "HEAD~1", "HEAD", "--", "sp ace").out
    assert b"\x1b" not in dg(twins.ours, "diff", "HEAD~1", "HEAD").out
    for command in ("diff", "log", "show"):
        assert b"\x1b[" in dg(twins.ours, command, "--color=always", "HEAD~1").out
        assert b"\x1b[" in dg(twins.ours, command, "--color", "HEAD~1").out
        for plain in ("--color=never", "--color=auto", "--no-color"):
            assert b"\x1b" not in dg(twins.ours, "-c", "color.ui=auto", command, plain, "HEAD~1").out
        refused = dg(twins.ours, command, "--color=pink")
        assert (refused.code, refused.err.splitlines()[0]) == (
            129,
            b'error: option `color\' expects "always", "auto", or "never"',
        )

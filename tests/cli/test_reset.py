from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    """Three commits on main, the last one changes f and adds g; other is a branch beside it with another f."""
    pair = new_twins(tmp_path)
    pair.write("f", "1\n")
    pair.write("same", "same\n")
    pair.commit("one")
    pair.agree("switch", "-c", "other")
    pair.write("f", "other\n")
    pair.commit("other")
    pair.agree("switch", "main")
    pair.write("f", "2\n")
    pair.commit("two")
    pair.write("f", "3\n")
    pair.write("g", "g\n")
    pair.commit("three")
    return pair


def agree_all(twins: Twins, *lines: str) -> None:
    for line in lines:
        twins.agree(*line.split())


def test_before_the_first_commit(tmp_path: Path) -> None:
    pair = new_twins(tmp_path)
    pair.write("f", "1\n")
    assert pair.run("add", "f")[0].code == 0
    agree_all(pair, "reset --soft", "reset")
    pair.agree_on_code("reset", "HEAD")
    assert pair.run("add", "f")[0].code == 0
    agree_all(pair, "reset -- f", "reset --hard")


def test_only_the_branch(twins: Twins) -> None:
    agree_all(twins, "reset --soft HEAD~1", "reset --soft HEAD~1", "reset --soft other", "reset --soft")


def test_the_index_too(twins: Twins) -> None:
    agree_all(twins, "reset HEAD~1", "reset -q HEAD~1", "reset", "reset other", "reset HEAD@{1}", "reset ORIG_HEAD")


def test_the_files_too(twins: Twins) -> None:
    twins.write("f", "edited\n")
    twins.write("staged", "staged\n")
    assert twins.run("add", "staged")[0].code == 0
    twins.write("untracked", "stays\n")
    agree_all(twins, "reset --hard", "reset --hard HEAD~2", "reset --hard ORIG_HEAD", "reset -q --hard other")


def test_the_files_too_but_no_change_is_lost(twins: Twins) -> None:
    twins.write("same", "edited\n")
    agree_all(twins, "reset --keep HEAD~1", "reset --keep HEAD@{1}")
    twins.write("new", "new\n")
    assert twins.run("add", "new", "same")[0].code == 0
    agree_all(twins, "reset --keep HEAD~1")
    twins.write("f", "edited\n")
    answer = twins.agree_on_code("reset", "--keep", "HEAD~1")
    assert answer.code == 128
    assert (twins.ours / "f").read_text() == "edited\n"


def test_paths(twins: Twins) -> None:
    for path in ("f", "g", "same"):
        twins.write(path, "edited\n")
    assert twins.run("add", "-A")[0].code == 0
    agree_all(
        twins,
        "reset -- f",
        "reset g",
        "reset HEAD~1 -- g",
        "reset -q HEAD -- nope",
        "reset HEAD~2 .",
        "reset other^{tree} -- f",
        "reset -- nope",
        "reset -q",
    )


def test_what_cannot_be_reset(twins: Twins) -> None:
    for line in (
        "reset nope",
        "reset --hard nope",
        "reset HEAD~9",
        "reset --soft -- f",
        "reset --hard f",
        "reset nope --",
    ):
        answer = twins.agree_on_code(*line.split())
        assert answer.code == 128
    answer = twins.agree_on_code("reset", "HEAD^{tree}")
    assert b"Could not parse object 'HEAD^{tree}'." in answer.err


def test_on_no_branch(twins: Twins) -> None:
    agree_all(twins, "switch -d", "reset --hard HEAD~1", "reset --soft main", "switch main")


def test_conflicts_are_gone_after_it(twins: Twins) -> None:
    assert {answer.code for answer in twins.run("merge", "other")} == {1}
    for line in ("reset --soft", "reset --keep"):
        assert twins.agree_on_code(*line.split()).code == 128
    agree_all(twins, "reset -- f", "reset", "switch other", "switch main")
    assert {answer.code for answer in twins.run("merge", "other")} == {2}
    agree_all(twins, "reset --hard", "switch other")

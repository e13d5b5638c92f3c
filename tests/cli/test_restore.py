from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins
from tests.invoke import dg


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    """Two commits on main; the first is tagged by the branch side."""
    pair = new_twins(tmp_path)
    pair.write("f", "1\n")
    pair.write("old", "only in the first\n")
    pair.write("sub/one", "1\n")
    pair.write("sub/two", "2\n")
    pair.commit("one")
    pair.agree("switch", "-c", "side")
    pair.agree("switch", "main")
    pair.write("f", "2\n")
    pair.remove("old")
    pair.write("new", "only in the second\n")
    pair.commit("two")
    return pair


def agree_all(twins: Twins, *lines: str) -> None:
    for line in lines:
        twins.agree(*line.split())


def test_before_the_first_commit(tmp_path: Path) -> None:
    pair = new_twins(tmp_path)
    pair.write("f", "1\n")
    assert pair.run("add", "f")[0].code == 0
    pair.write("f", "2\n")
    agree_all(pair, "restore f", "restore --staged f", "restore --source HEAD f", "restore nope")


def test_files_from_the_index(twins: Twins) -> None:
    twins.write("f", "edited\n", 0o755)
    twins.remove("sub/one")
    agree_all(twins, "restore f", "restore sub", "restore .", "restore -q f")
    twins.write("f", "edited\n")
    assert twins.run("add", "f")[0].code == 0
    twins.write("f", "edited again\n")
    agree_all(twins, "restore f", "restore -W f")


def test_the_index_from_head(twins: Twins) -> None:
    twins.write("f", "edited\n")
    twins.write("added", "added\n")
    twins.remove("new")
    assert twins.run("add", "-A")[0].code == 0
    agree_all(twins, "restore --staged f", "restore -S added", "restore -S new", "restore new", "restore -S .")


def test_both_from_head_and_from_elsewhere(twins: Twins) -> None:
    twins.write("f", "edited\n")
    agree_all(
        twins,
        "restore -SW f",
        "restore --source side f",
        "restore -s side -S f",
        "restore -s side -SW .",
        "restore -s HEAD -SW .",
        "restore -s side .",
        "restore .",
        "restore -s HEAD -SW .",
        "restore --overlay -s side -SW .",
        "restore -s HEAD -SW .",
        "restore --overlay -s side .",
        "restore -s HEAD~0^{tree} f",
    )


def test_what_cannot_be_restored(twins: Twins) -> None:
    twins.write("f", "edited\n")
    agree_all(
        twins,
        "restore",
        "restore nope",
        "restore f nope nada",
        "restore -S nope",
        "restore -s nope f",
        "restore --theirs --staged f",
        "restore -s side nope",
    )
    assert (twins.ours / "f").read_text() == "edited\n"


def test_pathspecs_count_from_the_current_folder(twins: Twins) -> None:
    for path in ("f", "sub/one", "sub/two"):
        twins.write(path, "edited\n")
    twins.agree("restore", "one", folder="sub")
    twins.agree("restore", ":(exclude)two", ":/", folder="sub")
    twins.agree("restore", "*", folder="sub")


def test_pathspecs_from_a_file(twins: Twins) -> None:
    for path in ("f", "sub/one"):
        twins.write(path, "edited\n")
    twins.write("list", "sub\n")
    twins.agree("restore", "--pathspec-from-file=list")
    twins.agree("restore", "--pathspec-from-file=list", "f")


def test_conflicts(twins: Twins) -> None:
    twins.agree("switch", "side")
    twins.write("f", "theirs\n")
    twins.commit("theirs")
    assert {answer.code for answer in twins.run("merge", "main")} == {1}
    agree_all(
        twins,
        "restore f",
        "restore .",
        "restore --ours f",
        "restore --theirs f",
        "restore --ignore-unmerged .",
        "restore --staged f",
        "restore f",
    )


def test_an_untracked_folder_in_the_way_is_kept(twins: Twins) -> None:
    (twins.ours / "f").unlink()
    (twins.ours / "f").mkdir()
    (twins.ours / "f" / "mine").write_text("in no commit\n")
    answer = dg(twins.ours, "restore", "f", environment=twins.environment())
    assert answer.code == 1
    assert b"would lose untracked files in them:\n\tf\n" in answer.err
    assert (twins.ours / "f" / "mine").read_text() == "in no commit\n"


def test_a_restored_file_counts_as_unchanged(twins: Twins) -> None:
    twins.write("f", "edited\n")
    twins.agree("restore", "f")
    assert dg(twins.ours, "checkout", environment=twins.environment()).out == b""

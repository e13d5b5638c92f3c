from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins
from tests.invoke import dg


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    """Three commits: main and m1 and m2 on top of the first, changing the same file; side is at the first."""
    pair = new_twins(tmp_path)
    pair.write("f", "1\n")
    pair.write("g", "g\n")
    pair.commit("one")
    pair.agree("checkout", "-b", "side")
    for name in ("main", "m1", "m2"):
        pair.agree("checkout", *(["-B"] if name == "main" else ["-b"]), name, "side")
        pair.write("f", f"{name}\n")
        pair.commit(name)
    pair.agree("checkout", "main")
    return pair


def agree_all(twins: Twins, *lines: str) -> None:
    for line in lines:
        twins.agree(*line.split())


def test_before_the_first_commit(tmp_path: Path) -> None:
    agree_all(
        new_twins(tmp_path),
        "checkout",
        "checkout main",
        "checkout -b y",
        "checkout -- f",
        "checkout HEAD -- f",
        "checkout --orphan z",
    )


def test_branches_and_commits(twins: Twins) -> None:
    agree_all(
        twins,
        "checkout side",
        "checkout side",
        "checkout -",
        "checkout HEAD~1",
        "checkout main",
        "checkout refs/heads/m1",
        "checkout HEAD",
        "checkout HEAD^0",
        "checkout @",
        "checkout -q m2",
        "checkout @",
        "checkout -",
        "checkout -",
        "checkout --detach",
        "checkout --detach side",
        "checkout main --",
    )


def test_what_cannot_be_checked_out(twins: Twins) -> None:
    agree_all(
        twins,
        "checkout nope",
        "checkout nope --",
        "checkout main m1 --",
        "checkout main m1",
        "checkout HEAD:f",
        "checkout HEAD^{tree}",
        "checkout -b nn HEAD^{tree}",
        "checkout -b z nope",
        "checkout -b a..b",
        "checkout -b side",
        "checkout -b q -- f",
        "checkout -b q main f",
        "checkout --detach -- f",
        "checkout -b main/x",
        "checkout --ours",
        "checkout f nope",
    )


def test_new_branches(twins: Twins) -> None:
    agree_all(
        twins,
        "checkout -b x/y",
        "checkout -b x",
        "checkout -B x/y",
        "checkout -B x/y side",
        "checkout -B fresh side",
        "checkout -b at m1",
    )


def test_an_orphan_keeps_index_and_files(twins: Twins) -> None:
    agree_all(twins, "checkout --orphan o", "checkout m1", "checkout main", "checkout --orphan p side")
    agree_all(twins, "checkout -f --orphan p side", "checkout -f m1", "checkout --orphan q m2", "checkout m2")


def test_nothing_but_a_list_of_changes(twins: Twins) -> None:
    twins.agree("checkout")
    twins.write("g", "edited\n", 0o755)
    twins.write("new", "new\n")
    twins.remove("f")
    agree_all(twins, "checkout", "checkout main", "checkout -q", "checkout HEAD")
    assert twins.run("add", "new")[0].code == 0
    agree_all(twins, "checkout", "checkout -f", "checkout")


def test_a_name_that_is_a_branch_and_a_file(twins: Twins) -> None:
    twins.write("side", "a file\n")
    twins.commit("a file called side")
    twins.write("side", "edited\n")
    agree_all(twins, "checkout side f", "checkout -- side", "checkout m1", "checkout side", "checkout main -- side")


def test_files_from_the_index(twins: Twins) -> None:
    twins.write("f", "edited\n")
    agree_all(twins, "checkout f", "checkout f", "checkout .")
    twins.write("f", "edited\n")
    twins.remove("g")
    agree_all(twins, "checkout -- f g", "checkout -q .", "checkout -f -- f", "checkout --ours f")
    agree_all(twins, "checkout --theirs nope")


def test_files_from_a_commit(twins: Twins) -> None:
    agree_all(twins, "checkout HEAD~1 f", "checkout HEAD f", "checkout m1 -- f", "checkout HEAD -- f")
    twins.write("added", "1\n")
    twins.write("dir/a", "1\n")
    twins.commit("added")
    agree_all(twins, "checkout m1 -- .", "checkout HEAD^{tree} -- f", "checkout m1 -- dir", "checkout nope -- f")
    agree_all(twins, "checkout --no-overlay m1 -- dir", "checkout HEAD -- .", "checkout --no-overlay m1 -- .")


def test_in_a_folder(twins: Twins) -> None:
    twins.write("sub/one", "1\n")
    twins.write("sub/two", "2\n")
    twins.commit("folder")
    for path in ("sub/one", "sub/two", "f"):
        twins.write(path, "edited\n")
    twins.agree("checkout", "one", folder="sub")
    twins.agree("checkout", "../f", folder="sub")
    twins.agree("checkout", "t*", folder="sub")


def test_conflicts(twins: Twins) -> None:
    twins.agree("checkout", "m1")
    assert {answer.code for answer in twins.run("merge", "m2")} == {1}
    agree_all(
        twins,
        "checkout f",
        "checkout -- .",
        "checkout",
        "checkout main",
        "checkout HEAD",
        "checkout --theirs f",
        "checkout --ours -- f",
        "checkout -f -- .",
        "checkout m2 -- f",
    )


def test_a_side_that_is_not_there(twins: Twins) -> None:
    twins.agree("checkout", "m1")
    twins.remove("f")
    twins.commit("remove f")
    assert {answer.code for answer in twins.run("merge", "m2")} == {1}
    agree_all(twins, "checkout --ours f", "checkout --theirs f")


def test_a_merge_is_given_up_by_force(twins: Twins) -> None:
    twins.agree("checkout", "m1")
    assert {answer.code for answer in twins.run("merge", "m2")} == {1}
    twins.agree_on_code("checkout", "-f", "main")
    twins.agree("switch", "side")


def test_force_removes_what_is_in_the_way_of_files_and_folders(twins: Twins) -> None:
    twins.write("d/x", "x\n")
    twins.commit("a folder")
    for root in (twins.ours, twins.theirs):
        (root / "d" / "x").unlink()
        (root / "d").rmdir()
        (root / "f").unlink()
    twins.write("d", "untracked, where a folder was\n")
    twins.write("f/inside", "untracked, where a file was\n")
    twins.agree("checkout", "-f", "--", "d")
    twins.agree("checkout", "-f")


def test_force_never_removes_a_repository(twins: Twins) -> None:
    (twins.ours / "f").unlink()
    assert dg(twins.ours, "init", "-q", "f", environment=twins.environment()).code == 0
    answer = dg(twins.ours, "checkout", "-f", environment=twins.environment())
    assert answer.code == 1
    assert (twins.ours / "f" / ".dg" / "format.json").exists()


def test_a_restore_keeps_an_untracked_file_where_a_folder_was(twins: Twins) -> None:
    twins.write("d/x", "x\n")
    twins.commit("a folder")
    (twins.ours / "d" / "x").unlink()
    (twins.ours / "d").rmdir()
    (twins.ours / "d").write_text("in no commit\n")
    answer = dg(twins.ours, "checkout", "--", "d/x", environment=twins.environment())
    assert answer.code == 1
    assert b"would be overwritten by restore:\n\td\nPlease move or remove them before you restore.\n" in answer.err
    assert (twins.ours / "d").read_text() == "in no commit\n"

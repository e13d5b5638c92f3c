from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins
from tests.invoke import dg


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    """Two commits on main; side is at the first."""
    pair = new_twins(tmp_path)
    pair.write("f", "1\n")
    pair.write("same", "same\n")
    pair.commit("one")
    pair.agree("switch", "-c", "side")
    pair.agree("switch", "-c", "other")
    pair.agree("switch", "main")
    pair.write("f", "2\n")
    pair.commit("two")
    return pair


def agree_all(twins: Twins, *lines: str) -> None:
    for line in lines:
        twins.agree(*line.split())


def test_before_the_first_commit(tmp_path: Path) -> None:
    agree_all(
        new_twins(tmp_path),
        "switch main",
        "switch nope",
        "switch --detach",
        "switch -",
        "switch -c x",
        "switch --orphan o",
        "switch -c main",
        "switch -C main",
    )


def test_back_and_forth(twins: Twins) -> None:
    agree_all(
        twins,
        "switch side",
        "switch side",
        "switch -",
        "switch main",
        "switch -",
        "switch -q side",
        "switch @{-1}",
        "switch @{-3}",
        "switch @{-99}",
    )


def test_names_that_are_no_branch(twins: Twins) -> None:
    agree_all(
        twins,
        "switch nope",
        "switch HEAD~1",
        "switch HEAD",
        "switch @",
        "switch refs/heads/side",
        "switch heads/side",
        "switch main side",
        "switch",
        "switch --discard-changes",
    )


def test_on_no_branch(twins: Twins) -> None:
    agree_all(
        twins,
        "switch --detach",
        "switch -d HEAD~1",
        "switch -d main",
        "switch -d HEAD",
        "switch -d nope",
        "switch --detach HEAD^{tree}",
        "switch --detach HEAD:f",
        "switch -d main~1",
        "switch main",
        "switch -",
        "switch -d -",
        "switch side",
    )


@pytest.mark.parametrize("count", [1, 2, 6])
def test_commits_that_nothing_leads_to_are_named_when_they_are_left(twins: Twins, count: int) -> None:
    twins.agree("switch", "--detach")
    for number in range(count):
        twins.write("new", str(number))
        twins.commit(f"number {number}\n\nwith a body")
    answer = twins.agree("switch", *(["--orphan", "fresh"] if count == 2 else ["main"]))
    assert f"leaving {count} commit".encode() in answer.err


def test_new_branches(twins: Twins) -> None:
    agree_all(
        twins,
        "switch -c new",
        "switch -c new",
        "switch -C new",
        "switch -C new main~1",
        "switch -c at side",
        "switch -C side main",
        "switch -c a..b",
        "switch -c -x",
        "switch -c z nope",
        "switch -c main/x",
        "switch -c x/y",
        "switch -c x",
        "switch -c n --orphan z",
        "switch --detach -c n",
        "switch --orphan main",
    )


def test_an_orphan_starts_with_nothing(twins: Twins) -> None:
    twins.write("untracked", "stays\n")
    agree_all(twins, "switch --orphan o", "switch -", "switch --orphan o", "switch main")
    twins.write("f", "edited\n")
    agree_all(twins, "switch --orphan o", "switch -f --orphan o")


def test_what_is_not_committed_comes_along_where_both_sides_agree(twins: Twins) -> None:
    twins.write("same", "edited\n")
    twins.write("new", "untracked\n")
    agree_all(twins, "switch side", "switch -q main", "switch -c w")
    assert twins.run("add", "same", "new")[0].code == 0
    agree_all(twins, "switch side", "switch main")
    twins.remove("same")
    twins.write("new", "edited again\n")
    agree_all(twins, "switch side", "switch main", "switch -d")


def test_nothing_is_lost_where_they_do_not(twins: Twins) -> None:
    twins.write("f", "edited\n")
    agree_all(twins, "switch side", "switch -c w side", "switch -d side")
    assert twins.run("add", "f")[0].code == 0
    agree_all(twins, "switch side", "switch -f side")
    assert (twins.ours / "f").read_text() == "1\n"


def test_what_is_staged_like_the_other_side_is_settled(twins: Twins) -> None:
    twins.write("f", "1\n")
    assert twins.run("add", "f")[0].code == 0
    agree_all(twins, "switch side", "switch main")
    twins.remove("f")
    twins.agree("switch", "side")


def test_untracked_files_in_the_way(twins: Twins) -> None:
    twins.agree("switch", "-c", "gone")
    twins.remove("f")
    twins.write("dir/file", "in a folder\n")
    twins.commit("remove f")
    twins.write("f", "untracked\n")
    twins.agree("switch", "main")
    twins.remove("f")
    twins.write("f/below", "untracked\n")
    twins.agree("switch", "main")
    twins.remove("f/below")
    for root in (twins.ours, twins.theirs):
        (root / "f").rmdir()
    twins.agree("switch", "main")
    twins.write("dir", "a file where a folder must be\n")
    twins.agree_on_code("switch", "gone")


def test_every_kind_of_change_there_and_back(twins: Twins) -> None:
    twins.agree("switch", "-c", "kinds")
    twins.write("f", "1\n", 0o755)
    twins.remove("same")
    twins.link("same", "f")
    twins.write("deep/er/file", "deep\n")
    twins.write("empty", "")
    twins.write("odd \t name\n", "odd\n")
    twins.commit("kinds")
    agree_all(twins, "switch main", "switch kinds", "switch side", "switch -")
    twins.agree("switch", "-c", "swap")
    for path in ("deep/er/file", "f"):
        twins.remove(path)
    for root in (twins.ours, twins.theirs):
        (root / "deep" / "er").rmdir()
        (root / "deep").rmdir()
    twins.write("deep", "a file now\n")
    twins.write("f/in/here", "a folder now\n")
    twins.commit("swap")
    agree_all(twins, "switch kinds", "switch swap", "switch main", "switch swap")


def test_names_are_quoted_in_the_list_of_changes(twins: Twins) -> None:
    twins.write("grün", "1\n")
    twins.commit("odd name")
    twins.write("grün", "2\n")
    agree_all(twins, "switch -c quoted HEAD~0", "switch main", "-c core.quotePath=false switch main")


def test_a_merge_in_progress_is_not_left(twins: Twins) -> None:
    twins.agree("switch", "side")
    twins.write("f", "ours\n")
    twins.commit("ours")
    assert {answer.code for answer in twins.run("merge", "main")} == {1}
    agree_all(twins, "switch other", "switch -f other", "switch -c x", "checkout other")


def test_a_switch_that_fails_half_way_is_undone(twins: Twins) -> None:
    before = twins.state(twins.ours)
    packs = {path: path.read_bytes() for path in (twins.ours / ".dg" / "packs" / "data").iterdir()}
    for path, content in packs.items():
        path.chmod(0o644)
        path.write_bytes(bytes(len(content)))
    answer = dg(twins.ours, "switch", "side", environment=twins.environment())
    assert answer.code == 128
    for path, content in packs.items():
        path.write_bytes(content)
    assert twins.state(twins.ours) == before
    assert not (twins.ours / ".dg" / "state" / "operation.json").exists()
    twins.agree("switch", "side")

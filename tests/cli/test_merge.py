import json
from pathlib import Path

import pytest

from datagit.index.operation import load_merge_state
from tests.cli.beside_git import Twins, new_twins
from tests.invoke import dg

TEXT = "".join(f"{number}\n" for number in range(1, 10))


@pytest.fixture
def twins(tmp_path: Path) -> Twins:
    """A branch side that changed one file and added one, and a branch ahead that has main below it."""
    pair = new_twins(tmp_path)
    pair.write("text", TEXT)
    pair.write("binary", "\0one")
    pair.write("same", "same\n")
    pair.commit("base")
    pair.agree("branch", "side")
    pair.agree("switch", "side")
    pair.write("text", TEXT.replace("2", "two"))
    pair.write("new/file", "new\n")
    pair.commit("of side")
    pair.agree("switch", "main")
    return pair


def diverge(twins: Twins, text: str = TEXT.replace("8", "eight")) -> None:
    twins.write("text", text)
    twins.commit("of main")


def clash(twins: Twins) -> None:
    diverge(twins, TEXT.replace("2", "zwei"))


def agree_all(twins: Twins, *lines: str) -> None:
    for line in lines:
        twins.agree(*line.split())


def test_fast_forward(twins: Twins) -> None:
    agree_all(twins, "merge side", "merge side", "log --format=%s", "rev-parse ORIG_HEAD")


def test_fast_forward_without_words(twins: Twins) -> None:
    agree_all(twins, "merge -q side", "merge -q side")


def test_no_fast_forward(twins: Twins) -> None:
    agree_all(twins, "merge --no-ff -m joined side", "log --format=%s%n%b --graph", "merge --no-stat side")


def test_only_fast_forward(twins: Twins) -> None:
    diverge(twins)
    twins.agree_on_code("merge", "--ff-only", "side")
    twins.agree_on_code("-c", "merge.ff=only", "merge", "side")


def test_a_true_merge(twins: Twins) -> None:
    diverge(twins)
    agree_all(twins, "merge side", "log --format=%s --first-parent", "status", "merge side")


def test_words_of_the_default_message(twins: Twins) -> None:
    diverge(twins)
    agree_all(twins, "tag -a v1 -m annotated side", "tag light side", "switch -c topic")
    for word in ("side", "v1", "light", "side~0", "side~1", "side^", "side~", "side^0"):
        agree_all(twins, "switch -q -C topic main", f"merge -n {word}", "log -1 --format=%B")
    agree_all(twins, "switch -q --detach main", "merge -n side^0", "log -1 --format=%B")


def test_a_message_of_several_paragraphs(twins: Twins) -> None:
    diverge(twins)
    twins.agree("merge", "-m", "first", "-m", "second  ", "side")
    twins.agree("log", "-1", "--format=%B")


def test_a_tag_is_fast_forwarded_to(twins: Twins) -> None:
    agree_all(twins, "tag -a v1 -m annotated side", "merge v1", "log -1 --format=%s")


def test_conflicts_wait_for_a_commit(twins: Twins) -> None:
    clash(twins)
    agree_all(twins, "merge side", "status --porcelain", "rev-parse MERGE_HEAD")
    twins.agree_on_code("merge", "side")
    twins.agree_on_code("commit", "-m", "too early")
    twins.write("text", "decided\n")
    agree_all(twins, "add text", "-c core.editor=true merge --continue", "log -1 --format=%s%n%P", "status --porcelain")


def test_abort_brings_back_what_was_there(twins: Twins) -> None:
    clash(twins)
    twins.write("same", "local work\n")
    agree_all(twins, "merge side", "status --porcelain", "merge --abort", "status --porcelain")
    twins.agree_on_code("merge", "--abort")


def test_abort_keeps_what_was_changed_after_a_clean_merge(twins: Twins) -> None:
    clash(twins)
    twins.agree("merge", "side")
    twins.write("new/file", "changed after the merge\n")
    twins.agree_on_code("merge", "--abort")


def test_quit_leaves_everything_as_it_is(twins: Twins) -> None:
    clash(twins)
    agree_all(twins, "merge side", "merge --quit", "status --porcelain", "merge --quit")


def test_a_merge_that_stops_before_its_commit(twins: Twins) -> None:
    diverge(twins)
    agree_all(twins, "merge --no-commit side", "status --porcelain", "commit --no-edit -q", "log -1 --format=%s")


def test_squash(twins: Twins) -> None:
    diverge(twins)
    agree_all(twins, "merge --squash side", "status --porcelain", "commit -q -m squashed", "log --format=%s:%P")


def test_the_message_of_a_squash_quotes_what_it_holds(twins: Twins) -> None:
    clash(twins)
    agree_all(twins, "merge --squash side", "add text", "commit --no-edit -q")
    here, there = twins.run("log", "-1", "--format=%B")
    lines = [[line for line in answer.out.splitlines() if not line.startswith(b"commit ")] for answer in (here, there)]
    assert lines[0] == lines[1]
    assert b"    of side" in lines[0]


def test_the_message_of_a_merge_with_conflicts_lists_them(twins: Twins) -> None:
    clash(twins)
    agree_all(twins, "merge side", "add text", "commit --no-edit -q", "log -1 --format=%B")


def test_squash_of_what_could_be_fast_forwarded(twins: Twins) -> None:
    agree_all(twins, "merge --squash side", "status --porcelain", "log --format=%s")


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_side_can_win(twins: Twins, side: str) -> None:
    clash(twins)
    agree_all(twins, f"merge -X {side} side", f"merge -X{side} side")


def test_the_strategy_ours_takes_nothing(twins: Twins) -> None:
    clash(twins)
    agree_all(twins, "merge -s ours side", "log -1 --format=%s")


def test_words_that_name_nothing(twins: Twins) -> None:
    for line in (
        "merge nope",
        "merge -s nope side",
        "merge --squash --no-ff side",
        "merge --abort",
        "merge",
    ):
        twins.agree_on_code(*line.split())


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_conflict_styles(twins: Twins, style: str) -> None:
    clash(twins)
    here, there = twins.run("-c", f"merge.conflictStyle={style}", "-c", "core.abbrev=12", "merge", "side")
    assert (here.code, here.out) == (there.code, there.out)
    ours, theirs = ((root / "text").read_bytes() for root in (twins.ours, twins.theirs))
    lines = [[line for line in text.split(b"\n") if not line.startswith(b"|||||||")] for text in (ours, theirs)]
    assert lines[0] == lines[1]


def test_a_strategy_option_that_does_not_exist(twins: Twins) -> None:
    diverge(twins)
    twins.agree_on_code("merge", "-X", "nope", "side")


def test_unrelated_histories(twins: Twins) -> None:
    agree_all(twins, "switch --orphan other")
    twins.write("elsewhere", "1\n")
    twins.commit("other")
    twins.agree_on_code("merge", "side")
    agree_all(twins, "merge --allow-unrelated-histories side")


def test_into_a_branch_without_commits(twins: Twins) -> None:
    agree_all(twins, "switch --orphan other", "merge side", "log --format=%s")


def test_local_changes_in_the_way_of_a_fast_forward(twins: Twins) -> None:
    twins.write("text", "local\n")
    twins.write("new/file", "untracked\n")
    agree_all(twins, "merge side", "status --porcelain")


def test_local_changes_in_the_way_of_a_true_merge(twins: Twins) -> None:
    diverge(twins)
    twins.write("text", "local\n")
    twins.write("new/file", "untracked\n")
    for line in (["merge", "side"], ["merge", "--no-ff", "side"]):
        answer = twins.agree_on_code(*line)
        assert answer.code == 2
        assert b"\ttext\n" in answer.err
        assert b"\tnew/file\n" in answer.err


def test_staged_changes_forbid_a_true_merge(twins: Twins) -> None:
    diverge(twins)
    twins.write("same", "staged\n")
    twins.agree("add", "same")
    assert twins.agree_on_code("merge", "side").code == 2


def test_local_changes_elsewhere_stay(twins: Twins) -> None:
    diverge(twins)
    twins.write("same", "local\n")
    agree_all(twins, "merge side", "status --porcelain")


def test_a_file_in_the_way_of_a_folder_moves_aside(twins: Twins) -> None:
    twins.write("new", "a file\n")
    twins.commit("a file")
    agree_all(twins, "merge side", "status --porcelain", "merge --abort", "status --porcelain")


def test_a_dry_run_says_what_would_happen_and_changes_nothing(twins: Twins) -> None:
    clash(twins)
    before = twins.state(twins.ours)
    answer = dg(twins.ours, "merge", "--dry-run", "side")
    assert (answer.code, answer.out) == (1, dg(twins.ours, "merge", "side").out)
    assert dg(twins.ours, "merge", "--abort").code == 0
    assert dg(twins.ours, "merge", "--dry-run", "-X", "ours", "side").code == 0
    assert twins.state(twins.ours) == before


def test_json_tells_the_versions_of_a_conflict(twins: Twins) -> None:
    clash(twins)
    answer = dg(twins.ours, "merge", "--json", "side")
    document = json.loads(answer.out)
    assert (answer.code, document["result"]) == (1, "conflicts")
    (conflict,) = document["conflicts"]
    assert (conflict["path"], conflict["kind"]) == ("text", "content")
    assert len({conflict[side]["id"] for side in ("base", "ours", "theirs")}) == 3


def test_a_label_file_keeps_ours_and_stays_loadable(twins: Twins) -> None:
    for name in ("labels.csv", "boxes.json"):
        (twins.ours / name).write_text('{"id": 1}\n')
    assert dg(twins.ours, "add", ".").code == 0
    assert dg(twins.ours, "commit", "-qm", "labels").code == 0
    assert dg(twins.ours, "switch", "-qc", "theirs").code == 0
    (twins.ours / "boxes.json").write_text('{"id": 2}\n')
    assert dg(twins.ours, "commit", "-qam", "theirs").code == 0
    assert dg(twins.ours, "switch", "-q", "main").code == 0
    (twins.ours / "boxes.json").write_text('{"id": 3}\n')
    assert dg(twins.ours, "commit", "-qam", "ours").code == 0
    answer = dg(twins.ours, "merge", "theirs")
    assert (answer.code, (twins.ours / "boxes.json").read_text()) == (1, '{"id": 3}\n')
    assert dg(twins.ours, "status", "-s").out == b"UU boxes.json\n"
    state = load_merge_state(twins.ours / ".dg" / "state" / "merge")
    assert state is not None
    assert state.conflicts == (b"boxes.json",)


def test_a_large_merged_text_is_stored_in_chunks(twins: Twins) -> None:
    lines = [f"row {number} of a long text\n" for number in range(45_000)]
    twins.write("long", "".join(lines))
    twins.commit("long")
    twins.agree("branch", "-f", "side")
    twins.write("long", "".join(["ours\n", *lines[1:]]))
    twins.commit("ours")
    twins.agree("switch", "side")
    twins.write("long", "".join([*lines[:-1], "theirs\n"]))
    twins.commit("theirs")
    agree_all(twins, "merge main")


def test_a_file_that_stays_ours_without_markers_is_said_once_with_how_to_see_theirs(twins: Twins) -> None:
    for name in ("binary", "l.csv"):
        twins.write(name, "\0ours" if name == "binary" else "a,b\n1,ours\n")
    twins.write("clash", "ours\n")
    twins.commit("both")
    twins.agree("switch", "side")
    for name in ("binary", "l.csv"):
        twins.write(name, "\0theirs" if name == "binary" else "a,b\n1,theirs\n")
    twins.write("clash", "theirs\n")
    twins.commit("both")
    twins.agree("switch", "main")
    (twins.ours / "folder").mkdir()
    answer = dg(twins.ours / "folder", "merge", "side", environment=twins.environment())
    assert answer.err.decode().splitlines() == [
        (
            "hint: '../binary' keeps your version; see theirs with 'dg show :3:binary', "
            "take it with 'dg checkout --theirs -- ../binary'"
        ),
        "hint: the same holds for 1 more",
    ]
    assert dg(twins.ours, "show", ":3:binary").out == b"\0theirs"
    assert dg(twins.ours / "folder", "checkout", "--theirs", "--", "../binary").code == 0
    assert (twins.ours / "binary").read_bytes() == b"\0theirs"
    for words in (("-c", "advice.hints=false", "merge"), ("merge", "-q"), ("merge", "--json")):
        assert dg(twins.ours, "merge", "--abort", environment=twins.environment()).code == 0
        assert dg(twins.ours, *words, "side", environment=twins.environment()).err == b"", words


def test_a_file_with_markers_needs_no_hint(twins: Twins) -> None:
    clash(twins)
    assert dg(twins.ours, "merge", "side", environment=twins.environment()).err == b""

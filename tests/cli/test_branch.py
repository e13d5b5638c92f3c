import json
from pathlib import Path

import pytest

from datagit.ids import parse_id
from datagit.store.append import Proposal, append_entry
from datagit.store.log_entry import Actor
from datagit.store.refs import RefChange
from datagit.store.store import open_store
from tests.cli.beside import Beside, begin
from tests.invoke import dg


@pytest.fixture
def fresh(tmp_path: Path) -> Beside:
    return begin(tmp_path)


@pytest.fixture
def grown(fresh: Beside) -> Beside:
    """Return repositories with main ahead of old, and side that went its own way."""
    fresh.commit("one")
    fresh.both("branch", "old")
    fresh.both("branch", "side")
    fresh.commit("two")
    fresh.both("switch", "-q", "side")
    fresh.commit("three")
    fresh.both("switch", "-q", "main")
    return fresh


def test_a_repository_without_commits_has_no_branch_to_speak_of(fresh: Beside) -> None:
    for line in (
        "branch",
        "branch -a",
        "branch -v",
        "branch x",
        "branch -f main",
        "branch -d main",
        "branch -D nope",
        "branch -c x",
        "branch -u main",
        "branch --unset-upstream",
        "branch --show-current",
        "branch --contains",
        "branch --merged",
        "branch -m main trunk",
        "branch --show-current",
        "branch -m again",
        "branch --show-current",
    ):
        fresh.both(*line.split())


LINES = [
    "branch",
    "branch -v",
    "branch -vv",
    "branch -a",
    "branch -r",
    "branch --list",
    "branch -l s*",
    "branch --list s* m*",
    "branch --list [!s]*",
    "branch -i --list S*",
    "branch --list nothing",
    "branch --show-current",
    "branch --contains",
    "branch --contains main",
    "branch --contains old",
    "branch --contains old --no-contains side",
    "branch --no-contains",
    "branch --merged",
    "branch --merged side",
    "branch --no-merged",
    "branch --no-merged=side",
    "branch --merged main --merged side",
    "branch --points-at old",
    "branch --points-at HEAD~1",
    "branch --contains nope",
    "branch --no-contains nope",
    "branch --merged nope",
    "branch --no-merged nope",
    "branch --points-at nope",
    "branch --contains HEAD:a",
    "branch --sort=-refname",
    "branch --sort=-committerdate",
    "branch --sort=committerdate --sort=-refname",
    "branch --sort=authordate",
    "branch --sort=objecttype",
    "branch --sort=nope",
    "branch --format=%(refname)",
    "branch --format=%(refname:short)|%(objectname:short)|%(HEAD)|%(subject)",
    "branch --format=%(objecttype)|%(numparent)|%(authorname)|%(authoremail)|%(authoremail:localpart)|%(creator)",
    "branch --format=%(committerdate)|%(committerdate:iso)|%(authordate:short)|%(creatordate:unix)|%(authordate:raw)",
    "branch --format=%(authordate:iso-strict)|%(authordate:rfc)|%(authordate:format:%Y_%m)",
    "branch --format=%(contents)|%(contents:subject)|%(body)|%(contents:lines=1)|%(contents:size)",
    "branch --format=%(if)%(HEAD)%(then)cur%(else)no%(end)%%%41",
    "branch --format=%(if:equals=main)%(refname:short)%(then)M%(end)",
    "branch --format=%(if:notequals=main)%(refname:short)%(then)X%(else)M%(end)",
    "branch --format=%(align:10)%(refname:short)%(end)|%(align:width=9,position=right)%(refname:short)%(end)|",
    "branch --format=%(align:12,middle)%(refname:short)%(end)|",
    "branch --format=%(refname:lstrip=1)|%(refname:rstrip=1)|%(refname:lstrip=-1)|%(refname:strip=5)",
    "branch --format=%(nope)",
    "branch --format=%(parent:short=12)|%(upstream)|%(upstream:track)",
    "branch -d main",
    "branch -d nope",
    "branch -d side",
    "branch -d",
    "branch -m",
    "branch -m a b c",
    "branch a b c",
    "branch x nope",
    "branch x HEAD:a",
    "branch a..b",
    "branch -m main a..b",
    "branch -m a..b x",
    "branch -m nope x",
    "branch -m side old",
    "branch -m main main",
    "branch -M side main",
    "branch -c nope x",
    "branch -c side old",
    "branch -C side main",
    "branch old",
    "branch -f main side",
    "branch old/x",
    "branch -u nope",
    "branch -u HEAD~1",
    "branch -u side nope",
    "branch -u side a b",
    "branch -u main",
    "branch --unset-upstream",
    "branch --unset-upstream a b",
    "branch -t x nope",
    "branch -t x HEAD~1",
    "branch -r -d origin/x",
    "branch --nonsense",
    "branch -Q",
    "branch --track=sideways x",
]


def test_every_line_says_and_returns_what_git_does(grown: Beside) -> None:
    for line in LINES:
        grown.both(*line.split())
    assert grown.both("branch", "-v").count(b"\n") == 3


def test_branches_are_made_moved_renamed_copied_and_deleted(grown: Beside) -> None:
    for line in (
        "branch new",
        "branch -v new2 side",
        "branch -f new side",
        "branch tagless old~0",
        "branch",
        "branch -m new newer",
        "branch -m trunk",
        "branch",
        "branch --show-current",
        "branch -c copied",
        "branch -c side copied2",
        "branch -C old copied",
        "branch -M newer copied",
        "branch -vv",
        "branch -d copied2 old nope trunk",
        "branch -d copied",
        "branch -D copied side new2",
        "branch -vv",
        "branch -m trunk deep/er",
        "branch -m deep",
        "branch",
        "log --oneline",
    ):
        grown.both(*line.split())


def test_what_a_branch_follows_is_kept_and_shown(grown: Beside) -> None:
    for line in (
        "branch -u old",
        "branch -vv",
        "branch -v",
        "branch -u side old",
        "branch -vv",
        "branch -t child side",
        "branch --no-track plain side",
        "branch --track=direct other main",
        "branch --track=inherit heir main",
        "branch -vv",
        "branch --format=%(refname:short)|%(upstream)|%(upstream:short)|%(upstream:track)|%(upstream:trackshort)",
        "branch --format=%(upstream:remotename)|%(upstream:remoteref)|%(upstream:track,nobracket)",
        "branch -m child kid",
        "branch -c kid twin",
        "branch -d kid",
        "branch --unset-upstream other",
        "branch --unset-upstream other",
        "branch -D side",
        "branch -vv",
        "branch -v",
        "branch -d twin",
        "branch -d old",
        "branch -u plain main",
        "branch -q -u old",
        "branch -d nothing",
    ):
        grown.both(*line.split())


def test_the_settings_of_a_branch_move_with_it(grown: Beside) -> None:
    for line in (
        "branch -t child side",
        "branch -m child kid",
        "branch -c kid twin",
        "branch -u main twin",
        "branch -d kid",
        "branch --unset-upstream twin",
        "branch -t third side",
    ):
        grown.both(*line.split())
        ours, theirs = (
            (grown.pair.dg.root / ".dg/config").read_text(),
            (grown.pair.git.root / ".git/config").read_text(),
        )
        assert branch_sections(ours) == branch_sections(theirs), line
    assert '[branch "third"]' in (grown.pair.dg.root / ".dg/config").read_text()


def branch_sections(text: str) -> list[list[str]]:
    return sorted(sorted(part.split("\n")) for part in text.split("[") if part.startswith("branch"))


def test_a_start_at_a_remote_branch_is_followed_where_the_remote_is_known(grown: Beside) -> None:
    rows = {row["name"]: row for row in json.loads(dg(grown.pair.dg.root, "branch", "--json").out)["branches"]}
    grown.pair.run_git(["update-ref", "refs/remotes/origin/main", "old"])
    change = RefChange("refs/remotes/origin/main", None, parse_id(rows["old"]["commit"]))
    append_entry(open_store(grown.pair.dg.root / ".dg"), Proposal("fetch", (change,), None, Actor("", ""), 1))
    lines = [
        "branch -a",
        "branch -r",
        "branch -av",
        "branch -rv",
        "branch -a --list origin/*",
        "branch -r --list *main",
        "branch -a --list remotes/*",
        "branch plain origin/main",
        "branch -vv",
    ]
    for line in lines:
        grown.both(*line.split())
    section = '[remote "origin"]\n\turl = x\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n'
    for path in (grown.pair.git.root / ".git/config", grown.pair.dg.root / ".dg/config"):
        path.write_text(path.read_text() + section)
    for line in (
        "branch follows origin/main",
        "branch -vv",
        "branch --no-track free origin/main",
        "branch -u origin/main",
        "branch -vv",
        "branch -d follows",
        "branch -D -r origin/main origin/none",
        "branch -vv",
        "branch -a",
    ):
        grown.both(*line.split())


@pytest.mark.parametrize("where", ["HEAD", "old", "v1", "refs/heads/old", "HEAD~1"])
def test_a_detached_head_is_told_from_where(grown: Beside, where: str) -> None:
    grown.both("tag", "v1", "old")
    for line in (
        f"checkout -q --detach {where}",
        "branch",
        "branch -v",
        "branch --list o*",
        "branch --list HEAD",
        "branch --show-current",
        "branch -m x",
        "branch -c x",
        "branch -u old",
        "branch --unset-upstream",
        "branch --format=%(refname)|%(HEAD)",
        "branch --sort=-refname",
        "branch --contains old",
        "commit -q --allow-empty -m more",
        "branch",
        "branch -d side",
        "branch new",
        "branch",
    ):
        grown.both(*line.split())


def test_a_name_that_was_left_can_be_named_by_how_long_ago(grown: Beside) -> None:
    for line in ("switch -q old", "switch -q main", "branch -d @{-1}", "branch", "branch again @{-2}", "branch -v"):
        grown.both(*line.split())


def test_scripts_get_the_list_and_what_was_done(grown: Beside) -> None:
    root = grown.pair.dg.root
    grown.both("branch", "-u", "old")
    told = json.loads(dg(root, "branch", "--json").out)
    assert told["version"] == 1
    rows = {row["name"]: row for row in told["branches"]}
    assert list(rows) == ["main", "old", "side"]
    assert rows["main"]["current"]
    assert (rows["main"]["upstream"], rows["main"]["ahead"], rows["main"]["behind"]) == ("refs/heads/old", 1, 0)
    assert (rows["side"]["upstream"], rows["side"]["ahead"], rows["side"]["subject"]) == (None, None, "three")
    assert json.loads(dg(root, "branch", "--json", "--show-current").out)["branch"] == "main"
    made = json.loads(dg(root, "branch", "--json", "new").out)
    assert (made["branch"], made["commit"], made["old"]) == ("new", rows["main"]["commit"], None)
    gone = dg(root, "branch", "--json", "-d", "new", "side")
    assert gone.code == 1
    assert json.loads(gone.out)["deleted"] == [{"branch": "new", "commit": rows["main"]["commit"]}]
    assert [problem["code"] for problem in json.loads(gone.out)["problems"]] == ["not-merged"]


def test_refusals_have_codes_and_leave_everything_as_it_was(grown: Beside) -> None:
    root = grown.pair.dg.root
    before = dg(root, "branch", "-vv").out
    for words, code in (
        (("branch", "old"), "exists"),
        (("branch", "a..b"), "name-invalid"),
        (("branch", "x", "nope"), "unknown-revision"),
        (("branch", "-f", "main", "old"), "ref-checked-out"),
        (("branch", "old/x"), "exists"),
        (("branch", "-m", "nope", "x"), "unknown-revision"),
    ):
        answer = dg(root, *words, "--json")
        assert answer.code == 128
        assert json.loads(answer.out)["error"]["code"] == code
    assert dg(root, "branch", "-vv").out == before


def test_nobody_needs_a_name_to_make_a_branch(grown: Beside) -> None:
    nobody = {"PATH": "/nonexistent", "HOME": str(grown.pair.home), "DG_CONFIG_NOSYSTEM": "1"}
    assert dg(grown.pair.dg.root, "branch", "anonymous", environment=nobody).code == 0
    assert b"anonymous" in dg(grown.pair.dg.root, "branch").out

import json
from pathlib import Path

import pytest

from tests.cli.beside import Beside, begin
from tests.invoke import dg


@pytest.fixture
def tagged(tmp_path: Path) -> Beside:
    """Return repositories with light and annotated tags on two commits, and one on a tag."""
    beside = begin(tmp_path)
    beside.commit("one\n\nbody of one\n")
    beside.both("tag", "v1.9")
    beside.both("tag", "-a", "v1.10", "-m", "ten", "-m", "more\nof it")
    beside.commit("two")
    beside.both("tag", "-m", "two of them", "v2")
    beside.both("tag", "light")
    return beside


def test_a_repository_without_commits_has_nothing_to_tag(tmp_path: Path) -> None:
    beside = begin(tmp_path)
    for line in ("tag", "tag x", "tag -l", "tag -d x", "tag -n", "tag -a -m y x"):
        beside.both(*line.split())


LINES = [
    "tag",
    "tag -l",
    "tag --list v1*",
    "tag -l v1.? light",
    "tag -l V* -i",
    "tag -l nothing",
    "tag -n",
    "tag -n9",
    "tag -n2 -l v*",
    "tag -n1 v2",
    "tag -n0",
    "tag --contains HEAD",
    "tag --contains HEAD~1",
    "tag --contains",
    "tag --no-contains HEAD",
    "tag --merged HEAD~1",
    "tag --no-merged HEAD~1",
    "tag --points-at HEAD",
    "tag --points-at v1.10",
    "tag --points-at",
    "tag --contains nope",
    "tag --points-at nope",
    "tag --sort=version:refname",
    "tag --sort=-v:refname",
    "tag --sort=-refname",
    "tag --sort=creatordate",
    "tag --sort=-taggerdate",
    "tag --sort=-creatordate --sort=objecttype",
    "tag --sort=nope",
    "tag --format=%(refname)|%(refname:short)|%(objecttype)|%(*objecttype)|%(object)|%(type)|%(tag)",
    "tag --format=%(taggername)|%(taggeremail:trim)|%(taggerdate:iso)|%(creatordate:unix)|%(tagger)",
    "tag --format=%(subject)|%(body)|%(contents)|%(*subject)|%(*authorname)",
    "tag --format=%(contents:lines=2)|%(subject:sanitize)",
    "tag v2",
    "tag x nope",
    "tag a..b",
    "tag -a",
    "tag a b c",
    "tag -d nope",
    "tag -d",
    "tag -m x -F y z",
    "tag -F /nonexistent/file z",
    "tag -n -d v2",
    "tag --contains HEAD -d v2",
    "tag -l -m x",
    "tag -d -m x v2",
    "tag v2/x",
    "tag --nonsense",
]


def test_every_line_says_and_returns_what_git_does(tagged: Beside) -> None:
    tagged.both("tag", "a/b")
    tagged.both("tag", "a b")
    for line in LINES:
        tagged.both(*line.split())
    assert tagged.both("tag") == b"a/b\nlight\nv1.10\nv1.9\nv2\n"


def test_tags_are_moved_and_deleted(tagged: Beside) -> None:
    for line in (
        "tag -f v1.9",
        "tag -f v1.9",
        "tag -f v2 HEAD~1",
        "tag -f -m again v1.9 HEAD",
        "tag -n",
        "tag old v1.10",
        "tag -a -m outer nested v2",
        "tag tree HEAD^{tree}",
        "tag blob HEAD:a",
        "tag -n3",
        "tag --points-at HEAD~1",
        "tag --contains HEAD~1",
        "tag --sort=objectsize -l v*",
        "tag -d v1.9 nope v2 gone",
        "tag -d old old2",
        "tag",
    ):
        tagged.both(*line.split())


def test_messages_are_cleaned_as_git_cleans_them(tagged: Beside) -> None:
    for number, text in enumerate(["  lead\n \n\n\ntrail  \n\n", "#only\n", "a\n#b\nc", "", "\n\nx\n"]):
        tagged.both("tag", "-m", text, f"m{number}")
        tagged.both("tag", "-F", "-", f"f{number}", stdin=text.encode())
        tagged.both("tag", "-n9", "-l", f"?{number}")
        tagged.both("tag", "--format=%(contents)|%(contents:size)", "-l", f"?{number}")


def test_without_a_message_the_editor_is_asked(tagged: Beside) -> None:
    tagged.both("tag", "-a", "silent")
    environment = {**tagged.pair.environment(), "GIT_EDITOR": 'f(){ cat "$1" >seen; echo "hello" >"$1"; }; f'}
    for side in (tagged.pair.git, tagged.pair.dg):
        assert side.command(["tag", "-a", "spoken"], side.root, environment, b"").code == 0
        assert (side.root / "seen").read_text() == (
            "\n#\n# Write a message for tag:\n#   spoken\n# Lines starting with '#' will be ignored.\n"
        )
    tagged.both("tag", "-n", "-l", "spoken")
    keep = {**tagged.pair.environment(), "GIT_EDITOR": 'f(){ cat "$1" >seen; }; f'}
    for side in (tagged.pair.git, tagged.pair.dg):
        assert side.command(["tag", "-a", "-f", "spoken"], side.root, keep, b"").code == 0
        assert (side.root / "seen").read_text() == "hello\n"
    tagged.both("tag", "-n", "-l", "spoken")
    for side in (tagged.pair.git, tagged.pair.dg):
        assert side.command(["tag", "-e", "-m", "given", "edited"], side.root, keep, b"").code == 0
        assert (side.root / "seen").read_text() == "given"
    tagged.both("tag", "-n", "-l", "edited")


def test_scripts_get_the_list_and_what_was_done(tagged: Beside) -> None:
    root = tagged.pair.dg.root
    rows = {row["name"]: row for row in json.loads(dg(root, "tag", "--json").out)["tags"]}
    assert list(rows) == ["light", "v1.10", "v1.9", "v2"]
    assert (rows["light"]["kind"], rows["light"]["tagger"], rows["light"]["subject"]) == ("commit", None, "two")
    assert (rows["v2"]["kind"], rows["v2"]["target_kind"], rows["v2"]["target"]) == (
        "tag",
        "commit",
        rows["light"]["object"],
    )
    assert rows["v2"]["tagger"]["name"] == "Carl Keeper"
    made = json.loads(dg(root, "tag", "--json", "new").out)
    assert (made["tag"], made["object"], made["old"]) == ("new", rows["light"]["object"], None)
    gone = dg(root, "tag", "--json", "-d", "new", "nope")
    assert gone.code == 1
    assert json.loads(gone.out)["missing"] == ["nope"]


def test_refusals_have_codes(tagged: Beside) -> None:
    for words, code in (
        (("tag", "v2"), "exists"),
        (("tag", "a b"), "name-invalid"),
        (("tag", "x", "nope"), "unknown-revision"),
        (("tag", "v2/x"), "exists"),
    ):
        answer = dg(tagged.pair.dg.root, *words, "--json")
        assert answer.code == 128
        assert json.loads(answer.out)["error"]["code"] == code

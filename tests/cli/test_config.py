import json
from pathlib import Path

import pytest

from tests.invoke import Answer, dg, git, plain_environment

REPOSITORY = """\
[core]
\tbare = false
[user]
\tname = Jane ; she
\temail = "j@x.org"
[many]
\tkey = one
\tkey = two
\tKey = three
[remote "Ori.gin"]
\turl = s3://bucket/path
[flags]
\tbare
\tyes = yes
\tsize = 2k
\thome = ~/x
"""
USER = "[user]\n\tname = Home\n[only]\n\tglobal = 1\n"


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    for name, folder, user in (("ours", ".dg", ".config/datagit/config"), ("theirs", ".git", ".config/git/config")):
        side = tmp_path / name
        (side / "sub").mkdir(parents=True)
        (dg if folder == ".dg" else git)(side, "init", "-q")
        (side / folder / "config").write_text(REPOSITORY)
        (side / user).parent.mkdir(parents=True)
        (side / user).write_text(USER)
    return tmp_path / "ours", tmp_path / "theirs"


def both(sides: tuple[Path, Path], *words: str, folder: str = "") -> tuple[Answer, Answer]:
    ours, theirs = sides
    answers = []
    for run, side in ((dg, ours), (git, theirs)):
        environment = plain_environment(side)
        answers.append(run(side / folder, *words, environment=environment))
    return answers[0], answers[1]


def same(text: bytes, side: Path) -> bytes:
    text = text.replace(str(side).encode(), b"ROOT").replace(b".git/", b".dg/").replace(b"datagit", b"git")
    return text.replace(b"file:ROOT/.dg/config", b"file:.dg/config")


READS = """
user.name
user.email
USER.Name
nope.nope
many.key
--get many.key
--get-all many.key
--get-all nope.nope
--get many.key one
--get many.key !three
--get many.key nope
--get-all many.key t
--get-all --fixed-value many.key two
--get-regexp many
--get-regexp ^many\\.
--get-regexp Many.Key t
--get-regexp nope
--list
-l -z
--list --name-only
--list --show-origin
--list --show-origin -z
--list --show-scope
--list --local
--list --global
--get --global user.name
--local user.name
--global only.global
--local only.global
remote.Ori.gin.url
remote.ori.gin.url
--bool flags.bare
--bool flags.yes
--bool flags.size
--int flags.size
--type=bool flags.yes
--type=int flags.yes
--type=bool-or-int flags.size
--type=bool-or-int flags.yes
--type=path flags.home
--path flags.home
--type=nope flags.home
flags.bare
--get-regexp flags
--get-regexp --name-only flags
--get-regexp -z flags
--get -z user.name
--default here --get nope.x
--default here --get user.name
--default here --get-all nope.x
--show-origin user.name
--show-scope --show-origin user.name
nodot
a.
a.1b
--get
--get a.b c d
--list extra
--get --list
--get-regexp (
--file sub/none a.b
--file sub/none --list

"""


@pytest.mark.parametrize("words", READS[1:-1].split("\n"))
def test_reading_answers_as_git_does(words: str, sides: tuple[Path, Path]) -> None:
    here, there = both(sides, "config", *words.split())
    assert here.code == there.code, here.err
    assert same(here.out, sides[0]) == same(there.out, sides[1])


WRITES = """
user.name Joe
user.NAME Joe
new.key value
new.Sub.Key value with blanks
new.key ; # "quoted" \\
many.key four
many.key four two
many.key four nope
--replace-all many.key four
--replace-all many.key four t
--add many.key four
--add new.key one
--unset user.name
--unset many.key
--unset many.key two
--unset nope.nope
--unset-all many.key
--unset-all many.key t
--unset-all nope.nope
--rename-section many few
--rename-section remote.Ori.gin remote.other
--rename-section nope few
--remove-section many
--remove-section nope
--remove-section flags
--global user.name Joe
--global fresh.key 1
--file sub/other a.b c
--bool flags.yes on
--int flags.size 3k
--type=bool flags.yes nope
nodot value
a.1b value
--add a.b
--unset
"""


@pytest.mark.parametrize("line", WRITES.strip().split("\n"))
def test_writing_leaves_what_git_leaves(line: str, sides: tuple[Path, Path]) -> None:
    words = line.split(" ", 2) if line.startswith(("new.", "-")) else line.split(" ")
    if line.startswith("new."):
        words = line.split(" ", 1)
    elif line.startswith("--"):
        words = line.split(" ")
    here, there = both(sides, "config", *words)
    expected = {2: 1}.get(there.code, there.code)  # Git has 2 for a key without a section when it writes
    if there.code == 128 and "nope" in line and "section" in line:
        expected = 5
    assert here.code == expected, here.err
    for scope in ("--local", "--global"):
        listed = both(sides, "config", scope, "--list", "-z")
        assert listed[0].out == listed[1].out
    if "sub/other" in line:
        assert (sides[0] / "sub/other").read_bytes() == (sides[1] / "sub/other").read_bytes()


def test_levels_win_in_git_s_order(sides: tuple[Path, Path]) -> None:
    ours = sides[0]
    environment = plain_environment(ours) | {
        "DG_CONFIG_COUNT": "1",
        "DG_CONFIG_KEY_0": "user.name",
        "DG_CONFIG_VALUE_0": "Environment",
    }
    assert dg(ours, "config", "--get-all", "user.name", environment=environment).out == b"Home\nJane\nEnvironment\n"
    assert dg(ours, "-c", "user.name=Line", "config", "user.name", environment=environment).out == b"Line\n"
    shown = dg(ours, "-c", "a.b", "config", "--show-scope", "--show-origin", "a.b", environment=environment)
    assert shown.out == b"command\tcommand line:\t\n"


def test_a_repository_may_not_name_programs(sides: tuple[Path, Path]) -> None:
    ours = sides[0]
    refused = dg(ours, "config", "core.editor", "rm -rf /")
    assert refused.code == 128
    assert b"is refused" in refused.err
    assert dg(ours, "config", "--global", "core.editor", "vim").code == 0
    assert dg(ours, "config", "core.editor").out == b"vim\n"


def test_a_forbidden_key_stops_everything_but_its_removal(sides: tuple[Path, Path]) -> None:
    ours = sides[0]
    with (ours / ".dg" / "config").open("a") as file:
        file.write('[alias]\n\tst = "!sh -c evil"\n')
    stopped = dg(ours, "log")
    assert stopped.code == 128
    assert b"alias.st" in stopped.err
    assert b"dg config --local --unset-all alias.st" in stopped.err
    assert dg(ours, "config", "alias.st").out == b"!sh -c evil\n"
    assert dg(ours, "config", "--local", "--unset-all", "alias.st").code == 0
    assert b"does not have any commits yet" in dg(ours, "log").err


def test_a_broken_file_can_be_seen_but_not_written(sides: tuple[Path, Path]) -> None:
    ours = sides[0]
    (ours / ".dg" / "config").write_text("[a]\n\tb = c\n!\n")
    broken = dg(ours, "config", "--local", "--list")
    assert broken.code == 128
    assert b"bad config line 3" in broken.err
    assert dg(ours, "config", "a.b", "d").code != 0
    assert (ours / ".dg" / "config").read_text() == "[a]\n\tb = c\n!\n"


def test_outside_of_a_repository_only_levels_above_are_there(tmp_path: Path) -> None:
    assert dg(tmp_path, "config", "a.b", "c").code == 128
    assert dg(tmp_path, "config", "--local", "a.b").code == 128
    assert dg(tmp_path, "config", "--global", "a.b", "c").code == 0
    assert (tmp_path / ".config" / "datagit" / "config").read_text() == "[a]\n\tb = c\n"
    assert dg(tmp_path, "config", "a.b").out == b"c\n"


def test_json_tells_level_file_and_line(sides: tuple[Path, Path]) -> None:
    document = json.loads(dg(sides[0], "config", "--json", "--get-all", "user.name").out)
    assert document["version"] == 1
    assert [entry["value"] for entry in document["settings"]] == ["Home", "Jane"]
    assert document["settings"][1]["scope"] == "local"
    assert document["settings"][1]["line"] == 4

import json
from pathlib import Path

import pytest

from tests.invoke import dg, git
from tests.revision.twins import Spec, Twins, make_twins

SPECS = [
    Spec([], 0, "zero\n", {"a": b"1", "dir/b": b"2"}),
    Spec([0], 1, "one\n", {"a": b"1", "dir/b": b"3"}),
    Spec([0], 2, "two\n", {"a": b"4", "dir/b": b"2"}),
    Spec([1, 2], 3, "three\n", {"a": b"4", "dir/b": b"3"}),
    Spec([2, 1], 4, "four\n", {"a": b"4", "dir/b": b"3"}),
    Spec([], 5, "five\n", {"z": b"z"}),
]
BRANCHES = {"main": 3, "topic": 1, "cross": 4, "lone": 5, "refs/remotes/origin/main": 1, "same": 1}
TAGS = {"light": 1, "same": 2}


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    made = make_twins(tmp_path_factory.mktemp("rev-parse"), SPECS, BRANCHES, TAGS)
    for side in (made.ours, made.theirs):
        (side / "sub" / "deep").mkdir(parents=True)
        (side / "file").write_bytes(b"")
    for folder, name in ((made.ours / ".dg", "config"), (made.theirs / ".git", "config")):
        with (folder / name).open("a") as config:
            config.write('[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n')
            config.write('[remote "origin"]\n\turl = /nowhere\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n')
    return made


COMMANDS = """
HEAD
main topic
HEAD~1 ^topic
--short HEAD
--short=8 main
--verify main
--verify nope
--verify -q nope
-q --verify nope
--verify main topic
--verify
--quiet --verify main^{commit}
--abbrev-ref HEAD
--abbrev-ref main topic light origin/main
--abbrev-ref HEAD~1
--abbrev-ref @{u}
--abbrev-ref main@{upstream}
--abbrev-ref=strict HEAD
--symbolic-full-name HEAD main light origin/main @{u}
--symbolic main HEAD~1
--symbolic-full-name HEAD^0
topic..main
topic...main
main...cross
^main
--not main ^topic
main^@
main^!
main^-
--all
--branches
--tags
--remotes
--is-inside-work-tree
--is-bare-repository
--is-inside-git-dir
--show-prefix
--show-cdup
--git-dir
--is-shallow-repository
nope
file
HEAD -- file
main nope
--revs-only main nope file
--default main
--default main topic
--verify --default main
HEAD --show-prefix HEAD
--other main
HEAD^3
@ @~1
HEAD~99

"""


@pytest.mark.parametrize("words", COMMANDS[1:-1].split("\n"))
@pytest.mark.parametrize("folder", ["", "sub/deep"])
def test_rev_parse_answers_as_git_does(words: str, folder: str, twins: Twins) -> None:
    here, there = (
        dg(twins.ours / folder, "rev-parse", *words.split()),
        git(twins.theirs / folder, "-c", "core.abbrev=12", "rev-parse", *words.split()),
    )
    assert here.code == there.code, here.err
    shown = twins.plain(here.out).replace(str(twins.ours), "ROOT").replace(".dg", ".git")
    expected = twins.plain(there.out).replace(str(twins.theirs), "ROOT")
    if words == "--short=8 main":
        assert shown == twins.ids[3].hex()[:8] + "\n"
    else:
        assert shown == expected
    if here.code == 128:
        assert here.err.split(b"\n")[0].replace(b"dg", b"git") == there.err.split(b"\n")[0]


def test_places_are_told(twins: Twins, tmp_path: Path) -> None:
    assert dg(twins.ours / "sub", "rev-parse", "--show-toplevel").out.decode().strip() == str(twins.ours)
    assert dg(twins.ours, "rev-parse", "--dg-dir").out == b".dg\n"
    assert dg(twins.ours, "rev-parse", "--absolute-git-dir").out.decode().strip() == str(twins.ours / ".dg")
    assert dg(twins.ours / ".dg", "rev-parse", "--is-inside-work-tree", "--is-inside-git-dir").out == b"false\ntrue\n"
    dg(tmp_path, "init", "--bare")
    assert dg(tmp_path, "rev-parse", "--is-bare-repository", "--git-dir").out == b"true\n.\n"
    assert dg(tmp_path, "rev-parse", "--show-toplevel").code == 128
    assert dg(tmp_path.parent, "rev-parse", "HEAD").code == 128


def test_a_name_that_two_refs_have_is_told_apart(twins: Twins) -> None:
    assert twins.dg("rev-parse", "--abbrev-ref", "same", "heads/same").out == b"tags/same\nheads/same\n"


def test_paths_and_short_ids_are_found(twins: Twins) -> None:
    oid = twins.ids[3].hex()
    assert dg(twins.ours, "rev-parse", oid[:6], "HEAD:a", "main:dir/b").out.decode().split()[0] == oid
    tree = dg(twins.ours, "rev-parse", "HEAD:dir").out
    assert tree == dg(twins.ours, "rev-parse", "topic:dir").out
    assert tree != dg(twins.ours, "rev-parse", "main~1^:dir").out
    document = json.loads(dg(twins.ours, "rev-parse", "--json", "HEAD").out)
    assert document == {"version": 1, "lines": [oid]}


MERGE_BASES = """
main topic
main cross
--all main cross
-a main lone
main lone
main main
--is-ancestor topic main
--is-ancestor main topic
--is-ancestor lone main
--octopus main cross topic
--octopus --all main cross
--independent main topic cross
main topic cross
main
--is-ancestor main
--is-ancestor main topic cross
--is-ancestor --all main topic
main nope
"""


@pytest.mark.parametrize("words", MERGE_BASES.strip().split("\n"))
def test_merge_base_answers_as_git_does(words: str, twins: Twins) -> None:
    here, there = twins.dg("merge-base", *words.split()), twins.git("merge-base", *words.split())
    assert here.code == (129 if there.code == 128 and "is-ancestor" in words else there.code)
    if "cross" in words:
        assert sorted(twins.plain(here.out).split()) == sorted(twins.plain(there.out).split()) or "--all" not in words
    else:
        assert twins.plain(here.out) == twins.plain(there.out)

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.invoke import dg, plain_environment
from tests.revision.twins import BOB, Spec, Twins, make_twins

DAY = 86_400
SPECS = [
    Spec([], 0, "first import\n", {"a": b"1\n", "dir/b": b"1\n2\n"}),
    Spec([0], DAY, "add c\n\nWith a body\n\n  of two\tparagraphs.\n", {"a": b"1\n", "dir/b": b"1\n2\n", "c": b"c\n"}),
    Spec([0], 2 * DAY, "change b\nsecond line of the subject\n\nFixes: #12\n", {"a": b"1\n", "dir/b": b"1\n3\n"}, BOB),
    Spec([1, 2], 3 * DAY, "Merge branch 'topic'\n", {"a": b"1\n", "dir/b": b"1\n3\n", "c": b"c\n"}),
    Spec([3], 4 * DAY, "move c, Grüße\n", {"a": b"1\n", "dir/b": b"1\n3\n", "dir/d": b"c\n"}),
    Spec([2], 5 * DAY, "side", {"a": b"2\n\0", "dir/b": b"1\n3\n"}, BOB),
    Spec([4, 5], 6 * DAY, "Merge branch 'side'\n", {"a": b"2\n\0", "dir/b": b"1\n3\n", "dir/d": b"c\n"}),
    Spec([6], 7 * DAY, "", {"a": b"2\n\0", "dir/b": b"1\n3\n"}),
    Spec([], 8 * DAY, "another root\n", {"z": b"z"}),
]
BRANCHES = {"main": 7, "topic": 2, "side": 5, "lone": 8, "refs/remotes/origin/main": 4, "refs/remotes/origin/HEAD": 4}
TAGS = {"v1.0": 4, "light": 4, "first": 0}


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    return make_twins(tmp_path_factory.mktemp("log"), SPECS, BRANCHES, TAGS)


COMMANDS = """
--oneline
--oneline --graph --all
--graph
--graph --all
--graph --decorate
-2
-n 1
--max-count=3 --skip=2
--reverse
-n 2 --reverse
--decorate
--oneline --decorate --all
--oneline --no-decorate
--all --format=%h%d
--format=%D
--format=short
--pretty=full
--pretty=fuller
--pretty=oneline
--pretty=medium --date=iso
--date=short
--date=rfc
--date=unix
--date=raw
--date=iso-strict
--format=%H%n%an<%ae>%x09%ad
--format=%cn,%ce,%cd,%ct,%at,%ai,%aI,%as,%aD,%cI
--format=%s
--format=[%b]
--format=[%B]
--pretty=format:%h
--pretty=format:%s%n%b
--pretty=tformat:%h
--format=%P
--format=%p
--format=%%%q%m
--format=%f
--format=%>(12)%an
--format=%h%+b
--format=%h%-b
--format=%h% D
--abbrev-commit
--no-abbrev-commit
--oneline --no-abbrev-commit
--abbrev=8 --oneline --abbrev=12
--merges --oneline
--no-merges --oneline
--first-parent --oneline
--min-parents=2 --format=%s
--max-parents=0 --format=%s
--author=Bob --oneline
--author=bob -i --format=%s
--author=ada@ --format=%s
--committer=Carl --format=%s
--committer=Ada --format=%s
--grep=Merge --oneline
--grep=body --grep=Fixes --format=%s
--grep=body --grep=add --all-match --format=%s
--grep=Merge --invert-grep --format=%s
-F --grep=#12 --format=%s
-i --grep=merge --format=%s
--since=@1700200000 --oneline
--until=@1700200000 --oneline
--after=2023-11-17T00:00:00+00:00 --before=2023-11-19T12:00:00+00:00 --format=%s
topic..main --oneline
topic...side --oneline
main ^side --oneline
^topic --oneline
{3}..{6} --format=%s
v1.0 --oneline
--branches --format=%s
--tags --format=%s
--remotes --format=%s
--topo-order --format=%s
--date-order --all --format=%s
-- c
--oneline -- a
--oneline -- dir
--oneline dir
--format=%s -- dir/d
--format=%s --all -- z
--oneline -- nope
--graph --oneline -- a
--graph --oneline -- c
--graph --format=%s -- dir
--graph --oneline --first-parent
--graph --no-merges --format=%s
--graph --author=Bob --format=%s
--name-status
--name-only --oneline
--name-status --format=%h
--name-status --pretty=format:%h
--stat
--stat --oneline
--stat --format=%s
--numstat --oneline
--shortstat --oneline
--stat --graph
--graph --oneline --name-status
--first-parent --name-status --oneline
--stat --name-status --oneline
--name-status --no-renames --oneline
--name-status --oneline -- dir
--name-only --format=
-1 --format=
lone --graph
HEAD~1 -1
@ -1 --oneline
nope
nope --
--
--format=nonsense
--date=nonsense
side dir --oneline
--oneline dir side
--format=%<(10,trunc)%s
--name-only --name-status
-p
-p --stat
-p --oneline
-p --graph
-p --graph --stat
-p --format=%h
-U0 -1 side
-p -s
--raw --oneline
--summary --oneline
--stat --summary
--diff-filter=A --name-status --oneline
-p -- dir/b
-p --reverse dir
"""


@pytest.mark.parametrize("words", COMMANDS[:-1].split("\n"))  # the first one is no option at all
def test_the_log_is_git_s(words: str, twins: Twins) -> None:
    ours, theirs = twins.arguments(words.split())
    here, there = twins.dg("log", *ours), twins.git("log", *theirs)
    assert here.code == there.code, here.err
    assert twins.plain(here.out) == twins.plain(there.out)


def test_an_unborn_branch_has_no_log(tmp_path: Path) -> None:
    dg(tmp_path, "init")
    answer = dg(tmp_path, "log")
    assert answer.code == 128
    assert answer.err.startswith(b"fatal: your current branch 'main' does not have any commits yet\n")


def test_json_holds_everything(twins: Twins) -> None:
    document = json.loads(twins.dg("log", "--json", "--name-status", "-2").out)
    assert document["version"] == 1
    newest, merge = document["commits"]
    assert newest["id"] == twins.ids[7].hex()
    assert newest["parents"] == [twins.ids[6].hex()]
    assert newest["refs"] == ["HEAD -> main"]
    assert [(change["status"], change["path"], change["new"]) for change in newest["changes"]] == [("D", "dir/d", None)]
    assert merge["changes"] is None
    assert merge["author"] == {"name": "Ada Writer", "email": "ada@example.org", "time": 1700518400, "offset": 330}


def test_neither_pyarrow_nor_fsspec_is_loaded(twins: Twins) -> None:
    watch = (
        "import sys, io, os; from pathlib import Path; from datagit.cli.main import run\n"
        "code = run(['log', '--graph', '--decorate', '--all'], cwd=Path.cwd(), environment=os.environ,"
        " stdin=io.BytesIO(), stdout=sys.stdout.buffer, stderr=sys.stderr.buffer)\n"
        "print(code, sorted(name for name in ('pyarrow', 'fsspec', 'rich') if name in sys.modules), file=sys.stderr)"
    )
    environment = plain_environment(twins.ours)
    command = [sys.executable, "-c", watch]
    done = subprocess.run(command, cwd=twins.ours, env=environment, capture_output=True, check=True)
    assert done.stderr == b"0 []\n"
    assert done.stdout.count(b"commit") == len(SPECS)

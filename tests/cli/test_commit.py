import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from datagit.objects.commit import decode_commit
from datagit.objects.kind import Kind
from datagit.repository import open_repository
from datagit.store.log import iter_entries
from tests.invoke import Answer, dg, git, plain_environment

_ID = re.compile(rb"\b[0-9a-f]{7,64}\b")


def masked(answer: Answer) -> tuple[int, bytes]:
    return answer.code, _ID.sub(b"<id>", answer.out).replace(b'"dg ', b'"git ')


class Both:
    """A git and a dg repository that see the same files and commands."""

    def __init__(self, folder: Path) -> None:
        self.git, self.dg = folder / "git", folder / "dg"
        for root in (self.git, self.dg):
            root.mkdir()
        self("init", "-b", "main")

    def write(self, **files: str) -> None:
        for root in (self.git, self.dg):
            for name, content in files.items():
                (root / name).write_text(content)

    def run(
        self, *words: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> tuple[Answer, Answer]:
        variables = {**plain_environment(self.git.parent), "GIT_EDITOR": "false", **(environment or {})}
        return (
            git(self.git, *words, stdin=stdin, environment=variables),
            dg(self.dg, *words, stdin=stdin, environment=variables),
        )

    def __call__(self, *words: str, **context: Mapping[str, str]) -> Answer:
        """Run a command on both sides; exit code and, for commit, output have to agree."""
        expected, got = self.run(*words, environment=context.get("environment"))
        assert got.code == expected.code, (words, got, expected)
        if words[0] == "commit":
            assert masked(got) == masked(expected), (words, got.err)
        return got

    def messages(self) -> None:
        """Compare what is in the commits, newest first."""
        log = git(self.git, "log", "--first-parent", "-z", "--format=%an|%ae|%at|%cn|%ct|%B").out
        expected = [part.rstrip(b"\n") for part in log.removesuffix(b"\0").split(b"\0")]
        repo = open_repository(self.dg)
        oid = repo.store.refs().target_of_head()
        found = []
        while oid is not None:
            commit = decode_commit(repo.store.read(Kind.COMMIT, oid))
            author, committer = commit.author, commit.committer
            fields = (author.name, author.email, author.time, committer.name, committer.time, commit.message)
            found.append("|".join(map(str, fields)).encode().rstrip(b"\n"))
            oid = commit.parents[0] if commit.parents else None
        assert found == expected


@pytest.fixture
def both(tmp_path: Path) -> Both:
    return Both(tmp_path)


def test_commits_are_made_and_told_as_git_does(both: Both) -> None:
    both.write(a="one\n", b="two\n")
    both("add", "a", "b")
    both("commit", "-m", "first", "-m", "  why\n\n\n\nreally  ")
    both.write(a="one\nmore\n")
    both("commit", "-am", "second")
    both.write(c="three\n")
    both("add", "c")
    both("commit", "-q", "-m", "third", "--author", "X Y <x@y.z>", "--date", "2020-01-01T00:00:00 +0900")
    both("commit", "--amend", "--no-edit")
    both("commit", "--amend", "-m", "better", "--author=Q <q@r>")
    both("commit", "--amend", "--no-edit", "--reset-author")
    both("commit", "--allow-empty", "-m", "empty", "--trailer", "Task=D-17", "-s")
    for root in (both.git, both.dg):
        (root / "a").rename(root / "moved")
    both("add", "-A")
    both("commit", "-m", "move")
    both.messages()


def test_an_author_is_found_by_a_part_of_the_name_past_annotated_tags_and_on_no_branch(both: Both) -> None:
    both.write(a="one\n")
    both("add", "a")
    both("commit", "-m", "first", "--author", "Ada Writer <ada@x.org>")
    both("tag", "-a", "v1", "-m", "the first")
    both("switch", "--detach")
    both("commit", "--allow-empty", "-m", "second", "--author", "Bo Reader <bo@x.org>")
    both("commit", "--allow-empty", "-m", "third", "--author", "writer")
    both("commit", "--allow-empty", "-m", "fourth", "--author", "bo read")
    answer = both("commit", "--allow-empty", "-m", "fifth", "--author", "nobody")
    assert b"matches no existing author" in answer.err
    both.messages()


def test_paths_commit_only_what_they_name(both: Both) -> None:
    both.write(a="1\n", b="1\n", c="1\n")
    both("add", ".")
    both("commit", "-m", "first")
    both.write(a="2\n", b="2\n", c="2\n", d="2\n")
    both("add", "b")
    both("commit", "-m", "only a", "a")
    both("commit", "-m", "nothing of d", "d")
    both("commit", "-m", "b and c", "-i", "c")
    both.write(a="3\n", b="3\n")
    both("add", "a")
    (both.git / "b").unlink()
    (both.dg / "b").unlink()
    both("commit", "-m", "b is gone", "b")
    both("commit", "-m", "a")
    both.messages()


@pytest.mark.parametrize(
    "words",
    [
        ["-m", "x", "-F", "a"],
        ["-F", "nowhere"],
        ["--author", "nobody", "-m", "x"],
        ["-a", "-m", "x", "a"],
        ["-m", "x", "nowhere"],
        ["--date", "never ever", "-m", "x"],
        ["-m", ""],
        ["-m", " \n\t"],
        ["--no-edit"],
        ["--amend", "--no-edit"],
        ["-o", "-m", "x"],
        ["--bogus"],
        ["--reset-author", "-m", "x"],
        [],
    ],
    ids=" ".join,
)
def test_what_is_refused_gets_gits_exit_code(both: Both, words: list[str]) -> None:
    both.write(a="one\n")
    both("add", "a")
    expected, got = both.run("commit", *words)
    assert masked(got) == masked(expected), (got.err, expected.err)
    assert got.code != 0


def test_an_empty_change_is_refused_unless_it_is_allowed(both: Both) -> None:
    both.write(a="one\n")
    both("add", "a")
    both("commit", "-m", "first")
    assert both.run("commit", "-m", "again")[1].code == 1
    both("commit", "--allow-empty", "-m", "again")
    expected, got = both.run("commit", "--amend", "-m", "still empty")
    assert (got.code, expected.code) == (1, 1)
    assert b"You asked to amend the most recent commit" in got.err
    both("commit", "--amend", "--allow-empty", "-m", "still empty")
    both("commit", "--allow-empty", "--allow-empty-message", "-m", "")
    both.messages()


def test_the_message_comes_from_a_file_or_stdin(both: Both) -> None:
    both.write(a="one\n", why="# kept\nsubject\n\n\nbody  \n")
    both("add", "a")
    both("commit", "-F", "why")
    both.write(a="two\n")
    both("add", "a")
    for answer in both.run("commit", "-F", "-", stdin=b"from stdin"):
        assert answer.code == 0
    both.messages()


def test_the_editor_gets_a_template_and_its_comments_are_dropped(both: Both, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\ncp "$1" "$SEEN"\n{ echo "# no"; echo; echo "edited  "; cat "$1"; } > "$1.new"\nmv "$1.new" "$1"\n'
    )
    editor.chmod(0o755)
    seen = tmp_path / "seen"
    both.write(a="one\n")
    both("add", "a")
    both("commit", environment={"GIT_EDITOR": str(editor), "SEEN": str(seen)})
    template = seen.read_text()
    assert template.startswith("\n# Please enter the commit message for your changes. Lines starting\n")
    assert "\n# On branch main\n" in template
    both.write(a="two\n")
    both("commit", "-a", "-m", "given", "-e", environment={"GIT_EDITOR": str(editor), "SEEN": str(seen)})
    assert seen.read_text().startswith("given\n\n# Please enter")
    both("commit", "--amend", environment={"DG_EDITOR": "true", "GIT_EDITOR": "true"})
    both.messages()
    both.write(a="three\n")
    both("commit", "-a", "-v", environment={"GIT_EDITOR": str(editor), "SEEN": str(seen)})
    assert "\n# ------------------------ >8 ------------------------\n" in seen.read_text()
    assert seen.read_text().endswith("@@ -1 +1 @@\n-two\n+three\n")
    both.messages()
    for editor_words in ("true", "false", ":"):
        assert both("commit", "--allow-empty", environment={"GIT_EDITOR": editor_words}).code == 1


@pytest.mark.parametrize(
    "words",
    [
        "--dry-run",
        "-a --dry-run",
        "--short",
        "-a --short",
        "--porcelain -a",
        "--dry-run b",
        "--short b",
        "--dry-run -i b",
        "--short b gone",
        "--dry-run --amend",
        "--amend --short -a",
        "-m x --dry-run",
    ],
)
def test_a_dry_run_says_what_git_says(both: Both, words: str) -> None:
    both.write(a="1\n", b="1\n", c="1\n", gone="1\n")
    both("add", ".")
    both("commit", "-m", "first")
    both.write(d="1\n")
    both("add", ".")
    both("commit", "-m", "second")
    both.write(a="2\n", b="2\n", e="new\n", f="other\n")
    both("add", "a", "e")
    for root in (both.git, both.dg):
        (root / "gone").unlink()
    both("commit", *words.split())
    both("commit", "-m", "as before")
    both("commit", "-am", "the rest")
    both("commit", *words.split()) if "b" not in words else None
    both.messages()


def test_a_status_is_shown_where_nothing_is_to_be_committed(both: Both) -> None:
    both("commit", "-m", "x")
    both.write(a="1\n")
    both("commit", "-m", "x")
    both("add", "a")
    both("commit", "-m", "first")
    both("commit", "-m", "x")
    both("commit", "--amend", "-m", "renamed")
    both.write(a="2\n", b="2\n")
    both("commit", "-m", "x")
    both("commit", "--allow-empty", "-m", "empty")
    both("commit", "--amend", "--no-edit")


def test_a_dry_run_changes_nothing(both: Both) -> None:
    both.write(a="one\n")
    both("add", "a")
    before = sorted(path.name for path in both.dg.rglob("*"))
    assert dg(both.dg, "commit", "--dry-run").code == 0
    assert dg(both.dg, "commit", "-a", "--dry-run").code == 0
    assert sorted(path.name for path in both.dg.rglob("*")) == before
    both("commit", "-m", "first")
    assert dg(both.dg, "commit", "--dry-run").code == 1


def test_a_detached_head_moves_and_branches_stay(both: Both) -> None:
    both.write(a="one\n")
    both("add", "a")
    both("commit", "-m", "first")
    both("checkout", "--detach")
    both.write(a="two\n")
    both("commit", "-am", "aside")
    both("checkout", "main")
    assert (both.dg / "a").read_text() == "one\n"
    both.messages()


def test_the_log_tells_what_kind_of_commit_it_was(both: Both) -> None:
    both.write(a="one\n")
    both("add", "a")
    both("commit", "-m", "first\nline")
    both("commit", "--allow-empty", "-m", "second")
    both("commit", "--amend", "--allow-empty", "-m", "third")
    repo = open_repository(both.dg)
    ops = [entry.op for entry in iter_entries(repo.store, repo.store.refs())]
    assert ops == ["commit (amend): third", "commit: second", "commit (initial): first line", "init"]


def test_json_names_the_commit(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\n")
    dg(tmp_path, "init")
    dg(tmp_path, "add", "a")
    document = json.loads(dg(tmp_path, "commit", "-m", "first", "--json").out)
    oid = open_repository(tmp_path).store.refs().target_of_head()
    assert oid is not None
    assert (document["version"], document["commit"], document["branch"]) == (1, oid.hex(), "main")
    assert (document["files_changed"], document["insertions"], document["deletions"]) == (1, 1, 0)
    refused = dg(tmp_path, "commit", "-m", "again", "--json")
    assert refused.code == 1
    assert json.loads(refused.out)["error"]["code"] == "nothing-to-commit"


def test_a_message_that_no_commit_can_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\n")
    dg(tmp_path, "init")
    dg(tmp_path, "add", "a")
    for content in (b"nul \0", b"latin \xe9", b"x" * (1 << 20)):
        assert dg(tmp_path, "commit", "-F", "-", stdin=content).code == 128
    assert open_repository(tmp_path).store.refs().target_of_head() is None


def test_a_commit_concludes_a_merge(both: Both) -> None:
    both.write(a="1\n", b="1\n")
    both("add", ".")
    both("commit", "-m", "first")
    both("checkout", "-b", "side")
    both.write(a="side\n")
    both("commit", "-am", "side")
    both("checkout", "main")
    both.write(a="main\n")
    both("commit", "-am", "main")
    assert both("merge", "side").code == 1
    both("commit", "-m", "too early")
    both("commit", "--amend", "-m", "no")
    both.write(a="both\n")
    both("commit", "-m", "partial", "a")
    both("commit", "-a", "--dry-run")
    both("add", "a")
    both("commit", "--amend", "-m", "no")
    both("commit", "-m", "partial", "a")
    both("commit", "--dry-run")
    both("commit", "-m", "join")
    both("commit", "-m", "nothing left")
    repo = open_repository(both.dg)
    oid = repo.store.refs().target_of_head()
    assert oid is not None
    commit = decode_commit(repo.store.read(Kind.COMMIT, oid))
    assert len(commit.parents) == 2
    assert next(iter_entries(repo.store, repo.store.refs())).op == "commit (merge): join"
    both("commit", "--amend", "-m", "joined")
    assert len(decode_commit(repo.store.read(Kind.COMMIT, repo.store.refs().target_of_head() or oid)).parents) == 2


def test_the_message_of_a_merge_is_ready_in_the_editor(both: Both) -> None:
    both.write(a="1\n")
    both("add", ".")
    both("commit", "-m", "first")
    both("checkout", "-b", "side")
    both.write(b="side\n")
    both("add", "b")
    both("commit", "-m", "side")
    both("checkout", "main")
    both.write(c="main\n")
    both("add", "c")
    both("commit", "-m", "main")
    both("merge", "--no-commit", "side")
    both("commit", environment={"GIT_EDITOR": "true"})
    both.messages()
    both("commit", "--amend", "--no-edit")
    both.messages()


def test_a_merge_whose_commit_was_killed_at_the_very_end_is_over(both: Both) -> None:
    both.write(a="1\n")
    both("add", ".")
    both("commit", "-m", "first")
    both("checkout", "-b", "side")
    both.write(b="side\n")
    both("add", "b")
    both("commit", "-m", "side")
    both("checkout", "main")
    both("merge", "--no-commit", "--no-ff", "side")
    waiting = both.dg / ".dg" / "state" / "merge" / "operation.json"
    left = waiting.read_bytes()
    both("commit", "-m", "join")
    assert not waiting.exists()
    waiting.write_bytes(left)
    both("commit", "-m", "nothing")
    both("commit", "--allow-empty", "-m", "next")
    assert not waiting.exists()
    store = open_repository(both.dg).store
    tip = store.refs().target_of_head()
    assert tip is not None
    assert len(decode_commit(store.read(Kind.COMMIT, tip)).parents) == 1
    both.messages()


def test_a_bare_repository_has_nothing_to_commit_from(tmp_path: Path) -> None:
    codes = []
    for name, tool in (("git", git), ("dg", dg)):
        folder = tmp_path / name
        folder.mkdir()
        assert tool(folder, "init", "--bare").code == 0
        codes.append(tool(folder, "commit", "--allow-empty", "-m", "x").code)
    assert codes == [128, 128]


def test_a_folder_names_paths_from_itself(both: Both) -> None:
    for root in (both.git, both.dg):
        (root / "folder").mkdir()
        (root / "folder" / "a").write_text("1\n")
        (root / "b").write_text("1\n")
    both("add", ".")
    both("commit", "-m", "first")
    for root in (both.git, both.dg):
        (root / "folder" / "a").write_text("2\n")
        (root / "b").write_text("2\n")
    for words in (["-m", "here", "a"], ["-m", "up", "../b"], ["--dry-run"], ["-m", "nothing", "."]):
        got = dg(both.dg / "folder", "commit", *words)
        assert masked(got) == masked(git(both.git / "folder", "commit", *words)), got
    both.messages()


def test_what_is_staged_while_the_editor_is_open_is_not_lost(both: Both, tmp_path: Path) -> None:
    both.write(a="1\n", b="1\n")
    both("add", ".")
    both("commit", "-m", "first")
    both.write(a="2\n", b="2\n")
    meddler = tmp_path / "editor"
    meddler.write_text(f'#!/bin/sh\ncd {both.dg} && {sys.executable} -m datagit add b && echo message > "$1"\n')
    meddler.chmod(0o755)
    environment = {**plain_environment(tmp_path), "DG_EDITOR": str(meddler)}
    refused = dg(both.dg, "commit", "a", environment=environment)
    assert refused.code == 128
    assert b"the index changed" in refused.err
    assert dg(both.dg, "status", "-s", environment=environment).out == b" M a\nM  b\n"
    # without files to stage, the commit is what was staged when the editor opened
    meddler.write_text(f'#!/bin/sh\ncd {both.dg} && {sys.executable} -m datagit add a && echo message > "$1"\n')
    assert dg(both.dg, "commit", environment=environment).code == 0
    assert dg(both.dg, "status", "-s", environment=environment).out == b"M  a\n"

"""``dg status`` beside the real git: every form, byte for byte, ids and the program's name aside."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.git.compare import Twins, new_twins
from tests.git.pair import Pair, new_pair

FORMS = (
    (),
    ("-s",),
    ("-s", "-b"),
    ("--porcelain",),
    ("--porcelain=v1", "-z"),
    ("--porcelain=v2",),
    ("--porcelain=v2", "--branch", "-z"),
    ("-z",),
    ("-uno",),
    ("-uall",),
    ("--porcelain", "-uno"),
    ("-s", "-uall", "--ignored"),
    ("--ignored",),
    ("--porcelain=v2", "--ignored=matching"),
    ("--porcelain", "--ignored=traditional", "-uall"),
    ("-s", "--no-renames"),
    ("--no-renames",),
)


class Bench:
    """Both repositories, changed the same way."""

    def __init__(self, folder: Path) -> None:
        self.pair: Pair = new_pair(folder)
        self.twins: Twins = new_twins(self.pair)

    def write(self, path: str, content: str = "", mode: int = 0o644) -> None:
        for side in (self.pair.git, self.pair.dg):
            place = side.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
            place.chmod(mode)

    def edit(self, change: Callable[[Path], object]) -> None:
        for side in (self.pair.git, self.pair.dg):
            change(side.root)

    def run(self, *arguments: str) -> None:
        theirs, ours = self.pair.run(arguments)
        assert ours.code == theirs.code, (arguments, theirs, ours)

    def compare(self, *arguments: str, folder: str = ".") -> None:
        theirs, ours = self.pair.run(("status", *arguments), folder=folder)
        expected = self.twins.translate(theirs.out)
        expected = re.sub(rb'([("])git ', rb"\1dg ", expected)
        got = ours.out
        if b"# branch.oid" in expected:
            drop = re.compile(rb"# branch.oid [0-9a-f]+")
            expected, got = drop.sub(b"", expected), drop.sub(b"", got)
        assert got == expected, (arguments, got.decode(), expected.decode())
        assert ours.code == theirs.code

    def compare_all(self) -> None:
        for form in FORMS:
            self.compare(*form)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def first_commit(bench: Bench) -> None:
    for name in ("a", "b", "c", "d/one", "d/two", "e f", "tab\there", "kept"):
        bench.write(name, f"content of {name}\n")
    bench.write(".gitignore", "*.log\nbuild/\n")
    bench.run("add", ".")
    bench.run("commit", "-m", "first")


def test_an_unborn_branch(bench: Bench) -> None:
    bench.compare_all()
    bench.write("new", "x")
    bench.write("sub/folder/file", "x")
    bench.compare_all()
    bench.run("add", "new")
    bench.compare_all()
    bench.write("new", "y")
    bench.compare_all()


def test_all_kinds_of_changes(bench: Bench) -> None:
    first_commit(bench)
    bench.compare_all()
    bench.write("a", "changed\n")
    bench.write("b", "staged\n")
    bench.write("added", "added\n")
    bench.write("e f", "with blank\n")
    bench.run("add", "b", "added", "e f")
    bench.write("b", "staged and changed\n")
    bench.write("kept", "content of kept\n", 0o755)
    bench.edit(lambda root: (root / "c").unlink())
    bench.edit(lambda root: (root / "d/one").rename(root / "d/moved here"))
    bench.run("add", "-A", "d")
    bench.edit(lambda root: (root / "tab\there").unlink())
    bench.edit(lambda root: (root / "tab\there").symlink_to("a"))
    bench.write("untracked", "u")
    bench.write("folder/deep/untracked", "u")
    bench.write("folder/noise.log", "u")
    bench.write("build/out", "u")
    bench.write("logs/only.log", "u")
    bench.write("d/x.log", "u")
    bench.write("sp ace/new file", "u")
    bench.write("이름", "u")
    bench.edit(lambda root: (root / "hollow/in").mkdir(parents=True))
    bench.edit(lambda root: os.mkfifo(root / "pipe"))
    bench.compare_all()
    for folder in ("d", "folder/deep"):
        for form in ((), ("-s", "-uall"), ("--porcelain",), ("--porcelain=v2",), ("-z",), ("--ignored",)):
            bench.compare(*form, folder=folder)


def test_deleted_from_the_index_only_and_file_against_folder(bench: Bench) -> None:
    first_commit(bench)
    bench.edit(lambda root: (root / "a").unlink())
    bench.write("a/inside", "x")
    bench.edit(lambda root: shutil.rmtree(root / "d"))
    bench.write("d", "a file now")
    bench.compare_all()
    bench.run("add", "-A")
    bench.compare_all()


def test_a_folder_replaced_by_a_link(bench: Bench) -> None:
    first_commit(bench)
    bench.edit(lambda root: (root / "d").rename(root / "moved"))
    bench.edit(lambda root: (root / "d").symlink_to("moved"))
    bench.compare_all()


def test_repositories_inside(bench: Bench) -> None:
    first_commit(bench)
    for path in ("inner", "deep/inner"):
        for side in (bench.pair.git, bench.pair.dg):
            (side.root / path).mkdir(parents=True)
        assert bench.pair.run_git(["init", "-q", path]).code == 0
        assert bench.pair.dg.command(["init", path], bench.pair.dg.root, bench.pair.environment(), b"").code == 0
        bench.write(f"{path}/file", "x")
    bench.compare_all()


def conflicting(bench: Bench) -> None:
    first_commit(bench)
    bench.run("switch", "-c", "other")
    bench.write("a", "theirs\n")
    bench.write("both", "theirs\n")
    bench.edit(lambda root: (root / "b").unlink())
    bench.write("c", "theirs\n")
    bench.write("only-theirs", "x\n")
    bench.run("add", "-A")
    bench.run("commit", "-m", "theirs")
    bench.run("switch", "main")
    bench.write("a", "ours\n")
    bench.write("both", "ours\n")
    bench.write("b", "ours\n")
    bench.edit(lambda root: (root / "c").unlink())
    bench.run("add", "-A")
    bench.run("commit", "-m", "ours")


def test_conflicts(bench: Bench) -> None:
    conflicting(bench)
    bench.run("merge", "other")
    bench.compare_all()
    bench.write("a", "resolved\n")
    bench.run("add", "a")
    bench.compare_all()
    bench.run("add", "-A")
    bench.compare_all()
    bench.write("a", "again\n")
    bench.compare_all()


def test_paths_choose_what_is_shown(bench: Bench) -> None:
    first_commit(bench)
    bench.write("a", "changed")
    bench.write("d/one", "changed")
    bench.write("d/new", "new")
    bench.write("u/deep/new.txt", "new")
    bench.write("unlike", "new")
    for spec in (["d"], ["a"], ["u"], ["u/deep"], ["u/deep/new.txt"], ["d/*"], [":!d"], ["a", "u"], ["nothing"]):
        for form in (("-s",), (), ("--porcelain=v2", "-uall"), ("--porcelain",)):
            bench.compare(*form, "--", *spec)


def test_a_detached_head(bench: Bench) -> None:
    first_commit(bench)
    bench.run("tag", "v1")
    bench.run("checkout", "v1")
    bench.compare("-s", "-b")
    bench.compare()
    bench.compare("--porcelain=v2", "-b")


def test_settings_choose_the_form(bench: Bench) -> None:
    first_commit(bench)
    bench.write("d/one", "changed")
    bench.write("u/x", "new")
    for key, value in (("status.short", "true"), ("status.branch", "true"), ("status.showUntrackedFiles", "all")):
        bench.run("config", key, value)
        bench.compare()
        bench.compare("--porcelain")
        bench.compare(folder="d")
    bench.run("config", "status.relativePaths", "false")
    bench.compare(folder="d")
    bench.compare("--long", folder="d")


@pytest.mark.parametrize("argument", ["--porcelain=v3", "-uwhatever", "--ignored=perhaps", "--nonsense"])
def test_wrong_arguments_are_refused_as_git_does(bench: Bench, argument: str) -> None:
    theirs, ours = bench.pair.run(("status", argument))
    assert ours.code == theirs.code
    assert ours.out == b""


def test_status_saves_what_it_learned_about_unchanged_files(bench: Bench) -> None:
    first_commit(bench)
    bench.edit(lambda root: os.utime(root / "a", ns=(10**18, 10**18)))
    index = bench.pair.dg.root / ".dg/index"
    before = index.stat().st_ino
    bench.compare()
    after = index.stat().st_ino
    assert after != before
    bench.compare()
    assert index.stat().st_ino == after


def test_a_branch_that_follows_another(bench: Bench) -> None:
    first_commit(bench)
    bench.run("branch", "other")
    bench.run("branch", "-u", "other")
    forms = ((), ("-s", "-b"), ("--porcelain=v2", "-b"), ("--porcelain", "-b", "-z"))
    for form in forms:
        bench.compare(*form)
    bench.write("a", "ahead")
    bench.run("commit", "-a", "-m", "ahead")
    for form in forms:
        bench.compare(*form)
    bench.run("switch", "other")
    bench.write("b", "apart")
    bench.run("commit", "-a", "-m", "apart")
    bench.run("branch", "-u", "main")
    for form in forms:
        bench.compare(*form)
    bench.run("switch", "main")
    for form in forms:
        bench.compare(*form)
    bench.run("branch", "-D", "other")
    for form in forms:
        bench.compare(*form)

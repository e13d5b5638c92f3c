"""kill -9 in the middle of restore and rm: nothing unfinished stays among the user's files, and nothing is lost."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from datagit.worktree.files import ASIDE, TEMPORARY
from tests.invoke import dg, plain_environment

COMMITTED = {"a/one": b"one", "a/two": b"two", "three": b"three"}
EDITED = b"edited, and in no commit"
RESTORE_POINTS = [
    ("_write_all", 1, "before"),
    ("_write_all", 2, "after"),
    ("exchange", 1, "before"),
    ("exchange", 1, "after"),
    ("_unlink", 1, "before"),
    ("rename_to_new_name", 1, "before"),
]
RM_POINTS = [("rename_to_new_name", 1, "after"), ("rename_to_new_name", 2, "before"), ("_unlink", 2, "after")]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    for name, content in COMMITTED.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        assert dg(folder, *words).code == 0
    return folder


def kill_at(folder: Path, point: tuple[str, int, str], *words: str) -> None:
    function, number, when = point
    command = [sys.executable, "-m", "tests.cli.killed_command", function, str(number), when, *words]
    environment = plain_environment(folder) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run(command, cwd=folder, env=environment, check=False).returncode == -signal.SIGKILL


def files_in(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file() and ".dg" not in path.relative_to(folder).parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def assert_tidy(folder: Path) -> None:
    names = [name.rpartition("/")[2].encode() for name in files_in(folder)]
    assert not [name for name in names if TEMPORARY.fullmatch(name) or ASIDE.fullmatch(name)]


@pytest.mark.parametrize("point", RESTORE_POINTS, ids=str)
def test_the_next_command_clears_up_after_a_killed_restore(repository: Path, point: tuple[str, int, str]) -> None:
    (repository / "a/one").write_bytes(EDITED)
    (repository / "a/two").unlink()
    (repository / "mine").write_bytes(b"untracked")
    kill_at(repository, point, "restore", ".")
    assert dg(repository, "status", "--porcelain").code == 0
    assert dg(repository, "branch", "next").code == 0
    assert_tidy(repository)
    left = files_in(repository)
    assert left["mine"] == b"untracked"
    assert left["a/one"] in (EDITED, b"one")
    assert left["three"] == b"three"
    assert dg(repository, "restore", ".").code == 0
    assert files_in(repository) == COMMITTED | {"mine": b"untracked"}
    assert dg(repository, "status", "--porcelain").out == b"?? mine\n"


@pytest.mark.parametrize("point", RM_POINTS, ids=str)
def test_a_killed_rm_is_undone(repository: Path, point: tuple[str, int, str]) -> None:
    kill_at(repository, point, "rm", "-q", "-r", "a")
    assert dg(repository, "branch", "next").code == 0
    assert files_in(repository) == COMMITTED
    assert dg(repository, "status", "--porcelain").out == b""
    assert dg(repository, "rm", "-q", "-r", "a").code == 0
    assert files_in(repository) == {"three": b"three"}


def test_what_a_killed_rm_of_an_edited_file_set_aside_comes_back(repository: Path) -> None:
    (repository / "three").write_bytes(EDITED)
    kill_at(repository, ("rename_to_new_name", 1, "after"), "rm", "-q", "-f", "three")
    assert dg(repository, "branch", "next").code == 0
    assert files_in(repository) == COMMITTED | {"three": EDITED}


def test_a_restore_that_fails_half_way_leaves_files_as_they_were(repository: Path) -> None:
    (repository / "new").write_bytes(b"new")
    (repository / "a/one").write_bytes(b"one, later")
    assert dg(repository, "add", ".").code == 0
    assert dg(repository, "commit", "-q", "-m", "later").code == 0
    packs = sorted((repository / ".dg/packs/data").glob("*.pack"), key=lambda path: path.stat().st_mtime_ns)
    for name in ("a/one", "a/two", "new"):
        (repository / name).unlink()
    packs[-1].chmod(0o600)
    packs[-1].write_bytes(b"")
    before = files_in(repository)
    answer = dg(repository, "restore", ".")
    assert answer.code == 128
    assert b"internal" not in answer.err
    assert {"a/two": b"two"} | files_in(repository) == {"a/two": b"two"} | before
    assert_tidy(repository)

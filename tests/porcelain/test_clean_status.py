"""What is told without pyarrow is what is told with it, and anything but a clean tree is left to the close look."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from datagit.porcelain.clean_status import clean_status
from datagit.porcelain.status import status
from datagit.porcelain.status_result import Status, StatusOptions
from datagit.progress import Silent
from datagit.repository import Repository, open_repository
from datagit.worktree.untracked import Ignored, Untracked
from tests.invoke import dg

YEAR_2001 = 10**18


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    assert dg(tmp_path, "init", "-q").code == 0
    for name in ("a", "d/one", "d/two"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, ns=(YEAR_2001, YEAR_2001))
    (tmp_path / ".gitignore").write_text("*.log\n")
    os.utime(tmp_path / ".gitignore", ns=(YEAR_2001, YEAR_2001))
    assert dg(tmp_path, "add", ".").code == 0
    assert dg(tmp_path, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-q", "-m", "first").code == 0
    repo = open_repository(tmp_path)
    assert plain(repo) is None  # nobody noted yet which tree the index holds
    status(repo, StatusOptions(), Silent())
    return repo


def plain(repo: Repository, options: StatusOptions | None = None) -> Status | None:
    return clean_status(repo, options or StatusOptions(), repo.store.refs())


def test_a_clean_tree(repo: Repository) -> None:
    found, closely = plain(repo), status(repo, StatusOptions(), Silent())
    assert found is not None
    assert (found.refs, found.commit, found.upstream) == (closely.refs, closely.commit, closely.upstream)
    for part in (found, closely):
        assert [list(part.entries), list(part.unmerged), list(part.untracked), list(part.ignored)] == [[], [], [], []]


@pytest.mark.parametrize("untracked", list(Untracked))
@pytest.mark.parametrize("ignored", list(Ignored))
def test_untracked_and_ignored_files(repo: Repository, untracked: Untracked, ignored: Ignored) -> None:
    root = repo.root()
    for name in ("new", "x.log", "d/new", "u/deep/new", "u/y.log", "logs/z.log"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    Path(os.fsdecode(os.fsencode(root) + b"/bad\xff")).write_text("x")
    options = StatusOptions(untracked, ignored)
    found, closely = plain(repo, options), status(repo, options, Silent())
    assert found is not None
    assert [list(found.untracked), list(found.ignored)] == [list(closely.untracked), list(closely.ignored)]
    assert list(found.problems) == list(closely.problems)


def edit(root: Path) -> None:
    (root / "a").write_text("b")
    os.utime(root / "a", ns=(YEAR_2001, YEAR_2001))


@pytest.mark.parametrize(
    "change",
    [
        edit,
        lambda root: (root / "a").unlink(),
        lambda root: (root / "a").chmod(0o755),
        lambda root: os.utime(root / "a"),
        lambda root: dg(root, "rm", "--cached", "a"),
        lambda root: (root / ".dg/index").unlink(),
        lambda root: (root / ".dg/cache/index-tree.json").unlink(),
        lambda root: (root / ".dg/cache/index-tree.json").write_text("{}"),
        lambda root: os.utime(root / ".dg/index", ns=(YEAR_2001, YEAR_2001)),
    ],
    ids=["edited", "deleted", "mode", "touched", "staged", "no index", "no note", "empty note", "racy"],
)
def test_anything_else_is_left_to_the_close_look(repo: Repository, change: Callable[[Path], object]) -> None:
    assert plain(repo) is not None
    change(repo.root())
    assert plain(repo) is None


def test_a_note_that_was_tampered_with_does_not_count(repo: Repository) -> None:
    note = repo.store.cache / "index-tree.json"
    text = note.read_text()
    tree = text.partition('"tree": "')[2][:64]
    note.chmod(0o644)
    note.write_text(text.replace(tree, "0" * 64))
    assert plain(repo) is None

"""Opening, making and locking a repository."""

import os
from pathlib import Path

import pytest

from datagit.progress import Silent
from datagit.repository import (
    Layout,
    NotARepositoryError,
    NoWorktreeError,
    Repository,
    Sources,
    find_repository,
    init_repository,
    locked,
    open_repository,
)
from datagit.storage.base import NameTakenError
from datagit.store.layout import FormatTooNewError
from datagit.store.log_entry import Actor
from datagit.store.refs import RefNameError

ACTOR = Actor("A", "a@example.com")


def make(folder: Path, layout: Layout = Layout.WORKTREE, branch: str = "main") -> Repository:
    return init_repository(folder, Sources(), branch=branch, layout=layout, actor=ACTOR, time=1)


def test_a_new_repository_has_an_unborn_branch_and_one_log_entry(tmp_path: Path) -> None:
    repo = make(tmp_path / "new" / "deep", branch="trunk")
    refs = repo.store.refs()
    assert (refs.seq, refs.branch, refs.target_of_head(), dict(refs.heads)) == (1, "trunk", None, {})
    assert (repo.dg_dir / "HEAD").read_text() == "ref: refs/heads/trunk\n"


def test_it_is_found_from_any_folder_below(tmp_path: Path) -> None:
    make(tmp_path)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert open_repository(deep).root() == tmp_path
    assert find_repository(tmp_path / ".dg" / "packs") == (tmp_path / ".dg", tmp_path)


def test_a_bare_repository_has_no_worktree(tmp_path: Path) -> None:
    make(tmp_path / "store.dg", Layout.BARE)
    repo = open_repository(tmp_path / "store.dg")
    assert repo.worktree is None
    with pytest.raises(NoWorktreeError):
        repo.root()


def test_nothing_is_made_under_a_bad_branch_name_or_twice(tmp_path: Path) -> None:
    with pytest.raises(RefNameError):
        make(tmp_path / "x", branch="a..b")
    assert not (tmp_path / "x").exists()
    make(tmp_path)
    with pytest.raises(NameTakenError):
        make(tmp_path)


def test_where_there_is_none_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError) as caught:
        open_repository(tmp_path)
    assert "dg init" in caught.value.hint


def test_a_later_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    repo = make(tmp_path)
    path = repo.dg_dir / "format.json"
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content.replace(b'"format":1', b'"format":2'))
    before = sorted(os.listdir(repo.dg_dir))
    with pytest.raises(FormatTooNewError):
        open_repository(tmp_path)
    assert sorted(os.listdir(repo.dg_dir)) == before


def test_a_wrong_head_file_is_put_right_by_the_next_lock_holder(tmp_path: Path) -> None:
    repo = make(tmp_path)
    (repo.dg_dir / "HEAD").write_text("ref: refs/heads/elsewhere\n")
    with locked(repo, "dg test", Silent()):
        assert (repo.dg_dir / "HEAD").read_text() == "ref: refs/heads/main\n"

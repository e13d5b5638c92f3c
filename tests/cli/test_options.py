import io
import os
from pathlib import Path

import pytest

from datagit.cli.identity import IdentityError
from datagit.cli.options import Door
from datagit.repository import NotARepositoryError, NoWorktreeError
from datagit.ui.console import Console
from tests.invoke import dg, plain_environment


def door_at(folder: Path, **variables: str) -> Door:
    environment = plain_environment(folder) | variables
    return Door(folder, environment, io.BytesIO(b"input"), Console(io.BytesIO(), io.BytesIO()))


def test_a_folder_below_knows_its_prefix(tmp_path: Path) -> None:
    dg(tmp_path, "init")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert door_at(tmp_path).prefix() == b""
    assert door_at(below).prefix() == b"a/b/"
    assert door_at(below).resolve("../c") == below / "../c"


def test_a_repository_can_be_named_from_elsewhere(tmp_path: Path) -> None:
    inside, elsewhere = tmp_path / "inside", tmp_path / "elsewhere"
    for folder in (inside, elsewhere):
        folder.mkdir()
    dg(inside, "init")
    (inside / "file").write_text("1")
    named = ["--dg-dir", "../inside/.dg", "--work-tree", "../inside"]
    assert dg(elsewhere, *named, "status", "-s").out == b"?? file\n"
    assert dg(elsewhere, "--dg-dir", str(inside / ".dg"), "status", "-s").out == b"?? file\n"
    environment = plain_environment(tmp_path) | {"DG_DIR": "../inside/.dg"}
    assert dg(elsewhere, "add", "file", environment=environment).code == 0
    assert dg(inside, "status", "-s").out == b"A  file\n"


def test_there_may_be_no_repository_or_no_working_tree(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError):
        door_at(tmp_path).repository()
    dg(tmp_path, "init", "--bare", "bare")
    with pytest.raises(NoWorktreeError):
        door_at(tmp_path / "bare").prefix()


def test_settings_come_from_all_places(tmp_path: Path) -> None:
    (tmp_path / ".config" / "datagit").mkdir(parents=True)
    (tmp_path / ".config" / "datagit" / "config").write_text("[a]\n\tb = user\n\tc = user\n\td = user\n\te = user\n")
    repository = tmp_path / "repository"
    repository.mkdir()
    dg(repository, "init")
    with (repository / ".dg" / "config").open("a") as config:
        config.write("[a]\n\tc = repository\n\td = repository\n\te = repository\n")
    more = {"DG_CONFIG_COUNT": "1", "DG_CONFIG_KEY_0": "a.d", "DG_CONFIG_VALUE_0": "environment"}
    door = door_at(repository, HOME=str(tmp_path), **more)
    door.overrides = ("a.e=command",)
    door.repository()
    assert [door.settings.get(f"a.{key}") for key in "bcde"] == ["user", "repository", "environment", "command"]


def test_a_signature_is_who_and_when(tmp_path: Path) -> None:
    door = door_at(tmp_path, DG_AUTHOR_NAME="Somebody Else", DG_COMMITTER_DATE="2024-05-17T14:30:00+09:00")
    author, committer = door.signature("AUTHOR"), door.signature("COMMITTER")
    assert (author.name, author.email, author.time, author.offset) == (
        "Somebody Else",
        "ada@example.org",
        1700000000,
        330,
    )
    assert (committer.name, committer.time, committer.offset) == ("Carl Keeper", 1715923800, 540)


def test_without_a_date_it_is_now(tmp_path: Path) -> None:
    door = door_at(tmp_path, GIT_AUTHOR_DATE="")
    assert abs(door.signature("AUTHOR").time - door.now()) <= 2


def test_without_a_name_there_is_no_signature(tmp_path: Path) -> None:
    door = Door(
        tmp_path, {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, io.BytesIO(), Console(io.BytesIO(), io.BytesIO())
    )
    with pytest.raises(IdentityError):
        door.signature("AUTHOR")


@pytest.mark.parametrize(("setting", "shown"), [("true", b"hint: "), ("false", b"fatal: ")])
def test_hints_can_be_turned_off(tmp_path: Path, setting: str, shown: bytes) -> None:
    dg(tmp_path, "init")
    answer = dg(tmp_path, "-c", f"advice.hints={setting}", "log")
    assert answer.code == 128
    assert answer.err.splitlines()[-1].startswith(shown)

"""Yesterday's bytes: a repository of format 1 opens for ever, with the ids it had."""

import io
import shutil
from pathlib import Path

import pytest

from datagit.cli.main import run
from datagit.ids import blob_id

GOLDEN = Path(__file__).parent / "repo-v1"

IDS = {
    "HEAD": "bd6bab2f6b63c9fada69d90683603c36f7d2c9610899fe4c9445a6238c6ff750",
    "HEAD^{tree}": "ba01a3bfbe3b7704c14574a07f33078b7a56e1030362b810bf2f9c01f861e0b1",
    "v1": "60859088c63fc5aae0d4c0876c31d70798064f8e0707989c8f54d00627b896ab",
    "v1^{}": "97cd2922ec961443e6a6cde3c8551c5c0cf36a0491ef831a0f292e2ac7630f78",
    "night-shift": "94235fcd0bc4c70122a8fe4d83a06045ba053f422ccb33c7d7f1b6279266e200",
    "HEAD:labels.csv": "a4d2f768cb4b833a09c0e41c1f9c1e30d81aba05f05e6d66b7cdbd16137c0ff3",
    "HEAD:manifest.jsonl": "3772b030425716d45b24a6ebf3584e6c4ff14103aec8a6b7a9c2cf4369698801",
}
HISTORY = ["merge night-shift", "taxis are not cars", "relabel the night shift", "first import"]
ENVIRONMENT = {
    "DG_AUTHOR_NAME": "Ada Lovelace",
    "DG_AUTHOR_EMAIL": "ada@example.org",
    "DG_COMMITTER_NAME": "Ada Lovelace",
    "DG_COMMITTER_EMAIL": "ada@example.org",
}


def dg(folder: Path, *words: str) -> str:
    out, err = io.BytesIO(), io.BytesIO()
    environment = {**ENVIRONMENT, "HOME": str(folder)}
    code = run(words, cwd=folder, environment=environment, stdin=io.BytesIO(), stdout=out, stderr=err)
    assert code == 0, err.getvalue().decode()
    return out.getvalue().decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working tree whose repository another version made; its empty folders, index and lock did not travel."""
    shutil.copytree(GOLDEN, tmp_path / ".dg")
    return tmp_path


@pytest.mark.parametrize("name", IDS)
def test_every_name_has_the_id_it_had(folder: Path, name: str) -> None:
    assert dg(folder, "rev-parse", name) == IDS[name] + "\n"


def test_its_history_is_read(folder: Path) -> None:
    assert dg(folder, "log", "--format=%s").splitlines() == HISTORY


def test_its_files_come_back_byte_for_byte_and_can_be_worked_on(folder: Path) -> None:
    dg(folder, "reset", "--hard")
    assert blob_id((folder / "manifest.jsonl").read_bytes()).hex() == IDS["HEAD:manifest.jsonl"]
    assert (folder / "labels.csv").read_text() == "id,class\n1,taxi\n2,bus\n3,truck\n"
    assert (folder / "first").readlink() == Path("images/0001.png")
    assert (folder / "train.sh").stat().st_mode & 0o100
    assert (folder / "한글 폴더" / "이름.txt").read_text() == "x\n"
    assert dg(folder, "status", "--porcelain") == ""
    (folder / "labels.csv").write_text("id,class\n")
    dg(folder, "commit", "-q", "-a", "-m", "go on")
    assert dg(folder, "log", "--format=%s").splitlines() == ["go on", *HISTORY]


def test_the_same_files_still_make_the_same_tree(folder: Path) -> None:
    dg(folder, "reset", "--hard")
    shutil.rmtree(folder / ".dg")
    dg(folder, "init", "-q")
    dg(folder, "add", ".")
    dg(folder, "commit", "-q", "-m", "the same again")
    assert dg(folder, "rev-parse", "HEAD^{tree}") == IDS["HEAD^{tree}"] + "\n"

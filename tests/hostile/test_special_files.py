"""H14: fifos in places where a repository has files. Nobody waits for a writer who never comes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.invoke import dg, plain_environment


def run(folder: Path, *words: str) -> tuple[int, bytes]:
    """Run dg in a process of its own, which a hang would not survive."""
    environment = plain_environment(folder) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "datagit", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("name", ["index", "HEAD", "cache/refs.json"])
def test_a_fifo_in_place_of_a_file_holds_up_nobody(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"file")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        assert dg(tmp_path, *words).code == 0
    (tmp_path / ".dg" / name).unlink()
    os.mkfifo(tmp_path / ".dg" / name)
    for words in (["status"], ["add", "."], ["commit", "-q", "--allow-empty", "-m", "next"]):
        code, message = run(tmp_path, *words)
        assert code == (128 if name == "index" else 0), message
        assert (b"is damaged" in message) == (name == "index")
    assert run(tmp_path, "reset", "-q", "--hard")[0] == 0
    assert dg(tmp_path, "status", "--porcelain").out == b""


@pytest.mark.parametrize("mode", ["--mixed", "--hard"])
@pytest.mark.parametrize("content", [b"", b"junk", bytes(4096)], ids=["empty", "junk", "zeros"])
def test_the_hint_of_a_damaged_index_helps(tmp_path: Path, content: bytes, mode: str) -> None:
    (tmp_path / "file").write_bytes(b"file")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        assert dg(tmp_path, *words).code == 0
    (tmp_path / ".dg/index").write_bytes(content)
    told = dg(tmp_path, "status")
    assert told.code == 128
    assert b"index" in told.err
    assert b"is damaged" in told.err
    assert b"'dg reset'" in told.err
    assert dg(tmp_path, "reset", "-q", mode).code == 0
    answer = dg(tmp_path, "status", "--porcelain")
    assert (answer.code, answer.out) == (0, b"")
    assert (tmp_path / "file").read_bytes() == b"file"

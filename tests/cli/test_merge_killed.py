"""kill -9 in the middle of a merge: the next command finds it undone, or done with its conflicts waiting."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.invoke import dg, plain_environment

FILES = 1200


@pytest.mark.parametrize("delay_s", [0.0, 0.1])
def test_a_killed_merge_is_undone_or_complete(tmp_path: Path, delay_s: float) -> None:
    environment = plain_environment(tmp_path)
    repository = tmp_path / "repository"
    repository.mkdir()

    def run(*words: str) -> None:
        answer = dg(repository, *words, environment=environment)
        assert answer.code == 0, answer

    run("init", "-q", "-b", "main")
    (repository / "text").write_text("base\n")
    run("add", ".")
    run("commit", "-q", "-m", "base")
    run("switch", "-q", "-c", "side")
    (repository / "text").write_text("theirs\n")
    for number in range(FILES):
        (repository / f"new{number:04d}").write_text(f"{number}\n" * (1 + number % 7))
    run("add", ".")
    run("commit", "-q", "-m", "theirs")
    run("switch", "-q", "main")
    (repository / "text").write_text("ours\n")
    run("commit", "-q", "-a", "-m", "ours")
    process = subprocess.Popen(
        [sys.executable, "-m", "datagit", "merge", "side"],
        cwd=repository,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    journal = repository / ".dg" / "state" / "operation.json"
    deadline = time.monotonic() + 20
    while process.poll() is None and not journal.exists() and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(delay_s)
    process.kill()
    process.wait()
    # any command that takes the lock puts things right
    assert dg(repository, "add", ".dgignore", environment=environment).code == 128
    waits = dg(repository, "rev-parse", "-q", "--verify", "MERGE_HEAD", environment=environment).code == 0
    arrived = sum(1 for _ in repository.glob("new*"))
    assert arrived == (FILES if waits else 0)
    if not waits:
        assert (repository / "text").read_text() == "ours\n"
        assert dg(repository, "status", "--porcelain", environment=environment).out == b""
        assert dg(repository, "merge", "side", environment=environment).code == 1
    run("merge", "--abort")
    assert dg(repository, "status", "--porcelain", environment=environment).out == b""
    assert [path.name for path in repository.iterdir()] in ([".dg", "text"], ["text", ".dg"])

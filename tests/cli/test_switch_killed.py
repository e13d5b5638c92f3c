"""kill -9 in the middle of a switch: the next command works and repairs."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.invoke import dg, plain_environment

FILES = 1500


def write_version(folder: Path, version: str) -> None:
    for number in range(FILES):
        (folder / f"file{number:04d}").write_text(f"{version} {number}\n" * (1 + number % 7))


def versions_in(folder: Path) -> set[str]:
    return {path.read_text().split()[0] for path in folder.glob("file*")}


@pytest.mark.parametrize("delays_s", [[0.0, 0.05], [0.15]])
def test_the_next_command_puts_a_killed_switch_right(tmp_path: Path, delays_s: list[float]) -> None:
    environment = plain_environment(tmp_path)
    repository = tmp_path / "repository"
    repository.mkdir()
    assert dg(repository, "init", "-q", environment=environment).code == 0
    for version in ("one", "two"):
        write_version(repository, version)
        for words in (["switch", "-q", "-c", version], ["add", "."], ["commit", "-q", "-m", version]):
            assert dg(repository, *words, environment=environment).code == 0
    target = "two"
    for delay_s in delays_s:
        target = "one" if versions_in(repository) == {"two"} else "two"
        process = subprocess.Popen(
            [sys.executable, "-m", "datagit", "switch", target],
            cwd=repository,
            env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stderr=subprocess.DEVNULL,
        )
        # killed while files are written, whatever the start of an interpreter takes on this machine
        deadline = time.monotonic() + 20
        journal = repository / ".dg" / "state" / "operation.json"
        while process.poll() is None and not journal.exists() and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(delay_s)
        process.kill()
        process.wait()
        answer = dg(repository, "checkout", environment=environment)
        assert (answer.code, answer.out) == (0, b"")
        branch = (repository / ".dg" / "HEAD").read_text().strip().removeprefix("ref: refs/heads/")
        assert versions_in(repository) == {branch}
        assert not journal.exists()
        assert [path.name for path in repository.iterdir() if not path.name.startswith("file")] == [".dg"]
    assert dg(repository, "switch", target, environment=environment).code == 0
    assert versions_in(repository) == {target}

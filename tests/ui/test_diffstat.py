import io
import os
import random
import subprocess
from pathlib import Path

import pytest

from datagit.diff.stat import FileStat, StatKind
from datagit.ui.console import Console
from datagit.ui.diffstat import stat_lines


def stat_by_git(folder: Path, files: dict[str, tuple[int, int]], width: int) -> list[bytes]:
    """Return git's diffstat of files that lose and gain lines, (added, deleted) by name."""
    subprocess.run(["git", "init", "-q", folder], check=True)
    for name, (_, deleted) in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(f"old {row}\n" for row in range(deleted)))
    subprocess.run(["git", "-C", folder, "add", "."], check=True)
    for name, (added, _) in files.items():
        (folder / name).write_text("".join(f"new {row}\n" for row in range(added)))
    command = ["git", "-c", "core.quotePath=false", "diff", f"--stat={width}"]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True).stdout.splitlines()


def stat_by_us(files: dict[str, tuple[int, int]], width: int) -> list[bytes]:
    console = Console(io.BytesIO(), io.BytesIO())
    stats = [
        FileStat(name.encode(), None, StatKind.TEXT, added, deleted)
        for name, (added, deleted) in sorted(files.items(), key=lambda pair: pair[0].encode())
        if added or deleted
    ]
    return list(stat_lines(stats, console, width))


@pytest.mark.parametrize("seed", range(8))
def test_widths_and_bars_are_those_of_git(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    files = {}
    for number in range(chance.randrange(1, 6)):
        name = "/".join("x" * chance.randrange(1, chance.choice([4, 30])) for _ in range(chance.randrange(1, 5)))
        most = chance.choice([3, 30, 900])
        files[f"{name}{number}"] = (chance.randrange(most), chance.randrange(most))
    files = {name: counts for name, counts in files.items() if any(counts)} or {"x": (1, 1)}
    width = chance.choice([20, 40, 80, 120])
    assert stat_by_us(files, width) == stat_by_git(tmp_path, files, width)


def test_binary_files_and_moves() -> None:
    console = Console(io.BytesIO(), io.BytesIO())
    stats = [
        FileStat(b"a.bin", None, StatKind.BINARY, 20, 10),
        FileStat(b"new/b", b"old/b", StatKind.TEXT, 0, 0),
        FileStat(b"same.bin", None, StatKind.BINARY, 0, 0),
    ]
    assert list(stat_lines(stats, console)) == [
        b" a.bin          | Bin 10 -> 20 bytes",
        b" {old => new}/b |   0",
        b" same.bin       | Bin",
        b" 3 files changed, 0 insertions(+), 0 deletions(-)",
    ]


def test_nothing_is_said_of_nothing() -> None:
    assert list(stat_lines([], Console(io.BytesIO(), io.BytesIO()))) == []

"""Real data through the daily commands, every byte checked. Opt-in:

apt-get install openclipart-png dataset-fashion-mnist b3sum
python -m pytest -m slow tests/real
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from datagit.ids import blob_id
from tests.real.sources import (
    FASHION,
    OPENCLIPART,
    copy_openclipart,
    copy_standard_library,
    write_fashion,
)

pytestmark = pytest.mark.slow

SOURCES = [
    pytest.param(copy_openclipart, OPENCLIPART, "openclipart-png", id="openclipart"),
    pytest.param(write_fashion, FASHION, "dataset-fashion-mnist", id="fashion-mnist"),
    pytest.param(copy_standard_library, Path(os.__file__), "python3", id="standard-library"),
]


def dg(root: Path, *arguments: str) -> bytes:
    """Run dg as a user does and return what it printed."""
    done = subprocess.run([sys.executable, "-m", "datagit", *arguments], cwd=root, capture_output=True, check=False)
    assert done.returncode == 0, (arguments, done.stderr[-2000:])
    return done.stdout


def fingerprint(root: Path) -> Mapping[bytes, str]:
    """Return for every path below root what it is and a hash of its content that dg does not use."""
    found = {}
    for folder, names, files in os.walk(os.fsencode(root)):
        if folder == os.fsencode(root):
            names.remove(b".dg")
        links = [name for name in names if os.path.islink(os.path.join(folder, name))]
        for name in files + links:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, os.fsencode(root))
            if os.path.islink(path):
                found[relative] = f"link {os.readlink(path)!r}"
            else:
                with open(path, "rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                found[relative] = f"{os.stat(path).st_mode & 0o100:o} {digest}"
    return found


def staged_ids(root: Path) -> Mapping[bytes, str]:
    """Return the id that the index has for each path."""
    lines = dg(root, "ls-files", "-s", "-z").split(b"\0")[:-1]
    return {path: head.split(b" ")[1].decode() for head, path in (line.split(b"\t", 1) for line in lines)}


def expected_ids(root: Path, paths: list[bytes]) -> Mapping[bytes, str]:
    """Return BLAKE3 of each file, by b3sum where it is installed, and of each link's target."""
    full = {path: os.path.join(os.fsencode(root), path) for path in paths}
    found = {path: blob_id(os.readlink(full[path])).hex() for path in paths if os.path.islink(full[path])}
    files = [path for path in paths if path not in found]
    if shutil.which("b3sum"):
        for start in range(0, len(files), 2000):
            some = files[start : start + 2000]
            done = subprocess.run(
                ["b3sum", "--no-names", *[full[path] for path in some]], capture_output=True, check=True
            )
            found |= dict(zip(some, done.stdout.decode().split(), strict=True))
    else:
        found |= {path: blob_id(Path(os.fsdecode(full[path])).read_bytes()).hex() for path in files}
    return found


def change(root: Path, paths: list[bytes]) -> None:
    """Edit, delete, move, link and add some of everything."""
    files = [Path(os.fsdecode(os.path.join(os.fsencode(root), path))) for path in paths]
    for number, file in enumerate(files):
        if file.is_symlink():
            if number % 5 == 0:
                file.unlink()
        elif number % 53 == 0:
            file.write_bytes(file.read_bytes() + b"\n")
        elif number % 71 == 0:
            file.unlink()
        elif number % 89 == 0:
            file.chmod(file.stat().st_mode ^ 0o111)
        elif number % 97 == 0:
            file.rename(file.with_name(file.name + ".moved"))
    (root / "new").mkdir()
    for number in range(300):
        (root / "new" / f"{number}.bin").write_bytes(number.to_bytes(2, "big") * 500)
    (root / "new" / "link").symlink_to("0.bin")


@pytest.mark.parametrize(("write", "source", "package"), SOURCES)
def test_every_byte_survives_add_commit_and_switching(
    tmp_path: Path, write: Callable[[Path], None], source: Path, package: str
) -> None:
    if not source.exists():
        pytest.skip(f"{source} is missing: apt-get install {package}")
    root = tmp_path / "repo"
    root.mkdir()
    write(root)
    dg(root, "init", "-q")
    dg(root, "config", "user.name", "Real Input")
    dg(root, "config", "user.email", "real@example.org")
    dg(root, "config", "core.gitignore", "false")
    first = fingerprint(root)

    dg(root, "add", "-f", ".")
    dg(root, "commit", "-q", "-m", "as it came")
    ids = staged_ids(root)
    assert sorted(ids) == sorted(first)
    assert ids == expected_ids(root, sorted(first))
    assert dg(root, "status", "--porcelain") == b""

    dg(root, "switch", "-q", "-c", "changed")
    change(root, sorted(first))
    second = fingerprint(root)
    dg(root, "add", "-A")
    dg(root, "commit", "-q", "-m", "changed")
    assert staged_ids(root) == expected_ids(root, sorted(second))

    for branch, expected in (("main", first), ("changed", second), ("main", first)):
        dg(root, "switch", "-q", branch)
        assert fingerprint(root) == expected
        assert dg(root, "status", "--porcelain") == b""
    for folder in root.iterdir():
        if folder.name != ".dg":
            shutil.rmtree(folder)
    dg(root, "restore", "--source", "changed", "--staged", "--worktree", ".")
    assert fingerprint(root) == second

"""A git and a dg repository side by side: the same files, the same command lines, the same moments."""

import io
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagit.cli.main import run

GIT_SETTINGS = """\
[init]
\tdefaultBranch = main
[merge]
\trenames = false
\tconflictStyle = merge
[core]
\tautocrlf = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
"""
FIRST_MOMENT = 1_700_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished command leaves to look at."""

    code: int
    out: bytes
    err: bytes


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two repositories and the way to run commands in it."""

    root: Path
    private: str
    command: Callable[[Sequence[str], Path, Mapping[str, str], bytes], Outcome]


@dataclass(slots=True)
class Pair:
    """Both repositories and the clock they share; every command is a minute later than the one before."""

    git: Side
    dg: Side
    home: Path
    ticks: int = 0

    def environment(self) -> dict[str, str]:
        """Return the variables both tools run under at this moment."""
        moment = f"@{FIRST_MOMENT + 60 * self.ticks} +0530"
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_MERGE_AUTOEDIT": "no",
            "GIT_EDITOR": "true",
            "GIT_AUTHOR_NAME": "Ada Writer",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": moment,
            "GIT_COMMITTER_NAME": "Carl Keeper",
            "GIT_COMMITTER_EMAIL": "carl@example.org",
            "GIT_COMMITTER_DATE": moment,
        }

    def run(self, arguments: Sequence[str], *, folder: str = ".", stdin: bytes = b"") -> tuple[Outcome, Outcome]:
        """Run the same command line in both, git first, and return both outcomes."""
        self.ticks += 1
        return self.run_git(arguments, folder=folder, stdin=stdin), self.run_dg(arguments, folder=folder, stdin=stdin)

    def run_git(self, arguments: Sequence[str], *, folder: str = ".", stdin: bytes = b"") -> Outcome:
        return self.git.command(arguments, self.git.root / folder, self.environment(), stdin)

    def run_dg(self, arguments: Sequence[str], *, folder: str = ".", stdin: bytes = b"") -> Outcome:
        return self.dg.command(arguments, self.dg.root / folder, self.environment(), stdin)


def new_pair(folder: Path) -> Pair:
    """Return two fresh repositories below folder."""
    home = folder / "home"
    home.mkdir(parents=True)
    (home / ".gitconfig").write_text(GIT_SETTINGS)
    sides = Side(folder / "git" / "repo", ".git", run_git), Side(folder / "dg" / "repo", ".dg", run_dg)
    for side in sides:
        side.root.mkdir(parents=True)
    pair = Pair(*sides, home)
    for outcome in pair.run(["init"]):
        assert outcome.code == 0, outcome.err
    return pair


def run_git(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: bytes) -> Outcome:
    """Run the real git."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def run_dg(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: bytes) -> Outcome:
    """Run dg inside this process: the start of an interpreter costs more than most commands."""
    out, err = io.BytesIO(), io.BytesIO()
    code = run(
        list(arguments), cwd=folder, environment=dict(environment), stdin=io.BytesIO(stdin), stdout=out, stderr=err
    )
    return Outcome(code, out.getvalue(), err.getvalue())


# The edits that need no tool. Whatever is in the way gives way, so that each works in any state.


def write_file(root: Path, path: str, content: bytes) -> None:
    """Put content at path; files in the way of its folders and a folder in its own way are removed."""
    target = clear_way(root, path)
    executable = target.exists() and not target.is_symlink() and target.stat().st_mode & stat.S_IXUSR
    if target.is_symlink():
        target.unlink()
    target.write_bytes(content)
    target.chmod(0o755 if executable else 0o644)


def write_link(root: Path, path: str, points_to: str) -> None:
    """Put a symbolic link at path."""
    target = clear_way(root, path)
    target.unlink(missing_ok=True)
    target.symlink_to(points_to)


def flip_mode(root: Path, path: str) -> None:
    """Turn a file executable, or back; anything else stays as it is."""
    target = root / path
    if not has_link_above(root, path) and target.is_file() and not target.is_symlink():
        target.chmod(0o644 if target.stat().st_mode & stat.S_IXUSR else 0o755)


def remove(root: Path, path: str) -> None:
    """Remove the file, link or folder at path, if there is one."""
    target = root / path
    if has_link_above(root, path):
        return
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    elif target.is_symlink() or target.exists():
        target.unlink()


def clear_way(root: Path, path: str) -> Path:
    folder = root
    *parents, name = path.split("/")
    for part in parents:
        folder = folder / part
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        folder.mkdir(exist_ok=True)
    target = folder / name
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    return target


def has_link_above(root: Path, path: str) -> bool:
    parts = path.split("/")[:-1]
    return any((root / "/".join(parts[: depth + 1])).is_symlink() for depth in range(len(parts)))


def clear_folder(root: Path, private: str) -> None:
    """Remove everything below root but the tool's own folder."""
    for entry in root.iterdir():
        if entry.name != private:
            remove(root, entry.name)

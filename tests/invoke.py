"""Runs dg inside this process and the real git beside it, with an environment that hides the machine's own settings."""

import io
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datagit.cli.main import run


@dataclass(frozen=True, slots=True)
class Answer:
    """What a finished command leaves to look at."""

    code: int
    out: bytes
    err: bytes


def plain_environment(home: Path) -> dict[str, str]:
    """Return an environment in which both tools find an author and no settings of this machine."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "DG_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada Writer",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_AUTHOR_DATE": "@1700000000 +0530",
        "GIT_COMMITTER_NAME": "Carl Keeper",
        "GIT_COMMITTER_EMAIL": "carl@example.org",
        "GIT_COMMITTER_DATE": "@1700000060 +0530",
    }


def dg(folder: Path, *words: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Answer:
    """Run dg in folder, in this process."""
    out, err = io.BytesIO(), io.BytesIO()
    variables = plain_environment(folder) if environment is None else environment
    code = run(words, cwd=folder, environment=variables, stdin=io.BytesIO(stdin), stdout=out, stderr=err)
    return Answer(code, out.getvalue(), err.getvalue())


def git(folder: Path, *words: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Answer:
    """Run the real git in folder."""
    variables = plain_environment(folder) if environment is None else environment
    done = subprocess.run(["git", *words], cwd=folder, env=variables, input=stdin, capture_output=True, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)

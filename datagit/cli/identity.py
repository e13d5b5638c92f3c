"""Who makes a commit: the first of several places that knows.

Each of name and email is taken from the first place that has it: ``DG_AUTHOR_*`` or ``DG_COMMITTER_*``, then
``user.*`` in dg's configuration (``author.*`` and ``committer.*`` win over it, as in Git), then ``GIT_AUTHOR_*`` or
``GIT_COMMITTER_*``, then what ``git config user.*`` says. There is no guess from the login name: a
wrong author cannot be taken back.
"""

import enum
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from datagit.errors import InvalidInputError

# Git's rule: these are cut off both ends, and a few are dropped anywhere
_ENDS = "".join(map(chr, range(33))) + ".,:;<>\"\\'"
_DROPPED = re.compile("[<>\x00-\x1f\x7f-\x9f]")


class IdentityError(InvalidInputError):
    """Nobody said who the author or committer is, or the answer is empty."""

    code = "name-invalid"

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            hint='dg config --global user.name "Your Name"\ndg config --global user.email you@example.com',
        )


class Role(enum.Enum):
    """Which of the two signatures of a commit."""

    AUTHOR = "AUTHOR"
    COMMITTER = "COMMITTER"


class Values(Protocol):
    """As much of Settings as is needed here."""

    def get(self, key: str) -> str | None: ...


def find_person(role: Role, environment: Mapping[str, str], settings: Values, folder: Path) -> tuple[str, str]:
    """Return (name, email) of whoever plays role.

    Args:
        role: author or committer.
        environment: of the process.
        settings: of dg.
        folder: where Git is asked for its own settings.

    Raises:
        IdentityError: no place knows one of the two, or only what is empty.
    """
    return _find_part(role, "NAME", environment, settings, folder), _find_part(
        role, "EMAIL", environment, settings, folder
    )


def clean_part(text: str) -> str:
    """Return a name or email without what a signature cannot hold, as Git cleans it."""
    return _DROPPED.sub("", text.strip(_ENDS)).strip(_ENDS)


def _find_part(role: Role, part: str, environment: Mapping[str, str], settings: Values, folder: Path) -> str:
    low = part.lower()
    found = (
        environment.get(f"DG_{role.value}_{part}")
        or settings.get(f"{role.value.lower()}.{low}")
        or settings.get(f"user.{low}")
        or environment.get(f"GIT_{role.value}_{part}")
        or (environment.get("EMAIL") if part == "EMAIL" else None)
        or _ask_git(f"user.{low}", environment, folder)
    )
    if not found:
        message = f"please tell me who you are: no {role.value.lower()} {low} is set"
        raise IdentityError(message)
    cleaned = clean_part(found)
    if not cleaned:
        message = f"{role.value.lower()} {low} '{found}' has only characters that are not allowed"
        raise IdentityError(message)
    return cleaned


def _ask_git(key: str, environment: Mapping[str, str], folder: Path) -> str | None:
    try:
        answer = subprocess.run(  # noqa: S603 the user's own git, with fixed arguments
            ["git", "config", "--get", key],  # noqa: S607 found by the user's own path
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("utf-8", "replace").strip() if answer.returncode == 0 else None

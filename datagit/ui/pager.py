"""The program through which people read long output."""

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO

_SHELL_MARKS = frozenset("|&;<>()$`\\\"'*?[#~=%")


class Pager:
    """A running pager; what is written to stdin is shown."""

    def __init__(self, command: str, environment: Mapping[str, str], folder: Path) -> None:
        """Start command in folder; less gets Git's settings unless the environment has others.

        Raises:
            OSError: it cannot be run.
        """
        inherited = {"LESS": "FRX", "LV": "-c", **environment}
        plain = _SHELL_MARKS.isdisjoint(command)
        words = shlex.split(command) if plain else ["/bin/sh", "-c", command]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, env=inherited, cwd=folder)  # noqa: S603 the user's own pager

    @property
    def stdin(self) -> IO[bytes]:
        """Where the output goes."""
        assert self._process.stdin is not None  # noqa: S101 it was asked for above
        return self._process.stdin

    def close(self) -> None:
        """Say that all is written, and wait until the reader has seen it."""
        try:
            self.stdin.close()
        except BrokenPipeError:
            pass  # the reader has left the pager, which is their good right
        finally:
            self._process.wait()

"""The two streams of a command: data on stdout, all that is meant for people on stderr."""

import enum
import importlib
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, BinaryIO, Protocol

from datagit.ui.quote import safe_text

if TYPE_CHECKING:
    from pathlib import Path

    from datagit.ui.pager import Pager

_FLUSH_BYTES = 1 << 16


class Paint(enum.Enum):
    """Colours by what they say, as SGR parameters; Git's defaults."""

    ADDED = "32"
    CHANGED = "31"
    HEADER = "1"
    HUNK = "36"
    COMMIT = "33"
    BRANCH = "1;32"
    REMOTE = "1;31"
    HEAD = "1;36"
    TAG = "1;33"
    DIM = "2"


class Colours(enum.Enum):
    """Whether stdout takes colours."""

    ON = "on"
    OFF = "off"


class Advice(enum.Enum):
    """Whether hints are shown (``advice.hints``)."""

    SHOWN = "shown"
    HIDDEN = "hidden"


class Drawing(Protocol):
    """What is shown of long work on stderr while it lasts."""

    def clear(self) -> None:
        """Step aside for a line on stderr; the work goes on."""

    def finish(self) -> None:
        """The work is done, the result follows."""


class Console:
    """Writes what a command reports: stdout buffered, stderr line by line."""

    def __init__(self, stdout: BinaryIO, stderr: BinaryIO) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.colours = Colours.OFF
        self.advice = Advice.SHOWN
        self.drawing: Drawing | None = None
        self._parts: list[bytes] = []
        self._waiting = 0
        self._pager: Pager | None = None

    @property
    def stdout_is_terminal(self) -> bool:
        """Whether a person reads stdout; stays true when a pager stands between."""
        return self._pager is not None or is_terminal(self.stdout)

    @property
    def stderr_is_terminal(self) -> bool:
        """Whether a person reads stderr."""
        return is_terminal(self.stderr)

    def write(self, content: bytes) -> None:
        """Write content to stdout as it is."""
        if self.drawing is not None:
            self.drawing.finish()
        self._parts.append(content)
        self._waiting += len(content)
        if self._waiting >= _FLUSH_BYTES:
            self.flush()

    def line(self, content: str | bytes = b"") -> None:
        """Write one line of data to stdout."""
        self.write((content if isinstance(content, bytes) else encode_text(content)) + b"\n")

    def paint(self, content: str, colour: Paint) -> str:
        """Return content in colour where stdout takes colours, else as it is."""
        return f"\x1b[{colour.value}m{content}\x1b[m" if self.colours is Colours.ON else content

    def say(self, message: str) -> None:
        """Write a line for people to stderr; what could steer a terminal is escaped."""
        if self.drawing is not None:
            self.drawing.finish()
        self.say_meanwhile(message)

    def say_meanwhile(self, message: str) -> None:
        """Write a line to stderr, as say does, while long work goes on."""
        self.flush()
        if self.drawing is not None:
            self.drawing.clear()
        self.stderr.write(encode_text(safe_text(message) + "\n"))
        self.stderr.flush()

    def error(self, message: str) -> None:
        """Write ``error: message`` to stderr."""
        self.say(f"error: {message}")

    def fatal(self, message: str) -> None:
        """Write ``fatal: message`` to stderr."""
        self.say(f"fatal: {message}")

    def warning(self, message: str) -> None:
        """Write ``warning: message`` to stderr."""
        self.say(f"warning: {message}")

    def hint(self, message: str) -> None:
        """Write ``hint:`` lines to stderr, unless hints are off."""
        if message and self.advice is Advice.SHOWN:
            for line in message.split("\n"):
                self.say(f"hint: {line}".rstrip())

    def start_pager(self, command: str, environment: Mapping[str, str], folder: "Path") -> None:
        """Send stdout through the pager command from here on, where stdout is a terminal."""
        if self._pager is not None or not is_terminal(self.stdout) or command in ("", "cat"):
            return
        self.flush()
        start: Callable[[str, Mapping[str, str], Path], Pager] = importlib.import_module("datagit.ui.pager").Pager
        try:
            self._pager = start(command, environment, folder)
        except OSError as error:
            self.warning(f"no pager: cannot run '{command}' ({error.strerror})")

    def flush(self) -> None:
        """Write out what waits for stdout.

        Raises:
            BrokenPipeError: nobody reads stdout any more.
        """
        content, self._parts, self._waiting = b"".join(self._parts), [], 0
        target = self.stdout if self._pager is None else self._pager.stdin
        if content:
            target.write(content)
            target.flush()

    def discard(self) -> None:
        """Forget what waits for stdout, because nobody reads it."""
        self._parts, self._waiting = [], 0

    def close(self) -> None:
        """Flush stdout and wait for the pager, if there is one."""
        try:
            self.flush()
        finally:
            pager, self._pager = self._pager, None
            if pager is not None:
                pager.close()


def encode_text(text: str) -> bytes:
    """Return text as UTF-8; names that were no UTF-8 get their own bytes back."""
    return text.encode("utf-8", "surrogateescape")


def is_terminal(stream: BinaryIO) -> bool:
    """Return whether stream is a terminal; streams in memory are not."""
    try:
        return stream.isatty()
    except (io.UnsupportedOperation, ValueError):
        return False

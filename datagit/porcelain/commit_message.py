"""The message of a commit: cleaned as Git cleans it, with trailers, and its subject."""

import enum
import re
from collections.abc import Sequence

SCISSORS = "# ------------------------ >8 ------------------------"
"""In an edited message, this line and all below are not part of it."""

_TRAILER = re.compile(r"[A-Za-z0-9-]+[ \t]*:")
# one of these in the last paragraph makes trailers of it if they are a quarter of its lines
_GENERATED = ("Signed-off-by: ", "(cherry picked from commit ")


class Cleanup(enum.Enum):
    """What is taken out of a message."""

    WHITESPACE = "whitespace"
    """Blanks at the ends of lines, blank lines at both ends and in a row."""
    STRIP = "strip"
    """Lines that start with '#', too, and all below the scissors."""


def clean_message(text: str, cleanup: Cleanup) -> str:
    """Return text as a message: no superfluous white space, and a newline at the end unless it is empty.

    Source: git's strbuf_stripspace.
    """
    lines = text.split("\n")
    if cleanup is Cleanup.STRIP:
        if SCISSORS in lines:
            lines = lines[: lines.index(SCISSORS)]
        lines = [line for line in lines if not line.startswith("#")]
    kept: list[str] = []
    for line in lines:
        bare = line.rstrip()
        if bare or (kept and kept[-1]):
            kept.append(bare)
    while kept and not kept[-1]:
        kept.pop()
    return "\n".join(kept) + "\n" if kept else ""


def add_trailers(message: str, trailers: Sequence[str]) -> str:
    """Return message with lines such as ``Signed-off-by: Ada <ada@example.org>`` at its end.

    Args:
        message: as clean_message returns it.
        trailers: ``key: value`` or ``key=value``; one that equals the line above it is not added again.
    """
    lines = message.split("\n")[:-1]
    block = _last_paragraph(lines)
    joined = block and _are_trailers(block) and len(block) < len(lines)
    above = block[-1] if joined else ""
    added: list[str] = []
    for trailer in trailers:
        line = _format_trailer(trailer)
        if line != above:
            added.append(line)
            above = line
    if not added:
        return message
    gap = [""] if not joined else []
    return "\n".join([*lines, *gap, *added]) + "\n"


def subject_of(message: str) -> str:
    """Return the first paragraph of message on one line, as every list of commits shows it."""
    lines: list[str] = []
    for line in message.lstrip("\n").split("\n"):
        if not line.strip():
            break
        lines.append(line.rstrip())
    return " ".join(lines)


def _last_paragraph(lines: Sequence[str]) -> list[str]:
    start = len(lines)
    while start and lines[start - 1]:
        start -= 1
    return list(lines[start:])


def _are_trailers(paragraph: Sequence[str]) -> bool:
    fitting = sum(bool(_TRAILER.match(line) or line.startswith((" ", "\t"))) for line in paragraph)
    if fitting == len(paragraph):
        return bool(_TRAILER.match(paragraph[0]))
    return any(line.startswith(_GENERATED) for line in paragraph) and fitting * 4 >= len(paragraph)


def _format_trailer(trailer: str) -> str:
    separator = re.search("[:=]", trailer)
    if separator is None:
        return f"{trailer.strip()}: "
    key, value = trailer[: separator.start()], trailer[separator.end() :]
    return f"{key.strip()}: {value.strip()}"

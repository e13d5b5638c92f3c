"""How the tour of the demo looks on a terminal."""

import re
import shlex
import textwrap
from collections.abc import Sequence
from pathlib import Path

from datagit.porcelain.demo_tour import Step
from datagit.ui.console import Console, Paint

_WIDTH = 100


def render_step(console: Console, step: Step) -> None:
    """Write what is said and the command line as the reader would type it; its output follows from the command."""
    if step.say:
        console.line()
        for line in textwrap.wrap(step.say, _WIDTH, initial_indent="# ", subsequent_indent="# "):
            console.line(console.paint(line, Paint.HEAD))
    if step.argv:
        console.line(console.paint(f"$ dg {shell_line(step.argv)}", Paint.HEADER))
    console.flush()


def render_suggestions(console: Console, folder: Path, suggestions: Sequence[tuple[str, str]]) -> None:
    """Write where the repository is and what to try there."""
    console.line()
    console.line(console.paint("# The repository is yours to play in:", Paint.HEAD))
    console.line(f"  cd {shell_line([str(folder)])}")
    width = max(len(command) for command, _ in suggestions)
    for command, meaning in suggestions:
        console.line(f"  {command:<{width}}   # {meaning}")


def shell_line(words: Sequence[str]) -> str:
    """Return words as a person would type them: in double quotes where a blank needs them."""
    return " ".join(
        f'"{word}"' if re.fullmatch(r"[\w' .,:-]+", word) and " " in word else shlex.quote(word) for word in words
    )

"""Runs the sessions that users see: each ``console`` block of a page, typed into one shell, must show what it shows.

A line ``$ command`` is typed, ``> more`` continues it, the rest is what both streams must show; ``…`` matches anything
within a line, and a line of ``…`` alone any number of lines. An exit code other than 0 is shown as ``[1]`` on a line of
its own. Each page starts in an empty folder, in which ``dg`` and the author are set up.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.invoke import plain_environment

PAGES = sorted(Path(__file__).parent.glob("*.md"))
_MARK = "=== end of command"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a session and what it shows."""

    line: int
    command: str
    shown: str


def read_session(text: str) -> list[Step]:
    """Return the commands of all console blocks of a page, in order."""
    steps: list[Step] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            inside = not inside and line.strip() == "```console"
        elif inside and line.startswith("$ "):
            steps.append(Step(number, line[2:], ""))
        elif inside and steps:
            last = steps[-1]
            if line.startswith("> ") and not last.shown:
                steps[-1] = Step(last.line, f"{last.command}\n{line[2:]}", "")
            else:
                steps[-1] = Step(last.line, last.command, f"{last.shown}{line}\n")
        elif inside:
            message = f"line {number}: a block starts with '$ '"
            raise ValueError(message)
    return steps


def run_session(steps: list[Step], folder: Path) -> list[str]:
    """Type the commands into one shell in folder and return what each showed."""
    program = folder / "bin" / "dg"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m datagit "$@"\n')
    program.chmod(0o755)
    work = folder / "work"
    work.mkdir()
    environment = plain_environment(folder) | {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TZ": "UTC",
    }
    script = "".join(f'{step.command}\nprintf "\\n{_MARK} %d\\n" $?\n' for step in steps)
    done = subprocess.run(
        ["bash", "-s"],
        cwd=work,
        env=environment,
        input=script.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    parts = re.split(rf"\n{_MARK} (\d+)\n", done.stdout.decode("utf-8", "replace"))
    return [
        shown + ("" if code == "0" else f"{'' if not shown or shown.endswith(chr(10)) else chr(10)}[{code}]\n")
        for shown, code in zip(parts[0::2], parts[1::2], strict=False)
    ]


def matches(pattern: str, shown: str) -> bool:
    """Return whether a command showed what the page says."""
    lines = [
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", "[^\n]*") + r"\n"
        for line in pattern.splitlines()
    ]
    return re.fullmatch("".join(lines), shown if not shown or shown.endswith("\n") else f"{shown}\n") is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_session_shows_what_its_page_says(page: Path, tmp_path: Path) -> None:
    steps = read_session(page.read_text())
    assert steps
    for step, shown in zip(steps, run_session(steps, tmp_path), strict=True):
        assert matches(step.shown, shown), f"{page.name}:{step.line}: $ {step.command}\n{shown}"


def test_the_runner_sees_a_difference(tmp_path: Path) -> None:
    steps = read_session(
        "```console\n$ echo one; echo two\none\n…\n$ cd /; (exit 3)\n[3]\n$ pwd\n/\n$ printf x\nx\n```\n"
    )
    shown = run_session(steps, tmp_path)
    assert [matches(step.shown, text) for step, text in zip(steps, shown, strict=True)] == [True] * 4
    assert not matches("one\n", "one\ntwo\n")
    assert not matches("one\n", "one\n[1]\n")
    assert matches("a…c\n", "abbc\n")
    assert not matches("a…c\n", "ab\nc\n")

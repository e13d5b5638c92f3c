import importlib
import re
from pathlib import Path

import click
import pytest

import datagit
from datagit.cli.command import DgCommand, DgGroup
from datagit.cli.commands import COMMANDS
from datagit.cli.main import entry
from tests.invoke import dg

ECHOING = {"rev-parse"}
"""Commands that write words which they do not know, as in Git, for scripts that sort other commands' options."""

NAMES = sorted(COMMANDS)


def load(name: str) -> click.Command:
    command: click.Command = importlib.import_module(COMMANDS[name].module).command
    return command


@pytest.mark.parametrize("name", NAMES)
def test_a_command_says_of_itself_what_the_table_says(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert (command.help or "").splitlines()[0] == COMMANDS[name].help


@pytest.mark.parametrize("name", NAMES)
def test_a_command_shows_examples_that_name_it(tmp_path: Path, name: str) -> None:
    command = load(name)
    assert isinstance(command, DgCommand | DgGroup)
    assert f"dg {name}" in command.examples
    shown = dg(tmp_path, name, "--help")
    assert shown.code == 0
    assert f"Usage: dg {name} " in shown.out.decode()
    assert command.examples.splitlines()[0] in shown.out.decode()


@pytest.mark.parametrize("name", NAMES)
def test_every_option_has_a_help_text_and_every_argument_a_name(name: str) -> None:
    for param in load(name).params:
        if isinstance(param, click.Option) and not param.hidden:
            assert param.help, f"{name} {param.opts}"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ECHOING])
def test_a_wrong_option_is_a_usage_error(tmp_path: Path, name: str) -> None:
    answer = dg(tmp_path, name, "--no-such-option-anywhere")
    assert (answer.code, answer.out) == (129, b"")
    assert answer.err.startswith(b"error: unknown option `no-such-option-anywhere'\n")


def test_the_help_of_dg_lists_every_command_once() -> None:
    listed = entry.get_help(click.Context(entry, info_name="dg"))
    for name, row in COMMANDS.items():
        assert [line for line in listed.splitlines() if line.split()[:1] == [name]], name
        assert listed.count(row.help) == 1


def test_commands_write_nothing_past_the_streams_they_are_given(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for name in NAMES:
        dg(tmp_path, name, "--help")
    assert capfdbinary.readouterr() == (b"", b"")


def test_hints_name_only_commands_that_are_there() -> None:
    root = Path(datagit.__file__).parent
    named = {
        (str(path.relative_to(root)), name)
        for path in root.rglob("*.py")
        for name in re.findall(r"'dg ([a-z][a-z-]*)", path.read_text())
    }
    assert len(named) > 20
    assert sorted(row for row in named if row[1] not in COMMANDS) == []

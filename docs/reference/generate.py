"""Write docs/reference/commands.md and errors.md from the code: ``python docs/reference/generate.py``."""

import importlib
import pkgutil
import sys
from pathlib import Path

import click

import datagit
from datagit.cli.commands import COMMANDS
from datagit.cli.main import entry
from datagit.errors import DatagitError

HERE = Path(__file__).parent


def render_commands() -> str:
    """Return the page of commands: what ``--help`` prints, command by command."""
    lines = [
        "# Commands",
        "",
        "Made from the program by `docs/reference/generate.py`; `dg COMMAND --help` prints the same.",
        "",
    ]
    top = click.Context(entry, info_name="dg")
    for name in sorted(COMMANDS):
        command = entry.get_command(top, name)
        if command is not None:
            help_text = command.get_help(click.Context(command, info_name=name, parent=top))
            lines += [f"## dg {name}", "", "```text", help_text.rstrip(), "```", ""]
    return "\n".join(lines)


def render_errors() -> str:
    """Return the page of error codes, with the exit code and meaning of each."""
    for module in pkgutil.walk_packages(datagit.__path__, "datagit."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    lines = [
        "# Errors",
        "",
        "Made from the program by `docs/reference/generate.py`. With `--json` an error is one document with these",
        "codes, which are never renamed.",
        "",
        "| code | exit | meaning |",
        "| --- | --- | --- |",
    ]
    rows = {(kind.code, kind.exit_code, _first_line(kind)) for kind in _below(DatagitError) if _is_told(kind)}
    lines += [f"| `{code}` | {exit_code} | {meaning} |" for code, exit_code, meaning in sorted(rows)]
    return "\n".join([*lines, ""])


def _below(kind: type[DatagitError]) -> set[type[DatagitError]]:
    found = set(kind.__subclasses__())
    return found.union(*(_below(each) for each in found)) if found else found


def _is_told(kind: type[DatagitError]) -> bool:
    """Return whether kind is one of the program's own errors, and no mere category."""
    return kind.__module__.startswith("datagit.") and kind.__module__ != "datagit.errors"


def _first_line(kind: type[DatagitError]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


PAGES = {"commands.md": render_commands, "errors.md": render_errors}


def main() -> None:
    """Write both pages."""
    for name, render in PAGES.items():
        (HERE / name).write_text(render(), encoding="utf-8")
        sys.stdout.write(f"wrote {HERE / name}\n")


if __name__ == "__main__":
    main()

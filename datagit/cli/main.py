"""The door of ``dg``: global options, the table of commands, streams, signals and exit codes.

Whatever is imported here is loaded by every command, even ``dg --version``: click and the lightest of our own.
"""

import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import BinaryIO, NoReturn

import click

import datagit
from datagit.cli.command import DgGroup, json_option
from datagit.cli.commands import COMMANDS
from datagit.cli.failure import (
    INTERRUPTED_EXIT,
    TERMINATED_EXIT,
    CommandUnknownError,
    TerminatedError,
    report_failure,
)
from datagit.cli.late import late
from datagit.cli.options import Door, Output, Paging, Verbosity
from datagit.errors import InvalidInputError, UsageError
from datagit.ui.console import Console

_TOP_USAGE = "see 'dg --help'"


class StartFolderError(InvalidInputError):
    """The folder of ``-C`` is none."""

    code = "path-not-found"


class LazyGroup(DgGroup):
    """Imports a command's module when that command runs, and for nothing else."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return find_command(cmd_name) if cmd_name in COMMANDS else None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by section, from the table alone."""
        for section in dict.fromkeys(row.section for row in COMMANDS.values()):
            with formatter.section(section):
                rows = [(name, row.help) for name, row in COMMANDS.items() if row.section == section]
                formatter.write_dl(rows, col_spacing=3)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        command = find_command(name)
        door = ctx.ensure_object(Door)
        door.operation = name
        if door.json and not any("--json" in param.opts for param in command.params):
            message = f"'dg {name}' has no --json"
            raise UsageError(message)
        return name, command, args[1:]


def find_command(name: str) -> click.Command:
    """Return the command of that name, loaded; raise CommandUnknownError if there is none."""
    if name not in COMMANDS:
        absent = late("datagit.cli.similar", "absent_words")(name)
        close = () if absent else late("datagit.cli.similar", "similar_words")(name, COMMANDS, 3)
        raise CommandUnknownError(name, close, absent)
    command: click.Command = importlib.import_module(COMMANDS[name].module).command
    return command


@click.group(
    "dg",
    cls=LazyGroup,
    invoke_without_command=True,
    no_args_is_help=False,
    subcommand_metavar="COMMAND [ARGS]...",
    examples="""
        dg demo                          # see it work on a small dataset with real pixels
        dg init && dg add . && dg commit -m "first import"
        dg -C datasets/shapes status     # as if started in that folder
        dg COMMAND --help                # what COMMAND does, with examples
    """,
)
@click.option("-C", "folders", metavar="DIR", multiple=True, help="Run as if started in DIR; may be repeated.")
@click.option("-c", "overrides", metavar="KEY=VALUE", multiple=True, help="Set a configuration value for this run.")
@click.option("--dg-dir", metavar="DIR", help="Use the repository in DIR instead of looking for '.dg'.")
@click.option("--work-tree", metavar="DIR", help="Use DIR as the root of the working tree.")
@click.option("-p", "--paginate", "paging", flag_value=Paging.ALWAYS, help="Page what is written to a terminal.")
@click.option("-P", "--no-pager", "paging", flag_value=Paging.NEVER, help="Never use a pager.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more; alone, show the version.")
@json_option
@click.option("--version", "show_version", is_flag=True, help="Show the version.")
@click.pass_context
def entry(
    ctx: click.Context,
    folders: tuple[str, ...],
    overrides: tuple[str, ...],
    dg_dir: str | None,
    work_tree: str | None,
    *,
    paging: Paging | None,
    quiet: bool,
    verbose: bool,
    show_version: bool,
) -> None:
    """Git for datasets: files and their labels versioned together."""
    door = ctx.ensure_object(Door)
    for folder in folders:
        door.cwd = _enter(door.cwd, folder)
    door.overrides = overrides
    dg_dir = dg_dir or door.environment.get("DG_DIR")
    work_tree = work_tree or door.environment.get("DG_WORK_TREE")
    door.dg_dir = Path(os.path.abspath(door.cwd / dg_dir)) if dg_dir else None
    door.worktree = Path(os.path.abspath(door.cwd / work_tree)) if work_tree else None
    door.paging = paging or Paging.AUTO
    door.verbosity = Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL
    if door.paging is Paging.ALWAYS:
        door.page()
    if ctx.invoked_subcommand is not None and not show_version:
        return
    if show_version or verbose:
        door.console.line(f"dg version {datagit.__version__}")
        ctx.exit(0)
    door.console.line(ctx.get_help())
    ctx.exit(1)


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    stdin: BinaryIO,
    stdout: BinaryIO,
    stderr: BinaryIO,
) -> int:
    """Run one command line and return its exit code; neither ends the process nor leaves anything behind in it.

    Args:
        argv: without the program's own name.
        cwd: the current folder, absolute; the process's own is neither read nor changed.
        environment: all of it; the process's own is not read.
        stdin: bytes for commands that read them.
        stdout: gets data.
        stderr: gets everything meant for people.
    """
    console = Console(stdout, stderr)
    door = Door(cwd, environment, stdin, console)
    code = _guard(door, argv)
    try:
        door.close()
    except BaseException as error:  # noqa: BLE001 a full disk or closed pipe shows itself only at the last flush
        console.discard()
        code = report_failure(door, error)
        try:
            console.close()
        except OSError:
            console.discard()
    return code


def main() -> NoReturn:
    """Be the program: run the command line of this process and end it with the exit code.

    After SIGINT and SIGTERM the process ends by the same signal, as Git does, so that a loop in a shell ends, too.
    """
    signal.signal(signal.SIGTERM, _raise_terminated)
    try:
        cwd = Path.cwd()
    except OSError as error:
        sys.stderr.write(f"fatal: unable to read current working directory: {error.strerror}\n")
        sys.exit(128)
    code = run(
        sys.argv[1:],
        cwd=cwd,
        environment=os.environ,
        stdin=sys.stdin.buffer if sys.stdin else open(os.devnull, "rb"),  # noqa: SIM115 lives as long as the process
        stdout=sys.stdout.buffer,
        stderr=sys.stderr.buffer,
    )
    number = {INTERRUPTED_EXIT: signal.SIGINT, TERMINATED_EXIT: signal.SIGTERM}.get(code)
    if number is not None:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    # everything is flushed; taking the interpreter apart, module by module, would cost as much as importing click
    os._exit(code)


def _guard(door: Door, argv: Sequence[str]) -> int:
    try:
        return _invoke(door, list(argv))
    except click.exceptions.Exit as done:
        return done.exit_code
    except BaseException as error:  # noqa: BLE001 the one place where every error ends
        # the command did not come to read its own options
        if "--json" in argv and (not door.operation or isinstance(error, StartFolderError)):
            door.output = Output.JSON
        return report_failure(door, error)


def _invoke(door: Door, argv: list[str]) -> int:
    if argv == ["-h"]:
        argv = ["--help"]
    try:
        ctx = entry.make_context("dg", argv, obj=door)
    except click.exceptions.NoSuchOption as error:
        message = f"unknown option: {error.option_name}"
        raise UsageError(message, hint=_TOP_USAGE) from error
    except click.exceptions.BadOptionUsage as error:
        message = f"option '{error.option_name}' requires a value"
        raise UsageError(message, hint=_TOP_USAGE) from error
    with ctx:
        entry.invoke(ctx)
    return 0


def _enter(cwd: Path, folder: str) -> Path:
    if not folder:
        return cwd
    target = cwd / folder
    try:
        target = target.resolve(strict=True)
        reason = "" if target.is_dir() else "Not a directory"
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        message = f"cannot change to '{folder}': {reason}"
        raise StartFolderError(message)
    return target


def _raise_terminated(_number: int, _frame: FrameType | None) -> None:
    raise TerminatedError

"""``dg mv``."""

import enum
import os
from collections.abc import Sequence

import click

from datagit.cli.command import dg_command, json_option, pass_door
from datagit.cli.options import Door
from datagit.diff.pathspec import parse_pathspecs
from datagit.errors import UsageError
from datagit.porcelain.mv import CannotMoveError, Existing, Failing, Move, MvOptions, RenameFailedError, Run, mv
from datagit.ui.json import json_document


class Report(enum.Enum):
    """What is said about files that move."""

    NOTHING = "nothing"
    NAMES = "names"


@dg_command(
    "mv",
    usage="[OPTIONS] SOURCE... DESTINATION",
    examples="""
        dg mv old.csv labels.csv           # rename
        dg mv a.png b.png images/          # into a folder
        dg mv -n images/raw images/source  # only say what would be renamed
    """,
)
@click.option("-v", "--verbose", "names", is_flag=True, help="Report the names of files as they are moved.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be moved.")
@click.option("-f", "--force", is_flag=True, help="Replace a file that is in the way.")
@click.option("-k", "skip", is_flag=True, help="Skip what cannot be moved.")
@json_option
@click.argument("paths", nargs=-1)
@pass_door
def command(door: Door, *, names: bool, dry_run: bool, force: bool, skip: bool, paths: tuple[str, ...]) -> None:
    """Move or rename a file or a folder."""
    if len(paths) < 2:  # noqa: PLR2004, RUF100 # a source and a destination
        message = "usage: dg mv [<options>] <source>... <destination>"
        raise UsageError(message)
    repo = door.repository()
    prefix, root = door.prefix(), os.fsencode(repo.root())
    sources = [_from_root(path.rstrip("/") or path, prefix, root) for path in paths[:-1]]
    target = _from_root(paths[-1], prefix, root)
    if paths[-1].endswith("/") and target and not target.endswith(b"/"):
        target += b"/"
    options = MvOptions(
        existing=Existing.OVERWRITE if force else Existing.REFUSE,
        failing=Failing.SKIP if skip else Failing.STOP,
        run=Run.DRY if dry_run else Run.REAL,
    )
    report = Report.NAMES if names or dry_run else Report.NOTHING
    try:
        plan = mv(repo, sources, target, paths[-1], options, door.progress())
    except CannotMoveError as error:
        if dry_run and not door.json:
            _show_checked(door, error.checked)
        raise
    except RenameFailedError as error:
        if not door.json:
            _show_moves(door, error.tried, report)
        raise
    if door.json:
        moved = [{"source": move.source, "target": move.target} for move in plan.moves]
        door.console.write(json_document({"moved": moved}))
        return
    if dry_run:
        _show_checked(door, plan.checked)
    _show_moves(door, plan.moves, report)


def _from_root(path: str, prefix: bytes, root: bytes) -> bytes:
    """Return a path of the command line as one from the root of the working tree; raises as a pathspec does."""
    return parse_pathspecs([b":(literal)" + os.fsencode(path)], prefix, root).wanted[0].path


def _show_checked(door: Door, checked: Sequence[tuple[bytes, bytes]]) -> None:
    for source, target in checked:
        door.console.line(b"Checking rename of '" + source + b"' to '" + target + b"'")


def _show_moves(door: Door, moves: Sequence[Move], report: Report) -> None:
    if report is Report.NOTHING:
        return
    for move in moves:
        if move.overwrites:
            door.console.warning(f"overwriting '{move.target.decode(errors='backslashreplace')}'")
    for move in moves:
        door.console.line(b"Renaming " + move.source + b" to " + move.target)

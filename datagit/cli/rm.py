"""``dg rm``."""

import os
from collections.abc import Sequence

import click

from datagit.cli.command import dg_command, json_option, pass_door, quiet_option
from datagit.cli.options import Door
from datagit.cli.pathspec_file import pathspec_file_options, read_pathspecs
from datagit.diff.pathspec import parse_pathspecs
from datagit.errors import UsageError
from datagit.porcelain.rm import ContentAtRiskError, Files, Folders, RmOptions, Run, Safety, Unmatched, rm
from datagit.ui.json import json_document

_HINT = "(use --cached to keep the file, or -f to force removal)"
_BOTH = "staged content different from both the\nfile and the HEAD:"


class NoPathspecError(UsageError):
    """No path was given."""

    exit_code = 128

    def __init__(self) -> None:
        super().__init__("No pathspec was given. Which files should I remove?")


@dg_command(
    "rm",
    usage="[OPTIONS] [--] [PATHSPEC]...",
    examples="""
        dg rm images/0042.png       # the file, and its entry in the index
        dg rm --cached notes.txt    # stop tracking it, and keep the file
        dg rm -r images/broken      # a folder with all in it
        dg rm -n '*.tmp'            # only say what would go
    """,
)
@click.option("-f", "--force", is_flag=True, help="Remove files even if they hold what no commit has.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("-r", "recurse", is_flag=True, help="Allow folders to be named.")
@click.option("--cached", is_flag=True, help="Remove from the index only, and keep the files.")
@click.option("--ignore-unmatch", is_flag=True, help="Do not fail if nothing matches.")
@pathspec_file_options
@quiet_option
@json_option
@click.argument("pathspec", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    force: bool,
    dry_run: bool,
    recurse: bool,
    cached: bool,
    ignore_unmatch: bool,
    pathspec_from_file: str | None,
    pathspec_file_nul: bool,
    pathspec: tuple[str, ...],
) -> None:
    """Remove files from the working tree and from the index.

    A file is removed only if the last commit has it as it is, unless forced. Folders that get empty go, too.
    """
    repo = door.repository()
    prefix = door.prefix()
    specs = read_pathspecs(door, pathspec, pathspec_from_file, pathspec_file_nul)
    if not specs:
        raise NoPathspecError
    options = RmOptions(
        files=Files.KEEP if cached else Files.REMOVE,
        safety=Safety.FORCE if force else Safety.CHECK,
        folders=Folders.RECURSE if recurse else Folders.REFUSE,
        run=Run.DRY if dry_run else Run.REAL,
        unmatched=Unmatched.IGNORE if ignore_unmatch else Unmatched.REFUSE,
    )
    try:
        removed = rm(repo, parse_pathspecs(specs, prefix, os.fsencode(repo.root())), options, door.progress(), prefix)
    except ContentAtRiskError as error:
        if door.json:
            raise
        _explain(door, error)
        ctx.exit(error.exit_code)
    if door.json:
        door.console.write(json_document({"removed": removed}))
    elif not door.quiet:
        for path in removed:
            door.console.line(b"rm '" + path + b"'")


def _explain(door: Door, error: ContentAtRiskError) -> None:
    _list(door, error.both, _BOTH, "(use -f to force removal)")
    _list(door, error.staged, "changes staged in the index:", _HINT)
    _list(door, error.local, "local modifications:", _HINT)


def _list(door: Door, paths: Sequence[bytes], what: str, hint: str) -> None:
    if not paths:
        return
    files = "file has" if len(paths) == 1 else "files have"
    lines = "".join(f"\n    {path.decode(errors='backslashreplace')}" for path in paths)
    advice = f"\n{hint}" if door.settings.get_bool("advice.rmHints", default=True) else ""
    door.console.error(f"the following {files} {what}{lines}{advice}")

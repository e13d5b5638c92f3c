"""``dg add``."""

import os

import click

from datagit.cli.command import (
    dg_command,
    json_option,
    pass_door,
    progress_option,
    verbose_option,
)
from datagit.cli.options import Door
from datagit.cli.pathspec_file import pathspec_file_options, read_pathspecs
from datagit.diff.pathspec import parse_pathspecs
from datagit.errors import InvalidInputError
from datagit.porcelain.add import AddOptions, AddResult, IgnoredFiles, Removal, Run, Scope, Unreadable, add
from datagit.ui.json import json_document
from datagit.ui.quote import safe_text

_NOTHING = "Nothing specified, nothing added."


@dg_command(
    "add",
    usage="[OPTIONS] [--] [PATHSPEC]...",
    examples="""
        dg add .                        # everything in this folder that is new or changed, and what is gone
        dg add images/ labels.csv       # a folder and a file
        dg add -u                       # only files that are tracked already
        dg add -n '*.jpg'               # say what would be added
    """,
)
@click.option("-A", "--all", "--no-ignore-removal", "everything", is_flag=True, help="The whole working tree.")
@click.option("-u", "--update", is_flag=True, help="Only files that are tracked already.")
@click.option("--ignore-removal", "--no-all", is_flag=True, help="Leave tracked files that are gone in the index.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would be added.")
@click.option("-f", "--force", is_flag=True, help="Add ignored files, too.")
@click.option("--ignore-errors", is_flag=True, help="Add all files that can be read if some cannot.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes that read files; one per core.")
@pathspec_file_options
@verbose_option
@progress_option
@json_option
@click.argument("pathspec", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    everything: bool,
    update: bool,
    ignore_removal: bool,
    dry_run: bool,
    force: bool,
    ignore_errors: bool,
    jobs: int | None,
    pathspec_from_file: str | None,
    pathspec_file_nul: bool,
    pathspec: tuple[str, ...],
) -> None:
    """Add file contents to the index.

    What the files hold now is stored, and will be in the next commit. Tracked files that are gone are removed from
    the index.
    """
    if everything and update:
        message = "options '-A' and '-u' cannot be used together"
        raise InvalidInputError(message, code="usage")
    repo = door.repository()
    specs = read_pathspecs(door, pathspec, pathspec_from_file, pathspec_file_nul)
    if not specs and not everything and not update:
        door.console.say(_NOTHING)
        door.console.hint("maybe you wanted to say 'dg add .'?")
        return
    options = AddOptions(
        scope=Scope.TRACKED if update else Scope.ALL,
        removal=Removal.IGNORE if ignore_removal else Removal.RECORD,
        ignored=IgnoredFiles.ADD if force else IgnoredFiles.LEAVE,
        unreadable=Unreadable.SKIP if ignore_errors else Unreadable.STOP,
        run=Run.DRY if dry_run else Run.REAL,
        jobs=jobs,
    )
    paths = parse_pathspecs(specs, door.prefix(), os.fsencode(repo.root()))
    result = add(repo, paths, options, door.progress())
    _show(door, result, options)
    ctx.exit(1 if result.ignored or result.failures else 0)


def _show(door: Door, result: AddResult, options: AddOptions) -> None:
    console = door.console
    if door.json:
        fields = {
            "added": result.added.to_pylist(),
            "updated": result.updated.to_pylist(),
            "removed": result.removed.to_pylist(),
            "ignored": result.ignored,
            "embedded": result.embedded,
            "failures": [
                {"path": failure.path, "code": failure.code, "message": failure.message} for failure in result.failures
            ],
        }
        console.write(json_document(fields))
    elif door.verbose or options.run is Run.DRY:
        removed = set(result.removed.to_pylist())
        for path in sorted([*result.updated.to_pylist(), *removed]):
            console.line((b"remove '" if path in removed else b"add '") + path + b"'")
        for path in result.added.to_pylist():
            console.line(b"add '" + path + b"'")
    for folder in result.embedded:
        console.warning(f"skipping '{folder.decode(errors='backslashreplace')}': it is a repository of its own")
    for path in result.special:
        console.warning(f"skipping '{path.decode(errors='backslashreplace')}': not a file, folder or link")
    for failure in result.failures:
        console.error(failure.message)
    if result.ignored:
        console.say("The following paths are ignored by one of your ignore files:")
        for path in result.ignored:
            console.say(safe_text(os.fsdecode(path)))
        console.hint("use -f if you really want to add them")

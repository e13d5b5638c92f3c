"""``dg hash-object``."""

import os
from pathlib import Path

import click

from datagit.cli.command import dg_command, pass_door
from datagit.cli.options import Door
from datagit.errors import InvalidInputError, UsageError
from datagit.porcelain.hash_object import ObjectType, hash_bytes, hash_file
from datagit.ui.quote import unquote_path


@dg_command(
    "hash-object",
    usage="[-t TYPE] [-w] [--stdin | --stdin-paths] [--] [FILE]...",
    examples="""
        dg hash-object image.jpg              # the id that b3sum prints, too
        dg hash-object -w image.jpg           # and store it
        echo hello | dg hash-object --stdin
    """,
)
@click.option("-t", "kind", metavar="TYPE", default="blob", help="blob, commit or tag; blob by default.")
@click.option("-w", "write", is_flag=True, help="Store it, too.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the content from stdin.")
@click.option("--stdin-paths", is_flag=True, help="Read names of files from stdin.")
@click.option("--no-filters", is_flag=True, help="As always: bytes are taken as they are.")
@click.argument("files", nargs=-1)
@pass_door
def command(
    door: Door,
    *,
    kind: str,
    write: bool,
    from_stdin: bool,
    stdin_paths: bool,
    no_filters: bool,
    files: tuple[str, ...],
) -> None:
    """Compute the id of a file, and store it if asked to."""
    if stdin_paths and (from_stdin or files):
        message = "can't use --stdin-paths with " + ("--stdin" if from_stdin else "files")
        raise UsageError(message)
    try:
        wanted = ObjectType(kind)
    except ValueError as error:
        message = f'invalid object type "{kind}"'
        raise InvalidInputError(message, hint="use blob, commit or tag") from error
    repo = door.repository() if write else None
    console = door.console
    if from_stdin:
        console.line(hash_bytes(door.read_stdin(), wanted, repo).hex())
    names = [os.fsdecode(_unquoted(line)) for line in door.read_stdin().splitlines()] if stdin_paths else files
    for name in names:
        console.line(hash_file(Path(door.resolve(name)), name, wanted, repo).hex())


def _unquoted(line: bytes) -> bytes:
    try:
        return unquote_path(line)
    except ValueError as error:
        message = "line is badly quoted"
        raise InvalidInputError(message, code="path-invalid") from error

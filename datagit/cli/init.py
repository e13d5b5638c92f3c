"""``dg init``."""

import os
from pathlib import Path

import click

from datagit.cli.command import dg_command, json_option, pass_door, quiet_option
from datagit.cli.identity import IdentityError, Role, find_person
from datagit.cli.options import Door
from datagit.errors import InvalidInputError
from datagit.porcelain.init import Begun, InitResult, init
from datagit.repository import DG_FOLDER, Layout, NotARepositoryError, find_repository
from datagit.store.log_entry import Actor
from datagit.store.refs import RefNameError
from datagit.ui.json import json_document

_DEFAULT_BRANCH = "main"


@dg_command(
    "init",
    examples="""
        dg init                          # this folder, with the files that are in it
        dg init shapes                   # a new folder
        dg init -b trunk shapes          # with another first branch than 'main'
        dg init --bare /mnt/share/shapes # without working files, to push to
    """,
)
@click.option("-b", "--initial-branch", "branch", metavar="NAME", help="Name of the first branch; 'main' by default.")
@click.option("--bare", is_flag=True, help="Make a repository without a working tree.")
@quiet_option
@json_option
@click.argument("folder", metavar="[DIR]", required=False)
@pass_door
def command(door: Door, *, branch: str | None, bare: bool, folder: str | None) -> None:
    """Create an empty repository, or open an existing one again.

    Nothing is added: that is the job of 'dg add'. An existing repository is left as it is.
    """
    if folder == "":
        message = "cannot mkdir : No such file or directory"
        raise InvalidInputError(message, code="path-invalid")
    target, layout = _place(door, folder, Layout.BARE if bare else Layout.WORKTREE)
    named = branch or door.settings.get("init.defaultBranch") or _DEFAULT_BRANCH
    try:
        result = init(target, door.sources, branch=named, layout=layout, actor=_actor(door), time=door.now())
    except RefNameError as error:
        message = f"invalid initial branch name: '{named}'"
        raise InvalidInputError(message, code=error.code) from error
    if result.begun is Begun.AGAIN and branch is not None:
        door.console.warning(f"re-init: ignored --initial-branch={branch}")
    _show(door, result)


def _place(door: Door, folder: str | None, layout: Layout) -> tuple[Path, Layout]:
    if folder is not None:
        return Path(os.path.abspath(door.cwd / folder)), layout
    if door.dg_dir is not None:
        if door.dg_dir.name == DG_FOLDER and layout is Layout.WORKTREE:
            return door.dg_dir.parent, layout
        return door.dg_dir, Layout.BARE
    if layout is Layout.WORKTREE:
        try:
            dg_dir, worktree = find_repository(door.cwd)
        except NotARepositoryError:
            return door.cwd, layout
        if worktree is None and dg_dir == door.cwd:
            return dg_dir, Layout.BARE
    return door.cwd, layout


def _actor(door: Door) -> Actor:
    """Return who begins, or nobody: a repository needs no author yet."""
    try:
        return Actor(*find_person(Role.COMMITTER, door.environment, door.settings, door.cwd))
    except IdentityError:
        return Actor("", "")


def _show(door: Door, result: InitResult) -> None:
    if door.json:
        fields = {"repository": str(result.dg_dir), "created": result.begun is Begun.NEW}
        door.console.write(json_document(fields))
    elif not door.quiet:
        what = "Initialized empty" if result.begun is Begun.NEW else "Reinitialized existing"
        door.console.line(f"{what} dg repository in {result.dg_dir}/")

"""``dg restore``."""

import os

import click

from datagit.cli.command import dg_command, pass_door, progress_option, quiet_option
from datagit.cli.options import Door
from datagit.cli.pathspec_file import pathspec_file_options, read_pathspecs
from datagit.diff.pathspec import parse_pathspecs
from datagit.errors import InvalidInputError, NotFoundError
from datagit.ids import ObjectId
from datagit.porcelain.restore import Overlay, RestoreOptions, Target, Unmerged, restore
from datagit.porcelain.revisions import open_revisions
from datagit.repository import Repository, locked
from datagit.revision.parse import resolve_tree
from datagit.revision.reader import UnknownRevisionError
from datagit.ui.quote import safe_line


@dg_command(
    "restore",
    usage="[OPTIONS] [--] PATHSPEC...",
    examples="""
        dg restore images/0042.png             # throw away what you did to a file
        dg restore --staged labels.csv         # take it out of the next commit, keep the file
        dg restore --source main~2 labels/     # get an older state of a folder
        dg restore --theirs labels.csv         # in a merge: take their file to look at
    """,
)
@click.option("-s", "--source", metavar="TREE", help="Take the content from this commit or tree.")
@click.option("-S", "--staged", is_flag=True, help="Restore the index.")
@click.option("-W", "--worktree", is_flag=True, help="Restore the files; the default.")
@click.option("-2", "--ours", "side", flag_value=Unmerged.OURS, help="Of unmerged paths, write our side.")
@click.option("-3", "--theirs", "side", flag_value=Unmerged.THEIRS, help="Of unmerged paths, write their side.")
@click.option("--ignore-unmerged", "side", flag_value=Unmerged.SKIP, help="Skip unmerged paths.")
@click.option("--overlay/--no-overlay", default=False, help="Keep tracked files that the source does not have.")
@pathspec_file_options
@quiet_option
@progress_option
@click.argument("pathspec", nargs=-1)
@pass_door
def command(
    door: Door,
    *,
    source: str | None,
    staged: bool,
    worktree: bool,
    side: Unmerged | None,
    overlay: bool,
    pathspec_from_file: str | None,
    pathspec_file_nul: bool,
    pathspec: tuple[str, ...],
) -> None:
    """Restore working tree files.

    Files get back the content of the index, or of another version. What you changed in them since is lost. With
    --staged the index gets back what HEAD has, and the files stay.
    """
    specs = read_pathspecs(door, pathspec, pathspec_from_file, pathspec_file_nul)
    if not specs:
        message = "you must specify path(s) to restore"
        raise InvalidInputError(message, code="usage")
    if staged and side in (Unmerged.OURS, Unmerged.THEIRS) and not worktree:
        message = "'--ours' or '--theirs' cannot be used with --staged"
        raise InvalidInputError(message, code="usage")
    target = Target.FILES if not staged else Target.BOTH if worktree else Target.INDEX
    repo = door.repository()
    with locked(repo, "dg restore", door.progress()):
        paths = parse_pathspecs(specs, door.prefix(), os.fsencode(repo.root()))
        named = source or ("HEAD" if staged else None)
        tree = None if named is None else _tree(repo, named)
        keep = Overlay.KEEP if overlay else Overlay.REMOVE
        options = RestoreOptions(tree, target, keep, side or Unmerged.REFUSE)
        result = restore(repo, paths, options, door.progress())
    if not door.quiet:
        for path in result.skipped:
            door.console.warning(f"path '{safe_line(os.fsdecode(path))}' is unmerged")


def _tree(repo: Repository, named: str) -> ObjectId:
    try:
        return resolve_tree(open_revisions(repo), named)
    except UnknownRevisionError as error:
        message = f"could not resolve {named}"
        raise NotFoundError(message, code=error.code) from error

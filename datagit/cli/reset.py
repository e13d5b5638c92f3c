"""``dg reset``."""

import os

import click

from datagit.cli.command import dg_command, pass_door, progress_option, quiet_option, split_at_dashes
from datagit.cli.operands import names_revision, split_operands, unknown_argument
from datagit.cli.options import Door
from datagit.cli.pathspec_file import pathspec_file_options, read_pathspecs
from datagit.cli.switching import describe_commit, show_local_changes
from datagit.diff.pathspec import parse_pathspecs
from datagit.errors import InvalidInputError, NotFoundError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.porcelain.move_files import tree_of
from datagit.porcelain.reset import Reset, apply_reset, list_unstaged, plan_reset
from datagit.porcelain.restore import restore_index
from datagit.porcelain.revisions import open_revisions
from datagit.repository import Repository, locked
from datagit.revision.parse import peel, resolve, resolve_tree
from datagit.revision.reader import RevisionReader, UnknownRevisionError
from datagit.store.refs import Refs


@dg_command(
    "reset",
    usage="[OPTIONS] [COMMIT] [--] [PATHSPEC]...",
    examples="""
        dg reset                       # take everything out of the next commit, keep the files
        dg reset -- labels.csv         # take one file out
        dg reset --soft HEAD~1         # undo the last commit, keep index and files
        dg reset --hard                # throw away all changes of tracked files
        dg reset --hard main@{1}       # back to where main was before
    """,
)
@click.option("--soft", "reset", flag_value=Reset.SOFT, help="Only move the branch.")
@click.option("--mixed", "reset", flag_value=Reset.MIXED, help="Move the branch and reset the index; the default.")
@click.option("--hard", "reset", flag_value=Reset.HARD, help="Reset the files, too; changes are lost.")
@click.option("--keep", "reset", flag_value=Reset.KEEP, help="Reset the files, too, but refuse to lose changes.")
@pathspec_file_options
@quiet_option
@progress_option
@click.argument("operands", metavar="", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    reset: Reset | None,
    pathspec_from_file: str | None,
    pathspec_file_nul: bool,
    operands: tuple[str, ...],
) -> None:
    """Set HEAD, the index and the files to another state.

    The branch that is checked out moves to COMMIT, HEAD by default. With paths only the index changes: it gets back
    what COMMIT has there.
    """
    before, after = split_at_dashes(ctx, operands)
    repo = door.repository()
    with locked(repo, "dg reset", door.progress()):
        refs = repo.store.refs()
        reader = open_revisions(repo, refs, door.prefix() if repo.worktree is not None else b"")
        named, words = _tell_apart(door, reader, before, after)
        specs = read_pathspecs(door, words, pathspec_from_file, pathspec_file_nul)
        if specs:
            _reset_paths(door, repo, refs, reader, named, specs, reset)
        else:
            _reset_all(door, repo, refs, reader, named, reset or Reset.MIXED)


def _tell_apart(
    door: Door, reader: RevisionReader, before: tuple[str, ...], after: tuple[str, ...] | None
) -> tuple[str | None, tuple[str, ...]]:
    """Return the revision, if one is named, and the paths."""
    is_revision = names_revision(lambda text: resolve(reader, text))
    if after is not None:
        if before[:1] == ("HEAD",) and reader.refs.target_of_head() is None:
            before = before[1:]  # nothing is there yet, and that is what the index gets back
        if before and not is_revision(before[0]):
            raise unknown_argument(before[0])
        return (before[0] if before else None), (*before[1:], *after)
    revisions, paths = split_operands(door, before[:1], None, is_revision)
    rest = (*(os.fsdecode(path) for path in paths), *before[1:])
    return (revisions[0] if revisions else None), rest


def _reset_all(
    door: Door, repo: Repository, refs: Refs, reader: RevisionReader, named: str | None, reset: Reset
) -> None:
    commit = refs.target_of_head() if named is None else _commit(reader, named)
    plan = plan_reset(repo, refs, commit, named or "HEAD", reset, door.progress())
    apply_reset(repo, plan, door.signature("COMMITTER"), door.progress())
    if door.quiet:
        return
    if reset is Reset.HARD and commit is not None:
        door.console.line(f"HEAD is now at {describe_commit(repo, commit)}")
    elif reset is Reset.MIXED:
        _show_unstaged(door, repo)


def _reset_paths(
    door: Door,
    repo: Repository,
    refs: Refs,
    reader: RevisionReader,
    named: str | None,
    specs: list[bytes],
    reset: Reset | None,
) -> None:
    if reset not in (None, Reset.MIXED):
        message = f"Cannot do {reset.value} reset with paths."
        raise InvalidInputError(message, code="usage")
    if reset is Reset.MIXED:
        door.console.warning("--mixed with paths is deprecated; use 'dg reset -- <paths>' instead.")
    paths = parse_pathspecs(specs, door.prefix(), os.fsencode(repo.root()))
    tree = tree_of(repo, refs.target_of_head()) if named is None else _tree(reader, named)
    restore_index(repo, paths, tree)
    if not door.quiet:
        _show_unstaged(door, repo)


def _show_unstaged(door: Door, repo: Repository) -> None:
    if repo.worktree is None:
        return
    changes = list_unstaged(repo, door.progress())
    if changes:
        door.console.line("Unstaged changes after reset:")
        show_local_changes(door, changes)


def _commit(reader: RevisionReader, named: str) -> ObjectId:
    found = resolve(reader, named)
    try:
        return peel(reader, found, Kind.COMMIT, named).oid
    except UnknownRevisionError as error:
        raise _unparsable(named) from error


def _tree(reader: RevisionReader, named: str) -> ObjectId:
    try:
        return resolve_tree(reader, named)
    except UnknownRevisionError as error:
        raise _unparsable(named) from error


def _unparsable(named: str) -> NotFoundError:
    return NotFoundError(f"Could not parse object '{named}'.", code="unknown-revision")

"""``dg checkout``."""

import os
from dataclasses import dataclass

import click

from datagit.cli.command import dg_command, pass_door, progress_option, quiet_option, split_at_dashes
from datagit.cli.options import Door
from datagit.cli.pathspec_file import pathspec_file_options, read_pathspecs
from datagit.cli.switching import (
    Files,
    Manner,
    Start,
    branch_trip,
    detached_trip,
    find_branch,
    head_commit,
    named_commit,
    new_branch_trip,
    orphan_trip,
    previous,
    spell,
    stay,
    travel,
)
from datagit.diff.pathspec import parse_pathspecs
from datagit.errors import InvalidInputError, NotFoundError
from datagit.ids import ObjectId, short_id
from datagit.porcelain.move_files import LocalWork
from datagit.porcelain.restore import Overlay, RestoreOptions, RestoreResult, Target, Unmerged, restore
from datagit.porcelain.revisions import open_revisions
from datagit.porcelain.switch import Moving
from datagit.repository import locked
from datagit.revision.parse import resolve, resolve_tree
from datagit.revision.reader import AmbiguousRevisionError, PathNotInRevisionError, RevisionReader, UnknownRevisionError
from datagit.ui.quote import safe_line
from datagit.worktree.plan import Overwrite


@dataclass(frozen=True, slots=True)
class Words:
    """The operands, told apart: a revision, paths, and whether ``--`` was between them."""

    revision: str | None
    paths: tuple[str, ...]
    dashes: str = ""


@dataclass(frozen=True, slots=True)
class Branching:
    """The options that are about HEAD."""

    new: str | None
    manner: Manner
    orphan: str | None
    detach: str


@dg_command(
    "checkout",
    usage="[OPTIONS] [BRANCH | COMMIT] [--] [PATHSPEC]...",
    examples="""
        dg checkout main                       # go to a branch
        dg checkout -b night-shift             # make a branch here and go there
        dg checkout v1.2                       # look at a tag, on no branch
        dg checkout -- images/0042.png         # throw away what you did to a file
        dg checkout main~2 -- labels/          # get an older state of a folder, staged as well
    """,
)
@click.option("-b", "create", metavar="BRANCH", help="Make a new branch and check it out.")
@click.option("-B", "force_create", metavar="BRANCH", help="Make a branch, or reset it, and check it out.")
@click.option("-d", "--detach", is_flag=True, help="Check out a commit, on no branch.")
@click.option("--orphan", metavar="BRANCH", help="Start a new branch without history; index and files stay.")
@click.option("-f", "--force", is_flag=True, help="Throw away local changes; skip unmerged paths.")
@click.option("-2", "--ours", "side", flag_value=Unmerged.OURS, help="Of unmerged paths, write our side.")
@click.option("-3", "--theirs", "side", flag_value=Unmerged.THEIRS, help="Of unmerged paths, write their side.")
@click.option("--overlay/--no-overlay", default=True, help="Keep tracked files that the commit does not have.")
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
    create: str | None,
    force_create: str | None,
    detach: bool,
    orphan: str | None,
    force: bool,
    side: Unmerged | None,
    overlay: bool,
    pathspec_from_file: str | None,
    pathspec_file_nul: bool,
    operands: tuple[str, ...],
) -> None:
    """Switch branches or restore working tree files.

    With paths, the files get back what the index has, or what COMMIT has, and HEAD stays. Without paths, HEAD, index
    and files go to a branch or commit, as with 'dg switch'.
    """
    before, after = split_at_dashes(ctx, operands)
    if [create, force_create, orphan].count(None) < 2:
        message = "options '-b', '-B', and '--orphan' cannot be used together"
        raise InvalidInputError(message, code="usage")
    branching = Branching(
        create or force_create,
        Manner.RESET if force_create else Manner.CREATE,
        orphan,
        "--detach" if detach else "",
    )
    repo = door.repository()
    repo.root()
    with locked(repo, "dg checkout", door.progress()):
        refs = repo.store.refs()
        reader = open_revisions(repo, refs, door.prefix())
        at = Start(repo, refs, reader, LocalWork.DISCARD if force else LocalWork.CARRY)
        words = _tell_apart(door, at, before, after)
        if pathspec_from_file is not None:
            specs = read_pathspecs(door, words.paths, pathspec_from_file, pathspec_file_nul)
        else:
            specs = [os.fsencode(path) for path in words.paths]
        if specs:
            _check_paths_only(branching, words, specs)
            unmerged = side or (Unmerged.SKIP if force else Unmerged.REFUSE)
            keep = Overlay.KEEP if overlay else Overlay.REMOVE
            _restore(door, at, words, specs, unmerged, keep)
            return
        if side is not None:
            message = "'--ours/--theirs' cannot be used with switching branches"
            raise InvalidInputError(message, code="usage")
        _switch(door, at, words, branching)


def _tell_apart(door: Door, at: Start, before: tuple[str, ...], after: tuple[str, ...] | None) -> Words:
    """Return what of the operands is a revision and what are paths, by Git's rules."""
    first = previous(before[0]) if before else None
    if after is not None:
        if len(before) > 1:
            message = f"only one reference expected, {len(before)} given."
            raise InvalidInputError(message, code="usage")
        if first is not None and not _is_revision(at, first):
            message = f"invalid reference: {first}"
            raise NotFoundError(message, code="unknown-revision")
        return Words(first, after, "--")
    if first is None or not _is_revision(at, first):
        return Words(None, before)
    if len(before) > 1 and os.path.lexists(door.cwd / before[0]):
        message = (
            f"ambiguous argument '{before[0]}': both revision and filename\n"
            "Use '--' to separate paths from revisions, like this:\n"
            "'dg <command> [<revision>...] -- [<file>...]'"
        )
        raise InvalidInputError(message, code="ambiguous-revision")
    return Words(first, before[1:])


def _is_revision(at: Start, word: str) -> bool:
    if find_branch(at, word) is not None:
        return True
    try:
        resolve(at.reader, word)
    except AmbiguousRevisionError:
        raise
    except (UnknownRevisionError, PathNotInRevisionError):
        return False
    return True


def _check_paths_only(branching: Branching, words: Words, specs: list[bytes]) -> None:
    message = ""
    new = branching.new or branching.orphan
    first = safe_line(os.fsdecode(specs[0]))
    if new is not None and words.revision is None and len(specs) == 1:
        message = f"'{first}' is not a commit and a branch '{new}' cannot be created from it"
    elif new is not None:
        message = f"Cannot update paths and switch to branch '{new}' at the same time."
    elif branching.detach:
        message = f"dg checkout: --detach does not take a path argument '{first}'"
    if message:
        raise InvalidInputError(message, code="usage")


def _restore(door: Door, at: Start, words: Words, specs: list[bytes], unmerged: Unmerged, overlay: Overlay) -> None:
    paths = parse_pathspecs(specs, door.prefix(), os.fsencode(at.repo.root()))
    tree = None if words.revision is None else _tree(at.reader, words.revision)
    if tree is not None and unmerged in (Unmerged.OURS, Unmerged.THEIRS):
        message = "'--ours' and '--theirs' cannot be used when checking out of a tree"
        raise InvalidInputError(message, code="usage")
    target = Target.FILES if tree is None else Target.BOTH
    overwrite = Overwrite.CLEAR if at.local is LocalWork.DISCARD else Overwrite.FORCE
    options = RestoreOptions(tree, target, overlay, unmerged, overwrite)
    result = restore(at.repo, paths, options, door.progress())
    if not door.quiet:
        _say_restored(door, words, tree, result)


def _say_restored(door: Door, words: Words, tree: ObjectId | None, result: RestoreResult) -> None:
    for path in result.skipped:
        door.console.warning(f"path '{safe_line(os.fsdecode(path))}' is unmerged")
    if not words.dashes:
        source = "the index" if tree is None else short_id(tree)
        door.console.say(f"Updated {result.count} path{'' if result.count == 1 else 's'} from {source}")


def _tree(reader: RevisionReader, named: str) -> ObjectId:
    try:
        return resolve_tree(reader, named)
    except UnknownRevisionError as error:
        message = f"reference is not a tree: {named}"
        raise NotFoundError(message, code=error.code) from error


def _switch(door: Door, at: Start, words: Words, branching: Branching) -> None:
    named = words.revision
    if branching.orphan is not None:
        commit = None if named is None else named_commit(at, named)
        travel(door, at, orphan_trip(at, branching.orphan, commit, Files.KEEP))
    elif branching.new is not None:
        stays = named is None and branching.manner is Manner.CREATE and at.local is LocalWork.CARRY
        moving = Moving.HEAD_ONLY if stays else Moving.FILES_TOO
        travel(door, at, new_branch_trip(at, branching.new, named, branching.manner, moving))
    elif branching.detach:
        commit = head_commit(at) if named is None else named_commit(at, named)
        travel(door, at, detached_trip(at, commit, spell(at, named or "HEAD"), Moving.FILES_TOO))
    elif named is None or named == "HEAD":
        head_commit(at)
        stay(door, at)
    else:
        branch = find_branch(at, named)
        if branch is not None:
            travel(door, at, branch_trip(at, branch))
            return
        spelled = spell(at, named)
        travel(door, at, detached_trip(at, named_commit(at, named), spelled, Moving.FILES_TOO, spelled))

"""``dg switch``."""

import click

from datagit.cli.command import dg_command, pass_door, progress_option, quiet_option
from datagit.cli.late import late
from datagit.cli.options import Door
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
    travel,
)
from datagit.errors import InvalidInputError, NotFoundError
from datagit.porcelain.move_files import LocalWork
from datagit.porcelain.revisions import open_revisions
from datagit.porcelain.switch import Moving, check_nothing_waits
from datagit.repository import locked
from datagit.revision.parse import resolve
from datagit.revision.reader import RevisionReader, UnknownRevisionError
from datagit.store.refs import HEADS, TAGS


@dg_command(
    "switch",
    examples="""
        dg switch main                # go to a branch; what you have not committed comes along
        dg switch -                   # back to where you were
        dg switch -c night-shift      # make a branch here and go there
        dg switch -c fix v1.2         # make a branch at a tag
        dg switch --detach main~3     # look at an older version
    """,
)
@click.option("-c", "--create", metavar="BRANCH", help="Make a new branch and switch to it.")
@click.option("-C", "--force-create", metavar="BRANCH", help="Make a branch, or reset it, and switch to it.")
@click.option("-d", "--detach", is_flag=True, help="Check out a commit, on no branch.")
@click.option("--orphan", metavar="BRANCH", help="Start a new branch without any history or files.")
@click.option("-f", "--force", is_flag=True, help="Throw away local changes; the same as --discard-changes.")
@click.option("--discard-changes", is_flag=True, help="Throw away local changes.")
@quiet_option
@progress_option
@click.argument("start", metavar="[BRANCH | START-POINT]", nargs=-1)
@pass_door
def command(
    door: Door,
    *,
    create: str | None,
    force_create: str | None,
    detach: bool,
    orphan: str | None,
    force: bool,
    discard_changes: bool,
    start: tuple[str, ...],
) -> None:
    """Switch branches.

    The files and the index become those of BRANCH. Changes that you have not committed are kept where BRANCH has the
    same file as the branch you leave; where it has another, nothing is done at all.
    """
    _check_options(create, force_create, orphan, start, "detach" if detach else None)
    repo = door.repository()
    repo.root()
    local = LocalWork.DISCARD if force or discard_changes else LocalWork.CARRY
    with locked(repo, "dg switch", door.progress()):
        refs = repo.store.refs()
        check_nothing_waits(repo)
        at = Start(repo, refs, open_revisions(repo, refs), local)
        named = previous(start[0]) if start else None
        # without a start point only HEAD moves, so that conflicts may come along, too
        moving = Moving.HEAD_ONLY if named is None else Moving.FILES_TOO
        new = create or force_create
        if orphan is not None:
            trip = orphan_trip(at, orphan, None, Files.REMOVE)
        elif new is not None:
            trip = new_branch_trip(at, new, named, Manner.RESET if force_create else Manner.CREATE, moving)
        elif detach:
            commit = head_commit(at) if named is None else named_commit(at, named)
            trip = detached_trip(at, commit, spell(at, named or "HEAD"), moving)
        else:
            branch = find_branch(at, named or "")
            if branch is None:
                raise _explain(at.reader, spell(at, named or ""))
            trip = branch_trip(at, branch)
        travel(door, at, trip)


def _explain(reader: RevisionReader, named: str) -> InvalidInputError | NotFoundError:
    """Return why named is no branch to switch to."""
    try:
        found = resolve(reader, named)
    except UnknownRevisionError:
        branches = [name.removeprefix(HEADS) for name in reader.refs.heads if name.startswith(HEADS)]
        close: tuple[str, ...] = late("datagit.cli.similar", "similar_words")(named, branches, 1)
        hint = f"did you mean '{close[0]}'?" if close else ""
        return NotFoundError(f"invalid reference: {named}", hint=hint, code="unknown-revision")
    ref = reader.refs.head if found.ref == "HEAD" else found.ref
    kind = f"commit '{named}'"
    if ref is not None and ref.startswith(TAGS):
        kind = f"tag '{ref.removeprefix(TAGS)}'"
    elif ref is not None and ref.startswith(HEADS):
        kind = f"'{ref}'"
    hint = "If you want to detach HEAD at the commit, try again with the --detach option."
    return InvalidInputError(f"a branch is expected, got {kind}", hint=hint, code="name-invalid")


def _check_options(
    create: str | None, force_create: str | None, orphan: str | None, start: tuple[str, ...], detach: str | None
) -> None:
    given = [name for name in (create, force_create, orphan) if name is not None]
    message = ""
    if len(given) > 1:
        message = "options '-c', '-C', and '--orphan' cannot be used together"
    elif detach and given:
        message = "'--detach' cannot be used with '-c/-C/--orphan'"
    elif not start and not given and not detach:
        message = "missing branch or commit argument"
    elif orphan is not None and start:
        message = "'--orphan' cannot take <start-point>"
    elif len(start) > 1:
        message = "only one reference expected"
    if message:
        raise InvalidInputError(message, code="usage")

"""``dg commit``."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import click

from datagit.cli.command import (
    dg_command,
    json_option,
    pass_door,
    progress_option,
    quiet_option,
    verbose_option,
)
from datagit.cli.dates import DateInvalidError, Moment, local_moment, parse_date, parse_rough_date
from datagit.cli.late import late
from datagit.cli.options import Door
from datagit.cli.pathspec_file import pathspec_file_options, read_pathspecs
from datagit.diff.pathspec import EVERYTHING, PathFilter, parse_pathspecs
from datagit.errors import InvalidInputError, NotFoundError, RefusedError
from datagit.ids import ObjectId
from datagit.objects.commit import Signature
from datagit.objects.kind import Kind
from datagit.porcelain.commit import (
    CommitPlan,
    NothingToCommitError,
    UnmergedFilesError,
    apply_commit,
    plan_commit,
)
from datagit.porcelain.commit_message import Cleanup, add_trailers, clean_message
from datagit.porcelain.commit_options import Blobs, Onto, Take
from datagit.porcelain.ref_list import RefObjects
from datagit.porcelain.squash import load_squash_message
from datagit.repository import Repository
from datagit.revision.walk import walk_commits
from datagit.ui.commit import commit_json, show_commit

# these two load half the house, and most commits need neither
_EDITOR = "datagit.cli.commit_editor"
_STATUS = "datagit.cli.commit_status"
_PERSON = re.compile(r"([^<]*)<([^>]*)>\s*")
_AMENDED_TO_NOTHING = """\
You asked to amend the most recent commit, but doing so would make
it empty. You can repeat your command with --allow-empty, or you can
remove the commit entirely with "dg reset HEAD^"."""


class NoMessageError(RefusedError):
    """A commit without a message was not asked for."""

    code = "nothing-to-commit"

    def __init__(self) -> None:
        super().__init__("aborting commit due to empty commit message", hint="say why with '-m MESSAGE'")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options say about the commit's message and author.

    Attributes:
        messages: paragraphs, from ``-m``.
        file: where the message is, from ``-F``.
        edit: whether the editor was asked for, or not.
        trailers: lines to add to the message.
        author: ``Name <email>``, or part of it.
        date: of the author.
        reset_author: whether an amended commit gets a new author.
    """

    messages: tuple[str, ...]
    file: str | None
    edit: bool | None
    trailers: tuple[str, ...]
    author: str | None
    date: str | None
    reset_author: bool


@dg_command(
    "commit",
    usage="[OPTIONS] [--] [PATHSPEC]...",
    examples="""
        dg commit -m "first import"            # what is staged
        dg commit -am "relabel night scenes"   # with all changes of tracked files
        dg commit -m "fix boxes" labels.csv    # this file, whatever else is staged
        dg commit --amend --no-edit            # put what is staged into the last commit
    """,
)
@click.option(
    "-m", "--message", "messages", multiple=True, metavar="TEXT", help="The message; a paragraph for each -m."
)
@click.option("-F", "--file", metavar="FILE", help="Read the message from FILE; '-' is stdin.")
@click.option("-a", "--all", "everything", is_flag=True, help="Stage all tracked files that changed or are gone.")
@click.option("-o", "--only", is_flag=True, help="Commit only the named paths; the default where paths are named.")
@click.option("-i", "--include", is_flag=True, help="Stage the named paths, and commit all that is staged.")
@click.option("--amend", is_flag=True, help="Replace the last commit.")
@click.option("-e", "--edit/--no-edit", "edit", default=None, help="Edit the message, or take it as it is.")
@click.option("--allow-empty", is_flag=True, help="Commit even if nothing changed.")
@click.option("--allow-empty-message", is_flag=True, help="Commit even without a message.")
@click.option("--author", metavar="AUTHOR", help="Who made the change: 'Name <email>', or part of an author's name.")
@click.option("--reset-author", is_flag=True, help="With --amend: be the author, now.")
@click.option("--date", metavar="DATE", help="When the change was made.")
@click.option("--trailer", "trailers", multiple=True, metavar="KEY=VALUE", help="Add a line such as 'Task: D-17'.")
@click.option("-s", "--signoff", is_flag=True, help="Add a Signed-off-by line.")
@click.option("--dry-run", is_flag=True, help="Only say what would be committed.")
@click.option("--short", is_flag=True, help="With --dry-run, which it implies: in the short form.")
@click.option("--porcelain", is_flag=True, help="With --dry-run, which it implies: for scripts.")
@pathspec_file_options
@quiet_option
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
    messages: tuple[str, ...],
    file: str | None,
    everything: bool,
    only: bool,
    include: bool,
    amend: bool,
    edit: bool | None,
    allow_empty: bool,
    allow_empty_message: bool,
    author: str | None,
    reset_author: bool,
    date: str | None,
    trailers: tuple[str, ...],
    signoff: bool,
    dry_run: bool,
    short: bool,
    porcelain: bool,
    pathspec_from_file: str | None,
    pathspec_file_nul: bool,
    pathspec: tuple[str, ...],
) -> None:
    """Record what is staged as a new version.

    Files are not looked at, unless -a or paths ask for it. Without -m or -F an editor opens for the message.
    """
    repo = door.repository()
    repo.root()  # a bare repository has nothing to commit from
    specs = read_pathspecs(door, pathspec, pathspec_from_file, pathspec_file_nul)
    take = _find_take(specs, everything=everything, only=only, include=include, amend=amend)
    if messages and file is not None:
        raise _excluded("-m", "-F")
    if reset_author and not amend:
        message = "--reset-author can be used only with --amend"
        raise InvalidInputError(message, code="usage")
    committer = None if dry_run or short or porcelain else door.signature("COMMITTER")
    if signoff and committer is not None:
        trailers = (f"Signed-off-by: {committer.name} <{committer.email}>", *trailers)
    wishes = Wishes(messages, file, edit, trailers, author, date, reset_author)
    paths = parse_pathspecs(specs, door.prefix(), os.fsencode(repo.root())) if specs else EVERYTHING
    blobs = Blobs.HASH if committer is None else Blobs.STORE
    plan = _plan(door, repo, take, paths, Onto.AMENDED if amend else Onto.HEAD, blobs)
    if committer is None:
        _show_status(door, repo, plan, "porcelain" if porcelain else "short" if short else "long")
        ctx.exit(1 if plan.is_empty and not allow_empty else 0)
    if plan.is_empty and not allow_empty:
        _refuse_empty(door, repo, plan)
        ctx.exit(1)
    signature = _find_author(door, repo, plan, wishes)
    text = _find_message(door, repo, plan, wishes, signature)
    if not text and not allow_empty_message:
        raise NoMessageError
    made = apply_commit(repo, plan, text, author=signature, committer=committer, progress=door.progress())
    if door.json:
        door.console.write(commit_json(made, repo.store))
    elif not door.quiet:
        show_commit(door.console, made, repo.store, date=signature if date or (amend and not reset_author) else None)


def _find_take(specs: Sequence[bytes], *, everything: bool, only: bool, include: bool, amend: bool) -> Take:
    if sum((everything, only, include)) > 1:
        message = "options '-a', '-i' and '-o' cannot be used together"
        raise InvalidInputError(message, code="usage")
    if everything and specs:
        message = f"paths '{os.fsdecode(specs[0])} ...' with -a does not make sense"
        raise InvalidInputError(message, code="usage")
    if (include or (only and not amend)) and not specs:
        message = "No paths with --include/--only does not make sense."
        raise InvalidInputError(message, code="usage")
    if everything:
        return Take.TRACKED
    if specs:
        return Take.INDEX_AND_PATHS if include else Take.PATHS
    return Take.INDEX


def _plan(door: Door, repo: Repository, take: Take, paths: PathFilter, onto: Onto, blobs: Blobs) -> CommitPlan:
    try:
        return plan_commit(repo, door.progress(), take=take, paths=paths, onto=onto, blobs=blobs)
    except UnmergedFilesError as error:
        if not door.json:
            for path in error.paths:
                door.console.line(b"U\t" + path)
            door.console.error("committing is not possible because you have unmerged files")
        raise


def _refuse_empty(door: Door, repo: Repository, plan: CommitPlan) -> None:
    if door.json:
        raise NothingToCommitError
    _show_status(door, repo, plan, "long")
    if plan.amended is not None:
        door.console.say(_AMENDED_TO_NOTHING)


def _show_status(door: Door, repo: Repository, plan: CommitPlan, form: str) -> None:
    late(_STATUS, "show_status")(door, repo, plan, late(_STATUS, "Form")(form))


def _find_author(door: Door, repo: Repository, plan: CommitPlan, wishes: Wishes) -> Signature:
    if plan.amended is not None and not wishes.reset_author:
        signature = plan.amended.author
    else:
        signature = door.signature("AUTHOR")
    if wishes.author is not None:
        name, email = _find_person(repo, plan, wishes.author)
        signature = replace(signature, name=name, email=email)
    if wishes.date is not None:
        moment = _find_date(door, wishes.date)
        signature = replace(signature, time=moment.time, offset=moment.offset)
    return signature


def _find_person(repo: Repository, plan: CommitPlan, text: str) -> tuple[str, str]:
    """Return (name, email) that text says, or that an author in history has whom it is a part of."""
    match = _PERSON.fullmatch(text)
    if match:
        return match[1].strip(), match[2].strip()
    for _, commit in walk_commits(repo.store, _tips(repo, plan)) if text else ():
        person = commit.author
        if text.casefold() in f"{person.name} <{person.email}>".casefold():
            return person.name, person.email
    message = f"--author '{text}' is not 'Name <email>' and matches no existing author"
    raise InvalidInputError(message, code="name-invalid")


def _tips(repo: Repository, plan: CommitPlan) -> list[ObjectId]:
    """Return the commits that HEAD and all refs lead to, through annotated tags."""
    known = RefObjects(repo.store)
    head = plan.refs.target_of_head()
    named = [known.peeled(oid) for oid in (*(() if head is None else (head,)), *plan.refs.heads.values())]
    return list(dict.fromkeys(found.oid for found in named if found.kind is Kind.COMMIT))


def _find_date(door: Door, text: str) -> Moment:
    try:
        return parse_date(text)
    except DateInvalidError:
        return local_moment(parse_rough_date(text, door.now()))


def _find_message(door: Door, repo: Repository, plan: CommitPlan, wishes: Wishes, author: Signature) -> str:
    """Return the message, cleaned; empty if there is none."""
    given = bool(wishes.messages) or wishes.file is not None
    if wishes.messages:
        text = "\n\n".join(wishes.messages) + "\n"
    elif wishes.file is not None:
        text = _read_message(door, wishes.file)
    elif plan.amended is not None:
        text = plan.amended.message
    else:
        text = plan.merge.message if plan.merge is not None else load_squash_message(repo)
    edits = wishes.edit if wishes.edit is not None else not given
    _check_text(text)
    # comments belong to the editor; without it a line may start with '#', as the conflicts of a merge do in git
    text = clean_message(text, Cleanup.WHITESPACE)
    if wishes.trailers:
        text = add_trailers(text, wishes.trailers)
    if edits:
        edited: str = late(_EDITOR, "edit_message")(door, repo, plan, text, author)
        text = edited
        _check_text(text)
    return text


def _read_message(door: Door, file: str) -> str:
    if file == "-":
        content = door.read_stdin()
    else:
        try:
            content = door.resolve(file).read_bytes()
        except OSError as error:
            message = f"could not read log file '{file}': {error.strerror}"
            raise NotFoundError(message) from error
    return content.decode("utf-8", "surrogateescape")


def _check_text(text: str) -> None:
    try:
        fits = b"\0" not in text.encode()
    except UnicodeEncodeError:
        fits = False
    if not fits:
        message = "a commit message must be UTF-8 without NUL bytes"
        raise InvalidInputError(message, code="invalid-object")


def _excluded(one: str, other: str) -> InvalidInputError:
    return InvalidInputError(f"options '{one}' and '{other}' cannot be used together", code="usage")

"""What ``dg merge`` reads from the command line, and what it says."""

import enum
import os
from dataclasses import dataclass

import click

from datagit.cli.commit import command as commit_command
from datagit.cli.editor import edit_text
from datagit.cli.options import Door
from datagit.errors import InvalidInputError, NotFoundError, RefusedError, UsageError
from datagit.ids import ObjectId, short_id
from datagit.merge.markers import ConflictStyle
from datagit.merge.text import Favour
from datagit.objects.commit import Signature
from datagit.objects.kind import Kind
from datagit.porcelain.commit import apply_commit, plan_commit
from datagit.porcelain.commit_message import Cleanup, clean_message
from datagit.porcelain.merge import MergeKind, MergePlan, MergeResult
from datagit.porcelain.merge_abort import abort_merge, check_merge_waits, quit_merge
from datagit.porcelain.merge_options import FastForward, Finish, Histories, MergeHead, MergeOptions, Strategy
from datagit.porcelain.merge_words import merge_subject, squash_message, tag_text
from datagit.porcelain.upstream import find_upstream
from datagit.repository import Repository, locked
from datagit.revision.parse import peel, resolve
from datagit.revision.reader import RevisionReader, UnknownRevisionError
from datagit.store.refs import HEADS, TAGS
from datagit.ui.console import is_terminal
from datagit.ui.date_format import format_date
from datagit.ui.json import json_document
from datagit.ui.merge import kept_hint, merge_fields, show_merge_stat, show_notes

_FILE = "MERGE_MSG"
_PLEASE = """
# Please enter a commit message to explain why this merge is necessary,
# especially if it merges an updated upstream into a topic branch.
#
# Lines starting with '#' will be ignored, and an empty message aborts
# the commit.
"""
_STRATEGIES = {"ort": Strategy.ORT, "recursive": Strategy.ORT, "ours": Strategy.OURS}


class NotMergeableError(RefusedError):
    """The word names no commit."""

    code = "unknown-revision"

    def __init__(self, word: str) -> None:
        super().__init__(f"merge: {word} - not something we can merge")


class Step(enum.Enum):
    """What is to be done with a merge in progress."""

    ABORT = "abort"
    CONTINUE = "continue"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options say about message and report.

    Attributes:
        messages: paragraphs, from ``-m``.
        edit: whether the editor was asked for, or not.
        stat: whether a diffstat is to end the report.
    """

    messages: tuple[str, ...]
    edit: bool | None
    stat: bool


def take_step(ctx: click.Context, door: Door, repo: Repository, step: Step, heads: tuple[str, ...]) -> None:
    """Go on with the merge in progress, or give it up."""
    if heads:
        message = f"--{step.value} expects no arguments"
        raise UsageError(message)
    if step is Step.CONTINUE:
        check_merge_waits(repo, "there is no merge in progress (MERGE_HEAD missing)")
        ctx.invoke(commit_command)
        return
    with locked(repo, f"dg merge --{step.value}", door.progress()):
        if step is Step.ABORT:
            abort_merge(repo, door.progress())
        else:
            quit_merge(repo)


def read_options(
    door: Door,
    fast_forward: str | None,
    squash: bool | None,  # noqa: FBT001 # as click gives it
    commit: bool | None,  # noqa: FBT001 # as click gives it
    favour: str | None,
    strategy: str,
    histories: Histories,
) -> MergeOptions:
    """Return how to merge; ``merge.ff`` and ``merge.conflictStyle`` count where no option says otherwise."""
    if fast_forward is None:
        wish = door.settings.get("merge.ff") or "true"
        fast_forward = "only" if wish == "only" else "allow"
        if wish != "only" and not door.settings.get_bool("merge.ff", default=True):
            fast_forward = "never"
    if squash and fast_forward == "never":
        message = "options '--squash' and '--no-ff.' cannot be used together"
        raise InvalidInputError(message, code="usage")
    if squash and commit:
        message = "options '--squash' and '--commit.' cannot be used together"
        raise InvalidInputError(message, code="usage")
    if strategy not in _STRATEGIES:
        message = f"could not find merge strategy '{strategy}'"
        raise RefusedError(message, hint=f"available strategies are: {' '.join(_STRATEGIES)}", code="usage")
    if favour not in (None, "ours", "theirs"):
        message = f"unknown strategy option: -X{favour}"
        raise InvalidInputError(message, hint="say '-X ours' or '-X theirs'", code="usage")
    return MergeOptions(
        FastForward(fast_forward),
        _STRATEGIES[strategy],
        Favour(favour) if favour else Favour.NONE,
        Finish.SQUASH if squash else Finish.STOP if commit is False else Finish.COMMIT,
        histories,
        _conflict_style(door),
    )


def _conflict_style(door: Door) -> ConflictStyle:
    wish = door.settings.get("merge.conflictStyle") or "merge"
    try:
        return ConflictStyle(wish)
    except ValueError:
        message = f"unknown style '{wish}' given for 'merge.conflictStyle'"
        raise InvalidInputError(message, hint="merge, diff3 and zdiff3 are known", code="config-refused") from None


def find_head(door: Door, reader: RevisionReader, heads: tuple[str, ...]) -> MergeHead:
    """Return the commit to merge.

    Raises:
        NotMergeableError: the word names none.
        NotFoundError: no word was given, and the branch follows no other.
    """
    if len(heads) > 1:
        message = "merging several branches at once is not supported"
        raise InvalidInputError(message, hint="merge them one after the other", code="usage")
    word = heads[0] if heads else _upstream(door, reader)
    if word == "-":
        word = "@{-1}"
    try:
        found = resolve(reader, word)
        commit = peel(reader, found, Kind.COMMIT, word).oid
    except UnknownRevisionError as error:
        raise NotMergeableError(word) from error
    if word.startswith("@{") and found.ref is not None and found.ref.startswith(HEADS):
        word = found.ref.removeprefix(HEADS)
    return MergeHead(commit, word)


def _upstream(door: Door, reader: RevisionReader) -> str:
    branch = reader.refs.branch
    if branch is None:
        message = "no current branch"
        raise NotFoundError(message, code="unknown-revision")
    upstream = find_upstream(door.settings, branch)
    if upstream is None:
        message = "no remote for the current branch"
        raise NotFoundError(message, hint="say what to merge: dg merge BRANCH", code="unknown-revision")
    return upstream.ref.removeprefix("refs/remotes/").removeprefix(HEADS)


def wants_editor(door: Door, wishes: Wishes) -> bool:
    """Return whether the user is to see the message: if asked, or on a terminal where no message was given."""
    if wishes.edit is not None:
        return wishes.edit
    if wishes.messages or door.environment.get("GIT_MERGE_AUTOEDIT") == "no":
        return False
    return is_terminal(door.stdin) and door.console.stdout_is_terminal


def find_message(door: Door, reader: RevisionReader, plan: MergePlan, wishes: Wishes) -> str:
    """Return the message of the merge commit; for a squash, the one that quotes what is squashed."""
    if plan.options.finish is Finish.SQUASH:
        ours = plan.before.target_of_head()
        return "" if ours is None else squash_message(reader.objects, ours, plan.head.commit, _show_date)
    if wishes.messages:
        return clean_message("\n\n".join(wishes.messages), Cleanup.WHITESPACE)
    unmentioned = door.settings.get_all("merge.suppressDest") or ("main", "master")
    subject = merge_subject(reader, plan.head.word, reader.refs.branch, unmentioned)
    note = tag_text(reader.objects, reader.refs.heads.get(TAGS + plan.head.word))
    return clean_message(f"{subject}\n\n{note}", Cleanup.WHITESPACE)


def _show_date(who: Signature) -> str:
    return format_date(who.time, who.offset, now=who.time)


def commit_edited(door: Door, repo: Repository, stopped: MergeResult, text: str) -> MergeResult:
    """Let the user edit the message of a merge that stopped before its commit, and commit it."""
    edited = clean_message(edit_text(door, repo.state / _FILE, text + _PLEASE), Cleanup.STRIP)
    if not edited:
        door.console.error("Empty commit message.")
        message = "not committing merge; use 'dg commit' to complete the merge"
        raise RefusedError(message, code="nothing-to-commit")
    made = apply_commit(
        repo,
        plan_commit(repo, door.progress()),
        edited,
        author=door.signature("AUTHOR"),
        committer=door.signature("COMMITTER"),
        progress=door.progress(),
    )
    return MergeResult(made.oid, stopped.changes)


def say_where_to(door: Door, before: ObjectId | None, head: MergeHead) -> None:
    """Write the first line of a fast-forward, which Git writes even if the files then are in the way."""
    if before is not None and not door.quiet and not door.json:
        door.console.line(f"Updating {short_id(before)}..{short_id(head.commit)}")


def report(door: Door, repo: Repository, plan: MergePlan, result: MergeResult, wishes: Wishes) -> None:
    """Say what happened, in Git's words or as JSON."""
    if door.json:
        fields = merge_fields(_outcome(plan), plan.head.commit, result.commit, plan.conflicts, result.changes)
        door.console.write(json_document(fields))
        return
    if door.quiet:
        return
    console = door.console
    squashes = plan.options.finish is Finish.SQUASH
    if plan.kind is MergeKind.UP_TO_DATE:
        console.line("Already up to date. (nothing to squash)" if squashes else "Already up to date.")
        return
    show_notes(console, plan.notes)
    before = plan.before.target_of_head()
    if plan.kind is MergeKind.FAST_FORWARD:
        if before is None:
            return
        say_where_to(door, before, plan.head)
        ignored = " (no commit created; -m option ignored)" if wishes.messages else ""
        console.line(f"Fast-forward{ignored}")
    if squashes:
        console.line("Squash commit -- not updating HEAD")
    if plan.conflicts:
        console.line("Automatic merge failed; fix conflicts and then commit the result.")
        console.hint(kept_hint([(path, _from_here(door, repo, path)) for path in _kept_paths(plan)]))
    elif plan.kind is MergeKind.TRUE and not plan.makes_commit:
        console.say("Automatic merge went well; stopped before committing as requested")
    elif plan.kind is MergeKind.TRUE:
        console.line(f"Merge made by the '{plan.options.strategy.value}' strategy.")
    if wishes.stat and (plan.kind is MergeKind.FAST_FORWARD or plan.makes_commit):
        show_merge_stat(console, result.changes, result.objects or repo.store)


def _kept_paths(plan: MergePlan) -> list[bytes]:
    """Return the files that both sides have and that stay ours, without markers, until the user decides."""
    changed = set(plan.merged.changes["path"].to_pylist())
    both = [conflict.path for conflict in plan.conflicts if None not in (conflict.ours, conflict.theirs)]
    return [path for path in both if path not in changed]


def _from_here(door: Door, repo: Repository, path: bytes) -> bytes:
    return os.path.relpath(os.path.join(os.fsencode(repo.root()), path), os.fsencode(door.cwd))


def _outcome(plan: MergePlan) -> str:
    if plan.conflicts:
        return "conflicts"
    if plan.kind is not MergeKind.TRUE or plan.makes_commit:
        return {MergeKind.TRUE: "merged"}.get(plan.kind, plan.kind.value)
    return "squashed" if plan.options.finish is Finish.SQUASH else "stopped"

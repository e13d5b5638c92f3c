"""The message of a commit, written in the user's editor below which the commit is described."""

import io

from datagit.cli.commit_status import describe_status
from datagit.cli.editor import edit_text
from datagit.cli.options import Door
from datagit.diff.contents import StoredContents
from datagit.diff.renames import pair_renames
from datagit.objects.commit import Signature
from datagit.objects.tree_diff import diff_nodes
from datagit.porcelain.commit import CommitPlan, planned_objects
from datagit.porcelain.commit_message import SCISSORS, Cleanup, clean_message
from datagit.porcelain.diff import Diff
from datagit.repository import Repository
from datagit.ui.console import Console
from datagit.ui.date_format import format_date
from datagit.ui.diff import DiffStyle, show_diff

_FILE = "COMMIT_EDITMSG"
_MERGE = """\

It looks like you may be committing a merge.
If this is not correct, please run
\tdg merge --quit
and try again.
"""
_PLEASE = """\
Please enter the commit message for your changes. Lines starting
with '#' will be ignored, and an empty message aborts the commit.
"""
_BELOW = """\
Do not modify or remove the line above.
Everything below it will be ignored."""


def edit_message(door: Door, repo: Repository, plan: CommitPlan, text: str, author: Signature) -> str:
    """Return the message that the user makes of text, cleaned; empty if nothing is left of it.

    Raises:
        EditorError: the editor failed.
    """
    parts = [text]
    if plan.merge is not None:
        parts.append(_comment(_MERGE))
    parts += ["\n", _comment(_PLEASE), "#\n", _comment(_describe_author(door, plan, author))]
    parts.append(_comment(describe_status(door, repo, plan)))
    if door.verbose:
        parts += [f"{SCISSORS}\n", _comment(_BELOW), _describe_changes(repo, plan)]
    return clean_message(edit_text(door, repo.state / _FILE, "".join(parts)), Cleanup.STRIP)


def _describe_author(door: Door, plan: CommitPlan, author: Signature) -> str:
    committer = door.signature("COMMITTER")
    lines = []
    if (author.name, author.email) != (committer.name, committer.email):
        lines.append(f"Author:    {author.name} <{author.email}>")
    if plan.amended is not None:
        lines.append(f"Date:      {format_date(author.time, author.offset, now=author.time)}")
    return "\n".join([*lines, "", ""]) if lines else ""


def _comment(text: str) -> str:
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return "".join(f"# {line}".rstrip() + "\n" if not line.startswith("\t") else f"#{line}\n" for line in lines)


def _describe_changes(repo: Repository, plan: CommitPlan) -> str:
    """Return what the commit changes, as a patch."""
    objects = planned_objects(repo, plan)
    contents = StoredContents(objects)
    changes = pair_renames(diff_nodes(objects, plan.base, plan.tree.root))
    patch = io.BytesIO()
    console = Console(patch, io.BytesIO())
    show_diff(console, Diff(changes, contents, contents), DiffStyle())
    console.flush()
    return patch.getvalue().decode("utf-8", "replace")

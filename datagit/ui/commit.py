"""How a commit that was just made is told."""

import pyarrow as pa

from datagit.diff.contents import StoredContents
from datagit.diff.renames import pair_renames
from datagit.diff.stat import StatTotal, add_up, file_stats
from datagit.ids import short_id
from datagit.objects import compute as pc
from datagit.objects.commit import Signature
from datagit.objects.reader import ObjectReader
from datagit.objects.tree_diff import diff_nodes
from datagit.porcelain.commit import Committed
from datagit.porcelain.commit_message import subject_of
from datagit.ui.console import Console
from datagit.ui.date_format import format_date
from datagit.ui.json import json_document
from datagit.ui.summary import shortstat_line, summary_lines

MOST_LISTED = 1000
"""Changed files above which lines are not counted and files not listed: a commit must not read a whole dataset."""

_MOST_READ_BYTES = 64 << 20
_MERGE_PARENTS = 2


def show_commit(console: Console, made: Committed, objects: ObjectReader, *, date: Signature | None) -> None:
    """Write what ``git commit`` says: where, the id and the subject; then the counts, and what came and went.

    Args:
        console: where to.
        made: the commit.
        objects: holds its blobs.
        date: the author, where the date of the change is worth telling.
    """
    where = made.branch or "detached HEAD"
    root = " (root-commit)" if made.initial else ""
    console.line(f"[{where}{root} {short_id(made.oid)}] {subject_of(made.commit.message)}")
    author, committer = made.commit.author, made.commit.committer
    if (author.name, author.email) != (committer.name, committer.email):
        console.line(f" Author: {author.name} <{author.email}>")
    if date is not None:
        console.line(f" Date: {format_date(date.time, date.offset, now=date.time)}")
    if len(made.commit.parents) < _MERGE_PARENTS and made.commit.tree != made.base:
        _show_changes(console, diff_nodes(objects, made.base, made.commit.tree), objects)


def commit_json(made: Committed, objects: ObjectReader) -> bytes:
    """Return the JSON document about a commit; the counts of lines are null where too many files changed."""
    changes = pair_renames(diff_nodes(objects, made.base, made.commit.tree))
    total = _count(changes, objects)
    fields = {
        "commit": made.oid.hex(),
        "branch": made.branch,
        "parents": [parent.hex() for parent in made.commit.parents],
        "tree": made.commit.tree.hex(),
        "subject": subject_of(made.commit.message),
        "files_changed": changes.num_rows,
        "insertions": None if total is None else total.insertions,
        "deletions": None if total is None else total.deletions,
    }
    return json_document(fields)


def _show_changes(console: Console, changes: pa.Table, objects: ObjectReader) -> None:
    changes = pair_renames(changes)
    total = _count(changes, objects)
    if total is None:
        console.line(f" {changes.num_rows} file{'' if changes.num_rows == 1 else 's'} changed")
        return
    console.line(shortstat_line(total))
    for line in summary_lines(changes):
        console.line(line)


def _count(changes: pa.Table, objects: ObjectReader) -> StatTotal | None:
    """Return how many lines came and went; None if that would mean to read too much."""
    read = sum(pc.sum(changes[name]).as_py() or 0 for name in ("old_size", "new_size"))
    if changes.num_rows > MOST_LISTED or read > _MOST_READ_BYTES:
        return None
    contents = StoredContents(objects)
    return add_up(list(file_stats(changes, contents, contents)))

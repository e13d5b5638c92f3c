"""How a merge is told."""

import shlex
from collections.abc import Sequence

import pyarrow as pa

from datagit.diff.contents import StoredContents
from datagit.diff.renames import pair_renames
from datagit.diff.stat import file_stats
from datagit.ids import ObjectId
from datagit.merge.conflicts import Conflict, Note, Version
from datagit.objects.mode import git_mode
from datagit.objects.reader import ObjectReader
from datagit.ui.console import Console, encode_text
from datagit.ui.diffstat import stat_lines
from datagit.ui.quote import safe_text
from datagit.ui.summary import summary_lines

MOST_LISTED = 1000
"""Changed files above which lines are not counted and files not listed: a merge must not read a whole dataset."""


def show_notes(console: Console, notes: Sequence[Note]) -> None:
    """Write what there is to say about paths, a line each."""
    for note in notes:
        console.line(encode_text(safe_text(note.text.decode("utf-8", "surrogateescape"))))


def kept_hint(paths: Sequence[tuple[bytes, bytes]]) -> str:
    """Return how to see and to take their side of files that keep ours without markers; nothing if there are none.

    Args:
        paths: each from the root of the working tree, and from the current folder.
    """
    if not paths:
        return ""
    from_root, from_here = (path.decode("utf-8", "surrogateescape") for path in paths[0])
    show, take = shlex.quote(f":3:{from_root}"), shlex.quote(from_here)
    more = len(paths) - 1
    others = f"\nthe same holds for {more} more" if more else ""
    return (
        f"'{from_here}' keeps your version; see theirs with 'dg show {show}', "
        f"take it with 'dg checkout --theirs -- {take}'{others}"
    )


def show_merge_stat(console: Console, changes: pa.Table, objects: ObjectReader) -> None:
    """Write the diffstat of changes, CHANGE_SCHEMA, and which files came, went, moved or changed their mode."""
    if changes.num_rows > MOST_LISTED:
        console.line(f" {changes.num_rows} files changed")
        return
    paired = pair_renames(changes)
    contents = StoredContents(objects)
    for line in stat_lines(list(file_stats(paired, contents, contents)), console):
        console.line(line)
    for line in summary_lines(paired):
        console.line(line)


def merge_fields(
    outcome: str, head: ObjectId, commit: ObjectId | None, conflicts: Sequence[Conflict], changes: pa.Table
) -> dict[str, object]:
    """Return the JSON fields of a merge."""
    return {
        "result": outcome,
        "merged": head.hex(),
        "commit": None if commit is None else commit.hex(),
        "files_changed": changes.num_rows,
        "conflicts": [
            {
                "path": conflict.path,
                "kind": conflict.kind.value,
                "base": _version(conflict.base),
                "ours": _version(conflict.ours),
                "theirs": _version(conflict.theirs),
            }
            for conflict in conflicts
        ],
    }


def _version(version: Version | None) -> dict[str, object] | None:
    if version is None:
        return None
    return {"mode": git_mode(version.mode), "size": version.size, "id": version.oid.hex()}

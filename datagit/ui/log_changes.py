"""What each commit of a log changes, as text or as fields. Loads pyarrow."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from datagit.diff.contents import StoredContents
from datagit.diff.stat import FileStat, add_up, file_stats
from datagit.objects.reader import ObjectReader
from datagit.porcelain.log import Logged, LogQuery, Renames
from datagit.porcelain.log_paths import changes_of
from datagit.ui.console import Console
from datagit.ui.diffstat import numstat_line, stat_lines
from datagit.ui.json import json_path
from datagit.ui.quote import Quoting, quote_path
from datagit.ui.summary import shortstat_line


def change_text(
    objects: ObjectReader, query: LogQuery, renames: Renames, views: Sequence[str], console: Console, quoting: Quoting
) -> Callable[[Logged], bytes]:
    """Return a function that shows what a commit changes.

    Args:
        objects: of the history.
        query: what is shown; its paths limit the changes, too.
        renames: whether moves are paired.
        views: ``stat``, ``shortstat``, ``numstat``, ``name_only``, ``name_status``, ``patch``.
        console: knows colours.
        quoting: of paths.
    """
    contents = StoredContents(objects)

    def show(logged: Logged) -> bytes:
        changes = changes_of(objects, logged, query, renames)
        if changes is None or not changes.num_rows:
            return b""
        needs_stats = {"stat", "shortstat", "numstat"}.intersection(views)
        stats = list(file_stats(changes, contents, contents)) if needs_stats else []
        lines = [line for view in views for line in _view_lines(view, changes, stats, console, quoting)]
        return b"".join(line + b"\n" for line in lines)

    return show


def _view_lines(
    view: str, changes: pa.Table, stats: Sequence[FileStat], console: Console, quoting: Quoting
) -> list[bytes]:
    match view:
        case "stat":
            return list(stat_lines(stats, console))
        case "shortstat":
            return [shortstat_line(add_up(stats)).encode()]
        case "numstat":
            return [numstat_line(stat, quoting) for stat in stats]
        case "name_only":
            return [quote_path(row["path"], quoting) for row in changes.select(["path"]).to_pylist()]
        case "name_status":
            return [_name_status(row, quoting) for row in changes.to_pylist()]
        case _:
            return []


def _name_status(row: dict[str, Any], quoting: Quoting) -> bytes:
    if row["old_path"] is None:
        letter: str = row["status"]
        return letter.encode() + b"\t" + quote_path(row["path"], quoting)
    return b"R100\t" + quote_path(row["old_path"], quoting) + b"\t" + quote_path(row["path"], quoting)


def change_fields(objects: ObjectReader, query: LogQuery, renames: Renames) -> Callable[[Logged], object]:
    """Return a function that says what a commit changes, for JSON; null for a merge."""

    def fields(logged: Logged) -> object:
        changes = changes_of(objects, logged, query, renames)
        if changes is None:
            return None
        rows = changes.select(["status", "path", "old_path"]).to_pylist()
        return [
            {key: json_path(value) if isinstance(value, bytes) else value for key, value in row.items()} for row in rows
        ]

    return fields

"""What a commit or merge changed, in a few lines, as ``git commit`` and ``git merge`` end."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from datagit.diff.stat import StatTotal
from datagit.objects.mode import git_mode
from datagit.ui.quote import quote_path


def shortstat_line(total: StatTotal) -> str:
    """Return `` 2 files changed, 3 insertions(+), 1 deletion(-)``, without a newline."""
    parts = [f" {total.files} file{'' if total.files == 1 else 's'} changed"]
    if total.insertions or not total.deletions:
        parts.append(f"{total.insertions} insertion{'' if total.insertions == 1 else 's'}(+)")
    if total.deletions or not total.insertions:
        parts.append(f"{total.deletions} deletion{'' if total.deletions == 1 else 's'}(-)")
    return ", ".join(parts)


def summary_lines(changes: pa.Table) -> Iterator[bytes]:
    """Yield a line for each file of STATUS_SCHEMA that came, went, moved or changed its mode, without a newline."""
    for row in changes.to_pylist():
        line = _summary_line(row)
        if line:
            yield line
        if row["status"] == "R" and row["old_mode"] != row["new_mode"]:
            yield _mode_change(row)


def show_move(old: bytes, new: bytes) -> bytes:
    """Return a move with what both paths have in common said once: ``train/{a => b}/1.jpg``.

    Source: git's pprint_rename.
    """
    if quote_path(old) != old or quote_path(new) != new:
        return quote_path(old) + b" => " + quote_path(new)
    shared = 0
    while shared < min(len(old), len(new)) and old[shared] == new[shared]:
        shared += 1
    head = old.rfind(b"/", 0, shared) + 1
    # the slash at the end of the head may also begin the tail
    least = head - 1 if head else 0
    tail = 0
    for back in range(1, min(len(old), len(new)) - least + 1):
        if old[-back] != new[-back]:
            break
        if old[-back] == ord("/"):
            tail = back
    old_middle = old[head : max(len(old) - tail, head)]
    new_middle = new[head : max(len(new) - tail, head)]
    if not head and not tail:
        return old_middle + b" => " + new_middle
    return old[:head] + b"{" + old_middle + b" => " + new_middle + b"}" + old[len(old) - tail :]


def _summary_line(row: dict[str, Any]) -> bytes:
    match row["status"]:
        case "A":
            return b" create mode %s %s" % (git_mode(row["new_mode"]).encode(), quote_path(row["path"]))
        case "D":
            return b" delete mode %s %s" % (git_mode(row["old_mode"]).encode(), quote_path(row["path"]))
        case "R":
            return b" rename %s (100%%)" % show_move(row["old_path"], row["path"])
    if row["old_mode"] != row["new_mode"]:
        return _mode_change(row) + b" " + quote_path(row["path"])
    return b""


def _mode_change(row: dict[str, Any]) -> bytes:
    return b" mode change %s => %s" % (git_mode(row["old_mode"]).encode(), git_mode(row["new_mode"]).encode())

"""How a difference is told: lists, statistics, patches, JSON; the formats and their order are Git's."""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute

from datagit.diff.stat import FileStat, add_up, file_stat
from datagit.ids import ID_SIZE, ObjectId, short_id
from datagit.objects.mode import git_mode
from datagit.porcelain.diff import Diff, WorktreeContents
from datagit.ui.console import Console
from datagit.ui.diffstat import WIDTH, numstat_counts, numstat_line, stat_lines
from datagit.ui.json import json_document, json_line
from datagit.ui.patch import PatchStyle, patch_parts
from datagit.ui.quote import quote_path
from datagit.ui.summary import shortstat_line, summary_lines

pc: Any = pyarrow.compute  # its stubs are narrower than its functions

_BATCH = 4096
_NO_ID = ObjectId(bytes(ID_SIZE))


class Format(enum.Enum):
    """One way to tell a difference; several may be asked for."""

    RAW = "raw"
    NAME_ONLY = "name-only"
    NAME_STATUS = "name-status"
    NUMSTAT = "numstat"
    STAT = "stat"
    SHORTSTAT = "shortstat"
    SUMMARY = "summary"
    PATCH = "patch"


_LISTS = (Format.RAW, Format.NAME_STATUS, Format.NAME_ONLY)
_COUNTS = (Format.NUMSTAT, Format.STAT, Format.SHORTSTAT)


class Ending(enum.Enum):
    """What ends a path in a list: a newline after a quoted name, or NUL after the name as it is."""

    LINE = "line"
    NUL = "nul"


@dataclass(frozen=True, slots=True)
class DiffStyle:
    """How a difference is told."""

    formats: frozenset[Format] = frozenset({Format.PATCH})
    ending: Ending = Ending.LINE
    patch: PatchStyle = field(default_factory=PatchStyle)
    width: int = WIDTH


def _no_conflict(_path: bytes) -> bytes | None:
    return None


def show_diff(
    console: Console, diff: Diff, style: DiffStyle, conflict: Callable[[bytes], bytes | None] = _no_conflict
) -> None:
    """Write diff to stdout in all formats asked for.

    Args:
        console: where to.
        diff: what to write.
        style: how.
        conflict: returns the patch of a file with conflicts against both sides, None if one of them has no such file.
    """
    if not diff.changes.num_rows:
        return
    written = False
    for form in _LISTS:
        if form in style.formats:
            for row in diff_rows(diff):
                console.write(_list_part(_without_unstored(row, diff), form, style))
            written = True
            break
    if style.formats & set(_COUNTS):
        stats = list(diff_stats(diff))
        _show_counts(console, stats, style)
        written = True
    if Format.SUMMARY in style.formats:
        for line in summary_lines(diff.changes.filter(pc.not_equal(diff.changes["status"], "U"))):
            console.line(line)
        written = True
    if Format.PATCH in style.formats:
        if written:
            console.write(b"\0" if style.ending is Ending.NUL else b"\n")
        told: set[bytes] = set()
        for path in _unmerged_paths(diff):  # before all others, as in Git
            told_so = conflict(path)
            if told_so is not None:
                console.write(told_so)
                told.add(path)
        for row in diff_rows(diff):
            if row["path"] not in told:
                for part in patch_parts(row, diff.old, diff.new, style.patch, console):
                    console.write(part)


def _unmerged_paths(diff: Diff) -> list[bytes]:
    paths: list[Any] = diff.changes["path"].filter(pc.equal(diff.changes["status"], "U")).to_pylist()
    return paths


def diff_rows(diff: Diff) -> Iterator[dict[str, Any]]:
    """Yield the rows of a difference as dicts, a batch at a time."""
    for batch in diff.changes.to_batches(max_chunksize=_BATCH):
        yield from batch.to_pylist()


def diff_stats(diff: Diff) -> Iterator[FileStat]:
    """Yield how much each file changed; reads the contents. What is unmerged stands alone, as in Git."""
    for row in diff_rows(diff):
        yield file_stat(row, diff.old, diff.new)


def diff_json(diff: Diff) -> bytes:
    """Return the difference as one JSON document."""
    return json_document({"changes": diff_fields(diff)})


def diff_fields(diff: Diff) -> list[dict[str, object]]:
    """Return what JSON says of each file of a difference."""
    return [_fields(row) for row in diff_rows(diff)]


def diff_json_lines(diff: Diff) -> Iterator[bytes]:
    """Yield one JSON object per file, each on a line."""
    for row in diff_rows(diff):
        yield json_line(_fields(row))


def _fields(row: dict[str, Any]) -> dict[str, object]:
    return {
        "status": row["status"],
        "path": row["path"],
        "old_path": row["old_path"],
        "old": _version(row, "old"),
        "new": _version(row, "new"),
    }


def _version(row: dict[str, Any], side: str) -> dict[str, object] | None:
    mode, oid = row[f"{side}_mode"], row[f"{side}_id"]
    if mode is None:
        return None
    return {"mode": git_mode(mode), "size": row[f"{side}_size"], "id": None if oid is None else oid.hex()}


def _show_counts(console: Console, stats: list[FileStat], style: DiffStyle) -> None:
    if Format.NUMSTAT in style.formats:
        for stat in stats:
            if style.ending is Ending.LINE:
                console.line(numstat_line(stat, style.patch.quoting))
            elif stat.old_path is None:
                console.write(numstat_counts(stat) + stat.path + b"\0")
            else:
                console.write(numstat_counts(stat) + b"\0" + stat.old_path + b"\0" + stat.path + b"\0")
    if Format.STAT in style.formats:
        for line in stat_lines(stats, console, style.width):
            console.line(line)
    elif Format.SHORTSTAT in style.formats:
        console.line(shortstat_line(add_up(stats)))


def _without_unstored(row: dict[str, Any], diff: Diff) -> dict[str, Any]:
    """Return row without the id of a file that is not stored, as Git lists it: nobody could look it up."""
    if row["path"] not in diff.unstored:
        return row
    side = "old_id" if isinstance(diff.old, WorktreeContents) else "new_id"
    return {**row, side: None}


def _list_part(row: dict[str, Any], form: Format, style: DiffStyle) -> bytes:
    paths = [row["old_path"], row["path"]] if row["status"] == "R" else [row["old_path"] or row["path"]]
    if form is Format.NAME_ONLY:
        paths, head = [row["path"]], b""
    else:
        letter = b"R100" if row["status"] == "R" else row["status"].encode()
        head = (_raw_head(row, style) + b" " if form is Format.RAW else b"") + letter
    if style.ending is Ending.NUL:
        return b"".join(part + b"\0" for part in ([head] if head else []) + paths)
    names = [quote_path(path, style.patch.quoting) for path in paths]
    return b"\t".join(([head] if head else []) + names) + b"\n"


def _raw_head(row: dict[str, Any], style: DiffStyle) -> bytes:
    modes, ids = [], []
    for side in ("old", "new"):
        mode, oid = row[f"{side}_mode"], row[f"{side}_id"]
        modes.append("000000" if mode is None else git_mode(mode))
        shown = _NO_ID if oid is None else oid
        ids.append(shown.hex() if style.patch.full_ids else short_id(shown))
    return f":{modes[0]} {modes[1]} {ids[0]} {ids[1]}".encode()

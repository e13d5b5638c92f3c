"""The status in Git's forms for programs and for those in a hurry: short, porcelain v1, porcelain v2, JSON."""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from datagit.objects.mode import git_mode
from datagit.porcelain.status_result import Entry, Side, Status, Unmerged
from datagit.ui.console import Console, Paint
from datagit.ui.json import json_document
from datagit.ui.quote import Quoting, quote_path

CONFLICTS = {1: "DD", 2: "AU", 3: "UD", 4: "UA", 5: "DU", 6: "AA", 7: "UU"}
"""Git's two letters for which of base (1), ours (2) and theirs (4) exist."""

_NO_MODE = "000000"
_NO_ID = "0" * 64


@dataclass(frozen=True, slots=True)
class Paths:
    """How paths are shown: relative to a folder, quoted; or as they are, ended by NUL."""

    quoting: Quoting
    folder: bytes = b""
    end: bytes = b"\n"

    def plain(self, path: bytes) -> bytes:
        """Return a path of one of the forms in which blanks stay as they are."""
        return path if self.end == b"\0" else quote_path(self.relative(path), self.quoting)

    def spaced(self, path: bytes) -> bytes:
        """Return a path as the short form quotes it: blanks make quotes necessary."""
        shown = self.plain(path)
        return b'"' + shown + b'"' if self.end != b"\0" and b" " in shown and shown[:1] != b'"' else shown

    def relative(self, path: bytes) -> bytes:
        """Return path as it is called from the folder."""
        if not self.folder:
            return path
        shown = os.path.relpath(b"/" + path, b"/" + self.folder)
        return shown + b"/" if path.endswith(b"/") else shown


def upstream_name(status: Status) -> str:
    """Return the short name of what the branch follows; empty if it follows nothing."""
    if status.upstream is None:
        return ""
    # a branch that follows something is rare enough that its words are loaded late
    name: str = importlib.import_module("datagit.porcelain.ref_list").short_name(status.upstream.ref)
    return name


def write_short(console: Console, status: Status, paths: Paths) -> None:
    """Write one line for every path, two letters before it; ``-s`` and porcelain v1."""
    both: list[Entry | Unmerged] = sorted([*status.entries, *status.unmerged], key=lambda entry: entry.path)
    for entry in both:
        if isinstance(entry, Unmerged):
            letters = console.paint(CONFLICTS[entry.mask], Paint.CHANGED).encode()
            console.write(letters + b" " + paths.spaced(entry.path) + paths.end)
            continue
        letters = _letter(console, entry.staged, Paint.ADDED) + _letter(console, entry.unstaged, Paint.CHANGED)
        shown = paths.spaced(entry.path)
        if entry.old_path is not None:
            old = paths.spaced(entry.old_path)
            shown = shown + b"\0" + old if paths.end == b"\0" else old + b" -> " + shown
        console.write(letters + b" " + shown + paths.end)
    for mark, found in (("??", status.untracked), ("!!", status.ignored)):
        for path in found:
            console.write(console.paint(mark, Paint.CHANGED).encode() + b" " + paths.spaced(path) + paths.end)


def _letter(console: Console, letter: str, colour: Paint) -> bytes:
    return b" " if letter == "." else console.paint(letter, colour).encode()


def write_short_branch(console: Console, status: Status, paths: Paths) -> None:
    """Write the line ``## main...origin/main [ahead 1]``."""
    branch = status.refs.branch
    if branch is None:
        name = console.paint("HEAD (no branch)", Paint.CHANGED)
    else:
        name = ("" if status.commit else "No commits yet on ") + console.paint(branch, Paint.ADDED)
    if status.upstream is not None and branch is not None:
        name += "..." + console.paint(upstream_name(status), Paint.CHANGED) + _apart(status)
    console.write(f"## {name}".encode("utf-8", "surrogateescape") + paths.end)


def _apart(status: Status) -> str:
    if status.distance is None:
        return " [gone]" if status.upstream and status.upstream.ref not in status.refs.heads else ""
    ahead, behind = status.distance.ahead, status.distance.behind
    words = [f"{word} {count}" for word, count in (("ahead", ahead), ("behind", behind)) if count]
    return f" [{', '.join(words)}]" if words else ""


def write_v2_branch(console: Console, status: Status, paths: Paths) -> None:
    """Write the headers of porcelain v2 about the branch."""
    lines = [
        f"# branch.oid {status.commit.hex() if status.commit else '(initial)'}",
        f"# branch.head {status.refs.branch or '(detached)'}",
    ]
    if status.upstream is not None:
        lines.append(f"# branch.upstream {upstream_name(status)}")
        if status.distance is not None:
            lines.append(f"# branch.ab +{status.distance.ahead} -{status.distance.behind}")
    for line in lines:
        console.write(line.encode("utf-8", "surrogateescape") + paths.end)


def write_v2(console: Console, status: Status, paths: Paths) -> None:
    """Write porcelain v2: every fact on one line, conflicts after changes."""
    for entry in status.entries:
        modes = f"{_mode(entry.in_head)} {_mode(entry.in_index)} {_file_mode(entry.file_mode)}"
        kind = 1 if entry.old_path is None else 2
        line = (
            f"{kind} {entry.staged}{entry.unstaged} N... {modes} {_oid(entry.in_head)} {_oid(entry.in_index)} ".encode()
        )
        if entry.old_path is not None:
            separator = b"\0" if paths.end == b"\0" else b"\t"
            line += b"R100 " + paths.plain(entry.path) + separator + paths.plain(entry.old_path)
        else:
            line += paths.plain(entry.path)
        console.write(line + paths.end)
    for conflict in status.unmerged:
        modes = " ".join([*map(_mode, conflict.stages), _file_mode(conflict.file_mode)])
        oids = " ".join(map(_oid, conflict.stages))
        line = f"u {CONFLICTS[conflict.mask]} N... {modes} {oids} ".encode()
        console.write(line + paths.plain(conflict.path) + paths.end)
    for mark, found in ((b"? ", status.untracked), (b"! ", status.ignored)):
        for path in found:
            console.write(mark + paths.plain(path) + paths.end)


def write_json(console: Console, status: Status) -> None:
    """Write one document with everything."""
    fields: dict[str, object] = {
        "branch": status.refs.branch,
        "commit": status.commit.hex() if status.commit else None,
        "upstream": upstream_name(status) if status.upstream else None,
        "ahead": status.distance.ahead if status.distance else None,
        "behind": status.distance.behind if status.distance else None,
        "operation": status.operation.kind if status.operation else None,
        "entries": [_entry_fields(entry) for entry in status.entries],
        "unmerged": [
            {
                "path": conflict.path,
                "state": CONFLICTS[conflict.mask],
                **{
                    name: _side_fields(side)
                    for name, side in zip(("base", "ours", "theirs"), conflict.stages, strict=True)
                },
            }
            for conflict in status.unmerged
        ],
        "untracked": status.untracked,
        "ignored": status.ignored,
        "problems": [{"path": each.path, "code": each.code, "message": each.message} for each in status.problems],
    }
    console.write(json_document(fields))


def _entry_fields(entry: Entry) -> Mapping[str, object]:
    return {
        "path": entry.path,
        "old_path": entry.old_path,
        "staged": entry.staged,
        "unstaged": entry.unstaged,
        "head": _side_fields(entry.in_head),
        "index": _side_fields(entry.in_index),
        "file_mode": None if entry.file_mode is None else git_mode(entry.file_mode),
    }


def _side_fields(side: Side | None) -> Mapping[str, object] | None:
    return None if side is None else {"mode": git_mode(side.mode), "id": side.oid.hex()}


def _mode(side: Side | None) -> str:
    return _NO_MODE if side is None else git_mode(side.mode)


def _file_mode(mode: int | None) -> str:
    return _NO_MODE if mode is None else git_mode(mode)


def _oid(side: Side | None) -> str:
    return _NO_ID if side is None else side.oid.hex()

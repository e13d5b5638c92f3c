"""A difference as a patch that ``git apply`` understands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from datagit.diff.contents import Contents
from datagit.diff.lines import is_binary
from datagit.diff.patch import CONTEXT, hunk_head, make_hunks
from datagit.diff.stat import TEXT_LIMIT
from datagit.ids import ObjectId, short_id
from datagit.objects.mode import Mode, git_mode
from datagit.ui.console import Console, Paint
from datagit.ui.quote import Quoting, quote_path

NOWHERE = b"/dev/null"


@dataclass(frozen=True, slots=True)
class PatchStyle:
    """How a patch is written.

    Attributes:
        context: unchanged lines around each change.
        old_prefix: before names of the old side.
        new_prefix: before names of the new side.
        quoting: of names.
        full_ids: whether ids are written out.
        all_text: whether files with NUL are compared line by line, too.
    """

    context: int = CONTEXT
    old_prefix: bytes = b"a/"
    new_prefix: bytes = b"b/"
    quoting: Quoting = Quoting.ALL
    full_ids: bool = False
    all_text: bool = False


@dataclass(frozen=True, slots=True)
class _Side:
    path: bytes
    mode: int | None
    size: int
    oid: ObjectId | None
    contents: Contents

    @property
    def is_there(self) -> bool:
        return self.mode is not None

    def read(self) -> bytes:
        return self.contents.read(self.path, self.oid) if self.oid is not None else b""


def patch_parts(
    row: dict[str, Any], old: Contents, new: Contents, style: PatchStyle, console: Console
) -> Iterator[bytes]:
    """Yield the bytes of the patch of one row of STATUS_SCHEMA, given as a dict."""
    if row["status"] == "U":
        yield b"* Unmerged path " + quote_path(row["path"], style.quoting) + b"\n"
        return
    before = _Side(row["old_path"] or row["path"], row["old_mode"], row["old_size"] or 0, row["old_id"], old)
    after = _Side(row["path"], row["new_mode"], row["new_size"] or 0, row["new_id"], new)
    if row["status"] == "T":  # a file that becomes a link goes, and a link comes
        yield from _one_patch(before, _Side(after.path, None, 0, None, new), style, console)
        yield from _one_patch(_Side(before.path, None, 0, None, old), after, style, console)
        return
    yield from _one_patch(before, after, style, console)


def _one_patch(before: _Side, after: _Side, style: PatchStyle, console: Console) -> Iterator[bytes]:
    old_name = quote_path(style.old_prefix + before.path, style.quoting)
    new_name = quote_path(style.new_prefix + after.path, style.quoting)
    head = [b"diff --git " + old_name + b" " + new_name, *_meta_lines(before, after, style)]
    old_label = old_name if before.is_there else NOWHERE
    new_label = new_name if after.is_there else NOWHERE
    if before.oid == after.oid:
        yield _paint_lines(head, console)
        return
    if not style.all_text and (_looks_binary(before) or _looks_binary(after)):
        yield _paint_lines(head, console)
        yield b"Binary files " + old_label + b" and " + new_label + b" differ\n"
        return
    labelled = False
    for hunk in make_hunks(before.read(), after.read(), style.context):
        if not labelled:
            head += [b"--- " + old_label + _tab(old_label), b"+++ " + new_label + _tab(new_label)]
            yield _paint_lines(head, console)
            labelled = True
        heading = b" " + hunk.heading if hunk.heading else b""
        yield _paint(hunk_head(hunk), Paint.HUNK, console) + heading + b"\n"
        for sign, line in hunk.lines:
            body = sign + line.removesuffix(b"\n")
            colour = {b"-": Paint.CHANGED, b"+": Paint.ADDED}.get(sign)
            yield (body if colour is None else _paint(body, colour, console)) + b"\n"
            if not line.endswith(b"\n"):
                yield b"\\ No newline at end of file\n"
    if not labelled:
        yield _paint_lines(head, console)


def _meta_lines(before: _Side, after: _Side, style: PatchStyle) -> Iterator[bytes]:
    if before.mode is None and after.mode is not None:
        yield b"new file mode " + git_mode(after.mode).encode()
    elif after.mode is None and before.mode is not None:
        yield b"deleted file mode " + git_mode(before.mode).encode()
    elif before.mode is not None and after.mode is not None and before.mode != after.mode:
        yield b"old mode " + git_mode(before.mode).encode()
        yield b"new mode " + git_mode(after.mode).encode()
    if before.path != after.path and before.oid == after.oid:
        yield b"similarity index 100%"
        yield b"rename from " + quote_path(before.path, style.quoting)
        yield b"rename to " + quote_path(after.path, style.quoting)
    if before.oid != after.oid:
        same_mode = before.mode == after.mode and after.mode is not None
        mode = b" " + git_mode(after.mode).encode() if same_mode and after.mode is not None else b""
        yield b"index " + _show_id(before.oid, style) + b".." + _show_id(after.oid, style) + mode


def _show_id(oid: ObjectId | None, style: PatchStyle) -> bytes:
    shown = oid if oid is not None else ObjectId(bytes(32))
    return (shown.hex() if style.full_ids else short_id(shown)).encode()


def _looks_binary(side: _Side) -> bool:
    if side.oid is None or not side.size or side.mode == Mode.SYMLINK:
        return False
    return side.size > TEXT_LIMIT or is_binary(side.contents.head(side.path, side.oid))


def _tab(label: bytes) -> bytes:
    """Return what ends a name with spaces, so that ``patch`` does not take what follows for a date."""
    return b"\t" if b" " in label else b""


def _paint(line: bytes, colour: Paint, console: Console) -> bytes:
    return console.paint(line.decode("utf-8", "surrogateescape"), colour).encode("utf-8", "surrogateescape")


def _paint_lines(lines: list[bytes], console: Console) -> bytes:
    return b"".join(_paint(line, Paint.HEADER, console) + b"\n" for line in lines)

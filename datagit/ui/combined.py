"""What a merge changed against all of its parents, as ``git show`` tells it."""

from collections.abc import Iterator, Sequence

from datagit.diff.combined import CombinedHunk, combine
from datagit.diff.contents import Contents
from datagit.diff.lines import is_binary
from datagit.diff.stat import TEXT_LIMIT
from datagit.ids import ID_SIZE, ObjectId, short_id
from datagit.objects.mode import Mode, git_mode
from datagit.porcelain.show_merge import CombinedFile, Version
from datagit.ui.console import Console, Paint
from datagit.ui.diff import DiffStyle, Ending, Format
from datagit.ui.patch import NOWHERE, PatchStyle
from datagit.ui.quote import quote_path

_NO_ID = ObjectId(bytes(ID_SIZE))


def show_combined_list(console: Console, files: Sequence[CombinedFile], style: DiffStyle) -> None:
    """Write the names, or what else a list holds, of the files."""
    for file in files:
        head = b""
        if Format.RAW in style.formats:
            head = _raw_head(file, style.patch) + b" "
        if Format.NAME_ONLY not in style.formats:
            head += file.letters.encode()
        if style.ending is Ending.NUL:
            console.write((head + b"\0" if head else b"") + file.path + b"\0")
        else:
            console.line((head + b"\t" if head else b"") + quote_path(file.path, style.patch.quoting))


def combined_patch(file: CombinedFile, contents: Contents, style: PatchStyle, console: Console) -> bytes:
    """Return the patch of one file; empty if in every place the merge took what one of the parents has."""
    sides = (*file.old, file.new)
    binary = any(_looks_binary(contents, file.path, side) for side in sides)
    hunks: list[CombinedHunk] = []
    if not binary:
        before = [_read(contents, file.path, side) for side in file.old]
        hunks = combine(before, _read(contents, file.path, file.new), style.context)
    modes_differ = any(side.mode != file.new.mode for side in file.old)
    if not (binary or hunks or modes_differ):
        return b""
    parts = [_paint(line, Paint.HEADER, console) for line in _head_lines(file, style)]
    if binary:
        return b"".join([*parts, b"Binary files differ\n"])
    if hunks:
        path = quote_path(style.old_prefix + file.path, style.quoting)
        there = any(side.mode is not None for side in file.old)
        parts.append(_paint(b"--- " + (path if there else NOWHERE), Paint.HEADER, console))
        path = quote_path(style.new_prefix + file.path, style.quoting)
        parts.append(_paint(b"+++ " + (path if file.new.mode is not None else NOWHERE), Paint.HEADER, console))
    for hunk in hunks:
        parts += _hunk_lines(hunk, console)
    return b"".join(parts)


def _head_lines(file: CombinedFile, style: PatchStyle) -> Iterator[bytes]:
    yield b"diff --cc " + quote_path(file.path, style.quoting)
    olds = b",".join(_show_id(side.oid, style) for side in file.old)
    yield b"index " + olds + b".." + _show_id(file.new.oid, style)
    modes = b",".join(_show_mode(side.mode) for side in file.old)
    if all(side.mode is None for side in file.old):
        yield b"new file mode " + _show_mode(file.new.mode)
    elif file.new.mode is None:
        yield b"deleted file mode " + modes
    elif any(side.mode != file.new.mode for side in file.old):
        yield b"mode " + modes + b".." + _show_mode(file.new.mode)


def _hunk_lines(hunk: CombinedHunk, console: Console) -> Iterator[bytes]:
    fence = b"@" * (len(hunk.old_spans) + 1)
    spans = b" ".join([*(b"-%d,%d" % span for span in hunk.old_spans), b"+%d,%d" % hunk.new_span])
    head = _paint(fence + b" " + spans + b" " + fence, Paint.HUNK, console).removesuffix(b"\n")
    yield head + (b" " + hunk.heading if hunk.heading else b"") + b"\n"
    for marks, line in hunk.lines:
        colour = Paint.ADDED if b"+" in marks else Paint.CHANGED if b"-" in marks else None
        yield marks + line + b"\n" if colour is None else _paint(marks + line, colour, console)


def _raw_head(file: CombinedFile, style: PatchStyle) -> bytes:
    sides = (*file.old, file.new)
    modes = b" ".join(_show_mode(side.mode) for side in sides)
    return b":" * len(file.old) + modes + b" " + b" ".join(_show_id(side.oid, style) for side in sides)


def _show_mode(mode: int | None) -> bytes:
    return b"000000" if mode is None else git_mode(mode).encode()


def _show_id(oid: ObjectId | None, style: PatchStyle) -> bytes:
    shown = _NO_ID if oid is None else oid
    return (shown.hex() if style.full_ids else short_id(shown)).encode()


def _read(contents: Contents, path: bytes, side: Version) -> bytes:
    return b"" if side.oid is None else contents.read(path, side.oid)


def _looks_binary(contents: Contents, path: bytes, side: Version) -> bool:
    if side.oid is None or side.mode == Mode.SYMLINK:
        return False
    return side.size > TEXT_LIMIT or is_binary(contents.head(path, side.oid))


def _paint(line: bytes, colour: Paint, console: Console) -> bytes:
    text = line.decode("utf-8", "surrogateescape")
    return console.paint(text, colour).encode("utf-8", "surrogateescape") + b"\n"

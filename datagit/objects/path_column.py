"""The path rules over a whole column: millions of paths are checked without a loop over them."""

import pyarrow as pa

from datagit.errors import InvalidInputError
from datagit.objects import compute as pc
from datagit.objects.columns import Array, Column
from datagit.objects.path import LONGEST_NAME, RESERVED, check_path

# components that are empty, '.' or '..', and NUL; RE2 reads bytes, so no path can hide behind bad UTF-8
_MALFORMED = r"(?:^|/)\.{0,2}(?:/|$)|\x00"
# anything of these in the lower-cased bytes of a column means: look at its paths one by one
_RESERVED_STEMS = (b".dg", b".git", b"dg~", b"git~")
_UNUSUAL_UTF8 = (b"\xe2\x80", b"\xe2\x81", b"\xef\xbb\xbf", b"\xc4\xb1")


class UnsortedError(InvalidInputError):
    """Paths that have to ascend strictly do not: two are equal, or out of order."""

    code = "invalid-object"


def check_paths(paths: Column) -> None:
    """Check n paths by the rules of check_path.

    Raises:
        PathInvalidError: naming the first path that breaks a rule.
    """
    chunks: list[Array] = paths.chunks if isinstance(paths, pa.ChunkedArray) else [paths]
    for chunk in chunks:
        if len(chunk) and not _are_plain(chunk):
            suspicious: Array = pc.filter(chunk, _are_suspicious(chunk))
            for path in suspicious.to_pylist():
                check_path(path)


def check_ascending(paths: Column) -> None:
    """Check that each path is greater, by bytes, than the one before.

    Raises:
        UnsortedError: it is not.
    """
    if len(paths) > 1 and not pc.all(pc.less(paths.slice(0, len(paths) - 1), paths.slice(1))).as_py():
        message = "paths are not in strictly ascending order"
        raise UnsortedError(message)


def column_bytes(column: Array) -> memoryview:
    """Return the bytes of all values of a binary column, one after the other, without a copy."""
    _, offsets, content = column.buffers()
    if not len(column) or content is None or offsets is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("i")
    return memoryview(content)[ends[column.offset] : ends[column.offset + len(column)]]


def _are_plain(paths: Array) -> bool:
    """Return True only if all paths obey the rules, found out from all their bytes at once."""
    content = bytes(column_bytes(paths))
    if len(content) // len(paths) >= LONGEST_NAME or b"//" in content or b"/." in content or b"\0" in content:
        return False
    lengths: Array = pc.binary_length(paths)
    if pc.min(lengths).as_py() == 0 or pc.max(lengths).as_py() > LONGEST_NAME:
        return False
    ends = pa.chunked_array([pc.binary_slice(paths, 0, 1), pc.binary_slice(paths, -1)])
    if not {b"/", b"."}.isdisjoint(pc.unique(ends).to_pylist()):
        return False
    lowered = content.lower()
    if any(stem in lowered for stem in _RESERVED_STEMS):
        return False
    return content.isascii() or (_is_utf8(paths) and not any(mark in content for mark in _UNUSUAL_UTF8))


def _are_suspicious(paths: Array) -> Array:
    """Return where a path may break a rule; nowhere else does one."""
    if not _is_utf8(paths):
        return pc.is_valid(paths)
    text = pc.cast(paths, pa.string())
    long = pc.greater(pc.binary_length(paths), pa.scalar(LONGEST_NAME, pa.int32()))
    named = pc.or_(pc.match_substring_regex(text, _MALFORMED), pc.match_substring_regex(text, RESERVED))
    return pc.or_(named, long)


def _is_utf8(paths: Array) -> bool:
    try:
        pc.cast(paths, pa.string())
    except pa.ArrowInvalid:
        return False
    return True

"""Names and texts on their way to a terminal: quoted as Git quotes them, with nothing in them that steers it."""

import enum
import re


class Quoting(enum.Enum):
    """What quote_path escapes: ``core.quotePath`` true escapes every byte from 0x80 on, too."""

    ALL = "all"
    ASCII_ONLY = "ascii-only"


_NAMED = {
    0x07: b"\\a",
    0x08: b"\\b",
    0x09: b"\\t",
    0x0A: b"\\n",
    0x0B: b"\\v",
    0x0C: b"\\f",
    0x0D: b"\\r",
    0x22: b'\\"',
    0x5C: b"\\\\",
}
# patterns stay text until they are used: re keeps the compiled ones, and `dg --version` needs none
_NEEDS_QUOTES = {
    Quoting.ALL: rb'[\x00-\x1f"\\\x7f-\xff]',
    Quoting.ASCII_ONLY: rb'[\x00-\x1f"\\\x7f]',
}
_NAMES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 0x22, b"\\": 0x5C}
_ESCAPE = rb'\\([abtnvfr"\\]|[0-3][0-7]{2})'

# C0 but newline and tab, DEL, C1, and the marks that reorder text (bidi), which make a terminal lie about what it shows
_STEERING = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def quote_path(path: bytes, quoting: Quoting = Quoting.ALL) -> bytes:
    """Return path as Git prints it: as it is, or in double quotes with C escapes where it holds unusual bytes."""
    pattern = _NEEDS_QUOTES[quoting]
    if not re.search(pattern, path):
        return path
    return b'"' + re.sub(pattern, _escape_byte, path) + b'"'


def unquote_path(quoted: bytes) -> bytes:
    """Return the path that quote_path wrote; what is not in double quotes is taken as it is.

    Raises:
        ValueError: quotes or escapes are broken.
    """
    if not quoted.startswith(b'"'):
        return quoted
    inner = quoted[1:-1]
    bare = re.sub(_ESCAPE, b"", inner)
    if len(quoted) < 2 or not quoted.endswith(b'"') or b"\\" in bare or b'"' in bare:
        message = f"broken quoting: {quoted!r}"
        raise ValueError(message)
    return re.sub(_ESCAPE, _unescape, inner)


def safe_text(text: str) -> str:
    """Return text with every character that could steer a terminal or reorder a line written as an escape.

    Newline and tab stay. A byte that was no UTF-8 (a surrogate escape) shows as its hex digits.
    """
    return re.sub(_STEERING, _escape_character, text)


def safe_line(text: str) -> str:
    """Return text as safe_text does, on one line."""
    return safe_text(text).replace("\n", "\\n").replace("\t", "\\t")


def _escape_byte(match: re.Match[bytes]) -> bytes:
    byte = match.group()[0]
    return _NAMED.get(byte) or b"\\%03o" % byte


def _unescape(match: re.Match[bytes]) -> bytes:
    name = match.group(1)
    return bytes([_NAMES[name] if name in _NAMES else int(name, 8)])


def _escape_character(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

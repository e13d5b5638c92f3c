"""Git's configuration syntax: sections, subsections, quotes, escapes, continued lines, comments.

Reads text into tokens that know where they stand, so that ``edit.py`` can change one value and keep every other byte.
Files are decoded with ``surrogateescape``; includes are ordinary keys here and never followed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from datagit.errors import InvalidInputError

LARGEST_FILE = 1 << 20
"""Bytes that a configuration file may have."""

_BETWEEN = re.compile(r"(?:[ \t\r\n]+|[#;][^\n]*)*")
_HEADER = re.compile(r'\[([A-Za-z0-9.-]+)(?:[ \t\r]+"((?:[^"\\\n]|\\[^\n])*)")?\]')
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_SECTION = re.compile(r"[A-Za-z0-9-]+")
_EQUALS = re.compile(r"[ \t]*(=|(?=\r?\n|\Z))")
_PART = re.compile(r'(?P<text>[^\\"#;\n \t\r]+)|(?P<space>[ \t\r]+)|\\(?P<escape>\r?\n|.)|(?P<quote>")|[#;][^\n]*')
_QUOTED = re.compile(r'(?P<text>[^\\"\n]+)|(?P<space>(?!))|\\(?P<escape>\r?\n|.)|(?P<quote>")')
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "\\": "\\", '"': '"', "\n": "", "\r\n": ""}


class BadConfigError(InvalidInputError):
    """A line, key or value that Git's configuration syntax does not allow."""

    code = "config-refused"


@dataclass(frozen=True, slots=True)
class Header:
    """``[section "subsection"]``: prefix is how its keys begin, with the section in lower case."""

    prefix: str
    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Variable:
    """``name = value`` under a header: the whole key, and the value; None where there is no ``=``, which means true."""

    key: str
    value: str | None
    start: int
    end: int
    line: int


def decode_config(content: bytes) -> str:
    """Return the text of a file, without the byte order mark that some editors write."""
    return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def encode_config(text: str) -> bytes:
    """Return the bytes of decode_config's text."""
    return text.encode("utf-8", "surrogateescape")


def parse_config(text: str, source: str) -> Iterator[Header | Variable]:
    """Yield headers and variables in file order; a variable ends before the newline that ends its line.

    Args:
        text: the whole file, as decode_config returns it.
        source: how errors name the file.

    Raises:
        BadConfigError: a line does not parse; the message names source and line.
    """
    position, line, prefix = 0, 1, ""
    while True:
        between = _BETWEEN.match(text, position)
        after = between.end() if between else position
        line += text.count("\n", position, after)
        position = after
        if position == len(text):
            return
        if text[position] == "[":
            header = _HEADER.match(text, position)
            if header is None:
                raise _bad_line(source, line)
            prefix = header[1].lower()
            if header[2] is not None:
                prefix += "." + re.sub(r"\\(.)", r"\1", header[2])
            yield Header(prefix, position, header.end(), line)
            position = header.end()
            continue
        name = _NAME.match(text, position)
        equals = _EQUALS.match(text, name.end()) if name else None
        if name is None or equals is None or not prefix or "\0" in prefix:
            raise _bad_line(source, line)
        value, end = (None, equals.end()) if not equals[1] else _parse_value(text, equals.end(), source, line)
        yield Variable(f"{prefix}.{name[0].lower()}", value, position, end, line)
        line += text.count("\n", position, end)
        position = end


def _parse_value(text: str, position: int, source: str, line: int) -> tuple[str, int]:
    """Return the value that starts at position, and where its line ends."""
    parts: list[str] = []
    pending, quoted = "", False
    while position < len(text) and text[position] != "\n":
        part = (_QUOTED if quoted else _PART).match(text, position)
        if part is None:
            raise _bad_line(source, line)
        position = part.end()
        if part["space"]:
            pending += part["space"] if parts else ""
        elif part["quote"]:
            quoted = not quoted
        elif part["text"] or part["escape"]:
            more = part["text"] or _ESCAPES.get(part["escape"])
            if more is None or "\0" in more:
                raise _bad_line(source, line)
            if more:
                parts += (pending, more)
                pending = ""
    if quoted:
        raise _bad_line(source, line)
    return "".join(parts), position


def _bad_line(source: str, line: int) -> BadConfigError:
    return BadConfigError(f"bad config line {line} in file {source}", hint="correct that line in an editor")


def canonical_key(key: str) -> str:
    """Return key as settings are looked up by: section and name in lower case, the subsection as it is.

    Raises:
        BadConfigError: key has no section, no name, or characters that Git refuses.
    """
    section, subsection, name = split_key(key)
    return f"{section.lower()}.{subsection}.{name.lower()}" if subsection is not None else f"{section}.{name}".lower()


def split_key(key: str) -> tuple[str, str | None, str]:
    """Return section, subsection and name, spelled as in key; raises as canonical_key does."""
    first, last = key.find("."), key.rfind(".")
    if first <= 0:
        message = f"key does not contain a section: {key}"
        raise BadConfigError(message, hint="write it as section.name")
    if last == len(key) - 1:
        message = f"key does not contain variable name: {key}"
        raise BadConfigError(message, hint="write it as section.name")
    section, subsection, name = key[:first], key[first + 1 : last] if first < last else None, key[last + 1 :]
    if not _NAME.fullmatch(name) or not _SECTION.fullmatch(section) or "\n" in (subsection or "") or "\0" in key:
        message = f"invalid key: {key}"
        raise BadConfigError(
            message, hint="a section and a name are letters, digits and '-', the name starts with a letter"
        )
    return section, subsection, name


def quote_value(value: str) -> str:
    """Return value as it is written in a file, so that reading it gives value again."""
    if "\0" in value:
        message = "a config value cannot hold a NUL character"
        raise BadConfigError(message)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    escaped = escaped.replace("\b", "\\b")
    # a carriage return at the end would be taken for part of the newline (CVE-2025-48384)
    if value[:1] == " " or value[-1:] == " " or any(character in value for character in ";#\r"):
        return f'"{escaped}"'
    return escaped


def quote_header(section: str, subsection: str | None) -> str:
    """Return the header line, without its newline, under which section's variables stand."""
    if subsection is None:
        return f"[{section}]"
    escaped = subsection.replace("\\", "\\\\").replace('"', '\\"')
    return f'[{section} "{escaped}"]'


def parse_bool(value: str | None, key: str) -> bool:
    """Return what a boolean setting says, by Git's rules: no value is true, an empty one false, a number is not zero.

    Raises:
        BadConfigError: value is none of Git's words and no number; the message names key.
    """
    if value is None or value.lower() in ("true", "yes", "on"):
        return True
    if value.lower() in ("", "false", "no", "off"):
        return False
    try:
        return parse_int(value, key) != 0
    except BadConfigError:
        message = f"bad boolean config value '{value}' for '{key}'"
        raise BadConfigError(message, hint="use true or false") from None


def parse_int(value: str | None, key: str) -> int:
    """Return an integer setting, with an optional suffix k, m or g for powers of 1024.

    Raises:
        BadConfigError: value is no number of at most 64 bits; the message names key.
    """
    number = re.fullmatch(r"\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]{0,18})([kKmMgG]?)", value or "")
    if number is not None:
        digits = number[2]
        base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10
        amount = int(digits, base) << 10 * " kmg".index(number[3].lower() or " ")
        if amount < 1 << 63:
            return -amount if number[1] == "-" else amount
    message = f"bad numeric config value '{value or ''}' for '{key}'"
    raise BadConfigError(message, hint="use a whole number, with k, m or g behind it if you like")

"""The ``--format`` of ref lists: ``%(refname:short) %(if)%(HEAD)%(then)*%(end)``, as in ``git for-each-ref``."""

import re
import unicodedata
from collections.abc import Callable, Container
from dataclasses import dataclass, field

from datagit.errors import InvalidInputError
from datagit.ids import ObjectId
from datagit.objects.commit import Signature
from datagit.porcelain.ref_fields import RefContext, Value, body_of, check_field, field_value, subject_of
from datagit.porcelain.ref_list import ListedRef, clear_name
from datagit.porcelain.upstream import Upstream, upstream_distance
from datagit.ui.date_format import format_date
from datagit.ui.quote import safe_text

SHORT = 12
"""Hex digits of an id that people see."""

_TOKEN = re.compile(r"%%|%\(([^)]*)\)|%([0-9a-fA-F]{2})|[^%]+|%")
_DATES = frozenset({"authordate", "committerdate", "taggerdate", "creatordate"})
_EMAILS = frozenset({"authoremail", "committeremail", "taggeremail"})
_BLOCKS = frozenset({"if", "then", "else", "end", "align", "color"})
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ATTRIBUTES = {"bold": "1", "dim": "2", "italic": "3", "ul": "4", "blink": "5", "reverse": "7", "strike": "9"}


class RefFormatError(InvalidInputError):
    """A format that cannot be read."""

    code = "name-invalid"


@dataclass(frozen=True, slots=True)
class RefWriter:
    """What a format needs besides a ref: what fields are read from, the clock, and whether colours are wanted."""

    context: RefContext
    now: int
    colour: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Field:
    """One ``%(name:option)``."""

    name: str
    option: str | None


@dataclass(slots=True)
class _Block:
    """Text that is collected until its ``%(end)``: an alignment, or a branch of a condition."""

    kind: str
    option: str | None = None
    text: list[str] = field(default_factory=list)
    holds: bool | None = None


RefFormat = tuple[str | _Field, ...]
"""A parsed format: literal text and fields."""


def parse_format(text: str) -> RefFormat:
    """Return the parts of a format.

    Raises:
        FieldUnknownError: a field is not known.
        RefFormatError: a parenthesis is left open.
    """
    parts: list[str | _Field] = []
    for match in _TOKEN.finditer(text):
        inner, digits = match.groups()
        if inner is not None:
            name, colon, option = inner.partition(":")
            plain = name.partition("=")[0]
            if plain in _BLOCKS:
                parts.append(_Field(plain, inner[len(plain) + 1 :] or None))
            else:
                check_field(name)
                parts.append(_Field(name, option if colon else None))
        elif digits is not None:
            parts.append(chr(int(digits, 16)))
        elif match.group() == "%%":
            parts.append("%")
        elif match.group() == "%" and text.startswith("%(", match.start()):
            message = f"malformed format string {text[match.start() :]}"
            raise RefFormatError(message)
        else:
            parts.append(match.group())
    return tuple(parts)


def write_ref(parts: RefFormat, ref: ListedRef, writer: RefWriter) -> str:
    """Return the line that a format makes of a ref.

    Raises:
        RefFormatError: its blocks do not fit, or a field has no such option.
    """
    stack = [_Block("line")]
    coloured = False
    for part in parts:
        if isinstance(part, str):
            stack[-1].text.append(part)
        elif part.name in ("if", "align"):
            stack.append(_Block(part.name, part.option))
        elif part.name == "then":
            _begin_then(stack)
        elif part.name == "else":
            _begin_else(stack)
        elif part.name == "end":
            _close(stack)
        elif part.name == "color":
            codes = writer.colour(_colour_codes(part.option or ""))
            coloured = bool(codes) and part.option != "reset"
            stack[-1].text.append(codes)
        else:
            stack[-1].text.append(safe_text(_write_field(part, ref, writer)))
    if len(stack) > 1:
        message = f"format: missing %(end) of %({stack[-1].kind})"
        raise RefFormatError(message)
    return "".join(stack[0].text) + (writer.colour("") if coloured else "")


def display_width(text: str) -> int:
    """Return how many columns of a terminal text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int) -> str:
    """Return text with spaces behind it, to at least width columns."""
    return text + " " * (width - display_width(text))


def first_lines(message: str, count: int) -> str:
    """Return the first lines of a message, all but the first indented by four spaces, as ``tag -n`` shows them."""
    return "\n    ".join(message.strip("\n").split("\n")[:count])


def _begin_then(stack: list[_Block]) -> None:
    block = stack[-1]
    if block.kind != "if" or block.holds is not None:
        message = "format: %(then) atom used without an %(if) atom"
        raise RefFormatError(message)
    text = "".join(block.text)
    kind, _, wanted = (block.option or "").partition("=")
    if kind == "equals":
        block.holds = text == wanted
    elif kind == "notequals":
        block.holds = text != wanted
    else:
        block.holds = bool(text.strip())
    block.text = []


def _begin_else(stack: list[_Block]) -> None:
    block = stack[-1]
    if block.kind != "if" or block.holds is None:
        message = "format: %(else) atom used without a %(then) atom"
        raise RefFormatError(message)
    block.kind, block.option = "else", "".join(block.text) if block.holds else ""
    block.text = []


def _close(stack: list[_Block]) -> None:
    if len(stack) == 1:
        message = "format: %(end) atom used without corresponding atom"
        raise RefFormatError(message)
    block = stack.pop()
    text = "".join(block.text)
    if block.kind == "align":
        text = _aligned(text, block.option or "")
    elif block.kind == "else":
        text = (block.option or "") if block.holds else text
    elif block.holds is None:
        message = "format: %(if) atom used without a %(then) atom"
        raise RefFormatError(message)
    elif not block.holds:
        text = ""
    stack[-1].text.append(text)


def _aligned(text: str, option: str) -> str:
    width, position = 0, "left"
    for word in option.split(","):
        key, equals, value = word.partition("=")
        given = value if equals and key in ("width", "position") else word
        if given.isdigit():
            width = int(given)
        elif given in ("left", "middle", "right"):
            position = given
        else:
            message = f"unrecognized %(align) argument: {word}"
            raise RefFormatError(message)
    missing = max(0, width - display_width(text))
    if position == "right":
        return " " * missing + text
    if position == "middle":
        return " " * (missing // 2) + text + " " * (missing - missing // 2)
    return text + " " * missing


def _write_field(part: _Field, ref: ListedRef, writer: RefWriter) -> str:
    value = field_value(writer.context, ref, part.name)
    plain, option = part.name.removeprefix("*"), part.option
    if value is None:
        return ""
    if plain in ("upstream", "push"):
        assert isinstance(value, Upstream)  # noqa: S101 what this field is
        return _write_upstream(value, ref, option, writer)
    if isinstance(value, Signature):
        if plain in _DATES or (plain in ("creator",) and option):
            return format_date(value.time, value.offset, option or "default", now=writer.now)
        return f"{value.name} <{value.email}> {format_date(value.time, value.offset, 'raw', now=writer.now)}"
    if plain in ("refname", "symref") and option:
        return _strip(str(value), option, writer.context.heads)
    if plain in _EMAILS and option:
        return _part_of_email(str(value), option)
    if plain in ("contents", "subject", "body") and option:
        return _part_of_message(str(value), plain, option)
    return _write_plain(value, plain, option)


def _write_plain(value: Value, plain: str, option: str | None) -> str:
    if isinstance(value, bytes):
        return _write_id(ObjectId(value), option)
    if isinstance(value, tuple):
        return " ".join(_write_id(oid, option) for oid in value)
    if option and plain != "HEAD":
        message = f"unrecognized %({plain}) argument: {option}"
        raise RefFormatError(message)
    return str(value)


def _write_id(oid: ObjectId, option: str | None) -> str:
    if option is None:
        return oid.hex()
    kind, equals, digits = option.partition("=")
    if kind != "short" or (equals and not digits.isdigit()):
        message = f"unrecognized %(objectname) argument: {option}"
        raise RefFormatError(message)
    return oid.hex()[: max(4, int(digits)) if equals else SHORT]


def _write_upstream(upstream: Upstream, ref: ListedRef, option: str | None, writer: RefWriter) -> str:
    if option in (None, "short") or (option or "").startswith(("lstrip=", "rstrip=", "strip=")):
        return _strip(upstream.ref, option, writer.context.heads) if option else upstream.ref
    if option == "remotename":
        return upstream.remote
    if option == "remoteref":
        return upstream.merge
    words = set((option or "").split(","))
    if not words <= {"track", "trackshort", "nobracket"}:
        message = f"unrecognized %(upstream) argument: {option}"
        raise RefFormatError(message)
    known_objects = writer.context.known.objects
    distance = upstream_distance(known_objects, writer.context.heads, ref.oid, upstream)
    if "trackshort" in words:
        if distance is None:
            return ""
        return {(False, False): "=", (True, False): ">", (False, True): "<", (True, True): "<>"}[
            distance.ahead > 0, distance.behind > 0
        ]
    text = "gone" if distance is None else track_text(distance.ahead, distance.behind)
    return text if not text or "nobracket" in words else f"[{text}]"


def track_text(ahead: int, behind: int) -> str:
    """Return ``ahead 1, behind 2``, without what is 0."""
    return ", ".join(f"{word} {count}" for word, count in (("ahead", ahead), ("behind", behind)) if count)


def _strip(name: str, option: str, heads: Container[str]) -> str:
    if option == "short":
        return clear_name(name, heads)
    kind, equals, digits = option.partition("=")
    if kind not in ("lstrip", "rstrip", "strip") or not equals or not digits.lstrip("-").isdigit():
        message = f"unrecognized %(refname) argument: {option}"
        raise RefFormatError(message)
    parts, count = name.split("/"), int(digits)
    if count < 0:  # leave so many
        count = max(0, len(parts) + count)
    if count >= len(parts):
        return ""
    return "/".join(parts[: len(parts) - count] if kind == "rstrip" else parts[count:])


def _part_of_email(email: str, option: str) -> str:
    trimmed = email.strip("<>")
    if option == "trim":
        return trimmed
    if option == "localpart":
        return trimmed.partition("@")[0]
    message = f"unrecognized email option: {option}"
    raise RefFormatError(message)


def _part_of_message(text: str, plain: str, option: str) -> str:
    if plain == "subject" and option == "sanitize":
        return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-.")
    if plain == "contents":
        kind, _, digits = option.partition("=")
        if option == "subject":
            return subject_of(text)
        if option == "body":
            return body_of(text)
        if option == "size":
            return str(len(text.encode()))
        if option == "signature":
            return ""
        if kind == "lines" and digits.isdigit():
            return first_lines(text, int(digits))
    message = f"unrecognized %({plain}) argument: {option}"
    raise RefFormatError(message)


def _colour_codes(words: str) -> str:
    codes: list[str] = []
    for word in words.split():
        bright = word.startswith("bright")
        name = word.removeprefix("bright")
        if word in _ATTRIBUTES:
            codes.append(_ATTRIBUTES[word])
        elif name in _COLOURS:
            codes.append(str((90 if bright else 30) + _COLOURS.index(name)))
        elif word not in ("reset", "normal", "default"):
            message = f"unrecognized color: %(color:{words})"
            raise RefFormatError(message)
    return ";".join(codes)

"""Change one value in a configuration file and keep every other byte: comments, order, spelling.

The functions take a file's text and return the new text; the caller reads and writes it, under the lock.
"""

import re
from collections.abc import Callable

from datagit.config.syntax import (
    Header,
    Variable,
    canonical_key,
    parse_config,
    quote_header,
    quote_value,
    split_key,
)
from datagit.errors import NotFoundError, RefusedError

ValueFilter = Callable[[str], bool]
"""Chooses among several values of a key."""


class KeyMissingError(NotFoundError):
    """The key or section to remove is not there."""

    code = "no-match"
    exit_code = 5


class ManyValuesError(RefusedError):
    """The key has several values and the command means one."""

    code = "no-match"
    exit_code = 5


def any_value(value: str) -> bool:
    """Choose every value."""
    return True


def set_value(text: str, key: str, value: str, chosen: ValueFilter = any_value) -> str:
    """Return text in which key has value: in the place of the one that chosen allows, or at the section's end.

    Raises:
        ManyValuesError: chosen allows several.
        BadConfigError: text or key does not parse.
    """
    found = _find(text, key, chosen)
    if len(found) > 1:
        message = f"cannot overwrite multiple values of '{key}' with a single value"
        raise ManyValuesError(message, hint="see them with 'dg config --get-all', replace them with --replace-all")
    return replace_values(text, key, value, chosen)


def replace_values(text: str, key: str, value: str, chosen: ValueFilter = any_value) -> str:
    """Return text in which the last of the chosen values of key is value, and the others are gone."""
    found = _find(text, key, chosen)
    if not found:
        return add_value(text, key, value)
    last, name = found[-1], split_key(key)[2]
    text = f"{text[: last.start]}{name} = {quote_value(value)}{text[_end_of_value(text, last) :]}"
    for variable in reversed(found[:-1]):
        text = _without(text, variable)
    return text


def add_value(text: str, key: str, value: str) -> str:
    """Return text with one more value of key, behind what its section has."""
    section, subsection, name = split_key(key)
    prefix = canonical_key(key).rsplit(".", 1)[0]
    line = f"\t{name} = {quote_value(value)}\n"
    inside, end = False, -1
    for token in parse_config(text, "the file"):
        if isinstance(token, Header):
            inside = token.prefix == prefix
        if inside:
            end = token.end
    if end < 0:
        if text and not text.endswith("\n"):
            text += "\n"
        return f"{text}{quote_header(section, subsection)}\n{line}"
    newline = text.find("\n", end)
    if newline < 0:
        return f"{text}\n{line}"
    if re.fullmatch(r"[ \t\r]*([#;].*)?", text[end:newline]):
        return text[: newline + 1] + line + text[newline + 1 :]
    return f"{text[:end]}\n{line}{text[end:].lstrip(' ')}"  # another token follows on the same line


def unset_value(text: str, key: str, chosen: ValueFilter = any_value) -> str:
    """Return text without the one value of key that chosen allows.

    Raises:
        KeyMissingError: there is none.
        ManyValuesError: there are several.
    """
    found = _find(text, key, chosen)
    if len(found) > 1:
        message = f"'{key}' has multiple values"
        raise ManyValuesError(message, hint="remove all of them with --unset-all, or name one by a value pattern")
    return unset_values(text, key, chosen)


def unset_values(text: str, key: str, chosen: ValueFilter = any_value) -> str:
    """Return text without the chosen values of key; a header left without any content goes with the last one.

    Raises:
        KeyMissingError: there is none.
    """
    found = _find(text, key, chosen)
    if not found:
        message = f"'{key}' is not set in this file"
        raise KeyMissingError(message, hint="see what is set with 'dg config --list --show-origin'")
    for variable in reversed(found):
        text = _without(text, variable)
    return _without_empty_header(text, canonical_key(key).rsplit(".", 1)[0])


def remove_section(text: str, name: str) -> str:
    """Return text without any section of this name (``remote.origin``), and what stands in it.

    Raises:
        KeyMissingError: there is none.
    """
    spans = _section_spans(text, _canonical_section(name))
    if not spans:
        message = f"no such section: {name}"
        raise KeyMissingError(message, hint="see what is set with 'dg config --list --show-origin'")
    for header, end in reversed(spans):
        text = text[: _line_start(text, header.start)] + text[end:]
    return text


def rename_section(text: str, old: str, new: str) -> str:
    """Return text in which every section called old is called new; KeyMissingError if there is none."""
    spans = _section_spans(text, _canonical_section(old))
    if not spans:
        message = f"no such section: {old}"
        raise KeyMissingError(message, hint="see what is set with 'dg config --list --show-origin'")
    section, _, subsection = new.partition(".")
    split_key(f"{new}.x")
    for header, _end in reversed(spans):
        text = text[: header.start] + quote_header(section, subsection or None) + text[header.end :]
    return text


def _find(text: str, key: str, chosen: ValueFilter) -> list[Variable]:
    wanted = canonical_key(key)
    return [
        token
        for token in parse_config(text, "the file")
        if isinstance(token, Variable) and token.key == wanted and chosen("" if token.value is None else token.value)
    ]


def _end_of_value(text: str, variable: Variable) -> int:
    """Return where the variable's line ends, before the carriage return of a Windows newline."""
    return variable.end - 1 if text[: variable.end].endswith("\r") else variable.end


def _without(text: str, variable: Variable) -> str:
    start = _line_start(text, variable.start)
    end = min(variable.end + 1, len(text))
    if text[start : variable.start].strip(" \t"):
        return text[: variable.start].rstrip(" \t") + text[variable.end :]  # the header stands on the same line
    return text[:start] + text[end:]


def _without_empty_header(text: str, prefix: str) -> str:
    for header, end in reversed(_section_spans(text, prefix)):
        start = _line_start(text, header.start)
        if not text[header.end : end].strip() and not text[start : header.start].strip():
            text = text[:start] + text[end:]
    return text


def _section_spans(text: str, prefix: str) -> list[tuple[Header, int]]:
    """Return the headers with this prefix and where each section ends: at the next header's line, or the text's end."""
    headers = [token for token in parse_config(text, "the file") if isinstance(token, Header)]
    ends = [_line_start(text, header.start) for header in headers[1:]] + [len(text)]
    return [
        (header, max(end, header.end)) for header, end in zip(headers, ends, strict=True) if header.prefix == prefix
    ]


def _line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, position) + 1


def _canonical_section(name: str) -> str:
    return canonical_key(f"{name}.x").removesuffix(".x")

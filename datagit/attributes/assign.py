"""What ``.dgattributes`` says about a path: label drivers, ``binary``, ``merge=…``, by gitattributes' rules.

Later lines win, attribute by attribute; deeper folders win over higher ones, ``.dg/info/attributes`` over all. A
pattern with a trailing slash never matches a file, one with ``!`` is not allowed, and a folder hands nothing down.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from datagit.attributes.patterns import PathKind, Pattern, PatternList, parse_pattern
from datagit.storage.small_file import Links, read_small_file

LARGEST_FILE = 1 << 20
"""Bytes that an attributes file may have."""

LONGEST_LINE = 2048
"""Bytes that a line may have; longer ones are passed over, as Git does since CVE-2022-23521."""

Value: TypeAlias = str | bool | None
"""``name=text`` is the text, ``name`` True, ``-name`` False, ``!name`` None."""

FolderReader = Callable[[bytes], bytes | None]
"""Returns the content of the ``.dgattributes`` in a folder (``b""`` is the root), None if there is none."""

_NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
_FIELD = re.compile(rb"[^ \t\r\n]+")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"(?=[ \t\r\n]|\Z)', re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-3][0-7][0-7]|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_BUILT_IN: dict[str, "_Assignments"] = {"binary": (("diff", False), ("merge", False), ("text", False))}

_Assignments: TypeAlias = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class _AttributeFile:
    """One file: its patterns, what each line assigns, and the macros it defines."""

    patterns: PatternList
    assigned: Mapping[int, _Assignments]
    macros: Mapping[str, _Assignments]
    start: int  # length of the folder's path with its slash


class AttributeRules:
    """The attributes of one tree; reads a folder's file when a path below it is first asked for."""

    def __init__(self, read: FolderReader, strongest: bytes | None = None) -> None:
        """Ask read for the files of folders; strongest is the content of ``.dg/info/attributes``."""
        self._read = read
        self._info = _parse_file(strongest or b"", b"", "info/attributes")
        self._stacks: dict[bytes, tuple[_AttributeFile, ...]] = {b"": self._load(b"")}

    def attributes_of(self, path: bytes) -> dict[str, Value]:
        """Return every attribute that a rule sets for the file at path; a missing one is unspecified."""
        parent, _, name = path.rpartition(b"/")
        stack = (self._info, *self._stack(parent))
        macros = dict(_BUILT_IN)
        for file in reversed(stack):
            macros.update(file.macros)
        found: dict[str, Value] = {}
        for file in stack:
            for pattern in reversed(file.patterns.matches(path[file.start :], name, PathKind.FILE)):
                _assign(file.assigned[pattern.line], macros, found)
        return {attribute: value for attribute, value in found.items() if value is not None}

    def attribute(self, path: bytes, name: str) -> Value:
        """Return one attribute of the file at path; None if it is unspecified."""
        return self.attributes_of(path).get(name)

    def _stack(self, folder: bytes) -> tuple[_AttributeFile, ...]:
        """Return the files that apply inside folder, strongest first."""
        missing = []
        while folder not in self._stacks:
            missing.append(folder)
            folder = folder.rpartition(b"/")[0]
        stack = self._stacks[folder]
        for folder in reversed(missing):
            stack = (*self._load(folder), *stack)
            self._stacks[folder] = stack
        return stack

    def _load(self, folder: bytes) -> tuple[_AttributeFile, ...]:
        content = self._read(folder)
        prefix = folder + b"/" if folder else b""
        return () if content is None else (_parse_file(content, prefix, os.fsdecode(prefix + b".dgattributes")),)


def load_attributes(root: Path, info: Path | None = None) -> AttributeRules:
    """Return the attributes of the working tree at root; info is ``.dg/info/attributes``.

    Raises:
        FileTooLargeError: a file has more than 1 MiB; nested files raise it when they are first needed.
    """

    def read(folder: bytes) -> bytes | None:
        path = os.path.join(os.fsencode(root), folder, b".dgattributes")
        return read_small_file(path, LARGEST_FILE, Links.REFUSE)

    return AttributeRules(read, None if info is None else read_small_file(info, LARGEST_FILE, Links.FOLLOW))


def _assign(assignments: _Assignments, macros: Mapping[str, _Assignments], found: dict[str, Value]) -> None:
    """Give found what assignments say and nobody stronger said; a macro that is set brings its own along."""
    pending = list(assignments)  # the last one is looked at first
    while pending:
        name, value = pending.pop()
        if name not in found:
            found[name] = value
            if value is True:
                pending += macros.get(name, ())


def _parse_file(content: bytes, prefix: bytes, source: str) -> _AttributeFile:
    patterns: list[Pattern] = []
    assigned: dict[int, _Assignments] = {}
    macros: dict[str, _Assignments] = {}
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        text = line.strip(b" \t\r")
        if not text or text[:1] == b"#" or len(line) > LONGEST_LINE:
            continue
        glob, rest = _split_pattern(text)
        macro = _macro_name(glob) if not prefix else None
        if macro is not None:
            rest = rest.strip(b" \t\r")
            name, _, rest = rest.partition(b" ") if macro == b"" else (macro, b"", rest)
            macro_name = _decode_name(name)
            assignments = _parse_assignments(rest)
            if macro_name is not None and assignments is not None:
                macros[macro_name] = assignments
            continue
        assignments = _parse_assignments(rest)
        pattern = parse_pattern(glob, number)
        if assignments is None or pattern.negated or glob.startswith(b"[attr]") or not pattern.glob:
            continue
        patterns.append(pattern)
        assigned[number] = assignments
    return _AttributeFile(PatternList(source, patterns), assigned, macros, len(prefix))


def _split_pattern(text: bytes) -> tuple[bytes, bytes]:
    quoted = _QUOTED.match(text)
    if quoted is not None:
        return _ESCAPE.sub(_unescape, quoted[1]), text[quoted.end() :]
    field = _FIELD.match(text)
    return (field[0], text[field.end() :]) if field else (text, b"")


def _unescape(escape: re.Match[bytes]) -> bytes:
    found = escape[1]
    return bytes((int(found, 8),)) if len(found) == 3 else _ESCAPED.get(found, found)


def _macro_name(glob: bytes) -> bytes | None:
    """Return the name in ``[attr]name``; None if this is a pattern. Macros count at the top and in info only."""
    return glob.removeprefix(b"[attr]") if glob.startswith(b"[attr]") else None


def _decode_name(name: bytes) -> str | None:
    text = name.decode("utf-8", "replace")
    return text if _NAME.fullmatch(text) else None


def _parse_assignments(text: bytes) -> _Assignments | None:
    """Return what a line assigns, in its order; None if one of the names is none, which drops the line."""
    found: list[tuple[str, Value]] = []
    for field in _FIELD.findall(text):
        key, equals, value = field.partition(b"=")
        sign = key[:1] if key[:1] in (b"-", b"!") else b""
        name = _decode_name(key[len(sign) :])
        if name is None:
            return None
        if sign:
            found.append((name, False if sign == b"-" else None))
        else:
            found.append((name, os.fsdecode(value) if equals else True))
    return tuple(found)


def show_value(value: Value) -> str:
    """Return value as ``check-attr`` prints it."""
    return {True: "set", False: "unset", None: "unspecified"}[value] if not isinstance(value, str) else value


def select_attributes(rules: AttributeRules, path: bytes, names: Sequence[str]) -> list[tuple[str, Value]]:
    """Return the named attributes of path, in the order asked for."""
    found = rules.attributes_of(path)
    return [(name, found.get(name)) for name in names]

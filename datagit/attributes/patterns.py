"""Pattern files in gitignore's syntax: one pattern, and a list of them asked for the last that matches."""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from datagit.attributes.wildcards import literal_length, wildcard_regex


class PathKind(enum.Enum):
    """What stands at a path; a symbolic link is a file, wherever it leads."""

    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a pattern file.

    Attributes:
        glob: what is matched, without ``!``, the leading and the trailing slash.
        shown: the line as Git prints it back.
        line: where it stands, from 1.
        negated: it started with ``!``.
        folders_only: it ended with a slash.
        by_name: it has no other slash, so it is matched with the last component of a path only.
    """

    glob: bytes
    shown: bytes
    line: int
    negated: bool
    folders_only: bool
    by_name: bool

    @property
    def literal(self) -> bytes | None:
        """The only name or path it matches, if it has no wildcard."""
        return self.glob if literal_length(self.glob) == len(self.glob) else None

    @property
    def suffix(self) -> bytes | None:
        """The end of all names it matches, if it is ``*`` and then no wildcard."""
        rest = self.glob[1:]
        return rest if self.by_name and self.glob[:1] == b"*" and literal_length(rest) == len(rest) else None


def parse_pattern(text: bytes, line: int) -> Pattern:
    """Return the pattern that a line holds; trailing blanks and newline are gone already."""
    negated = text[:1] == b"!"
    glob = text[negated:]
    folders_only = glob[-1:] == b"/"
    if folders_only:
        glob = glob[:-1]
    by_name = b"/" not in glob
    return Pattern(glob.removeprefix(b"/"), text, line, negated, folders_only, by_name)


def parse_ignore_file(content: bytes) -> tuple[Pattern, ...]:
    """Return the patterns of a file with gitignore's syntax: comments, blank lines and trailing spaces are dropped."""
    patterns = []
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if raw[:1] == b"#":
            continue
        text = _without_trailing_spaces(raw.removesuffix(b"\r").partition(b"\0")[0])
        pattern = parse_pattern(text, number)
        if pattern.glob:
            patterns.append(pattern)
    return tuple(patterns)


def _without_trailing_spaces(text: bytes) -> bytes:
    kept = text.rstrip(b" ")
    backslashes = len(kept) - len(kept.rstrip(b"\\"))
    return text[: len(kept) + 1] if backslashes % 2 else kept  # an odd one escapes the first of the spaces


class PatternList:
    """The patterns of one file, prepared so that a path that none of them matches costs a few look-ups."""

    __slots__ = ("_any_name", "_any_path", "_names", "_paths", "_patterns", "_regexes", "_suffixes", "_wild", "source")

    def __init__(self, source: str, patterns: Iterable[Pattern]) -> None:
        self.source = source
        self._patterns = tuple(patterns)
        self._names: dict[bytes, list[int]] = {}  # positions in _patterns, here and below; the last one comes last
        self._paths: dict[bytes, list[int]] = {}
        self._regexes: dict[int, re.Pattern[bytes]] = {}
        self._wild: list[int] = []
        suffixes: list[bytes] = []
        names: list[bytes] = []
        paths: list[bytes] = []
        for position, pattern in enumerate(self._patterns):
            if (literal := pattern.literal) is not None:
                (self._names if pattern.by_name else self._paths).setdefault(literal, []).append(position)
            elif (suffix := pattern.suffix) is not None:
                suffixes.append(suffix)
                self._wild.append(position)
            elif (regex := wildcard_regex(pattern.glob)) is not None:
                (names if pattern.by_name else paths).append(regex)
                self._regexes[position] = re.compile(regex)
                self._wild.append(position)
        self._suffixes = tuple(suffixes)
        self._any_name = [re.compile(b"|".join(some)) for some in _batches(names)]
        self._any_path = [re.compile(b"|".join(some)) for some in _batches(paths)]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def last_match(self, path: bytes, name: bytes, kind: PathKind) -> Pattern | None:
        """Return the last pattern that matches.

        Args:
            path: relative to the folder that the file of patterns stands in.
            name: its last component.
            kind: what stands there.
        """
        # asked once for every untracked file: most of the time, nothing below matches
        best = -1
        if self._names and (found := self._names.get(name)) is not None:
            best = self._last_for(found, kind)
        if self._paths and (found := self._paths.get(path)) is not None:
            best = max(best, self._last_for(found, kind))
        if self._wild and self._may_match(path, name):
            for position in reversed(self._wild):
                if position < best:
                    break
                if self._matches(position, path, name, kind):
                    best = position
                    break
        return self._patterns[best] if best >= 0 else None

    def _may_match(self, path: bytes, name: bytes) -> bool:
        if self._suffixes and name.endswith(self._suffixes):
            return True
        for regex in self._any_name:
            if regex.fullmatch(name) is not None:
                return True
        for regex in self._any_path:  # noqa: SIM110 - as above
            if regex.fullmatch(path) is not None:
                return True
        return False

    def matches(self, path: bytes, name: bytes, kind: PathKind) -> list[Pattern]:
        """Return all patterns that match, in file order."""
        found = {*self._names.get(name, ()), *self._paths.get(path, ())}
        hits = [position for position in found if kind is PathKind.FOLDER or not self._patterns[position].folders_only]
        hits += (position for position in self._wild if self._matches(position, path, name, kind))
        return [self._patterns[position] for position in sorted(hits)]

    def _last_for(self, positions: list[int], kind: PathKind) -> int:
        for position in reversed(positions):
            if kind is PathKind.FOLDER or not self._patterns[position].folders_only:
                return position
        return -1

    def _matches(self, position: int, path: bytes, name: bytes, kind: PathKind) -> bool:
        pattern = self._patterns[position]
        if pattern.folders_only and kind is not PathKind.FOLDER:
            return False
        regex = self._regexes.get(position)
        if regex is None:
            return name.endswith(pattern.glob[1:])
        return regex.fullmatch(name if pattern.by_name else path) is not None


def _batches(sources: list[bytes]) -> list[list[bytes]]:
    return [sources[start : start + 100] for start in range(0, len(sources), 100)]

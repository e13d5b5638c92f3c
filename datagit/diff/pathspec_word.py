"""One word of a pathspec: a path or pattern from the root of the repository, and its magic."""

import os
from dataclasses import dataclass

from datagit.diff.wildmatch import Case, Slash, literal_length, literal_regex, pattern_regex
from datagit.errors import InvalidInputError

_MAGIC = {b"top", b"exclude", b"glob", b"literal", b"icase"}
_SHORT = {ord("/"): b"top", ord("!"): b"exclude", ord("^"): b"exclude"}
_RESERVED = frozenset(b"!\"#%&',-/:;<=>@_`~^")


class PathspecInvalidError(InvalidInputError):
    """A pathspec that does not parse, or that leaves the repository."""

    code = "path-invalid"


@dataclass(frozen=True, slots=True)
class Pathspec:
    """One word of the command line, as a path or pattern from the root of the repository.

    Attributes:
        written: the word as the user gave it, for messages.
        path: path or pattern from the root; a '/' at its end asks for a folder.
        prefix: length of the leading part of path that came from the current folder and is always literal.
        magic: long names of the magic words.
    """

    written: bytes
    path: bytes
    prefix: int
    magic: frozenset[bytes]

    @property
    def case(self) -> Case:
        return Case.FOLDED if b"icase" in self.magic else Case.EXACT

    @property
    def literal(self) -> int:
        """Length of the leading part of path that holds no wildcard."""
        if b"literal" in self.magic:
            return len(self.path)
        return self.prefix + literal_length(self.path[self.prefix :])

    @property
    def plain(self) -> bool:
        """Whether it is a path without wildcards, compared byte for byte."""
        return self.literal == len(self.path) and self.case is Case.EXACT

    @property
    def root(self) -> bytes:
        """The deepest file or folder that every match is, or lies below; b"" is the root of the repository."""
        if self.plain:
            return self.path.rstrip(b"/")
        known = self.prefix if self.case is Case.FOLDED else self.literal
        return self.path[:known].rpartition(b"/")[0]

    @property
    def regex(self) -> str:
        """Regular expression for whole paths, the same for re and RE2."""
        if not self.path:
            return r"[\x00-\xff]*"
        lead, rest = self.path[: self.prefix], self.path[self.prefix :]
        head = literal_regex(lead)
        below = r"[\x00-\xff]+" if self.path.endswith(b"/") else r"(?:/[\x00-\xff]*)?"
        choices = [head + literal_regex(rest, self.case) + below]
        if self.literal < len(self.path):
            slash = Slash.KEPT if b"glob" in self.magic else Slash.CROSSED
            # what is literal is compared apart, as git does it: the '**' of 'b**' then stands at the beginning
            known = self.literal - self.prefix
            pattern = pattern_regex(rest[known:], slash, self.case)
            choices.append(head + literal_regex(rest[:known], self.case) + pattern)
        return "|".join(choices)


def parse_word(spec: bytes, folder: bytes, worktree: bytes) -> Pathspec:
    """Return what one word of a command line means.

    Args:
        spec: the word.
        folder: the current folder from the root, b"" or with '/' at its end.
        worktree: absolute path of the working tree; b"" if there is none.

    Raises:
        PathspecInvalidError: it is empty, has magic that does not exist, or leaves the repository.
    """
    if not spec:
        raise PathspecInvalidError(
            "empty string is not a valid pathspec", hint="use . instead if you meant to match all paths"
        )
    magic, rest = _split_magic(spec)
    if {b"glob", b"literal"} <= magic:
        raise PathspecInvalidError(f"{_quoted(spec)}: 'literal' and 'glob' are incompatible")
    if b"top" in magic:
        return Pathspec(spec, rest, 0, magic)  # git takes it as it stands: ':/./a' names nothing
    path, prefix = _join(spec, folder, rest, worktree)
    return Pathspec(spec, path, prefix, magic)


def _split_magic(spec: bytes) -> tuple[frozenset[bytes], bytes]:
    if spec[:1] != b":":
        return frozenset(), spec
    if spec[:2] == b":(":
        end = spec.find(b")")
        if end < 0:
            raise PathspecInvalidError(f"missing ')' at the end of pathspec magic in {_quoted(spec)}")
        words = frozenset(word for word in spec[2:end].split(b",") if word)
        for word in sorted(words - _MAGIC):
            raise PathspecInvalidError(f"invalid pathspec magic {_quoted(word)} in {_quoted(spec)}")
        return words, spec[end + 1 :]
    magic: set[bytes] = set()
    position = 1
    while position < len(spec) and spec[position] in _RESERVED and spec[position] != ord(":"):
        if spec[position] not in _SHORT:
            word = spec[position : position + 1]
            raise PathspecInvalidError(f"unimplemented pathspec magic {_quoted(word)} in {_quoted(spec)}")
        magic.add(_SHORT[spec[position]])
        position += 1
    if spec[position : position + 1] == b":":
        position += 1
    return frozenset(magic), spec[position:]


def _join(spec: bytes, folder: bytes, rest: bytes, worktree: bytes) -> tuple[bytes, int]:
    """Return the path from the root, and how much of folder is left in it after all '..'."""
    if rest.startswith(b"/"):
        top = os.path.normpath(worktree) if worktree else b"\0"
        inside = os.path.normpath(rest)
        if inside != top and not inside.startswith(top.rstrip(b"/") + b"/"):
            raise _outside(spec, worktree)
        path = inside[len(top) :].lstrip(b"/")
        return path + (b"/" if path and rest.endswith(b"/") else b""), 0
    parts = [part for part in folder.split(b"/") if part]
    depth = len(parts)
    for part in rest.split(b"/"):
        if part in (b"", b"."):
            continue
        if part == b"..":
            if not parts:
                raise _outside(spec, worktree)
            parts.pop()
            depth = min(depth, len(parts))
        else:
            parts.append(part)
    path = b"/".join(parts)
    prefix = len(b"/".join(parts[:depth]))
    # "sub/." and "sub/" ask for a folder, as "sub" alone does not
    asks_folder = rest.endswith((b"/", b"/.", b"/..")) or (rest in (b".", b"..", b"") and parts)
    return path + (b"/" if asks_folder and parts else b""), prefix


def _outside(spec: bytes, worktree: bytes) -> PathspecInvalidError:
    where = f" at {_quoted(worktree)}" if worktree else ""
    return PathspecInvalidError(f"{_quoted(spec)} is outside repository{where}")


def _quoted(word: bytes) -> str:
    return "'" + word.decode(errors="backslashreplace") + "'"

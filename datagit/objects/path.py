"""RepoPath and the rules that every path in a repository obeys, on every platform (docs/format/node.md)."""

import re
import unicodedata
from typing import NewType

from datagit.errors import InvalidInputError

RepoPath = NewType("RepoPath", bytes)
"""A checked path of a file: UTF-8, '/'-separated, relative to the root of the working tree."""

LONGEST_PATH = 4096
LONGEST_NAME = 255

# what some file system ignores inside a name (HFS+): joiners, directional marks, the byte order mark
_IGNORED = "\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff"
_IGNORED_CHARACTERS = f"[{_IGNORED}]"
_SHORT_NAME = r"(?:DG|GIT)~[0-9]+"


def _reserved_pattern() -> str:
    """Return a pattern, in the syntax that re and RE2 share, for paths that is_reserved_name refuses."""
    gap = f"[{_IGNORED}]*"
    stem = f"(?:[dD]{gap}[gG]|[gG]{gap}[iI\u0131]{gap}[tT])"
    short = f"{stem}{gap}~{gap}[0-9][0-9{_IGNORED}]*"
    return rf"(?:^|[/\\]){gap}(?:\.{gap}{stem}|{short})[ .{_IGNORED}]*(?:$|[/\\:])"


RESERVED = _reserved_pattern()
"""Finds paths of which a component could be read as ``.dg`` or ``.git``; tests compare it with is_reserved_name."""

_RESERVED = RESERVED.replace("$", r"\Z")
_STEMS = (b"dg", b"git")


class PathInvalidError(InvalidInputError):
    """A path breaks the path rules, so that it could not be stored or written safely everywhere."""

    code = "path-invalid"

    def __init__(self, path: bytes, why: str) -> None:
        super().__init__(f"path {show_path(path)} {why}", hint="rename it, or list it in .dgignore")
        self.path = path


def show_path(path: bytes) -> str:
    """Return path in quotes for a message, everything unprintable escaped, cut at 200 characters."""
    text = path[:200].decode("utf-8", "backslashreplace")
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return f"'{shown}{'…' if len(path) > 200 else ''}'"  # noqa: PLR2004, RUF100 # stated in the docstring


def check_path(path: bytes) -> RepoPath:
    """Return path as a RepoPath.

    Raises:
        PathInvalidError: it breaks a path rule; the message names it and says which.
    """
    why = _broken_rule(path)
    if why:
        raise PathInvalidError(path, why)
    return RepoPath(path)


def is_reserved_name(name: str) -> bool:
    """Return whether some file system could read one component, without '/' and backslash, as ``.dg`` or ``.git``.

    Source: git's path.c and utf8.c (is_ntfs_dotgit, is_hfs_dotgit), made stricter and the same on every platform.
    """
    bare = re.sub(_IGNORED_CHARACTERS, "", name.partition(":")[0]).rstrip(" .")
    folded = unicodedata.normalize("NFC", bare).casefold().upper()
    return folded in (".DG", ".GIT") or re.fullmatch(_SHORT_NAME, folded) is not None


def _broken_rule(path: bytes) -> str:
    """Return which rule path breaks, in words that follow its name, or an empty string."""
    if not path:
        return "is empty"
    if len(path) > LONGEST_PATH:
        return f"is longer than {LONGEST_PATH} bytes"
    if b"\0" in path:
        return "has a NUL byte"
    names = path.split(b"/")
    if not names[0]:
        return "is absolute"
    if b"" in names:
        return "has an empty component"
    if b"." in names or b".." in names:
        return "has a '.' or '..' component"
    if len(path) > LONGEST_NAME and max(map(len, names)) > LONGEST_NAME:
        return f"has a component longer than {LONGEST_NAME} bytes"
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return "is not UTF-8"
    # both conditions follow from the rule, and are faster on the paths that are fine
    lowered = path.lower()
    if path.isascii() and not any(stem in lowered for stem in _STEMS):
        return ""
    if re.search(_RESERVED, text) and any(is_reserved_name(name) for name in re.split(r"[/\\]", text)):
        return "has a component that a file system could read as '.dg' or '.git'"
    return ""

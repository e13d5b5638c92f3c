"""Which paths nobody wants to add: ``.dgignore`` and ``.gitignore``, folder by folder, by gitignore's rules.

Of two rules the one in the deeper folder wins, in a folder ``.dgignore`` over ``.gitignore``, in a file the later line.
Once a folder is ignored, everything in it is, whatever a rule says, and no file in it is read. Weakest are the files
that apply to the whole tree: ``.dg/info/exclude``, and below it ``core.excludesFile``.
"""

import enum
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datagit.attributes.patterns import PathKind, Pattern, PatternList, parse_ignore_file
from datagit.storage.small_file import Links, read_small_file

LARGEST_FILE = 1 << 20
"""Bytes that a file of patterns may have."""


class GitIgnore(enum.Enum):
    """Whether ``.gitignore`` files count as well (``core.gitignore``)."""

    READ = "read"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """The rule that decided about a path: file (relative to the tree's root if it is in there), line and pattern."""

    source: str
    pattern: Pattern

    @property
    def ignores(self) -> bool:
        """Whether the path is ignored; a rule with ``!`` says the opposite."""
        return not self.pattern.negated


@dataclass(frozen=True, slots=True)
class _Folder:
    """What applies inside a folder.

    Attributes:
        ignored_by: the rule by which the folder and all in it are ignored.
        lists: (length of the folder's path that the list's patterns are relative to, the list), strongest first.
    """

    ignored_by: IgnoreRule | None
    lists: tuple[tuple[int, PatternList], ...]


class IgnoreRules:
    """The rules of one working tree. Reads a folder's files when a path in it is first asked for, and keeps them."""

    def __init__(self, root: Path, gitignore: GitIgnore, extra: Sequence[PatternList]) -> None:
        self._root = os.fsencode(root)
        self._names = (b".dgignore", b".gitignore") if gitignore is GitIgnore.READ else (b".dgignore",)
        lists = tuple((0, patterns) for patterns in reversed(extra) if patterns)
        self._folders: dict[bytes, _Folder] = {}
        self._folders[b""] = _Folder(None, (*self._read_lists(b""), *lists))

    def is_ignored(self, path: bytes, kind: PathKind) -> bool:
        """Return whether path, relative to the root, is ignored, itself or with a folder it is in."""
        rule = self.matching_rule(path, kind)
        return rule is not None and not rule.pattern.negated

    def matching_rule(self, path: bytes, kind: PathKind) -> IgnoreRule | None:
        """Return the rule that decides about path; one with ``!`` says that it is not ignored; None: no rule at all."""
        parent, _, name = path.rpartition(b"/")
        folder = self._folders.get(parent)
        if folder is None:
            folder = self._load_folder(parent)
        if folder.ignored_by is not None:
            return folder.ignored_by
        return _last_match(folder.lists, path, name, kind) if folder.lists else None

    def _load_folder(self, path: bytes) -> _Folder:
        """Return what applies inside a folder, after its parents: a loop, since nesting has no limit."""
        missing = []
        while path not in self._folders:
            missing.append(path)
            path = path.rpartition(b"/")[0]
        folder = self._folders[path]
        for path in reversed(missing):
            name = path.rpartition(b"/")[2]
            rule = folder.ignored_by or _last_match(folder.lists, path, name, PathKind.FOLDER)
            if rule is not None and rule.ignores:
                folder = _Folder(rule, ())
            elif own := self._read_lists(path):
                folder = _Folder(None, (*own, *folder.lists))
            self._folders[path] = folder
        return folder

    def _read_lists(self, folder: bytes) -> tuple[tuple[int, PatternList], ...]:
        prefix = folder + b"/" if folder else b""
        lists = []
        for name in self._names:
            content = read_small_file(os.path.join(self._root, prefix + name), LARGEST_FILE, Links.REFUSE)
            if content is None or not self._is_inside(folder):
                continue
            patterns = PatternList(os.fsdecode(prefix + name), parse_ignore_file(content))
            if patterns:
                lists.append((len(prefix), patterns))
        return tuple(lists)

    def _is_inside(self, folder: bytes) -> bool:
        """Return whether no component of folder is a symbolic link, through which foreign rules would come in."""
        place = self._root
        for part in folder.split(b"/") if folder else ():
            place = os.path.join(place, part)
            if stat.S_ISLNK(os.lstat(place).st_mode):
                return False
        return True


def _last_match(
    lists: tuple[tuple[int, PatternList], ...], path: bytes, name: bytes, kind: PathKind
) -> IgnoreRule | None:
    for start, patterns in lists:
        found = patterns.last_match(path[start:] if start else path, name, kind)
        if found is not None:
            return IgnoreRule(patterns.source, found)
    return None


def load_ignore(root: Path, gitignore: GitIgnore, extra_files: Sequence[Path] = ()) -> IgnoreRules:
    """Return the rules of the working tree at root.

    Args:
        root: top folder of the working tree.
        gitignore: whether ``.gitignore`` counts besides ``.dgignore``.
        extra_files: files for the whole tree, weakest first: ``core.excludesFile``, then ``.dg/info/exclude``.

    Raises:
        FileTooLargeError: a file has more than 1 MiB; nested files raise it when they are first needed.
    """
    lists = []
    for path in extra_files:
        content = read_small_file(path, LARGEST_FILE, Links.FOLLOW)
        if content is not None:
            lists.append(PatternList(str(path), parse_ignore_file(content)))
    return IgnoreRules(root, gitignore, lists)

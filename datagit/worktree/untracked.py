"""What to make of paths that no index row names: untracked, ignored, a repository of its own, or nothing to show.

The rules are Git's: a folder is asked about once and not entered if it is ignored; a folder without tracked files is
shown as one line, unless everything in it is ignored; empty folders are nothing; sockets, pipes and devices are never
shown.
"""

import enum
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from datagit.attributes.patterns import PathKind
from datagit.worktree.stat_columns import DIRECTORY, MISSING, SPECIAL, StatColumns, stat_names
from datagit.worktree.walk import REPOSITORY_NAMES, list_names, open_folder

IsIgnored: TypeAlias = Callable[[bytes, PathKind], bool]
"""Whether a path, relative to the root, is ignored; IgnoreRules.is_ignored is one."""

FileRow: TypeAlias = tuple[bytes, int, int, int, int, int]
"""path, mode, size, mtime_ns, ctime_ns, inode."""


class Untracked(enum.Enum):
    """How much of what is untracked is looked for."""

    NONE = "no"
    FOLDERS = "normal"
    """A folder that holds nothing tracked is one entry."""
    FILES = "all"


class Ignored(enum.Enum):
    """How much of what is ignored is looked for."""

    NONE = "no"
    FOLDERS = "traditional"
    """A folder in which everything is ignored is one entry; with Untracked.FILES, every file."""
    MATCHING = "matching"
    """What a rule names: a folder that it names is one entry, whatever is in it."""


@dataclass(frozen=True, slots=True)
class ScanProblem:
    """Something in the working tree that cannot be stored, or not be looked at.

    Attributes:
        path: as the system gave it; a folder ends with '/'.
        code: path-invalid or permission-denied.
        message: what is wrong, for people.
    """

    path: bytes
    code: str
    message: str


@dataclass(slots=True)
class Strays:
    """Strays, each in its place; lists are in path order once sort is called.

    Attributes:
        files: untracked files and links.
        folders: untracked folders that are shown as one entry, with '/' at the end.
        ignored: ignored paths, folders with '/' at the end.
        special: sockets, pipes and devices.
        unreadable: (folder, why) that could not be looked into.
    """

    files: list[FileRow] = field(default_factory=list)
    folders: list[bytes] = field(default_factory=list)
    ignored: list[bytes] = field(default_factory=list)
    special: list[bytes] = field(default_factory=list)
    unreadable: list[tuple[bytes, str]] = field(default_factory=list)

    def sort(self) -> None:
        """Bring every list into path order."""
        for entries in (self.files, self.folders, self.ignored, self.special, self.unreadable):
            entries.sort()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about strays.

    Attributes:
        untracked: how untracked folders are shown.
        ignored: how ignored paths are shown.
        is_ignored: the rules; None for no rules.
        prefixes: only paths that start with one of them; a folder above one is never shown as one entry.
    """

    untracked: Untracked
    ignored: Ignored
    is_ignored: IsIgnored | None
    prefixes: tuple[bytes, ...] = (b"",)


def place_strays(root_path: bytes, paths: Sequence[bytes], columns: StatColumns, question: Question) -> Strays:
    """Return where each stray belongs; folders among them are looked into as far as the question needs."""
    root = os.open(root_path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        placer = _Placer(root_path, root, question)
        placer.place(paths, columns)
        while placer.pending:
            placer.open_pending()
    finally:
        os.close(root)
    placer.strays.sort()
    return placer.strays


class _Placer:
    def __init__(self, root_path: bytes, root: int, question: Question) -> None:
        self.root_path, self.root, self.question = root_path, root, question
        self.strays = Strays()
        self.pending: list[bytes] = []  # folders to enter, all of whose files count one by one

    def place(self, paths: Sequence[bytes], columns: StatColumns) -> None:
        """Put files in their place, and folders in their place or on the pending list."""
        question, is_ignored = self.question, self.question.is_ignored
        files, ignored = self.strays.files, self.strays.ignored
        keeps_ignored = question.ignored is not Ignored.NONE
        narrow = question.prefixes != (b"",)
        rows = zip(paths, columns.mode, columns.size, columns.mtime_ns, columns.ctime_ns, columns.inode, strict=True)
        for row in rows:
            path, mode = row[0], row[1]
            if mode == DIRECTORY:
                if not narrow or self._touches(path + b"/"):
                    self._place_folder(path + b"/")
            elif mode == MISSING or (narrow and not path.startswith(question.prefixes)):
                continue
            elif mode == SPECIAL:
                self.strays.special.append(path)
            elif is_ignored is not None and is_ignored(path, PathKind.FILE):
                if keeps_ignored:
                    ignored.append(path)
            else:
                files.append(row)

    def open_pending(self) -> None:
        folder = self.pending.pop()
        found = self._look_into(folder)
        if found is None:
            return
        names, columns = found
        if REPOSITORY_NAMES.intersection(names):
            self.strays.folders.append(folder)
            return
        self.place([folder + name for name in names], columns)

    def _place_folder(self, folder: bytes) -> None:
        question = self.question
        if question.is_ignored is not None and question.is_ignored(folder[:-1], PathKind.FOLDER):
            if question.ignored is Ignored.FOLDERS and question.untracked is Untracked.FILES:
                self.strays.ignored += _Contents(self, folder, None).ignored_files()
            elif question.ignored is not Ignored.NONE and (
                question.ignored is Ignored.MATCHING or _Contents(self, folder, None).has_file()
            ):
                self.strays.ignored.append(folder)
        elif question.untracked is Untracked.FILES or self._is_above_prefix(folder):
            self.pending.append(folder)
        elif question.ignored is Ignored.NONE:
            if _Contents(self, folder, question.is_ignored).has_file():
                self.strays.folders.append(folder)
        else:
            self._collapse(folder)

    def _collapse(self, folder: bytes) -> None:
        """Show an untracked folder as one entry, and what is ignored in it as the fewest that are wholly ignored."""
        contents = _Contents(self, folder, self.question.is_ignored)
        contents.read_all()
        if contents.files:
            self.strays.folders.append(folder)
        if self.question.ignored is Ignored.MATCHING:
            self.strays.ignored += contents.ignored
            return
        mixed: set[bytes] = set()
        for path in contents.files:
            end = path.find(b"/", len(folder) - 1)
            while end >= 0 and (above := path[: end + 1]):
                mixed.add(above)
                end = path.find(b"/", end + 1)
        shown: set[bytes] = set()
        for path in contents.ignored:
            end = path.find(b"/", len(folder) - 1)
            while end >= 0 and path[: end + 1] in mixed:
                end = path.find(b"/", end + 1)
            shown.add(path[: end + 1] if end >= 0 else path)
        self.strays.ignored += shown

    def _touches(self, folder: bytes) -> bool:
        return any(folder.startswith(prefix) or prefix.startswith(folder) for prefix in self.question.prefixes)

    def _is_above_prefix(self, folder: bytes) -> bool:
        return any(prefix.startswith(folder) and prefix != folder for prefix in self.question.prefixes)

    def _look_into(self, folder: bytes) -> tuple[list[bytes], StatColumns] | None:
        """Return the names in folder and their stat columns; None if it went away or cannot be read, which is noted."""
        columns = StatColumns()
        try:
            handle = open_folder(self.root, folder)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self.strays.unreadable.append((folder, os.strerror(error.errno or 0).lower()))
            return None
        try:
            names = list_names(self.root_path, self.root, folder)
            stat_names(handle, names, columns)
        except OSError as error:
            self.strays.unreadable.append((folder, os.strerror(error.errno or 0).lower()))
            return None
        finally:
            os.close(handle)
        return names, columns


class _Contents:
    """What lies in one folder at any depth, walked without recursion; a repository of its own counts as a file."""

    def __init__(self, placer: _Placer, folder: bytes, is_ignored: IsIgnored | None) -> None:
        self.placer, self.is_ignored = placer, is_ignored
        self.pending = [folder]
        self.files: list[bytes] = []
        self.ignored: list[bytes] = []

    def has_file(self) -> bool:
        """Return whether anything in the folder is not ignored, looking no further than needed."""
        while self.pending and not self.files:
            self._read_next()
        return bool(self.files)

    def read_all(self) -> None:
        while self.pending:
            self._read_next()

    def ignored_files(self) -> list[bytes]:
        """Return every file in a folder that is ignored as a whole."""
        self.read_all()
        return self.files

    def _read_next(self) -> None:
        folder = self.pending.pop()
        found = self.placer._look_into(folder)  # noqa: SLF001 # one noun in two classes
        if found is None:
            return
        names, columns = found
        if REPOSITORY_NAMES.intersection(names):
            self.files.append(folder)
            return
        is_ignored = self.is_ignored
        for name, mode in zip(names, columns.mode, strict=True):
            path = folder + name
            if mode in (SPECIAL, MISSING):
                continue
            kind = PathKind.FOLDER if mode == DIRECTORY else PathKind.FILE
            if is_ignored is not None and is_ignored(path, kind):
                self._keep_ignored(path, kind)
            elif mode == DIRECTORY:
                self.pending.append(path + b"/")
            else:
                self.files.append(path)

    def _keep_ignored(self, path: bytes, kind: PathKind) -> None:
        if self.placer.question.ignored is Ignored.NONE:
            return
        if kind is PathKind.FILE:
            self.ignored.append(path)
        elif self.placer.question.ignored is Ignored.MATCHING or _Contents(self.placer, path + b"/", None).has_file():
            self.ignored.append(path + b"/")

"""The walk over tracked paths: their stat data in path order, and what else lies beside them. No pyarrow here.

The walk follows the sorted list of tracked paths, as an index has them, so it needs no sort of its own: a folder's
files are asked for in the order of the list, its subfolders are walked when their turn comes. What the list does not
know is set aside; datagit.worktree.untracked decides about it.
"""

import errno
import os
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from datagit.worktree.stat_columns import DIRECTORY, MISSING, SPECIAL, StatColumns, stat_names

REPOSITORY_NAMES = frozenset({b".dg", b".git"})
"""Folders of a repository of its own; they never enter a tree."""

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


@dataclass(slots=True)
class Walk:
    """What a walk found.

    Attributes:
        found: stat columns of the tracked paths that are files or links now, in the order of the list.
        missing: positions, in the list, of the others, ascending.
        strays: paths that are not in the list but lie in a folder that is walked, as they come.
        stray_columns: one row for each stray.
    """

    found: StatColumns = field(default_factory=StatColumns)
    missing: list[int] = field(default_factory=list)
    strays: list[bytes] = field(default_factory=list)
    stray_columns: StatColumns = field(default_factory=StatColumns)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The part of the working tree whose strays a walk keeps.

    Attributes:
        low: the first tracked path of this walk, if another walk has those before it; then strays in folders that both
            walk through belong to this one from low on.
        high: the first tracked path of the walk that has those after; its strays begin there.
        before: the last tracked path of the walk that has those before low.
        prefixes: only paths that start with one of them; (b"",) means all.
    """

    low: bytes = b""
    high: bytes = b""
    before: bytes = b""
    prefixes: tuple[bytes, ...] = (b"",)


def open_folder(root: int, folder: bytes) -> int:
    """Return a handle of folder ("" or "a/b/"), below the open root; raises OSError if a link or file stands there."""
    # without the last "/", because a link in front of one is followed whatever the flags say
    return os.open(folder[:-1] or b".", _OPEN_FOLDER, dir_fd=root)


def list_names(root_path: bytes, root: int, folder: bytes) -> list[bytes]:
    """Return the names in folder, sorted by bytes."""
    try:
        names = os.listdir(root_path + b"/" + folder)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        handle = open_folder(root, folder)
        try:
            names = [os.fsencode(name) for name in os.listdir(handle)]
        finally:
            os.close(handle)
    names.sort()
    return names


def walk_tracked(root_path: bytes, tracked: Sequence[bytes], bounds: Bounds) -> Walk:
    """Return what stands at each of tracked, and the strays beside them.

    Args:
        root_path: the working tree; every path is relative to it.
        tracked: strictly ascending paths within bounds.
        bounds: which strays count.

    Raises:
        OSError: a folder that should be read cannot be.
    """
    root = os.open(root_path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        walker = _Walker(root_path, root, tracked, bounds)
        walker.run()
        return walker.walk
    finally:
        os.close(root)


class _Walker:
    """The state of one walk: a stack of parts still to visit, the next one on top."""

    def __init__(self, root_path: bytes, root: int, tracked: Sequence[bytes], bounds: Bounds) -> None:
        self.root_path, self.root, self.tracked, self.bounds = root_path, root, tracked, bounds
        self.walk = Walk()
        # (folder, first, last, names): files if names are given, else a folder still to be listed
        self.stack: list[tuple[bytes, int, int, list[bytes] | None]] = [(b"", 0, len(tracked), None)]

    def run(self) -> None:
        while self.stack:
            folder, first, last, names = self.stack.pop()
            if names is None:
                self._visit(folder, first, last)
            else:
                self._stat_files(folder, first, names)

    def _visit(self, folder: bytes, first: int, last: int) -> None:
        try:
            handle = open_folder(self.root, folder)
        except OSError as error:
            if error.errno not in _NO_FOLDER:
                raise
            self.walk.missing.extend(range(first, last))
            if error.errno != errno.ENOENT:
                self._keep_strays(*os.path.split(folder[:-1]))
            return
        try:
            listing = list_names(self.root_path, self.root, folder)
            cut = len(folder)
            paths = self.tracked[first:last]
            if len(listing) == len(paths) and [folder + name for name in listing] == paths:
                self._stat_in(handle, folder, first, listing)
                return
            inside = [path[cut:] for path in paths]
            known = self._push_parts(folder, first, inside)
            strays = [name for name in listing if name not in known]
            if strays:
                self._keep_some(handle, folder, strays)
        finally:
            os.close(handle)

    def _push_parts(self, folder: bytes, first: int, inside: list[bytes]) -> set[bytes]:
        """Push the runs of files and the subfolders of folder so that they pop in path order; return their names."""
        parts: list[tuple[bytes, int, int, list[bytes] | None]] = []
        known: set[bytes] = set()
        start = number = 0
        count = len(inside)
        while number < count:
            name = inside[number]
            slash = name.find(b"/")
            if slash < 0:
                known.add(name)
                number += 1
                continue
            if start < number:
                parts.append((folder, first + start, first + number, inside[start:number]))
            below = name[: slash + 1]
            end = bisect_left(inside, below[:-1] + b"0", number, count)  # "0" is the byte after "/"
            known.add(below[:-1])
            parts.append((folder + below, first + number, first + end, None))
            start = number = end
        if start < count:
            parts.append((folder, first + start, first + count, inside[start:]))
        self.stack.extend(reversed(parts))
        return known

    def _stat_files(self, folder: bytes, first: int, names: list[bytes]) -> None:
        handle = open_folder(self.root, folder)
        try:
            self._stat_in(handle, folder, first, names)
        finally:
            os.close(handle)

    def _stat_in(self, handle: int, folder: bytes, first: int, names: list[bytes]) -> None:
        found = self.walk.found
        start = len(found.mode)
        stat_names(handle, names, found)
        if max(found.mode[start:], default=0) < DIRECTORY:
            return
        gone = [number for number, mode in enumerate(found.mode[start:]) if mode >= DIRECTORY]
        other = [names[number] for number in gone if found.mode[start + number] != MISSING]
        self.walk.missing.extend(first + number for number in gone)
        found.drop([start + number for number in gone])
        if other:
            self._keep_in(handle, folder, other)

    def _keep_some(self, handle: int, folder: bytes, names: list[bytes]) -> None:
        """Set aside those of names that lie within the bounds."""
        low, high = self._limits(folder)
        kept = []
        for name in names:
            path = folder + name
            if name in REPOSITORY_NAMES or (high and (path >= high or high.startswith(path + b"/"))):
                continue
            if path + b"/" < low or not self._is_wanted(path):
                continue
            kept.append(name)
        self._keep_in(handle, folder, kept)

    def _limits(self, folder: bytes) -> tuple[bytes, bytes]:
        """Return low and high as they count in folder: a folder that only this walk enters is all its own."""
        return (self.bounds.low if self.bounds.before.startswith(folder) else b""), self.bounds.high

    def _is_wanted(self, path: bytes) -> bool:
        return any(path.startswith(prefix) or prefix.startswith(path + b"/") for prefix in self.bounds.prefixes)

    def _keep_strays(self, folder: bytes, name: bytes) -> None:
        below = folder + b"/" if folder else b""
        handle = open_folder(self.root, below)
        try:
            self._keep_in(handle, below, [name])
        finally:
            os.close(handle)

    def _keep_in(self, handle: int, folder: bytes, names: list[bytes]) -> None:
        columns = StatColumns()
        stat_names(handle, names, columns)
        low, high = self._limits(folder)
        dropped = []
        for number, (name, mode) in enumerate(zip(names, columns.mode, strict=True)):
            path = folder + name
            key = path + b"/" if mode == DIRECTORY else path
            if mode == MISSING or key < low or (high and key >= high):
                dropped.append(number)
            else:
                self.walk.strays.append(path)
        columns.drop(dropped)
        self.walk.stray_columns.extend(columns)


__all__ = ["SPECIAL", "Bounds", "Walk", "list_names", "open_folder", "walk_tracked"]

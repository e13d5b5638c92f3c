"""The stat data of many names in one folder, as columns: a system call and next to no Python per file. No pyarrow.

On Linux statx(2) fills one buffer, a slot per name (its layout is the same on every machine), and the columns are cut
out of that buffer. Making an os.stat_result for every file costs twice as much. The buffer belongs to the process: only
one thread scans.
"""

import contextlib
import ctypes
import os
import stat
import sys
from array import array
from collections.abc import Callable, Sequence
from itertools import repeat
from operator import add
from typing import Any

DIRECTORY, SPECIAL, MISSING = 253, 254, 255
"""What stands in the mode column for what a tree cannot hold: folders, sockets and devices, and missing names."""

_BILLION = 10**9
_MANY_SECONDS = 100_000
_SLOTS = 2048
_SLOT_SIZE = 256
_NO_FOLLOW = 0x100 | 0x800  # AT_SYMLINK_NOFOLLOW, AT_NO_AUTOMOUNT
_WANTED = 0x1 | 0x2 | 0x40 | 0x80 | 0x100 | 0x200  # type, mode, mtime, ctime, inode, size
_FIRST_ERROR = -1


class StatColumns:
    """Rows of mode, size, mtime_ns, ctime_ns and inode; grows by stat_names."""

    __slots__ = ("ctime_ns", "inode", "mode", "mtime_ns", "size")

    def __init__(self) -> None:
        self.mode = bytearray()
        self.size = array("q")
        self.mtime_ns = array("q")
        self.ctime_ns = array("q")
        self.inode = array("Q")

    def drop(self, positions: Sequence[int]) -> None:
        """Remove the rows at ascending positions."""
        for position in reversed(positions):
            del self.mode[position], self.size[position], self.inode[position]
            del self.mtime_ns[position], self.ctime_ns[position]

    def extend(self, other: "StatColumns") -> None:
        """Append the rows of other."""
        self.mode += other.mode
        self.size += other.size
        self.mtime_ns += other.mtime_ns
        self.ctime_ns += other.ctime_ns
        self.inode += other.inode

    def to_bytes(self) -> list[bytes]:
        """Return the columns as bytes, for another process of this machine."""
        return [bytes(self.mode), *(part.tobytes() for part in (self.size, self.mtime_ns, self.ctime_ns, self.inode))]

    @classmethod
    def from_bytes(cls, parts: Sequence[bytes]) -> "StatColumns":
        """Return the columns that to_bytes wrote."""
        columns = cls()
        columns.mode = bytearray(parts[0])
        for column, part in zip(
            (columns.size, columns.mtime_ns, columns.ctime_ns, columns.inode), parts[1:], strict=True
        ):
            column.frombytes(part)
        return columns


class _Kinds(dict[int, int]):
    """The mode of a row for every st_mode, worked out once."""

    def __missing__(self, mode: int) -> int:
        if stat.S_ISREG(mode):
            kind = 1 if mode & stat.S_IXUSR else 0
        elif stat.S_ISLNK(mode):
            kind = 2
        else:
            kind = DIRECTORY if stat.S_ISDIR(mode) else SPECIAL
        self[mode] = kind
        return kind


class _Nanoseconds(dict[int, int]):
    """Seconds as nanoseconds; files that were written together share them."""

    def __missing__(self, seconds: int) -> int:
        if len(self) > _MANY_SECONDS:
            self.clear()
        self[seconds] = found = seconds * _BILLION
        return found


_kind_of = _Kinds().__getitem__
_nanoseconds = _Nanoseconds().__getitem__


def row_mode(st_mode: int) -> int:
    """Return the mode of a row (objects.mode), or DIRECTORY or SPECIAL, for what lstat says."""
    return _kind_of(st_mode)


def stat_names(folder: int, names: Sequence[bytes], into: StatColumns) -> bool:
    """Append one row for each of names, direct children of the open folder; no link is followed.

    Returns:
        whether all of them are there; the others have mode MISSING.
    """
    return _stat_names(folder, names, into)


def _stat_slowly(folder: int, names: Sequence[bytes], into: StatColumns) -> bool:
    complete = True
    for name in names:
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            complete = False
            row = (MISSING, 0, 0, 0, 0)
        else:
            row = (_kind_of(found.st_mode), found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        into.mode.append(row[0])
        into.size.append(row[1])
        into.mtime_ns.append(row[2])
        into.ctime_ns.append(row[3])
        into.inode.append(row[4])
    return complete


class _Statx:
    """A buffer of slots and the system call that fills them."""

    def __init__(self, library: Any) -> None:  # noqa: ANN401 # ctypes has no type for a library
        # no argtypes: ctypes converts faster without them, and folder and flags fit an int; PyDLL keeps the
        # interpreter lock, because giving it away and taking it back costs more than the call
        self.call: Callable[[int, bytes, int, int, object], int] = library.statx
        self.buffer = ctypes.create_string_buffer(_SLOT_SIZE * _SLOTS)
        start = ctypes.addressof(self.buffer)
        self.slots = [ctypes.c_void_p(start + _SLOT_SIZE * number) for number in range(_SLOTS)]
        view = memoryview(self.buffer).cast("B")
        self.longs, self.words, self.halves = view.cast("q"), view.cast("I"), view.cast("H")

    def stat_names(self, folder: int, names: Sequence[bytes], into: StatColumns) -> bool:
        complete = True
        for start in range(0, len(names), _SLOTS):
            part = names[start : start + _SLOTS] if len(names) > _SLOTS else names
            answers = list(map(self.call, repeat(folder), part, repeat(_NO_FOLLOW), repeat(_WANTED), self.slots))
            first = len(into.mode)
            self._collect(len(part), into)
            if _FIRST_ERROR in answers:
                complete = False
                for number, answer in enumerate(answers):
                    if answer:
                        into.mode[first + number] = _missing_or_raise(folder, part[number])
        return complete

    def _collect(self, count: int, into: StatColumns) -> None:
        longs, words = self.longs, self.words
        end = 32 * count
        into.mode.extend(map(_kind_of, self.halves[14 : 128 * count : 128].tolist()))
        into.size.frombytes(longs[5:end:32].tobytes())
        into.inode.frombytes(longs[4:end:32].tobytes())
        for column, second, nano in ((into.ctime_ns, 12, 26), (into.mtime_ns, 14, 30)):
            seconds, nanos = longs[second:end:32].tolist(), words[nano : 64 * count : 64].tolist()
            column.fromlist(list(map(add, map(_nanoseconds, seconds), nanos)))


def _missing_or_raise(folder: int, name: bytes) -> int:
    """Return MISSING, also for what appears this moment; raise OSError where the system refuses to say."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    return MISSING


def _choose() -> Callable[[int, Sequence[bytes], StatColumns], bool]:
    if sys.platform == "linux":
        library = ctypes.PyDLL(None)
        if hasattr(library, "statx"):
            statx = _Statx(library)
            probe = StatColumns()
            folder = os.open(b"/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                statx.stat_names(folder, [b"."], probe)
            finally:
                os.close(folder)
            # a sandbox may refuse the call: then the slot keeps its zeros
            if probe.inode[0] == os.stat("/").st_ino:
                return statx.stat_names
    return _stat_slowly


_stat_names = _choose()

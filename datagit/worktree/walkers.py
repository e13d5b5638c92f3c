"""A walk shared by two processes: the second one starts early, and takes the later half of the tracked paths.

No pyarrow and no subprocess here: the helper is to be there before it is needed, and everything loaded costs time.
"""

import marshal
import os
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from datagit.worktree.stat_columns import StatColumns
from datagit.worktree.walk import Bounds, Walk, walk_tracked

_PACKAGE = Path(__file__).parents[2]
# -S: the helper needs nothing but our own package and the standard library; -P: nothing from the current folder
_COMMAND = [sys.executable, "-S", "-P", "-m", "datagit.worktree.walk_worker"]
_LENGTH = struct.Struct("<Q")
_MANY_FILES = 15_000
_BYTES_A_FILE = 100  # of an index, at least
_OUR_SHARE = 0.53  # we walk while the helper still wakes up


class Walkers:
    """This process, and for a large tree a helper that starts at once. A context manager."""

    def __init__(self, root_path: bytes, index_size: int) -> None:
        """Get ready for a tree with an index of about index_size bytes."""
        self.root_path = root_path
        self._process = 0
        if index_size >= _MANY_FILES * _BYTES_A_FILE and (os.cpu_count() or 1) > 1 and hasattr(os, "posix_spawn"):
            self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            os.close(self._requests)
            os.close(self._replies)
            os.kill(self._process, signal.SIGKILL)  # it only reads, and whatever it still does is for nobody
            os.waitpid(self._process, 0)
            self._process = 0

    def walk(self, tracked: Sequence[bytes], bounds: Bounds) -> Walk:
        """Return what walk_tracked returns."""
        if not self._process or len(tracked) < _MANY_FILES:
            return walk_tracked(self.root_path, tracked, bounds)
        middle = int(len(tracked) * _OUR_SHARE)
        later = Bounds(tracked[middle], bounds.high, tracked[middle - 1], bounds.prefixes)
        order = (self.root_path, b"\0".join(tracked[middle:]), later.low, later.high, later.before, later.prefixes)
        try:
            write_message(self._requests, marshal.dumps(order))
        except BrokenPipeError:
            return walk_tracked(self.root_path, tracked, bounds)
        walk = walk_tracked(self.root_path, tracked[:middle], Bounds(high=tracked[middle], prefixes=bounds.prefixes))
        try:
            found, missing, strays, stray_columns = marshal.loads(read_message(self._replies))  # noqa: S302 # our own
        except EOFError:  # it died, or met an error that we shall meet, too
            return walk_tracked(self.root_path, tracked, bounds)
        walk.found.extend(StatColumns.from_bytes(found))
        walk.missing += [middle + position for position in missing]
        walk.strays += strays
        walk.stray_columns.extend(StatColumns.from_bytes(stray_columns))
        return walk

    def _start(self) -> None:
        theirs_in, self._requests = os.pipe()
        self._replies, theirs_out = os.pipe()
        try:
            actions = [(os.POSIX_SPAWN_DUP2, theirs_in, 0), (os.POSIX_SPAWN_DUP2, theirs_out, 1)]
            settings = {b"PYTHONPATH": os.fsencode(_PACKAGE), b"PYTHONDONTWRITEBYTECODE": b"1"}
            self._process = os.posix_spawn(sys.executable, _COMMAND, settings, file_actions=actions)
        finally:
            os.close(theirs_in)
            os.close(theirs_out)


def walk_in_parallel(root_path: bytes, tracked: Sequence[bytes], bounds: Bounds, jobs: int) -> Walk:
    """Return what walk_tracked returns; jobs is how many processes may share the work."""
    with Walkers(root_path, len(tracked) * _BYTES_A_FILE if jobs > 1 else 0) as walkers:
        return walkers.walk(tracked, bounds)


def write_message(pipe: int, content: bytes) -> None:
    """Send content with its length in front; raise BrokenPipeError if nobody reads."""
    view = memoryview(_LENGTH.pack(len(content)) + content)
    while view:
        view = view[os.write(pipe, view) :]


def read_message(pipe: int) -> bytes:
    """Return the next message; raise EOFError if the other side is gone."""
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size))
    return _read(pipe, length)


def _read(pipe: int, length: int) -> bytes:
    parts = []
    while length:
        part = os.read(pipe, min(length, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)

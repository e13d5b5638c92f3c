"""Files that are being read into the store: opened by folder handles below a root, and no link is ever followed."""

import os
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class SourceChangedError(Exception):
    """A file is not what it was a moment ago; tried again once, then reported as file-changed."""


class SourceFiles:
    """The files below a root. Handles of the folders on the way to the last path stay open, so go folder by folder."""

    def __init__(self, root: Path) -> None:
        self._folders: list[tuple[bytes, int]] = [(b"", os.open(root, _FOLDER & ~os.O_NOFOLLOW))]

    def close(self) -> None:
        """Let go of all handles."""
        while self._folders:
            os.close(self._folders.pop()[1])

    def open(self, path: bytes) -> int:
        """Return a descriptor of the file at path, '/'-separated; opening a fifo does not wait for its writer.

        Raises:
            OSError: ELOOP or ENOTDIR where a link or a file stands in the way.
        """
        folder, _, name = path.rpartition(b"/")
        return os.open(name, _FILE, dir_fd=self._handle(folder))

    def read_link(self, path: bytes) -> tuple[bytes, os.stat_result]:
        """Return the target of the link at path and its stat; raises OSError, EINVAL where there is no link."""
        folder, _, name = path.rpartition(b"/")
        handle = self._handle(folder)
        found = os.stat(name, dir_fd=handle, follow_symlinks=False)
        return os.fsencode(os.readlink(name, dir_fd=handle)), found

    def _handle(self, folder: bytes) -> int:
        last, handle = self._folders[-1]
        if folder == last:
            return handle
        while last and not folder.startswith(last + b"/"):
            os.close(self._folders.pop()[1])
            last, handle = self._folders[-1]
        for name in folder[len(last) + bool(last) :].split(b"/") if folder != last else ():
            handle = os.open(name, _FOLDER, dir_fd=handle)
            last = last + b"/" + name if last else name
            self._folders.append((last, handle))
        return handle

"""What a path is: a file, an executable file or a symbolic link."""

import enum


class Mode(enum.IntEnum):
    """The mode of a row of a tree; its number is what a leaf stores."""

    FILE = 0
    EXECUTABLE = 1
    SYMLINK = 2


GIT_TREE_MODE = "040000"
"""Git's mode of a folder; a tree has no rows for folders, but commands show them."""

_GIT_MODES = {Mode.FILE: "100644", Mode.EXECUTABLE: "100755", Mode.SYMLINK: "120000"}


def git_mode(mode: int) -> str:
    """Return the six octal digits that Git shows for a mode; raise ValueError for another number."""
    return _GIT_MODES[Mode(mode)]

"""The helper of walkers.py: walks the part of the tree that it is sent, once, and ends.

Run as ``python -m datagit.worktree.walk_worker``; never by hand. It reads folders and nothing else.
"""

import contextlib
import marshal
import signal

from datagit.worktree.walk import Bounds, walk_tracked
from datagit.worktree.walkers import read_message, write_message

_IN, _OUT = 0, 1


def main() -> None:
    """Answer one order; without an answer, the other side does the work itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means, and closes the pipe
    with contextlib.suppress(EOFError, OSError):
        order = marshal.loads(read_message(_IN))  # noqa: S302 # sent by our own process
        root_path, tracked, low, high, before, prefixes = order
        walk = walk_tracked(root_path, tracked.split(b"\0"), Bounds(low, high, before, prefixes))
        found, strays = walk.found.to_bytes(), walk.stray_columns.to_bytes()
        write_message(_OUT, marshal.dumps((found, walk.missing, walk.strays, strays)))


if __name__ == "__main__":
    main()

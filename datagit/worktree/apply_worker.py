"""The worker process of apply.py: writes the slices of a checkout that it is sent, and leaves when the pipe closes.

Run as ``python -m datagit.worktree.apply_worker``; never by hand.
"""

import ctypes
import os
import select
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO

from datagit.errors import DatagitError
from datagit.storage.durable import storage_error
from datagit.worktree.frames import Failure, read_frame, write_frame
from datagit.worktree.writer import WrittenColumns, write_slice

_LOOK_EVERY = 16
_PR_SET_PDEATHSIG = 1


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer slices with the stat columns of what was written, until the other side is gone."""
    root_path, objects = read_frame(requests)
    while True:
        wanted = read_frame(requests)
        try:
            columns = WrittenColumns(len(wanted))
            write_slice(root_path, objects, wanted, columns, _leave_with_parent(requests))
        except DatagitError as error:
            write_frame(replies, Failure(error))
            return
        except OSError as error:
            write_frame(replies, Failure(storage_error(error, "write", os.fsdecode(error.filename or root_path))))
            return
        write_frame(replies, columns)


def _leave_with_parent(requests: BinaryIO) -> Callable[[int], None]:
    """Return what notices, between two files, that the parent is gone: another command may be putting things right."""
    written = 0

    def advance(amount: int) -> None:
        nonlocal written
        written += amount
        # between slices nothing is sent, so what can be read is the end of the pipe
        if written % _LOOK_EVERY == 0 and select.select([requests], [], [], 0)[0]:
            os._exit(0)

    return advance


def main() -> None:
    """Serve on standard input and output."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means, and closes the pipe
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except (EOFError, BrokenPipeError):
        os._exit(0)


if __name__ == "__main__":
    main()

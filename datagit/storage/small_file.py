"""Small files that others may have written, settings and patterns: read whole, within a limit, never waited for."""

import enum
import os
import stat
from pathlib import Path

from datagit.errors import InvalidInputError


class Links(enum.Enum):
    """Whether a symbolic link in the last place of a path is followed."""

    FOLLOW = "follow"
    REFUSE = "refuse"


class FileTooLargeError(InvalidInputError):
    """A settings or pattern file is larger than any honest one."""

    code = "limit-exceeded"

    def __init__(self, path: str, limit: int) -> None:
        super().__init__(f"'{path}' is larger than {limit} bytes", hint="look at what is in it, and make it smaller")


def read_small_file(path: Path | str | bytes, limit: int, links: Links) -> bytes | None:
    """Return the bytes of a regular file; None if nothing readable of that kind is there.

    A folder, a fifo, a device and a refused link count as "not there": none of them may hold up or mislead a reader.

    Raises:
        FileTooLargeError: it has more than limit bytes.
    """
    # O_NONBLOCK: opening a fifo that somebody planted must not wait for a writer
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
    if links is Links.REFUSE:
        flags |= os.O_NOFOLLOW
    try:
        handle = os.open(path, flags)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        content = bytearray()
        while len(content) <= limit and (more := os.read(handle, limit + 1 - len(content))):
            content += more
    finally:
        os.close(handle)
    if len(content) > limit:
        raise FileTooLargeError(os.fsdecode(path), limit)
    return bytes(content)

"""The one writer of a repository: flock on a file that is never deleted, so that nothing is stale after a kill.

What stands in the file (who holds it) is for messages only; the kernel decides.
"""

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from datagit.errors import StateError
from datagit.storage.durable import storage_error
from datagit.storage.rename import UnsafeFilesystemError

_OPEN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SAY_AFTER_S = 1.0
_POLL_S = 0.02
_LONGEST_NOTE = 4096
_BUSY = frozenset({errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK})
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds a lock, as it wrote itself: pid 0 if it wrote nothing readable."""

    pid: int
    host: str
    command: str
    started: int


class LockTimeoutError(StateError):
    """Another process kept the lock for as long as this one was willing to wait."""

    code = "lock-timeout"

    def __init__(self, path: Path, holder: LockHolder, timeout_s: float) -> None:
        who = f"'{holder.command}' (pid {holder.pid} on {holder.host})" if holder.pid else "another process"
        super().__init__(
            f"{who} holds '{path}', gave up after {timeout_s:g} s",
            hint="wait for it, or let this command wait longer: dg -c core.lockTimeout=300 …",
        )
        self.holder = holder


class LockRefusedError(StateError):
    """What lies where the lock file should be is a link, a folder or a device."""

    code = "operation-in-progress"

    def __init__(self, path: Path) -> None:
        super().__init__(f"'{path}' is not a regular file", hint="remove it and run the same command again")


@contextlib.contextmanager
def hold_lock(
    path: Path, *, command: str, timeout_s: float, waiting: Callable[[LockHolder], None], started: int | None = None
) -> Iterator[None]:
    """Hold the lock while the block runs.

    Args:
        path: the lock file; created if missing, never deleted.
        command: what to show others, such as ``dg add``.
        timeout_s: how long to wait for another holder.
        waiting: called once, after a second of waiting.
        started: when the command started, seconds since 1970, to show others; now if None.

    Raises:
        LockTimeoutError: another process held it all the time.
        StorageError: the file cannot be made or locked.
    """
    descriptor = _open_lock_file(path)
    try:
        _wait(descriptor, path, timeout_s, waiting)
        _write_holder(descriptor, _ourselves(command, started))
        try:
            yield
        finally:
            _clear(descriptor)
    finally:
        os.close(descriptor)  # closing unlocks


@contextlib.contextmanager
def try_lock(path: Path, *, command: str, started: int | None = None) -> Iterator[bool]:
    """Hold the lock while the block runs if it is free at once; the value says whether it is held."""
    descriptor = _open_lock_file(path)
    try:
        held = _lock_at_once(descriptor, path)
        if held:
            _write_holder(descriptor, _ourselves(command, started))
        try:
            yield held
        finally:
            if held:
                _clear(descriptor)
    finally:
        os.close(descriptor)


def read_holder(path: Path) -> LockHolder:
    """Return who last wrote itself into the lock file."""
    descriptor = _open_lock_file(path)
    try:
        return _read_holder(descriptor)
    finally:
        os.close(descriptor)


def _ourselves(command: str, started: int | None) -> LockHolder:
    return LockHolder(os.getpid(), os.uname().nodename, command, int(time.time()) if started is None else started)


def _wait(descriptor: int, path: Path, timeout_s: float, waiting: Callable[[LockHolder], None]) -> None:
    begin = time.monotonic()
    said = False
    while not _lock_at_once(descriptor, path):
        waited = time.monotonic() - begin
        if waited >= timeout_s:
            raise LockTimeoutError(path, _read_holder(descriptor), timeout_s)
        if not said and waited >= _SAY_AFTER_S:
            waiting(_read_holder(descriptor))
            said = True
        time.sleep(_POLL_S)


def _open_lock_file(path: Path) -> int:
    try:
        descriptor = os.open(path, _OPEN, 0o644)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise LockRefusedError(path) from error
        raise storage_error(error, "lock", path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise LockRefusedError(path)
    return descriptor


def _lock_at_once(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        if error.errno in _NO_LOCKS:
            raise UnsafeFilesystemError(path) from error
        raise storage_error(error, "lock", path) from error
    return True


def _write_holder(descriptor: int, holder: LockHolder) -> None:
    with contextlib.suppress(OSError, ValueError):  # a full disk takes away the message, not the lock
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(holder)[:_LONGEST_NOTE], 0)


def _clear(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)


def _read_holder(descriptor: int) -> LockHolder:
    try:
        return msgspec.json.decode(os.pread(descriptor, _LONGEST_NOTE, 0), type=LockHolder)
    except (OSError, ValueError, RecursionError):
        return LockHolder(0, "", "", 0)

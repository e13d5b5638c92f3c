"""How bytes reach the disk so that they survive a kill and a power cut: the one place that publishes files under .dg.

Order: a temporary file in the target folder, all bytes, fsync, close, then link (the name must be new) or rename (the
name is replaced), then fsync of the folder. A write, fsync or close that failed is never retried on the same file: the
kernel may have dropped the pages.
"""

import contextlib
import errno
import fcntl
import functools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from datagit.errors import StorageError
from datagit.ids import Bytes
from datagit.storage.base import NameTakenError
from datagit.storage.rename import rename_to_new_name

TEMPORARY_PREFIX = ".tmp-"
"""Names that start so are unfinished; no reader looks at them."""

_CREATE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})
_FULL_FSYNC: int | None = getattr(fcntl, "F_FULLFSYNC", None)  # macOS: fsync alone stops at the drive's cache


def storage_error(error: OSError, action: str, path: Path | str) -> StorageError:
    """Return what to raise when the system refused to do action on path: disk-full, permission-denied or io-error."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in _FULL:
        message = f"cannot {action} '{path}': the disk is full"
        return StorageError(message, hint="make room, then run the same command again", code="disk-full")
    if error.errno in _DENIED:
        hint = "check who owns the folder and whether it is mounted read-only"
        return StorageError(f"cannot {action} '{path}': {reason.lower()}", hint=hint, code="permission-denied")
    return StorageError(f"cannot {action} '{path}': {reason.lower()}", code="io-error")


def temporary_name() -> str:
    """Return a fresh name for an unfinished file: ``.tmp-`` and 16 hex digits."""
    return TEMPORARY_PREFIX + os.urandom(8).hex()


def write_new(path: Path, content: Bytes, *, mode: int = 0o444) -> None:
    """Publish content durably as path, which must be new; its folder exists.

    Raises:
        NameTakenError: path exists; nothing changed.
        StorageError: disk-full, permission-denied or io-error; no temporary file is left.
    """
    with _finished_temporary(path.parent, (content,), mode) as temporary:
        _give_new_name(temporary, path)
    sync_folder(path.parent)


def write_replacing(path: Path, content: Bytes, *, mode: int = 0o644) -> None:
    """Publish content durably as path, atomically in place of what was there; raises StorageError as write_new does."""
    write_parts_replacing(path, (content,), mode=mode)


def write_parts_replacing(path: Path, parts: Sequence[Bytes], *, mode: int = 0o644) -> None:
    """Publish the parts, one after the other, as write_replacing does; nothing is joined in memory."""
    with _finished_temporary(path.parent, parts, mode) as temporary:
        _replace(temporary, path)
    sync_folder(path.parent)


def write_derived(path: Path, content: Bytes, *, mode: int = 0o644) -> None:
    """Publish a file that can be rebuilt: atomically, but not yet on the disk; its reader checks a checksum."""
    temporary = path.parent / temporary_name()
    try:
        _write_temporary(temporary, (content,), mode, _let_pages_wait)
        _replace(temporary, path)
    except BaseException:
        _discard(temporary)
        raise


def publish_new(temporary: Path, target: Path) -> None:
    """Give a written and fsynced file its final name, which must be new; the temporary name is gone afterwards.

    Raises:
        NameTakenError: target exists; the temporary file stays.
        StorageError: as write_new.
    """
    _give_new_name(temporary, target)
    sync_folder(target.parent)


def sync_file(descriptor: int) -> None:
    """Wait until the bytes of an open file are on the disk; raises OSError, after which the file must be given up."""
    if _FULL_FSYNC is None:
        os.fsync(descriptor)
    else:
        fcntl.fcntl(descriptor, _FULL_FSYNC)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk; file systems that know no such thing are left in peace."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise storage_error(error, "sync", path) from error


def make_folder(path: Path) -> None:
    """Create a folder and the ones above it where they are missing, each durably; raises StorageError."""
    missing = []
    folder = path
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error(error, "create", folder) from error
        sync_folder(folder.parent)


@functools.cache
def masked_mode(mode: int) -> int:
    """Return mode less the umask, read once, because the only portable way to read it is to change it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return mode & ~umask


@contextlib.contextmanager
def _finished_temporary(folder: Path, parts: Sequence[Bytes], mode: int) -> Iterator[Path]:
    temporary = folder / temporary_name()
    try:
        _write_temporary(temporary, parts, mode, sync_file)
        yield temporary
    except BaseException:
        _discard(temporary)
        raise


def _write_temporary(temporary: Path, parts: Sequence[Bytes], mode: int, sync: Callable[[int], None]) -> None:
    try:
        descriptor = os.open(temporary, _CREATE, 0o600)
        try:
            written = sum(_write_all(descriptor, part) for part in parts)
            os.fchmod(descriptor, masked_mode(mode))
            if os.fstat(descriptor).st_size != written:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            sync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_error(error, "write", temporary.parent) from error


def _write_all(descriptor: int, content: Bytes) -> int:
    view = memoryview(content).cast("B") if len(content) else memoryview(b"")
    done = 0
    while done < len(view):
        done += os.write(descriptor, view[done:])
    return done


def _give_new_name(temporary: Path, target: Path) -> None:
    try:
        # link, not rename: rename would silently replace an entry that someone published a moment ago
        os.link(temporary, target, follow_symlinks=False)
    except FileExistsError as error:
        raise name_taken(target) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise storage_error(error, "create", target) from error
        try:
            rename_to_new_name(temporary, target)
        except FileExistsError as taken:
            raise name_taken(target) from taken
        except OSError as refused:
            raise storage_error(refused, "create", target) from refused
        return
    _discard(temporary)


def name_taken(target: Path | str) -> NameTakenError:
    """Return what to raise when target was published before."""
    return NameTakenError(f"'{target}' exists already")


def _replace(temporary: Path, path: Path) -> None:
    try:
        os.replace(temporary, path)
    except OSError as error:
        raise storage_error(error, "replace", path) from error


def _let_pages_wait(descriptor: int) -> None:
    """Write nothing to the disk now."""


def _discard(temporary: Path) -> None:
    with contextlib.suppress(OSError):  # gc removes it later; the first error is the one worth telling
        os.unlink(temporary)

"""A local folder as a storage."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagit.errors import InvalidInputError, StorageError
from datagit.storage.base import ByteRange, Entry, NameMissingError
from datagit.storage.durable import (
    TEMPORARY_PREFIX,
    make_folder,
    publish_new,
    storage_error,
    sync_file,
    sync_folder,
    temporary_name,
    write_new,
    write_replacing,
)

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_FORBIDDEN_PARTS = frozenset({"", ".", ".."})


class StorageNameError(InvalidInputError):
    """A name that could leave the folder or that no storage can hold."""

    code = "name-invalid"

    def __init__(self, name: str) -> None:
        super().__init__(f"not a name in a store: {name!r}")


def check_name(name: str) -> str:
    """Return name if it is relative, '/'-separated, printable ASCII without empty, '.' or '..' parts."""
    if not name.isascii() or not name.isprintable() or "\\" in name or not _FORBIDDEN_PARTS.isdisjoint(name.split("/")):
        raise StorageNameError(name)
    return name


@dataclass(frozen=True, slots=True)
class LocalStorage:
    """The files below root. Links in place of files are never followed, and nothing is kept open between calls.

    create_from moves a source that lies below root (a pack built in tmp/) and copies any other.
    """

    root: Path

    def size(self, name: str) -> int:
        path = self._path(name)
        try:
            found = os.lstat(path)
        except OSError as error:
            raise _read_error(error, path) from error
        if not stat.S_ISREG(found.st_mode):
            raise _missing(path)
        return found.st_size

    def read(self, name: str, offset: int = 0, length: int | None = None) -> bytes:
        path = self._path(name)
        descriptor = _open(path)
        try:
            return _read_part(descriptor, path, offset, length)
        finally:
            os.close(descriptor)

    def read_ranges(self, ranges: Sequence[ByteRange]) -> Iterator[bytes]:
        descriptor, opened = -1, ""
        try:
            for wanted in ranges:
                path = self._path(wanted.name)
                if wanted.name != opened:
                    if descriptor >= 0:
                        os.close(descriptor)
                        descriptor = -1
                    descriptor, opened = _open(path), wanted.name
                yield _read_part(descriptor, path, wanted.offset, wanted.length)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def list(self, folder: str) -> Sequence[Entry]:
        path = self._path(folder)
        try:
            with os.scandir(path) as found:
                entries = [
                    Entry(f"{folder}/{entry.name}", entry.stat(follow_symlinks=False).st_size)
                    for entry in found
                    if entry.is_file(follow_symlinks=False) and not entry.name.startswith(TEMPORARY_PREFIX)
                ]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise storage_error(error, "list", path) from error
        return sorted(entries, key=lambda entry: entry.name)

    def names(self, folder: str) -> Sequence[str]:
        path = self._path(folder)
        try:
            with os.scandir(path) as found:
                return sorted(
                    f"{folder}/{entry.name}"
                    for entry in found
                    if entry.is_file(follow_symlinks=False) and not entry.name.startswith(TEMPORARY_PREFIX)
                )
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise storage_error(error, "list", path) from error

    def create(self, name: str, content: bytes) -> None:
        path = self._path(name)
        make_folder(path.parent)
        write_new(path, content)

    def create_from(self, name: str, source: Path) -> None:
        path = self._path(name)
        make_folder(path.parent)
        if source.is_relative_to(self.root):
            _make_durable(source)
            publish_new(source, path)
            return
        temporary = path.parent / temporary_name()
        try:
            _copy(source, temporary)
            publish_new(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def replace(self, name: str, content: bytes) -> None:
        path = self._path(name)
        make_folder(path.parent)
        write_replacing(path, content)

    def delete(self, name: str) -> None:
        path = self._path(name)
        try:
            os.unlink(path)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise storage_error(error, "delete", path) from error
        sync_folder(path.parent)

    def _path(self, name: str) -> Path:
        return self.root / check_name(name)


def _missing(path: Path) -> NameMissingError:
    return NameMissingError(f"'{path}' is not there")


def _read_error(error: OSError, path: Path) -> NameMissingError | StorageError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _missing(path)
    return storage_error(error, "read", path)


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, _READ | os.O_NONBLOCK)  # a fifo in place of a file must not block
    except OSError as error:
        raise _read_error(error, path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _missing(path)
    return descriptor


def _read_part(descriptor: int, path: Path, offset: int, length: int | None) -> bytes:
    try:
        wanted = max(0, os.fstat(descriptor).st_size - offset) if length is None else length
        parts = []
        while wanted > 0:
            part = os.pread(descriptor, wanted, offset)
            if not part:
                message = f"'{path}' ends at byte {offset}, {wanted} bytes too early"
                raise StorageError(message)
            parts.append(part)
            offset += len(part)
            wanted -= len(part)
    except OSError as error:
        raise storage_error(error, "read", path) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _make_durable(source: Path) -> None:
    try:
        descriptor = os.open(source, _READ)
        try:
            sync_file(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_error(error, "sync", source) from error


def _copy(source: Path, temporary: Path) -> None:
    try:
        with source.open("rb") as reader, temporary.open("xb") as writer:
            while part := reader.read(1 << 20):
                writer.write(part)
            writer.flush()
            os.fchmod(writer.fileno(), 0o444)
            sync_file(writer.fileno())
    except OSError as error:
        raise storage_error(error, "copy", source) from error

"""The contract of a storage: named bytes somewhere. tests/storage/contract.py is its meaning."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from datagit.errors import NotFoundError, RefusedError


class NameMissingError(NotFoundError):
    """No bytes are stored under the name."""

    code = "path-not-found"


class NameTakenError(RefusedError):
    """Somebody published the name first; a name that is created is never replaced."""

    code = "exists"


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Length bytes of a named file, from offset on."""

    name: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored name and its size in bytes."""

    name: str
    size_bytes: int


class Storage(Protocol):
    """Named bytes. Names are relative, '/'-separated ASCII; whole files only ever appear or vanish atomically."""

    def size(self, name: str) -> int:
        """Return the length in bytes; raise NameMissingError if it is not there."""

    def read(self, name: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return exactly length bytes from offset on (to the end if None); fewer than asked for is a StorageError."""

    def read_ranges(self, ranges: Sequence[ByteRange]) -> Iterator[bytes]:
        """Yield the bytes of each range, in the order asked for."""

    def list(self, folder: str) -> Sequence[Entry]:
        """Return the files directly in folder, sorted by name, without temporary ones; empty if there is no folder."""

    def names(self, folder: str) -> Sequence[str]:
        """Return the names that list returns, sorted; cheaper where a size costs a call."""

    def create(self, name: str, content: bytes) -> None:
        """Publish content durably under a new name; raise NameTakenError if it exists, and change nothing."""

    def create_from(self, name: str, source: Path) -> None:
        """Publish a finished local file durably under a new name; the source may be moved away."""

    def replace(self, name: str, content: bytes) -> None:
        """Publish content durably under a name, whether it exists or not, atomically."""

    def delete(self, name: str) -> None:
        """Remove a name; nothing happens if it is not there."""

"""A storage that forgets everything with its process."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datagit.errors import StorageError
from datagit.storage.base import ByteRange, Entry, NameMissingError
from datagit.storage.durable import TEMPORARY_PREFIX, name_taken, storage_error
from datagit.storage.local import check_name


@dataclass(frozen=True, slots=True, eq=False)
class MemoryStorage:
    """Named bytes in a dictionary, for tests and for what need not last."""

    _files: dict[str, bytes] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def size(self, name: str) -> int:
        return len(self._content(name))

    def read(self, name: str, offset: int = 0, length: int | None = None) -> bytes:
        content = self._content(name)
        if length is None:
            return content[offset:]
        if offset + length > len(content):
            message = f"'{name}' ends at byte {len(content)}, {offset + length - len(content)} bytes too early"
            raise StorageError(message)
        return content[offset : offset + length]

    def read_ranges(self, ranges: Sequence[ByteRange]) -> Iterator[bytes]:
        for wanted in ranges:
            yield self.read(wanted.name, wanted.offset, wanted.length)

    def list(self, folder: str) -> Sequence[Entry]:
        prefix = check_name(folder) + "/"
        with self._guard:
            return sorted(
                (
                    Entry(name, len(content))
                    for name, content in self._files.items()
                    if name.startswith(prefix)
                    and "/" not in name[len(prefix) :]
                    and not name.startswith(TEMPORARY_PREFIX, len(prefix))
                ),
                key=lambda entry: entry.name,
            )

    def names(self, folder: str) -> Sequence[str]:
        return [entry.name for entry in self.list(folder)]

    def create(self, name: str, content: bytes) -> None:
        with self._guard:
            if check_name(name) in self._files:
                raise name_taken(name)
            self._files[name] = bytes(content)

    def create_from(self, name: str, source: Path) -> None:
        try:
            content = source.read_bytes()
        except OSError as error:
            raise storage_error(error, "copy", source) from error
        self.create(name, content)

    def replace(self, name: str, content: bytes) -> None:
        with self._guard:
            self._files[check_name(name)] = bytes(content)

    def delete(self, name: str) -> None:
        with self._guard:
            self._files.pop(check_name(name), None)

    def _content(self, name: str) -> bytes:
        with self._guard:
            content = self._files.get(check_name(name))
        if content is None:
            message = f"'{name}' is not there"
            raise NameMissingError(message)
        return content

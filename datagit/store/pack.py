"""One finished pack, open for reading: header, footer and index are checked once, each object when it is read.

docs/format/pack.md. Bytes are read with pread, never through the map, so that a disk that fails raises an error instead
of a signal; only the index is mapped.
"""

import mmap
import os
import stat
from pathlib import Path

from datagit.errors import StorageError
from datagit.ids import Bytes, ObjectId, checksum
from datagit.objects.kind import Kind
from datagit.store.pack_frame import FOOTER_SIZE, HEADER_SIZE, decode_footer, decode_header
from datagit.store.pack_index import PackIndex
from datagit.store.pack_kind import LARGEST_PACK, PackKind
from datagit.store.payload import check_identity, decode_payload
from datagit.store.record import RECORD_SIZE, PackDamagedError, decode_record

_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class Pack:
    """A finished pack, open for reading. Safe to share between threads, and after a fork."""

    __slots__ = ("_descriptor", "_map", "footer", "header", "index", "name", "size")

    def __init__(self, path: Path, kind: PackKind) -> None:
        """Open the pack at path.

        Raises:
            FileNotFoundError: it is not there, perhaps since a moment ago.
            PackDamagedError: header, footer or index are not as the format says.
            StorageError: the system does not let us read.
        """
        self.name = f"{kind.folder}/{path.stem}"
        self._descriptor = -1
        try:
            self._descriptor = os.open(path, _OPEN)
            self._load(kind, path)
        except PackDamagedError as error:
            self.close()
            message = f"pack {self.name} is damaged: {error.message}"
            raise PackDamagedError(message) from error
        except FileNotFoundError:
            raise
        except OSError as error:
            self.close()
            message = f"cannot read pack {self.name}: {(error.strerror or str(error)).lower()}"
            raise StorageError(message) from error

    def _load(self, kind: PackKind, path: Path) -> None:
        found = os.fstat(self._descriptor)
        self.size = found.st_size
        if not stat.S_ISREG(found.st_mode) or not HEADER_SIZE + FOOTER_SIZE < self.size <= LARGEST_PACK:
            message = f"it has {self.size} bytes or is no regular file"
            raise PackDamagedError(message)
        self.header = decode_header(os.pread(self._descriptor, HEADER_SIZE, 0))
        if self.header.kind is not kind:
            message = f"it is a {self.header.kind.folder} pack"
            raise PackDamagedError(message)
        footer = decode_footer(os.pread(self._descriptor, FOOTER_SIZE, self.size - FOOTER_SIZE), self.header, self.size)
        if path.stem[:64] != footer.digest.hex():
            message = "its name is not its hash"
            raise PackDamagedError(message)
        start = footer.index_offset // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
        self._map = mmap.mmap(self._descriptor, self.size - start, access=mmap.ACCESS_READ, offset=start)
        skip = footer.index_offset - start
        with memoryview(self._map) as view:
            columns = view[skip : skip + footer.index_length]
        if checksum(columns, footer.salt) != footer.index_sum:
            columns.release()
            message = "its index does not match its checksum"
            raise PackDamagedError(message)
        self.footer = footer
        self.index = PackIndex(columns, footer.count)

    def close(self) -> None:
        """Let go of the file. Objects that were read stay valid."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.close()

    def read(self, kind: Kind, oid: ObjectId, offset: int, stored_len: int) -> bytes:
        """Return the raw bytes of the object whose record starts at offset, all checks passed.

        Raises:
            PackDamagedError: anything is not as the format, the index or the id says.
        """
        if offset % 8 or offset < HEADER_SIZE or offset + RECORD_SIZE + stored_len > self.footer.index_offset:
            message = f"{self.name}: the index names a record at {offset} of {stored_len} bytes"
            raise PackDamagedError(message)
        return self.decode(kind, oid, self.read_bytes(offset, RECORD_SIZE + stored_len))

    def decode(self, kind: Kind, oid: ObjectId, content: Bytes) -> bytes:
        """Return the raw bytes of the object whose record and payload are content."""
        with memoryview(content) as view:
            record = decode_record(view[:RECORD_SIZE], self.header.salt, self.header.kind)
            if record.oid != oid or record.kind is not kind or record.stored_len != len(view) - RECORD_SIZE:
                message = f"{self.name}: the record is not the {kind.name.lower()} {oid.hex()[:12]} of the index"
                raise PackDamagedError(message)
            raw = decode_payload(record, view[RECORD_SIZE:], self.header.salt)
        check_identity(kind, oid, raw)
        return raw

    def read_window(self, offset: int, length: int) -> bytes:
        """Return length bytes of the records' part, for many neighbouring objects at once; decode takes them apart."""
        if offset < HEADER_SIZE or length < 0 or offset + length > self.footer.index_offset:
            message = f"{self.name}: {length} bytes at {offset} are not within its records"
            raise PackDamagedError(message)
        return self.read_bytes(offset, length)

    def read_bytes(self, offset: int, length: int) -> bytes:
        """Return exactly length bytes of the file from offset on, unchecked; raise PackDamagedError at its end."""
        try:
            content = os.pread(self._descriptor, length, offset)
        except OSError as error:
            message = f"{self.name}: cannot read {length} bytes at {offset}: {(error.strerror or 'error').lower()}"
            raise PackDamagedError(message) from error
        if len(content) != length:
            message = f"{self.name}: {length} bytes at {offset} are not there"
            raise PackDamagedError(message)
        return content

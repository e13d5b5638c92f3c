"""Where the bytes of a file version come from when two versions are compared."""

from dataclasses import dataclass
from typing import Protocol

from datagit.ids import ObjectId
from datagit.objects.blob import blob_parts, read_blob
from datagit.objects.reader import ObjectReader

SNIFFED = 8000
"""Bytes that decide whether a file is binary."""


class Contents(Protocol):
    """Gives the bytes of files on one side of a comparison."""

    def read(self, path: bytes, oid: ObjectId) -> bytes:
        """Return the whole content; raises what the store, or the disk, raises."""

    def head(self, path: bytes, oid: ObjectId) -> bytes:
        """Return at least the first SNIFFED bytes, or all there are; cheap for a large file."""


@dataclass(frozen=True, slots=True)
class StoredContents:
    """Contents of a tree or of the index: blobs, whatever their path."""

    objects: ObjectReader

    def read(self, path: bytes, oid: ObjectId) -> bytes:
        return read_blob(self.objects, oid)

    def head(self, path: bytes, oid: ObjectId) -> bytes:
        content = b""
        for part in blob_parts(self.objects, oid):
            content += part
            if len(content) >= SNIFFED:
                break
        return content

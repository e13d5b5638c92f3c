"""Names of packs: which of the two kinds, and the name a finished pack is published under (docs/format/pack.md)."""

import enum
import re
from dataclasses import dataclass

from datagit.errors import InvalidInputError
from datagit.objects.kind import Kind


class PackKind(enum.IntEnum):
    """What a pack holds; the number stands in its header."""

    DATA = 0
    """File contents: blobs and chunks."""
    META = 1
    """Nodes, commits, tags and chunk lists."""

    @property
    def folder(self) -> str:
        """Name of the folder below packs/."""
        return self.name.lower()


PACK_OF_KIND = {kind: PackKind.DATA if kind is Kind.BLOB else PackKind.META for kind in Kind}
"""The kind of pack in which objects of a kind are found."""

SUFFIX = ".pack"
LARGEST_PACK = 128 << 20
"""Bytes of a pack, index and footer included."""
MOST_OBJECTS = 262_144
"""Objects of a pack."""
FULL_PACK = 64 << 20
"""Bytes after which a writer closes a pack and begins another."""

_STEM = re.compile(r"[0-9a-f]{64}-[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PackFile:
    """A published pack, as the log names it.

    Attributes:
        name: "data/" or "meta/", 64 hex digits of the BLAKE3 in its footer, "-", 16 random hex digits.
        size: length of the file in bytes.
        index_offset: where its index starts.
        count: how many objects it holds.
    """

    name: str
    size: int
    index_offset: int
    count: int

    @property
    def kind(self) -> PackKind:
        """What the pack holds, by its name."""
        return PackKind[self.name.partition("/")[0].upper()]

    @property
    def stored_name(self) -> str:
        """Name in a storage: packs/data/….pack."""
        return stored_name(self.name)


def stored_name(name: str) -> str:
    """Return where a storage keeps the pack that the log calls name."""
    return f"packs/{name}{SUFFIX}"


def check_pack_name(name: str) -> str:
    """Return name if it is a well-formed pack name such as data/<64 hex>-<16 hex>.

    Raises:
        InvalidInputError: it is anything else.
    """
    folder, _, stem = name.partition("/")
    if folder not in ("data", "meta") or not _STEM.fullmatch(stem):
        message = f"not the name of a pack: {name[:200]!r}"
        raise InvalidInputError(message)
    return name


def is_pack_file(file_name: str) -> bool:
    """Return whether a file in packs/data or packs/meta is named as a pack is."""
    return file_name.endswith(SUFFIX) and _STEM.fullmatch(file_name.removesuffix(SUFFIX)) is not None

"""The two kinds of packs and what bounds one (docs/format/pack.md)."""

import enum

from datagit.objects.kind import Kind
from datagit.store.layout import DATA_PACKS, META_PACKS


class PackKind(enum.IntEnum):
    """What a pack holds; the number stands in its header."""

    DATA = 0
    """File contents: blobs and chunks."""
    META = 1
    """Nodes, commits, tags and chunk lists."""

    @property
    def folder(self) -> str:
        """The first part of a pack's name in the log."""
        return "meta" if self else "data"

    @property
    def stored_folder(self) -> str:
        """The folder of a store that holds these packs."""
        return META_PACKS if self else DATA_PACKS


PACK_OF_KIND = {kind: PackKind.DATA if kind is Kind.BLOB else PackKind.META for kind in Kind}
"""The kind of pack in which objects of a kind are found."""

LARGEST_PACK = 128 << 20
"""Bytes of a pack, index and footer included."""
MOST_OBJECTS = 262_144
"""Objects of a pack."""
FULL_PACK = 64 << 20
"""Bytes after which a writer closes a pack and begins another."""

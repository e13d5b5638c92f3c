"""Objects that are in no pack: nodes about to be written, and whole small stores in tests."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from datagit.ids import Bytes, ObjectId
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectMissingError, ObjectReader


class NewNodes(Protocol):
    """A tree that was just built: its root, and those of its nodes that were not there before."""

    @property
    def root(self) -> ObjectId: ...

    @property
    def nodes(self) -> Sequence[tuple[ObjectId, bytes]]: ...


class MemoryObjects:
    """An ObjectReader over a dict, in front of another reader if there is one."""

    def __init__(self, behind: ObjectReader | None = None) -> None:
        self._kept: dict[tuple[Kind, ObjectId], bytes] = {}
        self._behind = behind

    def put(self, kind: Kind, oid: ObjectId, content: Bytes) -> None:
        """Keep content under (kind, oid)."""
        self._kept[kind, oid] = bytes(content)

    def keep(self, new: NewNodes) -> ObjectId:
        """Keep the nodes of a tree that was just built, and return its root."""
        for oid, content in new.nodes:
            self._kept[Kind.NODE, oid] = content
        return new.root

    def kept(self) -> list[tuple[Kind, ObjectId, bytes]]:
        """Return what was put here, in the order it came; not what is behind."""
        return [(kind, oid, content) for (kind, oid), content in self._kept.items()]

    def read(self, kind: Kind, oid: ObjectId) -> bytes:
        content = self._kept.get((kind, oid))
        if content is not None:
            return content
        if self._behind is None:
            raise ObjectMissingError(kind, oid)
        return self._behind.read(kind, oid)

    def read_many(self, kind: Kind, oids: Sequence[ObjectId]) -> Iterator[tuple[ObjectId, bytes]]:
        elsewhere: list[ObjectId] = []
        for oid in dict.fromkeys(oids):
            content = self._kept.get((kind, oid))
            if content is None:
                elsewhere.append(oid)
            else:
                yield oid, content
        if elsewhere and self._behind is None:
            raise ObjectMissingError(kind, elsewhere[0])
        if elsewhere and self._behind is not None:
            yield from self._behind.read_many(kind, elsewhere)

    def has(self, kind: Kind, oid: ObjectId) -> bool:
        return (kind, oid) in self._kept or (self._behind is not None and self._behind.has(kind, oid))

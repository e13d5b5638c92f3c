"""What reading rooms ask for: a place to get objects from by id."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from datagit.errors import CorruptionError, NotFoundError
from datagit.ids import ObjectId, short_id
from datagit.objects.kind import Kind

_RESTORE = "restore it from a copy of the repository"


class ObjectMissingError(NotFoundError):
    """No pack holds the object."""

    code = "object-missing"

    def __init__(self, kind: Kind, oid: ObjectId) -> None:
        super().__init__(f"{kind.name.lower()} {short_id(oid)} is missing", hint=_RESTORE)
        self.kind = kind
        self.oid = oid


class ObjectCorruptError(CorruptionError):
    """Every copy of the object fails its checksum or its id."""

    code = "object-corrupt"

    def __init__(self, kind: Kind, oid: ObjectId, where: str) -> None:
        super().__init__(f"{kind.name.lower()} {short_id(oid)} in {where} is corrupt", hint=_RESTORE)
        self.kind = kind
        self.oid = oid


class ObjectReader(Protocol):
    """Returns objects whose bytes were checked against their id (a chunk list: against its form only)."""

    def read(self, kind: Kind, oid: ObjectId) -> bytes:
        """Return the raw bytes of one object.

        Raises:
            ObjectMissingError: it is nowhere here.
            ObjectCorruptError: it is here, but every copy is damaged.
        """

    def read_many(self, kind: Kind, oids: Sequence[ObjectId]) -> Iterator[tuple[ObjectId, bytes]]:
        """Yield (id, bytes) for each distinct id, in the order that is cheapest to read; raises as read does."""

    def has(self, kind: Kind, oid: ObjectId) -> bool:
        """Return whether read would find a record (its bytes are not checked)."""

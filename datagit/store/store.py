"""A store in a local folder: the reading side, and the way to put a few objects in."""

import importlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datagit.ids import Bytes, ObjectId
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectCorruptError, ObjectMissingError
from datagit.storage.durable import make_folder
from datagit.storage.local import LocalStorage
from datagit.store.layout import (
    CACHE,
    CHECKPOINTS,
    DATA_PACKS,
    LOG,
    META_PACKS,
    STATE,
    TEMPORARY,
    FormatInfo,
    PackFile,
    read_format,
    write_format,
)
from datagit.store.log import read_refs
from datagit.store.lookup import Location, Lookup, lookups
from datagit.store.pack_kind import PACK_OF_KIND, PackKind
from datagit.store.pack_writer import PackWriter
from datagit.store.record import PackDamagedError
from datagit.store.refs import Refs
from datagit.store.window import read_windows

FOLDERS = (DATA_PACKS, META_PACKS, LOG, CHECKPOINTS, CACHE, STATE, TEMPORARY)
"""What a new local store has, all empty."""

_TRIES = 3  # a gc may take a pack between our listing and our reading
_JOINED = 64  # from so many ids on, they are located by one join instead of one by one


@dataclass(frozen=True)
class Store:
    """All objects of the packs in one local folder, by (kind, id). An ObjectReader.

    It may be pickled and used after a fork; packs are opened as they are needed. Damaged copies count as missing.

    Attributes:
        folder: the ``.dg`` folder, or that of a path remote.
        uuid: of the store, from format.json.
    """

    folder: Path
    uuid: str
    lookup: dict[Kind, Lookup] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lookup", lookups(self.folder, self.uuid))

    def __reduce__(self) -> tuple[type["Store"], tuple[Path, str]]:
        return Store, (self.folder, self.uuid)

    @property
    def storage(self) -> LocalStorage:
        """The same folder as named bytes."""
        return LocalStorage(self.folder)

    @property
    def cache(self) -> Path:
        """The folder for what can be rebuilt."""
        return self.folder / CACHE

    def refs(self) -> Refs:
        """Return where all names point now; raises as read_refs does."""
        return read_refs(self)

    def read(self, kind: Kind, oid: ObjectId) -> bytes:
        lookup = self.lookup[kind]
        damaged = ""
        for _ in range(_TRIES):
            before = lookup.known()
            for location in lookup.find(kind, oid):
                pack = lookup.pack(location.pack)
                if pack is None:
                    continue
                try:
                    return pack.read(kind, oid, location.offset, location.stored_len)
                except PackDamagedError:
                    damaged = location.pack
            lookup.refresh()
            if lookup.known() == before:
                break
        if damaged:
            raise ObjectCorruptError(kind, oid, f"pack {damaged}")
        raise ObjectMissingError(kind, oid)

    def copies(self, kind: Kind, oid: ObjectId) -> Iterator[bytes]:
        """Yield the bytes of every sound copy: chunk lists under one id may differ."""
        lookup = self.lookup[kind]
        lookup.refresh()
        for location in lookup.find(kind, oid):
            pack = lookup.pack(location.pack)
            if pack is not None:
                try:
                    yield pack.read(kind, oid, location.offset, location.stored_len)
                except PackDamagedError:
                    continue

    def read_many(self, kind: Kind, oids: Sequence[ObjectId]) -> Iterator[tuple[ObjectId, bytes]]:
        wanted = list(dict.fromkeys(oids))
        lookup = self.lookup[kind]
        located: list[tuple[Location, ObjectId]] = []
        for oid, location in self._locate(kind, wanted):
            if location is None:
                yield oid, self.read(kind, oid)
            else:
                located.append((location, oid))
        located.sort(key=lambda place: (place[0].pack, place[0].offset))
        for oid, raw in read_windows(lookup, kind, located):
            yield oid, self.read(kind, oid) if raw is None else raw

    def _locate(self, kind: Kind, oids: Sequence[ObjectId]) -> Iterable[tuple[ObjectId, Location | None]]:
        if len(oids) < _JOINED:
            lookup = self.lookup[kind]
            return [(oid, next(iter(lookup.find(kind, oid)), None)) for oid in oids]
        membership = importlib.import_module("datagit.store.membership")  # pyarrow: one join for all ids
        located: Iterable[tuple[ObjectId, Location | None]] = membership.locate(self, kind, oids)
        return located

    def has(self, kind: Kind, oid: ObjectId) -> bool:
        lookup = self.lookup[kind]
        before = lookup.known()
        if lookup.find(kind, oid):
            return True
        lookup.refresh()
        return lookup.known() != before and bool(lookup.find(kind, oid))


def open_store(folder: Path) -> Store:
    """Return the store at folder; raises NotAStoreError, FormatTooNewError or FormatDamagedError."""
    return Store(folder, read_format(LocalStorage(folder)).store)


def create_store(folder: Path, uuid: str) -> Store:
    """Make folder, which may be new or empty, a store; raises NameTakenError if it is one already."""
    for name in FOLDERS:
        make_folder(folder / name)
    write_format(LocalStorage(folder), FormatInfo(uuid))
    return Store(folder, uuid)


def write_objects(store: Store, objects: Iterable[tuple[Kind, ObjectId, Bytes]]) -> tuple[PackFile, ...]:
    """Store objects durably, those excepted that the store has, and return the new packs; meta ones come last.

    Raises:
        LimitExceededError: an object is larger than its kind allows.
        StorageError: disk-full, permission-denied or io-error.
    """
    with PackWriter(store.folder, PackKind.DATA) as data, PackWriter(store.folder, PackKind.META) as meta:
        writers = {PackKind.DATA: data, PackKind.META: meta}
        for kind, oid, raw in objects:
            if not store.has(kind, oid):
                writers[PACK_OF_KIND[kind]].add(kind, oid, raw)
        packs = data.finish() + meta.finish()
    for lookup in set(store.lookup.values()):
        lookup.refresh()
    return packs

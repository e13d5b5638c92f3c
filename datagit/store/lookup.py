"""Where the packs of a local store hold one id: bisected on memory maps, without pyarrow.

The packs are what the folders packs/data and packs/meta list, named in the log or not. A few packs are asked one by
one; as soon as there are many, their indexes are merged into one sorted table, kept in cache/ (merged_index.py).
"""

import importlib
import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from datagit.errors import StorageError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.store.layout import PACK_SUFFIX, is_pack_name, pack_path
from datagit.store.merged_index import MergedIndex, load_merged, merged_path
from datagit.store.pack import Pack
from datagit.store.pack_kind import PACK_OF_KIND, PackKind
from datagit.store.record import PackDamagedError

ONE_BY_ONE = 16
"""Packs that are asked one by one before their indexes are merged."""

_WORTH_A_MERGE = 50_000  # indexes that would be bisected, all finds together
_OPEN_PACKS = 64  # descriptors and maps kept open
_SAME_TICK_S = 0.1  # a folder's mtime may not show what was published this long after the last


@dataclass(frozen=True, slots=True)
class Location:
    """One copy of an object: the pack by its name in the log, and the offset of its record."""

    pack: str
    offset: int
    stored_len: int


class Lookup:
    """The packs of one kind in one store: which there are, the open ones, and where they hold an id. Thread-safe."""

    def __init__(self, folder: Path, kind: PackKind, store_uuid: str) -> None:
        self.kind = kind
        self._folder = folder
        self._uuid = store_uuid
        self._packs_folder = folder / kind.stored_folder
        self._lock = threading.RLock()
        self._process = -1
        self._open: OrderedDict[str, Pack] = OrderedDict()
        self._merged: MergedIndex | None = None
        self._forget()

    def _forget(self) -> None:
        # what is open is dropped, not closed: another thread may be reading from it
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._open = OrderedDict()
        self._names: frozenset[str] = frozenset()
        self._single: tuple[str, ...] = ()
        self._damaged: dict[str, str] = {}
        self._seen: tuple[int, float] | None = None  # the folder's mtime, and when it was first seen
        self._listed_s = 0.0

    def names(self) -> frozenset[str]:
        """Return the names of all packs, as the log calls them, damaged ones too."""
        self.refresh()
        return self._names

    def known(self) -> frozenset[str]:
        """Return the names of the packs that were listed last."""
        return self._names

    @property
    def damaged(self) -> dict[str, str]:
        """Packs that do not open, and why; they count as missing."""
        return dict(self._damaged)

    def refresh(self) -> None:
        """List the packs again if that can show anything new."""
        if self._process != os.getpid():  # forked: a lock may be held for ever by a thread that is not here
            self._forget()
        with self._lock:
            try:
                changed_ns = os.stat(self._packs_folder).st_mtime_ns
            except FileNotFoundError:
                changed_ns = 0
            now = time.monotonic()
            if self._seen is None or self._seen[0] != changed_ns:
                self._seen = (changed_ns, now)
            elif self._listed_s - self._seen[1] > _SAME_TICK_S:
                return
            self._list()
            self._listed_s = now

    def _list(self) -> None:
        try:
            with os.scandir(self._packs_folder) as entries:
                files = [entry.name for entry in entries]
        except FileNotFoundError:
            files = []
        stems = [f"{self.kind.folder}/{name.removesuffix(PACK_SUFFIX)}" for name in files if name.endswith(PACK_SUFFIX)]
        names = frozenset(name for name in stems if is_pack_name(name))
        if names == self._names:
            return
        self._names = names
        for name in [name for name in self._open if name not in names]:
            del self._open[name]
        if len(names) > 1 and self._merged is None:
            self._merged = load_merged(merged_path(self._folder, self.kind), self._uuid)
        covered = self._merged.names if self._merged is not None else frozenset()
        self._single = tuple(sorted(names - covered - self._damaged.keys()))

    def prepare(self, finds: int) -> None:
        """Merge the indexes now, in this process, if that pays for so many calls of find, here or in workers."""
        self.refresh()
        if len(self._single) > ONE_BY_ONE or len(self._single) * finds > _WORTH_A_MERGE:
            self.merge()

    def merge(self) -> None:
        """Merge the indexes of all packs into one table, and keep it in cache/ where that can be written."""
        self.refresh()
        with self._lock:
            if not self._single:
                return
            builder = importlib.import_module("datagit.store.merge_indexes")  # needs pyarrow, which most reads do not
            merged: MergedIndex = builder.merge_packs(self, sorted(self._names - self._damaged.keys()))
            builder.save_merged(merged, self._uuid, merged_path(self._folder, self.kind))
            self._merged = merged
            self._single = tuple(sorted(self._names - merged.names - self._damaged.keys()))

    def pack(self, name: str) -> Pack | None:
        """Return the pack, opened; None if it is gone or damaged."""
        with self._lock:
            pack = self._open.get(name)
            if pack is not None:
                self._open.move_to_end(name)
                return pack
            if name in self._damaged or name not in self._names:
                return None
            try:
                pack = Pack(self._folder / pack_path(name), self.kind)
            except FileNotFoundError:
                self._seen = None  # a gc took it after we listed
                return None
            except (PackDamagedError, StorageError) as error:
                self._damaged[name] = error.message
                self._single = tuple(single for single in self._single if single != name)
                return None
            self._open[name] = pack
            while len(self._open) > _OPEN_PACKS:
                self._open.popitem(last=False)
            return pack

    def find(self, kind: Kind, oid: ObjectId) -> list[Location]:
        """Return where copies of an object are, by the packs that were listed last."""
        if self._seen is None or self._process != os.getpid():
            self.refresh()
        if len(self._single) > ONE_BY_ONE:
            self.merge()
        merged = self._merged
        found = (
            []
            if merged is None
            else [
                Location(name, offset, stored_len)
                for name, offset, stored_len in merged.find(kind, oid)
                if name in self._names and name not in self._damaged
            ]
        )
        for name in self._single:
            pack = self.pack(name)
            row = None if pack is None else pack.index.find(kind, oid)
            if row is not None:
                found.append(Location(name, row.offset, row.stored_len))
        return found

    def tables(self) -> tuple[MergedIndex | None, list[Pack]]:
        """Return the merged table, if there is one, and the packs that it does not cover."""
        self.refresh()
        if len(self._single) > ONE_BY_ONE:
            self.merge()
        with self._lock:
            packs = [self.pack(name) for name in self._single]
            return self._merged, [pack for pack in packs if pack is not None]


def lookups(folder: Path, store_uuid: str) -> dict[Kind, Lookup]:
    """Return where to look for each kind of object in the store at folder."""
    of_pack = {kind: Lookup(folder, kind, store_uuid) for kind in PackKind}
    return {kind: of_pack[PACK_OF_KIND[kind]] for kind in Kind}

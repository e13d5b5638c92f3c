"""The log of refs, read: entries from 1 on, each holding the hash of the one before, replayed into where refs point.

docs/format/log.md. What is known comes from cache/refs.json or a checkpoint, so that a reader replays only what is new.
"""

import importlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from datagit.errors import CorruptionError, InvalidInputError
from datagit.ids import ObjectId
from datagit.storage.base import NameMissingError, Storage
from datagit.store.hint import read_hint
from datagit.store.layout import (
    CHECKPOINT_EVERY,
    FormatInfo,
    PackFile,
    checkpoint_name,
    format_hash,
    log_name,
    read_format,
)
from datagit.store.log_entry import LogEntry, decode_entry, entry_hash
from datagit.store.refs import DEFAULT_HEAD, MOST_REFS, Refs, find_clash
from datagit.store.refs_cache import load_refs, save_refs

_CHECKPOINTS = "datagit.store.checkpoint"  # loads pyarrow, so it is imported when a checkpoint is read


class LogPlace(Protocol):
    """What the log needs of a store: Store is one."""

    @property
    def storage(self) -> Storage:
        """Holds format.json, log/ and checkpoint/."""

    @property
    def cache(self) -> Path | None:
        """Folder for what can be rebuilt; None if nothing is kept."""


class LogDamagedError(CorruptionError):
    """Entries are missing, changed, or do not follow from each other; nobody may write until that is repaired."""

    code = "log-damaged"

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(
            f"the log is damaged at '{log_name(seq)}': {why}",
            hint="keep a copy of the repository as it is, and restore the entry from another one",
        )
        self.seq = seq


@dataclass(frozen=True, slots=True)
class NamedPack:
    """A live pack, and the entry that named it."""

    file: PackFile
    seq: int


@dataclass(frozen=True, slots=True)
class LogState:
    """All that the log says up to one entry.

    Attributes:
        store: uuid of the store.
        refs: where refs and head point.
        packs: live packs by name.
        doomed: names never to be used again, with the entry that doomed them.
        features: what entries switched on.
    """

    store: str
    refs: Refs
    packs: dict[str, NamedPack]
    doomed: dict[str, int]
    features: tuple[str, ...] = ()


def first_state(info: FormatInfo) -> LogState:
    """Return the state of a store whose log is empty."""
    return LogState(info.store, Refs(0, format_hash(info), {}, DEFAULT_HEAD), {}, {})


def read_refs(place: LogPlace) -> Refs:
    """Return where refs point now; reads the entries that are newer than the cache, and brings the cache up to date.

    Raises:
        NotAStoreError: there is no store.
        FormatTooNewError: a later version wrote it.
        LogDamagedError: an entry is missing or wrong.
    """
    info = read_format(place.storage)
    known = _known_refs(place, info)
    start = known or _nearest_state(place.storage, info).refs
    refs = replay_refs(start, read_entries(place.storage, start))
    if known is None or refs.seq - known.seq > len(refs.heads) // 1000:
        save_refs(place.cache, info.store, refs)
    return refs


def read_state(place: LogPlace) -> LogState:
    """Return all that the log says now, the packs it names included; raises as read_refs does."""
    info = read_format(place.storage)
    _known_refs(place, info)  # raises if the last entry seen before is gone or another one now
    start = _nearest_state(place.storage, info)
    return replay(start, read_entries(place.storage, start.refs))


def read_state_at_checkpoint(place: LogPlace) -> LogState | None:
    """Return the state at the last entry after which a checkpoint is due; None if there is none or it is written."""
    info = read_format(place.storage)
    due = _last_seq(place.storage) // CHECKPOINT_EVERY * CHECKPOINT_EVERY
    start = _nearest_state(place.storage, info)
    if start.refs.seq >= due:
        return None
    return replay(start, itertools.islice(read_entries(place.storage, start.refs), due - start.refs.seq))


def read_entries(storage: Storage, after: Refs | None = None) -> Iterator[tuple[LogEntry, bytes]]:
    """Yield each entry after the given point, oldest first, with the hash of its bytes, until there is no next one."""
    seq = 0 if after is None else after.seq
    while True:
        seq += 1
        try:
            content = storage.read(log_name(seq))
        except NameMissingError:
            return
        yield _decode(seq, content), entry_hash(content)


def iter_entries(place: LogPlace, refs: Refs) -> Iterator[LogEntry]:
    """Yield the entries up to refs, newest first; each is checked against the hash that the next one holds."""
    expected = refs.entry
    for seq in range(refs.seq, 0, -1):
        try:
            content = place.storage.read(log_name(seq))
        except NameMissingError as error:
            raise LogDamagedError(seq, "it is missing") from error
        if entry_hash(content) != expected:
            raise LogDamagedError(seq, "its bytes are not those that the next entry follows")
        entry = _decode(seq, content)
        expected = entry.prev
        yield entry


def replay_refs(start: Refs, entries: Iterable[tuple[LogEntry, bytes]]) -> Refs:
    """Return where refs point after entries, which follow start; raises LogDamagedError if they do not fit."""
    heads, head = dict(start.heads), start.head
    seq, digest = start.seq, start.entry
    for entry, entry_digest in entries:
        _check_place(entry, seq, digest)
        head = _move_refs(heads, head, entry)
        seq, digest = entry.seq, entry_digest
    if seq == start.seq:
        return start
    return Refs(seq, digest, {name: heads[name] for name in sorted(heads)}, head)


def replay(start: LogState, entries: Iterable[tuple[LogEntry, bytes]]) -> LogState:
    """Return what the log says after entries, which follow start; raises LogDamagedError if they do not fit."""
    packs, doomed, features = dict(start.packs), dict(start.doomed), list(start.features)

    def note_packs() -> Iterator[tuple[LogEntry, bytes]]:
        for entry, digest in entries:
            _move_packs(packs, doomed, entry)
            features.extend(name for name in entry.features if name not in features)
            yield entry, digest

    refs = replay_refs(start.refs, note_packs())
    return LogState(start.store, refs, packs, doomed, tuple(features))


def _known_refs(place: LogPlace, info: FormatInfo) -> Refs | None:
    known = load_refs(place.cache, info.store)
    if known is None or known.seq == 0:
        return None
    try:
        content = place.storage.read(log_name(known.seq))
    except NameMissingError as error:
        raise LogDamagedError(known.seq, "it was there before and is missing now") from error
    if entry_hash(content) != known.entry:
        raise LogDamagedError(known.seq, "its bytes are not those that were there before")
    return known


def _nearest_state(storage: Storage, info: FormatInfo) -> LogState:
    """Return the state to replay from: the newest readable checkpoint at or before the last entry, or the beginning."""
    newest = _last_seq(storage) // CHECKPOINT_EVERY * CHECKPOINT_EVERY
    for seq in range(newest, 0, -CHECKPOINT_EVERY):
        try:
            content = storage.read(checkpoint_name(seq))
        except NameMissingError:
            continue
        decode: Callable[[bytes, str, int], LogState] = importlib.import_module(_CHECKPOINTS).decode_checkpoint
        try:
            state = decode(content, info.store, seq)
        except InvalidInputError:
            continue  # a checkpoint only saves time: fsck reports it, the log has the truth
        if _agrees(storage, state.refs):
            return state
    return first_state(info)


def _agrees(storage: Storage, refs: Refs) -> bool:
    try:
        return entry_hash(storage.read(log_name(refs.seq))) == refs.entry
    except NameMissingError:
        return False


def _last_seq(storage: Storage) -> int:
    """Return the number of the last entry by asking for O(log n) names; the log has no gaps."""
    low = read_hint(storage).seq
    if not _has_entry(storage, low):
        low = 0
    step = 1
    while _has_entry(storage, low + step):
        low += step
        step *= 2
    high = low + step  # low is there (or 0), high is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _has_entry(storage, middle) else (low, middle)
    return low


def _has_entry(storage: Storage, seq: int) -> bool:
    try:
        return seq > 0 and storage.size(log_name(seq)) > 0
    except NameMissingError:
        return False


def _decode(seq: int, content: bytes) -> LogEntry:
    try:
        entry = decode_entry(content)
    except InvalidInputError as error:
        raise LogDamagedError(seq, error.message) from error
    if entry.seq != seq:
        raise LogDamagedError(seq, f"it says that it is entry {entry.seq}")
    return entry


def _check_place(entry: LogEntry, seq: int, digest: bytes) -> None:
    if entry.seq != seq + 1:
        raise LogDamagedError(entry.seq, f"it follows entry {seq}")
    if entry.prev != digest:
        raise LogDamagedError(entry.seq, "it does not follow from the entry before it")


def _move_refs(heads: dict[str, ObjectId], head: str, entry: LogEntry) -> str:
    for change in entry.refs:
        if heads.get(change.name) != change.old:
            raise LogDamagedError(entry.seq, f"it moves '{change.name}' from where that never was")
        if change.new is None:
            heads.pop(change.name, None)
    created = {change.name: change.new for change in entry.refs if change.new is not None}
    heads.update(created)
    if (clash := find_clash(heads, created)) is not None:
        raise LogDamagedError(entry.seq, f"it makes '{clash[0]}' beside '{clash[1]}'")
    if len(heads) > MOST_REFS:
        raise LogDamagedError(entry.seq, f"it makes more than {MOST_REFS} refs")
    return head if entry.head is None else entry.head


def _move_packs(packs: dict[str, NamedPack], doomed: dict[str, int], entry: LogEntry) -> None:
    for pack in entry.packs_added:
        if pack.name in packs or pack.name in doomed:
            raise LogDamagedError(entry.seq, f"it adds pack '{pack.name}', which was named before")
        packs[pack.name] = NamedPack(pack, entry.seq)
    for name in entry.packs_doomed:
        if name in doomed:
            raise LogDamagedError(entry.seq, f"it dooms pack '{name}' again")
        packs.pop(name, None)
        doomed[name] = entry.seq

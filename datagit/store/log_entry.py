"""One entry of the log: one change of refs, with what it needs and who made it (docs/format/log.md)."""

import re
from dataclasses import dataclass

import msgspec

from datagit.errors import DatagitError
from datagit.ids import Bytes, ObjectId, blob_id, parse_id
from datagit.objects.canonical import decode_as, decode_canonical, encode_canonical
from datagit.objects.commit import LATEST_TIME
from datagit.objects.invalid import InvalidObjectError, LimitExceededError
from datagit.store.layout import FEATURES, FormatTooNewError, PackFile, is_pack_name, is_uuid
from datagit.store.refs import RefChange, check_head, check_ref_name

ENTRY_VERSION = 1
LARGEST_ENTRY = 4 << 20
"""Bytes of one entry."""
MOST_PACKS_ADDED = 16_384
"""Packs that one entry may name; more are named by entries without refs before it."""
LAST_SEQ = 9_999_999_999
"""Ten digits."""
LONGEST_OP = 1000
"""Characters of op."""

_LARGEST_NUMBER = (1 << 63) - 1
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moved the refs."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One change of refs, and all packs that were published since the entry before.

    Attributes:
        seq: 1, 2, 3, …
        prev: BLAKE3 of the previous entry's bytes, of format.json for entry 1.
        tx: uuid by which its writer recognises it after an unclear answer.
        time: seconds since 1970.
        actor: who did it.
        op: verb and subject, such as ``commit: first import``; never arguments.
        refs: the refs that move, in the order of names.
        head: full branch name or 64 hex digits; None if it stays.
        packs_added: packs that no entry named before.
        packs_doomed: names of packs that will be deleted and are never used again.
        features: what readers and writers must understand from here on.
    """

    seq: int
    prev: bytes
    tx: str
    time: int
    actor: Actor
    op: str
    refs: tuple[RefChange, ...] = ()
    head: str | None = None
    packs_added: tuple[PackFile, ...] = ()
    packs_doomed: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


class _WireActor(msgspec.Struct, forbid_unknown_fields=True):
    email: str
    name: str


class _WirePack(msgspec.Struct, forbid_unknown_fields=True):
    count: int
    index_offset: int
    name: str
    size: int


class _WireChange(msgspec.Struct, forbid_unknown_fields=True):
    new: str | None
    old: str | None


class _WireEntry(msgspec.Struct, forbid_unknown_fields=True):
    actor: _WireActor
    head: str | None
    op: str
    packs_added: list[_WirePack]
    packs_doomed: list[str]
    prev: str
    refs: dict[str, _WireChange]
    seq: int
    time: int
    tx: str
    v: int
    features: list[str] | msgspec.UnsetType = msgspec.UNSET


def encode_entry(entry: LogEntry) -> bytes:
    """Return the canonical bytes of entry.

    Raises:
        InvalidObjectError: a field breaks its rule.
        RefNameError: so does the name of a ref.
        LimitExceededError: more than 16,384 packs, or more than 4 MiB.
    """
    if len(entry.packs_added) > MOST_PACKS_ADDED:
        message = f"a log entry names {len(entry.packs_added)} packs, at most {MOST_PACKS_ADDED} are allowed"
        raise LimitExceededError(message)
    _check_entry(entry)
    content = encode_canonical(
        _WireEntry(
            actor=_WireActor(entry.actor.email, entry.actor.name),
            head=entry.head,
            op=entry.op,
            packs_added=[_WirePack(pack.count, pack.index_offset, pack.name, pack.size) for pack in entry.packs_added],
            packs_doomed=list(entry.packs_doomed),
            prev=entry.prev.hex(),
            refs={change.name: _WireChange(_hex(change.new), _hex(change.old)) for change in entry.refs},
            seq=entry.seq,
            time=entry.time,
            tx=entry.tx,
            v=ENTRY_VERSION,
            features=list(entry.features) if entry.features else msgspec.UNSET,
        )
    )
    if len(content) > LARGEST_ENTRY:
        message = f"a log entry has {len(content)} bytes, at most {LARGEST_ENTRY} are allowed"
        raise LimitExceededError(message)
    return content


def decode_entry(content: Bytes) -> LogEntry:
    """Return the entry that content spells canonically.

    Raises:
        InvalidObjectError: it is no entry, or breaks a rule.
        RefNameError: so does the name of a ref.
        FormatTooNewError: an entry of later days.
    """
    if len(content) > LARGEST_ENTRY:
        message = f"a log entry has {len(content)} bytes, at most {LARGEST_ENTRY} are allowed"
        raise InvalidObjectError(message)
    try:
        wire = decode_as(content, _WireEntry)
    except InvalidObjectError:
        _refuse_later_version(content)
        raise
    if wire.v > ENTRY_VERSION:
        raise FormatTooNewError(f"its log has entries of version {wire.v}, this version knows {ENTRY_VERSION}")
    features = () if wire.features is msgspec.UNSET else tuple(wire.features)
    if wire.v != ENTRY_VERSION or (features == () and wire.features is not msgspec.UNSET):
        message = f"a log entry of version {wire.v} or with an empty list of features"
        raise InvalidObjectError(message)
    if unknown := [name for name in features if name not in FEATURES]:
        raise FormatTooNewError(f"its log switches on the feature '{unknown[0]}'")
    try:
        entry = LogEntry(
            wire.seq,
            parse_id(wire.prev),
            wire.tx,
            wire.time,
            Actor(wire.actor.name, wire.actor.email),
            wire.op,
            tuple(RefChange(name, _parse(change.old), _parse(change.new)) for name, change in wire.refs.items()),
            wire.head,
            tuple(PackFile(pack.name, pack.size, pack.index_offset, pack.count) for pack in wire.packs_added),
            tuple(wire.packs_doomed),
            features,
        )
    except ValueError as error:
        message = f"a log entry with a broken id: {error}"
        raise InvalidObjectError(message) from error
    _check_entry(entry)
    return entry


def entry_hash(content: Bytes) -> bytes:
    """Return what the next entry names as the one before it."""
    return blob_id(content)


def clean_op(text: str) -> str:
    """Return text as op may hold it: one line, no control characters or lone surrogates, at most 1,000 characters."""
    plain = text.encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", plain)[:LONGEST_OP].strip() or "change"


def _hex(oid: ObjectId | None) -> str | None:
    return None if oid is None else oid.hex()


def _parse(text: str | None) -> ObjectId | None:
    return None if text is None else parse_id(text)


def _refuse_later_version(content: Bytes) -> None:
    try:
        value = decode_canonical(content)
    except DatagitError:
        return
    version = value.get("v") if isinstance(value, dict) else None
    if type(version) is int and version > ENTRY_VERSION:
        raise FormatTooNewError(f"its log has entries of version {version}, this version knows {ENTRY_VERSION}")


def _check_entry(entry: LogEntry) -> None:
    if (problem := _broken_rule(entry)) is not None:
        message = f"a log entry with {problem}"
        raise InvalidObjectError(message)
    for change in entry.refs:
        check_ref_name(change.name)
    if entry.head is not None:
        check_head(entry.head)


def _broken_rule(entry: LogEntry) -> str | None:
    names = [pack.name for pack in entry.packs_added]
    sizes_fit = all(
        0 < pack.count <= _LARGEST_NUMBER and 0 < pack.index_offset < pack.size <= _LARGEST_NUMBER
        for pack in entry.packs_added
    )
    rules = {
        f"number {entry.seq}": 1 <= entry.seq <= LAST_SEQ,
        f"time {entry.time}": 0 <= entry.time <= LATEST_TIME,
        "a tx that is no uuid": is_uuid(entry.tx),
        "control characters in its actor": not _CONTROL.search(entry.actor.name + entry.actor.email),
        "an op that is no short line": 0 < len(entry.op) <= LONGEST_OP and not _CONTROL.search(entry.op),
        "a ref that is neither there before nor after": all(change.old or change.new for change in entry.refs),
        f"{len(names)} added packs": len(names) <= MOST_PACKS_ADDED,
        "an impossible pack name": all(map(is_pack_name, (*names, *entry.packs_doomed))),
        "a pack named twice": len({*names, *entry.packs_doomed}) == len(names) + len(entry.packs_doomed),
        "an impossible pack size": sizes_fit,
    }
    return next((problem for problem, kept in rules.items() if not kept), None)

"""Moving refs: create entry n+1 of the log, or learn who did (docs/format/log.md)."""

import importlib
import time
import uuid
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from datagit.errors import InvalidInputError, RefusedError, StorageError
from datagit.ids import ObjectId, short_id
from datagit.storage.base import ByteRange, NameMissingError, NameTakenError, Storage
from datagit.store.hint import HINT_EVERY, Hint, write_hint
from datagit.store.layout import (
    CHECKPOINT_EVERY,
    DATA_PACKS,
    META_PACKS,
    PackFile,
    checkpoint_name,
    is_pack_name,
    log_name,
    pack_name,
    read_format,
)
from datagit.store.log import LogPlace, read_entries, read_refs, replay_refs
from datagit.store.log_entry import (
    MOST_PACKS_ADDED,
    Actor,
    LogEntry,
    clean_op,
    decode_entry,
    encode_entry,
    entry_hash,
)
from datagit.store.named_packs import NamedPacks, names_in, read_named_packs, save_named_packs
from datagit.store.pack_frame import FOOTER_SIZE, HEADER_SIZE, decode_footer, decode_header
from datagit.store.record import PackDamagedError
from datagit.store.refs import RefChange, Refs, check_head, check_ref_name, find_clash
from datagit.store.refs_cache import save_refs

_CHECKPOINTS = "datagit.store.checkpoint"  # loads pyarrow, so it is imported when a checkpoint is due
_TRIES = 40
_LONGEST_PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of refs that somebody wants in the log.

    Attributes:
        op: verb and subject, such as ``commit: first import``.
        refs: the refs that move, from where the writer saw them.
        head: what to check out, full branch name or 64 hex digits; None if it stays.
        actor: who wants it.
        time: when, seconds since 1970.
    """

    op: str
    refs: tuple[RefChange, ...]
    head: str | None
    actor: Actor
    time: int


class RefMovedError(RefusedError):
    """Somebody moved a ref since the writer saw it; nothing changed."""

    code = "ref-moved"

    def __init__(self, change: RefChange, found: ObjectId | None) -> None:
        where = "is gone" if found is None else f"is at {short_id(found)}"
        expected = "not there" if change.old is None else f"at {short_id(change.old)}"
        super().__init__(
            f"'{change.name}' {where}, it was {expected} when this command looked",
            hint="look at it with 'dg log' and run the same command again",
        )
        self.change = change
        self.found = found


class RefInTheWayError(RefusedError):
    """``a`` and ``a/b`` cannot both be refs."""

    code = "exists"
    exit_code = 128

    def __init__(self, name: str, other: str) -> None:
        super().__init__(f"cannot lock ref '{name}': '{other}' exists; cannot create '{name}'")
        self.name = name
        self.other = other


class RefContendedError(RefusedError):
    """Others moved refs all the time."""

    code = "ref-contended"

    def __init__(self) -> None:
        super().__init__(f"others wrote to the log in each of {_TRIES} tries", hint="run the same command again")


def append_entry(place: LogPlace, proposal: Proposal) -> LogEntry:
    """Write proposal into the log, with all packs here that no entry names yet; return the entry as it stands there.

    Raises:
        RefMovedError: a ref is not where the proposal saw it.
        RefInTheWayError: a new ref would be above or below another.
        RefNameError: a name breaks a rule.
        LogDamagedError: the log cannot be continued.
        RefContendedError: others were faster, again and again.
    """
    for change in proposal.refs:
        check_ref_name(change.name)
    if proposal.head is not None:
        check_head(proposal.head)
    store = read_format(place.storage).store
    refs = read_refs(place)
    named = read_named_packs(place, store, refs)
    for attempt in range(_TRIES):
        check_proposal(refs, proposal)
        packs = tuple(unnamed_packs(place.storage, named))
        names_only = len(packs) > MOST_PACKS_ADDED
        step = replace(proposal, op="packs", refs=(), head=None) if names_only else proposal
        entry = make_entry(refs, step, packs[:MOST_PACKS_ADDED])
        ours, new = _create(place.storage, refs, entry)
        refs = replay_refs(refs, new)
        named = named.union(*(names_in(each) for each, _ in new))
        if ours:
            _leave_traces(place, store, refs, entry, named)
            if not names_only:
                return entry
        else:
            _pause(attempt)
    raise RefContendedError


def check_proposal(refs: Refs, proposal: Proposal) -> None:
    """Raise RefMovedError or RefInTheWayError unless the proposal's changes apply to refs."""
    heads = dict(refs.heads)
    for change in proposal.refs:
        found = heads.get(change.name)
        if found != change.old:
            raise RefMovedError(change, found)
        if change.new is None:
            heads.pop(change.name, None)
    created = {change.name: change.new for change in proposal.refs if change.new is not None}
    heads.update(created)
    if (clash := find_clash(heads, created)) is not None:
        raise RefInTheWayError(*clash)


def unnamed_packs(storage: Storage, named: Container[str]) -> Iterator[PackFile]:
    """Yield the packs that are stored here and not among the named ones; what is no whole pack is left out."""
    for folder in (DATA_PACKS, META_PACKS):
        for path in storage.names(folder):
            name = pack_name(path)
            if name not in named and is_pack_name(name) and (pack := _describe_pack(storage, path)) is not None:
                yield pack


def make_entry(refs: Refs, proposal: Proposal, packs: tuple[PackFile, ...]) -> LogEntry:
    """Return the entry that comes after refs; each call makes another tx."""
    return LogEntry(
        seq=refs.seq + 1,
        prev=refs.entry,
        tx=str(uuid.uuid4()),
        time=proposal.time,
        actor=proposal.actor,
        op=clean_op(proposal.op),
        refs=tuple(sorted(proposal.refs, key=lambda change: change.name)),
        head=proposal.head,
        packs_added=packs,
    )


def _describe_pack(storage: Storage, path: str) -> PackFile | None:
    try:
        size = storage.size(path)
        ends = ByteRange(path, 0, HEADER_SIZE), ByteRange(path, max(0, size - FOOTER_SIZE), FOOTER_SIZE)
        head, foot = storage.read_ranges(ends)
        footer = decode_footer(foot, decode_header(head), size)
    except (PackDamagedError, StorageError, NameMissingError):
        return None
    return PackFile(pack_name(path), size, footer.index_offset, footer.count)


def _create(storage: Storage, refs: Refs, entry: LogEntry) -> tuple[bool, list[tuple[LogEntry, bytes]]]:
    """Return whether the entry now stands behind refs, and the entries that do: ours, or those of others."""
    content = encode_entry(entry)
    try:
        storage.create(log_name(entry.seq), content)
    except NameTakenError:
        # "exists" may be about an earlier try of our own: only the tx tells
        if _tx_at(storage, entry.seq) != entry.tx:
            return False, list(read_entries(storage, refs))
    return True, [(entry, entry_hash(content))]


def _tx_at(storage: Storage, seq: int) -> str | None:
    try:
        return decode_entry(storage.read(log_name(seq))).tx
    except InvalidInputError:
        return None


def _leave_traces(place: LogPlace, store: str, refs: Refs, entry: LogEntry, named: frozenset[str]) -> None:
    """Save what spares the next reader time; the entry stands whether this works or not."""
    seq = refs.seq
    if len(refs.heads) < seq % 64 * 1000 + 1000:  # thousands of refs are not written out at every step
        save_refs(place.cache, store, refs)
    if entry.packs_added or seq % HINT_EVERY == 0:
        save_named_packs(place.cache, store, NamedPacks(seq, refs.entry, named))
    if seq % HINT_EVERY == 0:
        _write_due_checkpoint(place, seq)
        write_hint(place.storage, Hint(seq // CHECKPOINT_EVERY * CHECKPOINT_EVERY, seq))


def _write_due_checkpoint(place: LogPlace, seq: int) -> None:
    """Write the newest checkpoint if it is due now, or if whoever owed it was killed."""
    due = seq // CHECKPOINT_EVERY * CHECKPOINT_EVERY
    try:
        if due:
            place.storage.size(checkpoint_name(due))
    except NameMissingError:
        write: Callable[[LogPlace], None] = importlib.import_module(_CHECKPOINTS).write_checkpoint
        write(place)


def _pause(attempt: int) -> None:
    """Wait a moment, by chance longer and longer, so that writers do not meet again."""
    chance = uuid.uuid4().int / (1 << 128)
    time.sleep(min(_LONGEST_PAUSE_S, 0.002 * 2**attempt) * chance)

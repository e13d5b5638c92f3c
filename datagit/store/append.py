"""Moving refs: create entry n+1 of the log, or learn who did (docs/format/log.md)."""

import importlib
import time
import uuid
from collections.abc import Callable, Iterator
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
    is_pack_name,
    log_name,
    pack_name,
)
from datagit.store.log import LogPlace, LogState, read_entries, read_state, replay
from datagit.store.log_entry import (
    MOST_PACKS_ADDED,
    Actor,
    LogEntry,
    clean_op,
    decode_entry,
    encode_entry,
    entry_hash,
)
from datagit.store.pack_frame import FOOTER_SIZE, HEADER_SIZE, decode_footer, decode_header
from datagit.store.record import PackDamagedError
from datagit.store.refs import RefChange, check_head, check_ref_name, find_clash
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
    state = read_state(place)
    for attempt in range(_TRIES):
        check_proposal(state, proposal)
        packs = tuple(unnamed_packs(place.storage, state))
        while len(packs) > MOST_PACKS_ADDED:
            rest = replace(proposal, op="packs", refs=(), head=None)
            state = _create(place, state, rest, packs[:MOST_PACKS_ADDED])[1]
            packs = tuple(unnamed_packs(place.storage, state))
        entry, state = _create(place, state, proposal, packs)
        if entry is not None:
            return entry
        _pause(attempt)
    raise RefContendedError


def check_proposal(state: LogState, proposal: Proposal) -> None:
    """Raise RefMovedError or RefInTheWayError unless the proposal's changes apply to the state."""
    heads = dict(state.refs.heads)
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


def unnamed_packs(storage: Storage, state: LogState) -> Iterator[PackFile]:
    """Yield the packs that are stored here and that no entry names; what is no pack or is damaged is left out."""
    for folder in (DATA_PACKS, META_PACKS):
        for found in storage.list(folder):
            name = pack_name(found.name)
            if name in state.packs or name in state.doomed or not is_pack_name(name):
                continue
            try:
                ranges = [
                    ByteRange(found.name, 0, HEADER_SIZE),
                    ByteRange(found.name, found.size_bytes - FOOTER_SIZE, FOOTER_SIZE),
                ]
                head, foot = storage.read_ranges(ranges)
                footer = decode_footer(foot, decode_header(head), found.size_bytes)
            except (PackDamagedError, StorageError, NameMissingError):
                continue
            yield PackFile(name, found.size_bytes, footer.index_offset, footer.count)


def _create(
    place: LogPlace, state: LogState, proposal: Proposal, packs: tuple[PackFile, ...]
) -> tuple[LogEntry | None, LogState]:
    """Return our entry and the state after it; None and the state after the others' entries if another was first."""
    entry = LogEntry(
        seq=state.refs.seq + 1,
        prev=state.refs.entry,
        tx=str(uuid.uuid4()),
        time=proposal.time,
        actor=proposal.actor,
        op=clean_op(proposal.op),
        refs=tuple(sorted(proposal.refs, key=lambda change: change.name)),
        head=proposal.head,
        packs_added=packs,
    )
    content = encode_entry(entry)
    try:
        place.storage.create(log_name(entry.seq), content)
    except NameTakenError:
        # "exists" may be about an earlier try of our own: only the tx tells
        if _tx_at(place.storage, entry.seq) != entry.tx:
            return None, replay(state, read_entries(place.storage, state.refs))
    after = replay(state, [(entry, entry_hash(content))])
    _leave_traces(place, after)
    return entry, after


def _tx_at(storage: Storage, seq: int) -> str | None:
    try:
        return decode_entry(storage.read(log_name(seq))).tx
    except InvalidInputError:
        return None


def _leave_traces(place: LogPlace, state: LogState) -> None:
    """Save what spares the next reader time; the entry stands whether this works or not."""
    seq = state.refs.seq
    if len(state.refs.heads) < seq % 64 * 1000 + 1000:  # thousands of refs are not written out at every step
        save_refs(place.cache, state.store, state.refs)
    if seq % CHECKPOINT_EVERY == 0:
        write: Callable[[Storage, LogState], None] = importlib.import_module(_CHECKPOINTS).write_checkpoint
        write(place.storage, state)
    if seq % HINT_EVERY == 0:
        write_hint(place.storage, Hint(seq // CHECKPOINT_EVERY * CHECKPOINT_EVERY, seq))


def _pause(attempt: int) -> None:
    """Wait a moment, by chance longer and longer, so that writers do not meet again."""
    chance = uuid.uuid4().int / (1 << 128)
    time.sleep(min(_LONGEST_PAUSE_S, 0.002 * 2**attempt) * chance)

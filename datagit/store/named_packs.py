"""cache/named-packs: which packs the log has named, so that a writer need not read it all (docs/format/log.md).

It can be deleted at any time, and is ignored unless its checksum, its store and the entry it belongs to fit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from datagit.errors import DatagitError
from datagit.ids import checksum
from datagit.storage.durable import make_folder, write_derived
from datagit.store.log import LogPlace, read_entries, read_state
from datagit.store.log_entry import LogEntry
from datagit.store.refs import Refs

_NAME = "named-packs"
_HEADER = re.compile(rb"1 ([0-9a-f-]{36}) ([0-9]{1,10}) ([0-9a-f]{64}) ([0-9a-f]{16})\n")


@dataclass(frozen=True, slots=True)
class NamedPacks:
    """The names of all packs that entries up to seq added or doomed; entry is the hash of entry seq."""

    seq: int
    entry: bytes
    names: frozenset[str]


def read_named_packs(place: LogPlace, store: str, refs: Refs) -> frozenset[str]:
    """Return the names of all packs that the log has named up to refs, or beyond; raises as read_state does."""
    known = load_named_packs(place.cache, store)
    if known is not None and known.seq <= refs.seq:
        before = Refs(known.seq, known.entry, {}, refs.head)
        names, entry = set(known.names), known.entry
        for new, digest in read_entries(place.storage, before):
            if new.prev != entry:
                break
            names.update(names_in(new))
            entry = digest
        else:
            if known.seq < refs.seq or known.entry == refs.entry:
                return frozenset(names)
    state = read_state(place)
    return frozenset((*state.packs, *state.doomed))


def names_in(entry: LogEntry) -> Iterable[str]:
    """Return the packs that an entry names."""
    return (*(pack.name for pack in entry.packs_added), *entry.packs_doomed)


def load_named_packs(cache: Path | None, store: str) -> NamedPacks | None:
    """Return what the cache holds for the store of that uuid; None if it holds nothing of use."""
    if cache is None:
        return None
    try:
        content = (cache / _NAME).read_bytes()
    except OSError:
        return None
    match = _HEADER.match(content)
    if match is None or match[1] != store.encode():
        return None
    body = content[match.end() :]
    if match[4] != _sum(match[1], match[2], match[3], body):
        return None
    names = frozenset(body.decode("ascii", "replace").split("\n")) if body else frozenset[str]()
    return NamedPacks(int(match[2]), bytes.fromhex(match[3].decode()), names)


def save_named_packs(cache: Path | None, store: str, named: NamedPacks) -> None:
    """Remember the names; a failure is ignored, because only time is lost."""
    if cache is None:
        return
    words = store.encode(), b"%d" % named.seq, named.entry.hex().encode()
    body = "\n".join(named.names).encode("ascii")
    try:
        make_folder(cache)
        write_derived(cache / _NAME, b"1 %b %b %b %b\n" % (*words, _sum(*words, body)) + body)
    except DatagitError:
        return


def _sum(store: bytes, seq: bytes, entry: bytes, body: bytes) -> bytes:
    return b"%016x" % checksum(body, checksum(b" ".join((store, seq, entry))))

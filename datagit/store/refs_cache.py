"""cache/refs.json: where refs pointed after one entry, so that reading them needs neither pyarrow nor the whole log.

docs/format/log.md. It can be deleted at any time, and is ignored unless its checksum and store fit.
"""

from pathlib import Path

import msgspec

from datagit.errors import DatagitError, InvalidInputError
from datagit.ids import ObjectId, checksum, parse_id
from datagit.objects.canonical import decode_as, encode_canonical
from datagit.storage.durable import make_folder, write_derived
from datagit.storage.small_file import Links, read_small_file
from datagit.store.refs import Refs, check_head

_NAME = "refs.json"
_VERSION = 1
_LARGEST = 64 << 20


class _WireRefs(msgspec.Struct, forbid_unknown_fields=True):
    entry: str
    head: str
    refs: dict[str, str]
    seq: int
    store: str
    sum: str
    v: int


def load_refs(cache: Path | None, store: str) -> Refs | None:
    """Return the refs that the cache holds for the store of that uuid; None if it holds nothing of use."""
    if cache is None:
        return None
    try:
        # a fifo or device in its place must not hold up a reader
        wire = decode_as(read_small_file(cache / _NAME, _LARGEST, Links.REFUSE) or b"", _WireRefs)
        found, wire.sum = wire.sum, ""
        if found != _sum(wire) or wire.store != store or wire.v != _VERSION:
            return None
        heads = {name: parse_id(target) for name, target in wire.refs.items()}
        return Refs(wire.seq, parse_id(wire.entry), heads, check_head(wire.head))
    except (OSError, ValueError, InvalidInputError):
        return None


def save_refs(cache: Path | None, store: str, refs: Refs) -> None:
    """Remember refs; a failure is ignored, because only time is lost."""
    if cache is None:
        return
    heads: dict[str, ObjectId] = dict(refs.heads)
    wire = _WireRefs(
        entry=refs.entry.hex(),
        head=refs.head,
        refs={name: target.hex() for name, target in heads.items()},
        seq=refs.seq,
        store=store,
        sum="",
        v=_VERSION,
    )
    wire.sum = _sum(wire)
    try:
        make_folder(cache)
        write_derived(cache / _NAME, encode_canonical(wire))
    except DatagitError:
        return


def _sum(wire: _WireRefs) -> str:
    return f"{checksum(encode_canonical(wire)):016x}"

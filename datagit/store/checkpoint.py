"""Checkpoints: all that the log says after every 64th entry, as one table, so that a reader replays at most 64.

docs/format/checkpoint.md
"""

import enum
import itertools
from typing import Any

import pyarrow as pa

from datagit.errors import DatagitError, InvalidInputError
from datagit.ids import ID_SIZE, ObjectId
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.ipc import read_strict, table_sum, write_strict
from datagit.store.layout import PackFile, checkpoint_name, is_pack_name
from datagit.store.log import LogPlace, LogState, NamedPack, read_state_at_checkpoint
from datagit.store.refs import Refs, check_head, check_ref_name

_COLUMNS: dict[str, pa.DataType] = {
    "kind": pa.uint8(),
    "name": pa.binary(),
    "id": pa.binary(ID_SIZE),
    "size": pa.int64(),
    "index_offset": pa.int64(),
    "count": pa.int64(),
    "seq": pa.int64(),
}
CHECKPOINT_SCHEMA = pa.schema(_COLUMNS)
LARGEST_CHECKPOINT = 256 << 20
"""Bytes of one checkpoint."""
MOST_ROWS = 2_000_000
"""Rows of one checkpoint."""

_VERSION = b"1"
_NO_ID = bytes(ID_SIZE)
_METADATA = {b"v", b"store", b"seq", b"entry", b"sum"}


class RowKind(enum.IntEnum):
    """What a row of a checkpoint tells."""

    REF = 0
    LIVE_PACK = 1
    DOOMED_PACK = 2
    FEATURE = 3
    HEAD = 4


def encode_checkpoint(state: LogState) -> bytes:
    """Return the bytes of the checkpoint after the entry at which state is."""
    nothing = (0, 0, 0, 0)
    rows: list[tuple[int, bytes, bytes, int, int, int, int]] = [
        *((RowKind.REF, name.encode(), oid, *nothing) for name, oid in state.refs.heads.items()),
        *(
            (
                RowKind.LIVE_PACK,
                name.encode(),
                _NO_ID,
                pack.file.size,
                pack.file.index_offset,
                pack.file.count,
                pack.seq,
            )
            for name, pack in state.packs.items()
        ),
        *((RowKind.DOOMED_PACK, name.encode(), _NO_ID, 0, 0, 0, seq) for name, seq in state.doomed.items()),
        *((RowKind.FEATURE, name.encode(), _NO_ID, *nothing) for name in state.features),
        (RowKind.HEAD, state.refs.head.encode(), _NO_ID, *nothing),
    ]
    columns = zip(*sorted(rows), strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, CHECKPOINT_SCHEMA, strict=True)]
    table = pa.Table.from_arrays(arrays, schema=CHECKPOINT_SCHEMA)
    metadata = {
        b"v": _VERSION,
        b"store": state.store.encode(),
        b"seq": str(state.refs.seq).encode(),
        b"entry": state.refs.entry.hex().encode(),
        b"sum": f"{table_sum(table):016x}".encode(),
    }
    return write_strict(table, metadata).to_pybytes()


def decode_checkpoint(content: bytes, store: str, seq: int) -> LogState:
    """Return the state that a checkpoint of that store holds after entry seq.

    Raises:
        InvalidInputError: it is damaged, or of another store or entry.
    """
    table = read_strict(content, CHECKPOINT_SCHEMA, largest=LARGEST_CHECKPOINT)
    metadata = table.schema.metadata or {}
    if table.num_rows > MOST_ROWS or set(metadata) != _METADATA:
        raise _invalid("its size or its metadata")
    wanted = {
        b"v": _VERSION,
        b"store": store.encode(),
        b"seq": str(seq).encode(),
        b"sum": f"{table_sum(table):016x}".encode(),
    }
    if any(metadata[key] != value for key, value in wanted.items()):
        raise _invalid("its version, store, number or checksum")
    try:
        entry = bytes.fromhex(metadata[b"entry"].decode())
        return _state_of(table, store, seq, entry)
    except ValueError as error:
        raise _invalid(str(error)) from error


def write_checkpoint(place: LogPlace) -> None:
    """Publish the newest checkpoint that is due and missing; a failure or an earlier writer is ignored."""
    try:
        state = read_state_at_checkpoint(place)
        if state is not None:
            place.storage.create(checkpoint_name(state.refs.seq), encode_checkpoint(state))
    except DatagitError:
        return


def _state_of(table: pa.Table, store: str, seq: int, entry: bytes) -> LogState:
    kinds: list[Any] = table["kind"].to_pylist()
    raw_names: list[Any] = table["name"].to_pylist()
    names: list[str] = [name.decode() for name in raw_names]
    if any(one >= other for one, other in itertools.pairwise(zip(kinds, raw_names, strict=True))):
        raise _invalid("the order of its rows")
    heads: dict[str, ObjectId] = {}
    packs: dict[str, NamedPack] = {}
    doomed: dict[str, int] = {}
    features: list[str] = []
    head: list[str] = []
    numbers = (table[name].to_pylist() for name in ("id", "size", "index_offset", "count", "seq"))
    for kind, name, oid, size, index_offset, count, at in zip(kinds, names, *numbers, strict=True):
        match kind:
            case RowKind.REF:
                heads[check_ref_name(name)] = ObjectId(oid)
            case RowKind.LIVE_PACK:
                packs[_checked_pack(name)] = NamedPack(PackFile(name, size, index_offset, count), at)
            case RowKind.DOOMED_PACK:
                doomed[_checked_pack(name)] = at
            case RowKind.FEATURE:
                features.append(name)
            case RowKind.HEAD:
                head.append(check_head(name))
            case _:
                raise _invalid(f"a row of kind {kind}")
    if len(head) != 1 or not doomed.keys().isdisjoint(packs):
        raise _invalid("its head or its packs")
    return LogState(store, Refs(seq, entry, heads, head[0]), packs, doomed, tuple(features))


def _checked_pack(name: str) -> str:
    if not is_pack_name(name):
        raise _invalid(f"the pack name {name[:200]!r}")
    return name


def _invalid(what: str) -> InvalidInputError:
    return InvalidObjectError(f"a checkpoint is damaged: {what} cannot be right")

"""Many ids at once: one vectorised join with the indexes of all packs (pyarrow)."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from datagit.ids import ID_SIZE, ObjectId
from datagit.objects import compute as pc
from datagit.objects.columns import Column
from datagit.objects.kind import Kind
from datagit.store.lookup import Location
from datagit.store.merge_indexes import index_table, merged_table
from datagit.store.store import Store

_TYPES: dict[str, Any] = {
    "id": pa.binary(ID_SIZE),
    "offset": pa.uint64(),
    "stored_len": pa.uint64(),
    "pack": pa.uint32(),
}
_NO_ROWS = pa.schema(_TYPES)


def held_ids(store: Store, kind: Kind, ids: Column) -> Column:
    """Return for each of n ids, 32 bytes each, whether a pack has a record of that kind; the bytes are not checked."""
    rows, _ = _matching_rows(store, kind, ids)
    held: Column = pc.is_in(ids, value_set=rows["id"])
    return _in_one_piece(held)


def _in_one_piece(column: Column) -> Column:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def locate(store: Store, kind: Kind, oids: Sequence[ObjectId]) -> Iterator[tuple[ObjectId, Location | None]]:
    """Yield for each id where its first copy is, or None."""
    ids = pa.array(oids, pa.binary(ID_SIZE))
    rows, packs = _matching_rows(store, kind, ids)
    chosen = pc.take(rows, pc.index_in(ids, value_set=rows["id"]))
    columns: tuple[list[Any], ...] = (
        chosen["pack"].to_pylist(),
        chosen["offset"].to_pylist(),
        chosen["stored_len"].to_pylist(),
    )
    for oid, pack, offset, stored_len in zip(oids, *columns, strict=True):
        yield oid, None if pack is None else Location(packs[pack], offset, stored_len)


def _matching_rows(store: Store, kind: Kind, ids: Column) -> tuple[pa.Table, list[str]]:
    """Return the index rows whose id is among ids, and the packs that their numbers mean."""
    lookup = store.lookup[kind]
    merged, single = lookup.tables()
    known = lookup.known() - lookup.damaged.keys()
    tables: list[pa.Table] = []
    packs: list[str] = []
    if merged is not None:
        table = merged_table(merged)
        packs.extend(merged.packs)
        gone = [number for number, name in enumerate(merged.packs) if name not in known]
        tables.append(_among(table, kind, ids, gone))
    for pack in single:
        tables.append(_among(index_table(pack, len(packs)), kind, ids, []))
        packs.append(pack.name)
    if not tables:
        return _NO_ROWS.empty_table(), packs
    return pa.concat_tables(tables).combine_chunks(), packs


def _among(table: pa.Table, kind: Kind, ids: Column, gone: list[int]) -> pa.Table:
    # the ids asked for are hashed, not those of the store: probing is five times as fast as building
    table = pc.filter(table, pc.is_in(table["id"], value_set=ids))
    table = pc.filter(table, pc.equal(table["type"], pa.scalar(int(kind), pa.uint8())))
    if gone:
        table = pc.filter(table, pc.invert(pc.is_in(table["pack"], value_set=pa.array(gone, pa.uint32()))))
    return table.drop_columns(["type"])

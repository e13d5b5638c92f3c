"""Builds the merged table of many pack indexes with pyarrow; loaded only when there are many (lookup.py)."""

import contextlib
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from datagit.errors import DatagitError
from datagit.ids import ID_SIZE
from datagit.objects import compute as pc
from datagit.objects.columns import Array
from datagit.storage.durable import make_folder, write_derived
from datagit.store.merged_index import MergedIndex, encode_merged
from datagit.store.pack import Pack
from datagit.store.pack_index import aligned


class PackOpener(Protocol):
    """Opens packs by name; None for one that is gone or damaged."""

    def pack(self, name: str) -> Pack | None: ...


def index_table(pack: Pack, number: int) -> pa.Table:
    """Return the rows of a pack's index, mapped: id, offset, stored_len, pack, type."""
    index, count = pack.index, pack.index.count
    columns: tuple[tuple[Any, int], ...] = (
        (pa.binary(ID_SIZE), 0),
        (pa.uint64(), 1),
        (pa.uint64(), 2),
        (pa.uint8(), 4),
    )
    oid, offset, stored_len, kind = (
        pa.Array.from_buffers(kind, count, [None, pa.py_buffer(index.column(column))]) for kind, column in columns
    )
    packs = pa.repeat(pa.scalar(number, pa.uint32()), count)
    return pa.table([oid, offset, stored_len, packs, kind], names=["id", "offset", "stored_len", "pack", "type"])


def merged_table(merged: MergedIndex) -> pa.Table:
    """Return the rows of a merged table, mapped, with the columns of index_table."""
    types: tuple[Any, ...] = (pa.binary(ID_SIZE), pa.uint64(), pa.uint64(), pa.uint32(), pa.uint8())
    columns = [
        pa.Array.from_buffers(kind, merged.count, [None, pa.py_buffer(merged.column(number))])
        for number, kind in enumerate(types)
    ]
    return pa.table(columns, names=["id", "offset", "stored_len", "pack", "type"])


def merge_packs(opener: PackOpener, names: list[str]) -> MergedIndex:
    """Return one table of the rows of all packs that open."""
    tables: list[pa.Table] = []
    packs: list[str] = []
    for name in names:
        pack = opener.pack(name)
        if pack is not None:
            tables.append(index_table(pack, len(packs)))
            packs.append(name)
    if not tables:
        return MergedIndex((), b"", 0)
    table = pa.concat_tables(tables)
    ordered = pc.take(table, pc.sort_indices(table, sort_keys=[("id", "ascending")])).combine_chunks()
    body = bytearray()
    for name in ordered.column_names:
        array: Array = ordered[name].chunk(0)
        width = array.type.bit_width // 8
        start = array.offset * width
        content = memoryview(array.buffers()[1])[start : start + width * len(array)]
        body += content
        body += bytes(aligned(len(content)) - len(content))
    return MergedIndex(tuple(packs), bytes(body), ordered.num_rows)


def save_merged(merged: MergedIndex, store_uuid: str, path: Path) -> None:
    """Keep the table for the next process; a store that cannot be written is read without."""
    with contextlib.suppress(DatagitError, OSError):
        make_folder(path.parent)
        write_derived(path, encode_merged(merged, store_uuid))

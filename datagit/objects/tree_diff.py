"""What differs between two snapshots: equal nodes are skipped whole, so that it costs what changed."""

from collections.abc import Sequence

import pyarrow as pa

from datagit.ids import ID_SIZE, ObjectId
from datagit.objects import compute as pc
from datagit.objects.columns import Array, Column
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.reader import ObjectReader
from datagit.objects.tree_nodes import NodeRef, check_child, child_refs, concat_rows, read_node, read_nodes, ref_to

CHANGE_SCHEMA = pa.schema(
    (
        pa.field("path", pa.binary(), nullable=False),
        pa.field("old_mode", pa.uint8()),
        pa.field("old_size", pa.int64()),
        pa.field("old_id", pa.binary(ID_SIZE)),
        pa.field("new_mode", pa.uint8()),
        pa.field("new_size", pa.int64()),
        pa.field("new_id", pa.binary(ID_SIZE)),
    )
)
"""Files that differ, by path: what was there and what is there now; null where there is none."""

_VALUES = ("mode", "size", "id")


def diff_nodes(objects: ObjectReader, old_root: ObjectId, new_root: ObjectId) -> pa.Table:
    """Return the files that differ between two trees, CHANGE_SCHEMA, sorted by path.

    Reads O(k) nodes for k changed leaves, and none if the roots are equal.
    """
    if old_root == new_root:
        return CHANGE_SCHEMA.empty_table()
    old, new = _differing_leaves(objects, old_root, new_root)
    return diff_rows(_read_rows(objects, old), _read_rows(objects, new))


def diff_rows(old: pa.Table, new: pa.Table) -> pa.Table:
    """Return what differs between two tables of LEAF_SCHEMA, each path once in each: CHANGE_SCHEMA, sorted by path."""
    old_paths, new_paths = _one_piece(old["path"]), _one_piece(new["path"])
    places: Array = pc.index_in(new_paths, value_set=old_paths)
    added = pc.filter(new, pc.is_null(places))
    removed = pc.filter(old, pc.invert(pc.is_in(old_paths, value_set=new_paths)))
    kept = pc.filter(new, pc.is_valid(places))
    before = pc.take(old, pc.drop_null(places))
    changed: Column = pc.or_(pc.not_equal(before["mode"], kept["mode"]), pc.not_equal(before["id"], kept["id"]))
    changed = pc.or_(changed, pc.not_equal(before["size"], kept["size"]))
    kept, before = pc.filter(kept, changed), pc.filter(before, changed)
    rows = pa.concat_tables([_changes(None, added), _changes(removed, None), _changes(before, kept)]).combine_chunks()
    if rows.num_rows > 1 and not pc.all(pc.less(rows["path"][:-1], rows["path"][1:])).as_py():
        rows = pc.take(rows, pc.sort_indices(rows["path"]))
    return rows


def _differing_leaves(
    objects: ObjectReader, old_root: ObjectId, new_root: ObjectId
) -> tuple[list[NodeRef], list[NodeRef]]:
    """Return the leaves of each tree that the other does not have, from left to right."""
    sides = [[ref_to(read_node(objects, root), root)] for root in (old_root, new_root)]
    for level in range(max(side[0].level for side in sides), 0, -1):
        for number, side in enumerate(sides):
            if side and side[0].level == level:
                sides[number] = _open_all(objects, side)
        # a node covers its range of keys wholly: the same id on both sides is the same content in the same place
        held = [{ref.oid for ref in side} for side in sides]
        common = held[0] & held[1]
        sides = [[ref for ref in side if ref.oid not in common] for side in sides]
    return sides[0], sides[1]


def _open_all(objects: ObjectReader, refs: Sequence[NodeRef]) -> list[NodeRef]:
    children: list[NodeRef] = []
    for ref, node in zip(refs, read_nodes(objects, [ref.oid for ref in refs]), strict=True):
        check_child(ref, node)
        children += child_refs(node)
    return children


def _read_rows(objects: ObjectReader, refs: Sequence[NodeRef]) -> pa.Table:
    tables: list[pa.Table] = []
    for ref, node in zip(refs, read_nodes(objects, [ref.oid for ref in refs]), strict=True):
        check_child(ref, node)
        tables.append(node.table)
    return concat_rows(tables, LEAF_SCHEMA)


def _changes(old: pa.Table | None, new: pa.Table | None) -> pa.Table:
    """Return rows of CHANGE_SCHEMA for files on one side, or for the same files on both."""
    present = old if new is None else new
    if present is None:
        return CHANGE_SCHEMA.empty_table()
    columns: list[Column] = [present["path"]]
    for side in (old, new):
        for name in _VALUES:
            kind = LEAF_SCHEMA.field(name).type
            columns.append(pa.nulls(present.num_rows, kind) if side is None else side[name])
    return pa.Table.from_arrays(columns, schema=CHANGE_SCHEMA)


def _one_piece(column: Column) -> Array:
    return column.combine_chunks()

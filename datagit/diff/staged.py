"""What differs between a commit and the index: what the next commit would change."""

from typing import Any

import pyarrow as pa

from datagit.ids import ObjectId
from datagit.objects import compute as pc
from datagit.objects.node import LEAF_SCHEMA, encode_leaf, node_id
from datagit.objects.reader import ObjectReader
from datagit.objects.tree_diff import CHANGE_SCHEMA, diff_rows
from datagit.objects.tree_nodes import TreeNodes, find_position


def diff_staged(objects: ObjectReader, root: ObjectId, rows: pa.Table) -> pa.Table:
    """Return what an index changes against a tree, CHANGE_SCHEMA, sorted by path.

    A leaf whose rows stand unchanged in the index is not even read: the rows of the index have its id.

    Args:
        objects: holds the nodes of the tree.
        root: the tree, old in the result.
        rows: the rows of an index, sorted by path, new in the result; it may have a column ``stage``, and then paths
            that are not merged yet are left out of the result.
    """
    staged, unmerged = _merged_rows(rows)
    old: list[pa.Table] = []
    new: list[pa.Table] = []
    position = 0
    nodes = TreeNodes(objects, root)
    for ref in nodes.leaf_refs(b"", None):
        if node_id(encode_leaf(staged.slice(position, ref.rows))) == ref.oid:
            position += ref.rows
            continue
        end = position + find_position(staged["path"].slice(position), ref.last_path)
        if end < staged.num_rows and staged["path"][end].as_py() == ref.last_path:
            end += 1
        old.append(nodes.open(ref).table)
        new.append(staged.slice(position, end - position))
        position = end
    if position < staged.num_rows:
        new.append(staged.slice(position))
    if not old and not new:
        return CHANGE_SCHEMA.empty_table()
    changes = diff_rows(_join(old), _join(new))
    if unmerged is not None:
        changes = pc.filter(changes, pc.invert(pc.is_in(changes["path"], value_set=unmerged)))
    return changes


def _merged_rows(rows: pa.Table) -> tuple[pa.Table, Any]:
    """Return the rows of stage 0 as LEAF_SCHEMA in one piece, and the paths that have other stages, None without."""
    unmerged = None
    if "stage" in rows.column_names:
        waiting = pc.not_equal(rows["stage"], 0)
        if pc.any(waiting).as_py():
            unmerged = pc.unique(pc.filter(rows["path"], waiting))
            rows = pc.filter(rows, pc.invert(waiting))
    columns = rows.select(LEAF_SCHEMA.names).combine_chunks().columns
    return pa.Table.from_arrays(columns, schema=LEAF_SCHEMA), unmerged


def _join(parts: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(parts).combine_chunks() if parts else LEAF_SCHEMA.empty_table()

"""From one snapshot to another while the user is at work: which paths change, which stay, which forbid it.

The rules are those of ``git read-tree -m -u OLD NEW``: what is staged or edited is carried over where both snapshots
agree.
"""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datagit.index.index import Index, folders_of
from datagit.objects import compute as pc
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tree_diff import CHANGE_SCHEMA, diff_rows


@dataclass(frozen=True, slots=True)
class TwoWay:
    """What going from one snapshot to another means for an index.

    Attributes:
        wanted: rows of CHANGE_SCHEMA that must happen, in the index and in the files.
        blocked: paths whose index row is neither the old nor the new one, ascending.
    """

    wanted: pa.Table
    blocked: tuple[bytes, ...]


def carry_over(index: Index, changes: pa.Table) -> TwoWay:
    """Return what of changes, from the old snapshot to the new one, is still to be done on top of index.

    Args:
        index: without unmerged paths.
        changes: rows of CHANGE_SCHEMA.
    """
    if not changes.num_rows:
        return TwoWay(changes, ())
    staged = index.staged
    rows = pc.take(staged, pc.index_in(changes["path"], value_set=_one_piece(staged["path"])))
    as_old = _same(rows, changes, "old")
    as_new = _same(rows, changes, "new")
    settled = pc.or_(as_new, pc.and_(pc.is_null(rows["mode"]), pc.is_null(changes["new_mode"])))
    wanted = pc.filter(changes, pc.and_not(as_old, settled)).combine_chunks()
    blocked: Any = pc.filter(changes["path"], pc.invert(pc.or_(as_old, settled))).to_pylist()
    return TwoWay(wanted, tuple(sorted({*blocked, *_clashes(staged["path"], wanted)})))


def start_over(index: Index, target: pa.Table, dirty: "pa.Array[Any] | pa.ChunkedArray[Any]") -> pa.Table:
    """Return the changes, CHANGE_SCHEMA, that make index and files what target is, whatever they are now.

    Args:
        index: with or without unmerged paths.
        target: rows of LEAF_SCHEMA, sorted by path.
        dirty: tracked paths whose files are not what the index says.
    """
    changes = diff_rows(_one_row_each(index), target)
    lost = pa.concat_arrays([_one_piece(dirty), pc.unique(_one_piece(index.unmerged["path"]))])
    mended = pc.and_not(pc.is_in(target["path"], lost), pc.is_in(target["path"], _one_piece(changes["path"])))
    again = pc.filter(target, mended)
    values = [again[name] for name in LEAF_SCHEMA.names[1:]]
    rewritten = pa.Table.from_arrays([again["path"], *values, *values], schema=CHANGE_SCHEMA)
    return sort_by_path(pa.concat_tables([changes, rewritten])).combine_chunks()


def sort_by_path(table: pa.Table) -> pa.Table:
    """Return a table with a column ``path`` sorted by it, bytewise."""
    sorted_table: pa.Table = pc.take(table, pc.sort_indices(table, sort_keys=[("path", "ascending")]))
    return sorted_table


def _one_row_each(index: Index) -> pa.Table:
    """Return LEAF_SCHEMA rows, one for each path of the index; of an unmerged path, that of its first stage."""
    rows = index.rows
    if index.unmerged_count:
        paths = _one_piece(rows["path"])
        first = pa.concat_arrays([pa.array([True]), pc.not_equal(paths[1:], paths[:-1])])
        rows = pc.filter(rows, first)
    return pa.Table.from_arrays(rows.select(LEAF_SCHEMA.names).combine_chunks().columns, schema=LEAF_SCHEMA)


def _same(rows: pa.Table, changes: pa.Table, side: str) -> Any:  # noqa: ANN401 # a column
    """Return where an index row, null if there is none, is what one side of the changes has."""
    mode, oid = changes[f"{side}_mode"], changes[f"{side}_id"]
    equal = pc.and_(pc.equal(rows["mode"], mode), pc.equal(rows["id"], oid))
    return pc.or_kleene(pc.fill_null(equal, False), pc.and_(pc.is_null(rows["mode"]), pc.is_null(mode)))  # noqa: FBT003 # the value to fill in


def _clashes(staged: Any, wanted: pa.Table) -> list[bytes]:  # noqa: ANN401 # a column
    """Return the index paths that stay and that are a folder of a new path, or lie below one."""
    added: Any = pc.filter(wanted["path"], pc.is_null(wanted["old_mode"]))
    if not len(added) or not len(staged):
        return []
    removed = pc.filter(wanted["path"], pc.is_null(wanted["new_mode"]))
    kept: Any = pc.filter(staged, pc.invert(pc.is_in(staged, value_set=_one_piece(removed))))
    above: Any = pc.filter(kept, pc.is_in(kept, value_set=folders_of(added))).to_pylist()
    files: Any = pc.filter(added, pc.is_in(added, value_set=folders_of(kept))).to_pylist()
    below = [path for file in files for path in pc.filter(kept, pc.starts_with(kept, file + b"/")).to_pylist()]
    return [*above, *below]


def _one_piece(column: Any) -> Any:  # noqa: ANN401 # an Array or ChunkedArray
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

"""What differs between two snapshots, for the paths that were asked for."""

import pyarrow as pa

from datagit.diff.pathspec import PathFilter
from datagit.ids import ObjectId
from datagit.objects import compute as pc
from datagit.objects.reader import ObjectReader
from datagit.objects.tree_diff import CHANGE_SCHEMA, diff_nodes

__all__ = ["CHANGE_SCHEMA", "choose_changes", "diff_trees"]


def diff_trees(objects: ObjectReader, old: ObjectId, new: ObjectId, paths: PathFilter) -> pa.Table:
    """Return the files that differ between two trees, CHANGE_SCHEMA, sorted by path."""
    return choose_changes(diff_nodes(objects, old, new), paths)


def choose_changes(changes: pa.Table, paths: PathFilter) -> pa.Table:
    """Return the rows of a table with a column ``path`` that the filter chooses."""
    if paths.everything or not changes.num_rows:
        return changes
    chosen: pa.Table = pc.filter(changes, paths.matches(changes["path"]))
    return chosen.combine_chunks()

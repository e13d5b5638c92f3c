"""A snapshot: one sorted table of paths, cut by content into nodes, so that versions share what they have in common."""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from datagit.ids import ObjectId
from datagit.objects import compute as pc
from datagit.objects.columns import Column
from datagit.objects.cuts import FORMAT_1, CutRule, find_cuts
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.memory import MemoryObjects
from datagit.objects.mode import Mode
from datagit.objects.node import LARGEST_FILE, LEAF_SCHEMA, Node, encode_inner, encode_leaf, node_id
from datagit.objects.path import LONGEST_PATH
from datagit.objects.path_column import check_ascending, check_paths
from datagit.objects.reader import ObjectReader
from datagit.objects.tree_nodes import (
    EMPTY_LEAF,
    EMPTY_TREE,
    NodeRef,
    TreeNodes,
    concat_rows,
    find_position,
    inner_rows,
    read_node,
    ref_to,
    to_keys,
)

__all__ = [
    "EMPTY_TREE",
    "FOLDER_SCHEMA",
    "NewTree",
    "TreeRow",
    "build_tree",
    "count_tree",
    "edit_tree",
    "find_row",
    "iter_leaves",
    "list_folder",
    "read_tree",
]

FOLDER_SCHEMA = pa.schema(
    (
        pa.field("name", pa.binary()),
        pa.field("kind", pa.string()),
        pa.field("mode", pa.uint8()),
        pa.field("size", pa.int64()),
        pa.field("id", LEAF_SCHEMA.field("id").type),
        pa.field("rows", pa.int64()),
        pa.field("bytes", pa.int64()),
    )
)
"""What is directly in a folder: a 'file' with mode, size and id, or a 'tree', where they are null; counts of both."""

_WINDOW = 1 << 18
"""Rows whose keys are Python objects at the same time."""


@dataclass(frozen=True, slots=True)
class NewTree:
    """A tree that was just computed.

    Attributes:
        root: id of its root node.
        nodes: (id, canonical bytes) of those of its nodes that the tree before did not have, children first.
    """

    root: ObjectId
    nodes: tuple[tuple[ObjectId, bytes], ...]


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One file of a tree."""

    path: bytes
    mode: Mode
    size: int
    oid: ObjectId


def build_tree(rows: pa.Table, rule: CutRule = FORMAT_1) -> NewTree:
    """Return the tree of n files.

    Args:
        rows: LEAF_SCHEMA (more columns are ignored), each path once, in any order.
        rule: how large nodes are; anything but the default is for tests.

    Raises:
        PathInvalidError, UnsortedError, InvalidObjectError: a path breaks a rule, is there twice, or has a bad row.
    """
    level = _Level(0, rule, {})
    level.cut_all(_sorted_rows(rows))
    return _finish(level, frozenset())


def edit_tree(
    objects: ObjectReader, root: ObjectId, removed: Column, put: pa.Table, rule: CutRule = FORMAT_1
) -> NewTree:
    """Return a tree with some files taken out and others put in; k changes read and write O(k) nodes.

    Args:
        objects: holds the nodes of the tree.
        root: the tree to start from.
        removed: binary column of paths to take out; those that are not there do not matter.
        put: LEAF_SCHEMA, the files to add or to replace; a path that is removed, too, is put.
        rule: the rule that the tree was built by.

    Raises:
        PathInvalidError, UnsortedError, InvalidObjectError: as build_tree, about put.
    """
    rows = _sorted_rows(put)
    if root == EMPTY_TREE:
        return build_tree(rows, rule)
    source = TreeNodes(objects, root)
    gone = sorted(to_keys(removed))
    contents: dict[ObjectId, bytes] = {}
    old: set[ObjectId] = set()
    level = _Level(0, rule, contents)
    for number in range(source.root.level + 1):
        level = _Level(number, rule, contents)
        replaced = _edit_level(source, level, gone, rows)
        if not replaced and not level.refs:
            return NewTree(root, ())
        old.update(ref.oid for ref in replaced)
        gone = [ref.last_path for ref in replaced]
        rows = inner_rows(level.refs)
    return _collapse(objects, _finish(level, frozenset(old)))


def find_row(objects: ObjectReader, root: ObjectId, path: bytes) -> TreeRow | None:
    """Return the file at path, None if there is none (a folder is not in a tree)."""
    source = TreeNodes(objects, root)
    table = source.open(source.locate(0, path)).table
    position = find_position(table["path"], path)
    rows = table.slice(position, 1).to_pylist()
    if not rows or rows[0]["path"] != path:
        return None
    return TreeRow(path, Mode(rows[0]["mode"]), rows[0]["size"], rows[0]["id"])


def read_tree(objects: ObjectReader, root: ObjectId, prefix: bytes = b"") -> pa.Table:
    """Return the rows, LEAF_SCHEMA and sorted, whose path starts with prefix."""
    source = TreeNodes(objects, root)
    high = following(prefix)
    tables = [node.table for node in source.leaves(list(source.leaf_refs(prefix, high)))]
    if tables and high is not None:
        tables[-1] = tables[-1].slice(0, find_position(tables[-1]["path"], high))
    if tables and prefix:
        tables[0] = tables[0].slice(find_position(tables[0]["path"], prefix))
    return concat_rows(tables, LEAF_SCHEMA)


def iter_leaves(objects: ObjectReader, root: ObjectId) -> Iterator[pa.Table]:
    """Yield the rows of each leaf, LEAF_SCHEMA, from left to right; memory stays bounded."""
    source = TreeNodes(objects, root)
    for node in source.leaves(list(source.leaf_refs(b"", None))):
        yield node.table


def list_folder(objects: ObjectReader, root: ObjectId, folder: bytes) -> pa.Table:
    """Return what is directly in a folder (b"": the root), FOLDER_SCHEMA, in Git's order; empty if there is none.

    A folder costs a few nodes, however much is below it: its counts come from inner rows.
    """
    prefix = folder.rstrip(b"/") + b"/" if folder else b""
    high = following(prefix)
    source = TreeNodes(objects, root)
    parts: list[pa.Table] = []
    key: bytes | None = prefix
    while key is not None:
        sought, ref = key, source.locate(0, key)
        table = source.open(ref).table
        end = table.num_rows if high is None else find_position(table["path"], high)
        key = None if end < table.num_rows or source.is_last(ref) else ref.last_path + b"\0"
        rest = table.slice(0, end).slice(find_position(table["path"], sought))
        while rest.num_rows:
            # with an end, because Arrow 26 fails to slice to the end of several values
            names: Column = pc.binary_slice(rest["path"], len(prefix), LONGEST_PATH)
            slashes: Column = pc.find_substring(names, "/")
            run = pc.index(pc.greater_equal(slashes, pa.scalar(0, slashes.type)), pa.scalar(value=True)).as_py()
            run = rest.num_rows if run < 0 else run
            parts.append(_file_rows(rest.slice(0, run), names.slice(0, run)))
            rest = rest.slice(run)
            if rest.num_rows:
                name = names[run].as_py()[: slashes[run].as_py()]
                beyond = prefix + name + b"0"  # '0' follows '/'
                parts.append(_folder_row(name, source.rank(prefix + name + b"/"), source.rank(beyond)))
                rest = rest.slice(find_position(rest["path"], beyond))
                key = beyond if key is not None and not rest.num_rows else key
    return concat_rows(parts, FOLDER_SCHEMA)


def count_tree(objects: ObjectReader, root: ObjectId) -> tuple[int, int]:
    """Return how many files a tree has, and the sum of their sizes in bytes; reads the root only."""
    ref = ref_to(read_node(objects, root), root)
    return ref.rows, ref.size_bytes


def following(prefix: bytes) -> bytes | None:
    """Return the smallest key greater than all that start with prefix, None if there is none."""
    bare = prefix.rstrip(b"\xff")
    return bare[:-1] + bytes((bare[-1] + 1,)) if bare else None


@dataclass(slots=True)
class _Level:
    """One storey of a tree that is being made: cuts rows and encodes the nodes."""

    number: int
    rule: CutRule
    contents: dict[ObjectId, bytes]
    refs: list[NodeRef] = field(default_factory=list)

    def cut(self, rows: pa.Table) -> pa.Table:
        """Make nodes of all rows that no later row can join; return the rest."""
        start = 0
        while start < rows.num_rows:
            keys = to_keys(rows.column(0).slice(start, _WINDOW))
            cuts = find_cuts(keys, self.number, self.rule)
            for low, high in zip([0, *cuts], cuts, strict=False):
                self.add_node(rows.slice(start + low, high - low))
            if not cuts:
                break
            start += cuts[-1]
        return rows.slice(start)

    def cut_all(self, rows: pa.Table) -> None:
        """Make nodes of all rows; none follow."""
        rest = self.cut(rows)
        if rest.num_rows:
            self.add_node(rest)

    def add_node(self, rows: pa.Table) -> None:
        content = encode_inner(rows, self.number) if self.number else encode_leaf(rows)
        oid = node_id(content)
        self.contents[oid] = content
        self.refs.append(ref_to(Node(self.number, rows), oid))


def _file_rows(rows: pa.Table, names: Column) -> pa.Table:
    kinds = pa.repeat("file", rows.num_rows)
    ones = pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows)
    columns = [names, kinds, rows["mode"], rows["size"], rows["id"], ones, rows["size"]]
    return pa.Table.from_arrays(columns, schema=FOLDER_SCHEMA)


def _folder_row(name: bytes, before: tuple[int, int], behind: tuple[int, int]) -> pa.Table:
    counts = {"rows": behind[0] - before[0], "bytes": behind[1] - before[1]}
    return pa.Table.from_pylist([{"name": name, "kind": "tree", **counts}], schema=FOLDER_SCHEMA)


def _edit_level(source: TreeNodes, level: _Level, gone: Sequence[bytes], put: pa.Table) -> list[NodeRef]:
    """Cut the touched runs of one level anew: new nodes go to level, the nodes they replace are returned.

    A run starts at an old cut and ends where a new cut falls on an old one: from there on nothing can differ.
    """
    replaced: list[NodeRef] = []
    put_keys = to_keys(put.column(0))
    g = p = 0
    while g < len(gone) or p < len(put_keys):
        ref = source.locate(level.number, min((*gone[g : g + 1], *put_keys[p : p + 1])))
        run: list[NodeRef] = []
        made = len(level.refs)
        pending = source.open(ref).table.slice(0, 0)
        while True:
            last = source.is_last(ref)
            g_end = len(gone) if last else bisect.bisect_right(gone, ref.last_path, g)
            p_end = len(put_keys) if last else bisect.bisect_right(put_keys, ref.last_path, p)
            rows = _merge_rows(source.open(ref).table, gone[g:g_end], put.slice(p, p_end - p))
            g, p = g_end, p_end
            run.append(ref)
            pending = level.cut(pa.concat_tables([pending, rows]).combine_chunks() if pending.num_rows else rows)
            if last and pending.num_rows:
                level.add_node(pending)
            if last or not pending.num_rows:
                break
            ref = source.follower(ref)
        if [new.oid for new in level.refs[made:]] == [was.oid for was in run]:
            del level.refs[made:]
        else:
            replaced += run
    return replaced


def _merge_rows(old: pa.Table, gone: Sequence[bytes], put: pa.Table) -> pa.Table:
    """Return the rows of old without the keys in gone, those of put added or in their place, sorted."""
    key = old.column_names[0]
    if not gone and not put.num_rows:
        return old
    touched = pa.chunked_array([pa.array(gone, pa.binary()), *put[key].chunks], pa.binary())
    kept: pa.Table = pc.filter(old, pc.invert(pc.is_in(old[key], value_set=touched.combine_chunks())))
    if not put.num_rows:
        return kept.combine_chunks()
    rows = pa.concat_tables([kept, put]).combine_chunks()
    ordered: pa.Table = pc.take(rows, pc.sort_indices(rows[key]))
    return ordered


def _finish(level: _Level, old: frozenset[ObjectId]) -> NewTree:
    """Return the tree above the topmost level that has been cut."""
    while len(level.refs) > 1:
        above = _Level(level.number + 1, level.rule, level.contents)
        above.cut_all(inner_rows(level.refs))
        level = above
    if not level.refs:
        return NewTree(EMPTY_TREE, ((EMPTY_TREE, EMPTY_LEAF),))
    nodes = tuple((oid, content) for oid, content in level.contents.items() if oid not in old)
    return NewTree(level.refs[0].oid, nodes)


def _collapse(objects: ObjectReader, new: NewTree) -> NewTree:
    """Return new without the nodes of one child that an edit can leave on top: the root has several, or is a leaf."""
    view = MemoryObjects(objects)
    root = view.keep(new)
    above: set[ObjectId] = set()
    while (node := read_node(view, root)).level and node.table.num_rows == 1:
        above.add(root)
        root = node.table["child"][0].as_py()
    return NewTree(root, tuple((oid, content) for oid, content in new.nodes if oid not in above))


def _sorted_rows(rows: pa.Table) -> pa.Table:
    """Return rows, checked, as LEAF_SCHEMA, sorted by path, each column in one piece."""
    columns = [
        rows[field.name] if rows[field.name].type == field.type else pc.cast(rows[field.name], field.type)
        for field in LEAF_SCHEMA
    ]
    table = pa.Table.from_arrays(columns, schema=LEAF_SCHEMA).combine_chunks()
    if not table.num_rows:
        return LEAF_SCHEMA.empty_table()
    if (
        table.num_rows > 1
        and not pc.all(pc.less(table["path"].slice(0, len(table) - 1), table["path"].slice(1))).as_py()
    ):
        table = pc.take(table, pc.sort_indices(table["path"])).combine_chunks()
    check_ascending(table["path"])
    check_paths(table["path"])
    modes, sizes = pc.max(table["mode"]).as_py(), pc.min_max(table["size"])
    nulls = any(column.null_count for column in table.columns)
    if nulls or modes > max(Mode) or sizes["min"].as_py() < 0 or sizes["max"].as_py() > LARGEST_FILE:
        message = "a file has an unknown mode or an impossible size"
        raise InvalidObjectError(message)
    return table

"""The nodes of one tree, opened as they are needed, each held to what its parent says about it."""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datagit.ids import ObjectId, short_id
from datagit.objects import compute as pc
from datagit.objects.columns import Column
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.kind import Kind
from datagit.objects.node import INNER_SCHEMA, LEAF_SCHEMA, Node, decode_node, encode_leaf, node_id
from datagit.objects.reader import ObjectReader

EMPTY_LEAF = encode_leaf(LEAF_SCHEMA.empty_table())
EMPTY_TREE = node_id(EMPTY_LEAF)
"""Root of the tree without files; it can be read from any store."""

_BATCH = 64
"""Nodes asked for at once when many are read in order."""

_KEPT_LEAVES = 16


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A node as its parent names it.

    Attributes:
        level: storey of the node itself.
        oid: its id.
        last_path: greatest path below it.
        rows: files below it.
        size_bytes: sum of their sizes.
    """

    level: int
    oid: ObjectId
    last_path: bytes
    rows: int
    size_bytes: int


def read_node(objects: ObjectReader, oid: ObjectId) -> Node:
    """Return a node by its id; the empty tree need not be stored."""
    return decode_node(EMPTY_LEAF if oid == EMPTY_TREE else objects.read(Kind.NODE, oid))


def read_nodes(objects: ObjectReader, oids: Sequence[ObjectId]) -> Iterator[Node]:
    """Yield the nodes with these ids, in this order, a batch at a time."""
    for start in range(0, len(oids), _BATCH):
        batch = oids[start : start + _BATCH]
        found = dict(objects.read_many(Kind.NODE, [oid for oid in batch if oid != EMPTY_TREE]))
        found[EMPTY_TREE] = EMPTY_LEAF
        for oid in batch:
            yield decode_node(found[oid])


def count_rows(node: Node) -> tuple[int, int]:
    """Return how many files are below a node, and the sum of their sizes in bytes."""
    if node.level == 0:
        return node.table.num_rows, _total(node.table["size"])
    return _total(node.table["rows"]), _total(node.table["bytes"])


def ref_to(node: Node, oid: ObjectId) -> NodeRef:
    """Return what a parent has to say about a node."""
    keys: Column = node.table.column(0)
    last_path: bytes = keys[len(keys) - 1].as_py() if len(keys) else b""
    return NodeRef(node.level, oid, last_path, *count_rows(node))


def child_refs(node: Node) -> list[NodeRef]:
    """Return what an inner node says about its children."""
    columns: dict[str, list[Any]] = node.table.to_pydict()
    rows = zip(columns["child"], columns["last_path"], columns["rows"], columns["bytes"], strict=True)
    return [NodeRef(node.level - 1, *row) for row in rows]


def check_child(ref: NodeRef, node: Node) -> None:
    """Check a node against what its parent says about it.

    Raises:
        InvalidObjectError: it has another level, last path, or counts that do not add up.
    """
    if ref != ref_to(node, ref.oid):
        message = f"node {short_id(ref.oid)} is not what its parent says"
        raise InvalidObjectError(message)


def find_position(keys: Column, key: bytes) -> int:
    """Return how many keys of an ascending column are smaller than key."""
    return bisect.bisect_left(range(len(keys)), key, key=lambda row: keys[row].as_py())


class TreeNodes:
    """One tree, read from the root down; what was opened is kept, so that neighbours cost nothing."""

    def __init__(self, objects: ObjectReader, root: ObjectId) -> None:
        self._objects = objects
        self._inner: dict[ObjectId, tuple[list[NodeRef], list[bytes]]] = {}
        self._leaves: dict[ObjectId, Node] = {}
        node = read_node(objects, root)
        self.root = ref_to(node, root)
        self._keep(node, root)

    def locate(self, level: int, key: bytes) -> NodeRef:
        """Return the first node of a level whose last path is not smaller than key, or else the last node."""
        ref = self.root
        while ref.level > level:
            children, keys = self._children(ref)
            ref = children[min(bisect.bisect_left(keys, key), len(children) - 1)]
        return ref

    def follower(self, ref: NodeRef) -> NodeRef:
        """Return the next node of the same level, to the right of one that is not the last."""
        return self.locate(ref.level, ref.last_path + b"\0")

    def is_last(self, ref: NodeRef) -> bool:
        """Return whether no node of its level stands to the right of ref."""
        return ref.last_path == self.root.last_path

    def open(self, ref: NodeRef) -> Node:
        """Return the node that ref names.

        Raises:
            InvalidObjectError: it is not what its parent says.
        """
        node = self._leaves.get(ref.oid)
        if node is None:
            node = read_node(self._objects, ref.oid)
            check_child(ref, node)
            self._keep(node, ref.oid)
        return node

    def leaf_refs(self, low: bytes, high: bytes | None) -> Iterator[NodeRef]:
        """Yield the leaves, from left to right, that can hold paths from low to before high (None: to the end)."""
        waiting = [self.root]
        while waiting:
            ref = waiting.pop()
            if ref.level == 0:
                yield ref
                continue
            children, keys = self._children(ref)
            first = bisect.bisect_left(keys, low)
            # the child that holds the first path from high on may hold smaller ones, too
            end = len(keys) if high is None else bisect.bisect_left(keys, high) + 1
            waiting += reversed(children[first:end])

    def leaves(self, refs: Sequence[NodeRef]) -> Iterator[Node]:
        """Yield the leaves that refs name, in their order, without keeping them."""
        for ref, node in zip(refs, read_nodes(self._objects, [ref.oid for ref in refs]), strict=True):
            check_child(ref, node)
            yield node

    def rank(self, key: bytes) -> tuple[int, int]:
        """Return the number of paths smaller than key, and the sum of their sizes in bytes."""
        rows = size_bytes = 0
        ref = self.root
        while ref.level:
            children, keys = self._children(ref)
            position = bisect.bisect_left(keys, key)
            rows += sum(child.rows for child in children[:position])
            size_bytes += sum(child.size_bytes for child in children[:position])
            if position == len(children):
                return rows, size_bytes
            ref = children[position]
        table = self.open(ref).table
        position = find_position(table["path"], key)
        return rows + position, size_bytes + _total(table["size"].slice(0, position))

    def _children(self, ref: NodeRef) -> tuple[list[NodeRef], list[bytes]]:
        if ref.oid not in self._inner:
            self.open(ref)
        return self._inner[ref.oid]

    def _keep(self, node: Node, oid: ObjectId) -> None:
        if node.level:
            children = child_refs(node)
            self._inner[oid] = children, [child.last_path for child in children]
        while len(self._leaves) >= _KEPT_LEAVES:
            del self._leaves[next(iter(self._leaves))]
        self._leaves[oid] = node


def _total(numbers: Column) -> int:
    # Arrow's sum wraps silently; hostile counts could use that
    if len(numbers) and pc.max(numbers).as_py() >= 1 << 49:
        return sum(numbers.to_pylist())
    return pc.sum(numbers).as_py() or 0


def inner_rows(refs: Sequence[NodeRef]) -> pa.Table:
    """Return the rows, INNER_SCHEMA, of a parent of these nodes."""
    return pa.Table.from_arrays(
        [
            pa.array([ref.last_path for ref in refs], pa.binary()),
            pa.array([ref.oid for ref in refs], INNER_SCHEMA.field("child").type),
            pa.array([ref.rows for ref in refs], pa.int64()),
            pa.array([ref.size_bytes for ref in refs], pa.int64()),
        ],
        schema=INNER_SCHEMA,
    )


def to_keys(column: Column) -> list[bytes]:
    """Return a binary column, which has no nulls, as a list."""
    keys: list[bytes] = column.to_pylist()
    return keys


def concat_rows(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Return all rows of tables as one table of that schema, each column in one piece if Arrow can hold it so."""
    return pa.concat_tables(tables).combine_chunks() if tables else schema.empty_table()

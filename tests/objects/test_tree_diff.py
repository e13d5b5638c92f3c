import pyarrow as pa

from datagit.ids import blob_id
from datagit.objects.memory import MemoryObjects
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tree import EMPTY_TREE, build_tree
from datagit.objects.tree_diff import CHANGE_SCHEMA, diff_nodes, diff_rows


def rows(**files: tuple[int, bytes]) -> pa.Table:
    table = [
        {"path": path.encode(), "mode": mode, "size": len(content), "id": blob_id(content)}
        for path, (mode, content) in files.items()
    ]
    return pa.Table.from_pylist(table, schema=LEAF_SCHEMA)


def test_each_kind_of_change_is_told_with_both_sides() -> None:
    old = rows(a=(0, b"1"), b=(0, b"2"), c=(0, b"3"), d=(0, b"4"))
    new = rows(e=(2, b"5"), d=(0, b"44"), c=(1, b"3"), a=(0, b"1"))
    changes = diff_rows(old, new)
    assert changes.schema == CHANGE_SCHEMA
    assert [tuple(row.values()) for row in changes.to_pylist()] == [
        (b"b", 0, 1, blob_id(b"2"), None, None, None),
        (b"c", 0, 1, blob_id(b"3"), 1, 1, blob_id(b"3")),
        (b"d", 0, 1, blob_id(b"4"), 0, 2, blob_id(b"44")),
        (b"e", None, None, None, 2, 1, blob_id(b"5")),
    ]


def test_trees_of_different_height_are_compared() -> None:
    objects = MemoryObjects()
    many = {f"{number:05}": (0, b"x") for number in range(9000)}
    tall = objects.keep(build_tree(rows(**many)))
    low = objects.keep(build_tree(rows(**{"00007": (0, b"x"), "other": (0, b"y")})))
    changes = diff_nodes(objects, low, tall)
    assert changes.num_rows == 9000
    assert changes["path"].to_pylist() == sorted({path.encode() for path in many} - {b"00007"} | {b"other"})
    assert diff_nodes(objects, EMPTY_TREE, tall)["old_id"].null_count == 9000
    assert diff_nodes(objects, tall, EMPTY_TREE)["new_id"].null_count == 9000

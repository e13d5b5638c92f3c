import random
from collections.abc import Mapping

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.ids import ObjectId
from datagit.objects.cuts import FORMAT_1
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.node import LEAF_SCHEMA, decode_node
from datagit.objects.tree import (
    EMPTY_TREE,
    TreeRow,
    build_tree,
    count_tree,
    edit_tree,
    find_row,
    iter_leaves,
    list_folder,
    read_tree,
)
from datagit.objects.tree_diff import diff_nodes
from tests.strategies import SMALL_RULE, leaf_table, many_rows

Files = Mapping[bytes, TreeRow]


def nothing() -> pa.Array:  # type: ignore[type-arg]  # the stubs want the type of the values
    return pa.array([], pa.binary())


def built(files: Files) -> tuple[MemoryObjects, ObjectId]:
    objects = MemoryObjects()
    return objects, objects.keep(build_tree(leaf_table(files), SMALL_RULE))


@settings(max_examples=100, deadline=None)
@given(files=many_rows(400), more=many_rows(40), chance=st.randoms(use_true_random=False))
def test_an_edited_tree_is_the_tree_built_from_scratch(files: Files, more: Files, chance: random.Random) -> None:
    objects, root = built(files)
    removed = [*chance.sample(sorted(files), min(len(files), chance.choice([0, 1, 2, 30, 400]))), b"not/there"]
    expected = {path: row for path, row in {**files, **more}.items() if path in more or path not in removed}
    new = edit_tree(objects, root, pa.array(removed, pa.binary()), leaf_table(more), SMALL_RULE)
    from_scratch = build_tree(leaf_table(expected), SMALL_RULE)
    assert new.root == from_scratch.root
    objects.keep(new)
    assert read_tree(objects, new.root).equals(leaf_table(dict(sorted(expected.items()))))
    # nothing is written that the tree does not need, and what both share is not written again
    assert {oid for oid, _ in new.nodes} <= {oid for oid, _ in from_scratch.nodes}


@settings(max_examples=25, deadline=None)
@given(files=many_rows(80), chance=st.randoms(use_true_random=False))
def test_the_order_of_edits_never_shows_in_the_root(files: Files, chance: random.Random) -> None:
    objects, root = MemoryObjects(), EMPTY_TREE
    for path in chance.sample(sorted(files), len(files)):
        put = leaf_table({path: files[path]})
        root = objects.keep(edit_tree(objects, root, nothing(), put, SMALL_RULE))
    assert root == build_tree(leaf_table(files), SMALL_RULE).root
    for path in chance.sample(sorted(files), len(files)):
        gone = pa.array([path], pa.binary())
        root = objects.keep(edit_tree(objects, root, gone, leaf_table({}), SMALL_RULE))
    assert root == EMPTY_TREE


@settings(max_examples=40, deadline=None)
@given(files=many_rows(500))
def test_nodes_keep_their_size(files: Files) -> None:
    objects, root = built(files)
    by_level: dict[int, dict[bytes, int]] = {}
    for _, _, content in objects.kept():
        node = decode_node(content)
        if node.table.num_rows:
            by_level.setdefault(node.level, {})[node.table.column(0)[-1].as_py()] = node.table.num_rows
    for level, nodes in by_level.items():
        counts = [nodes[last_path] for last_path in sorted(nodes)]
        assert all(4 <= count <= 64 for count in counts[:-1]), level
        assert all(count <= 64 for count in counts), level
    assert count_tree(objects, root) == (len(files), sum(row.size for row in files.values()))
    assert sum(table.num_rows for table in iter_leaves(objects, root)) == len(files)


@settings(max_examples=60, deadline=None)
@given(old=many_rows(300), changes=many_rows(30), chance=st.randoms(use_true_random=False))
def test_a_difference_applied_gives_the_other_tree(old: Files, changes: Files, chance: random.Random) -> None:
    objects, old_root = built(old)
    removed = chance.sample(sorted(old), min(len(old), chance.choice([0, 1, 20, 300])))
    new = {path: row for path, row in {**old, **changes}.items() if path in changes or path not in removed}
    new_root = objects.keep(build_tree(leaf_table(new), SMALL_RULE))
    difference = diff_nodes(objects, old_root, new_root)
    found = {row["path"]: row for row in difference.to_pylist()}
    assert list(found) == sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    for path, row in found.items():
        for side, files in (("old", old), ("new", new)):
            values = (row[f"{side}_mode"], row[f"{side}_size"], row[f"{side}_id"])
            expected = files.get(path)
            assert values == ((expected.mode, expected.size, expected.oid) if expected else (None, None, None))
    gone = [path for path, row in found.items() if row["new_id"] is None]
    put = leaf_table({path: new[path] for path in found if path in new})
    assert edit_tree(objects, old_root, pa.array(gone, pa.binary()), put, SMALL_RULE).root == new_root
    mirrored = diff_nodes(objects, new_root, old_root).select([0, 4, 5, 6, 1, 2, 3])
    assert mirrored.rename_columns(difference.column_names).equals(difference)


@settings(max_examples=50, deadline=None)
@given(files=many_rows(300), chance=st.randoms(use_true_random=False))
def test_finding_listing_and_reading_agree(files: Files, chance: random.Random) -> None:
    objects, root = built(files)
    for path in [*chance.sample(sorted(files), min(20, len(files))), b"a", b"zz", b"a/", b"\xff"]:
        assert find_row(objects, root, path) == files.get(path)
    for prefix in (b"", b"a/", b"a", b"z/z/", b"0", b"nowhere/", b"\xff"):
        expected = {path: files[path] for path in sorted(files) if path.startswith(prefix)}
        assert read_tree(objects, root, prefix).equals(leaf_table(expected))
    for folder in (b"", b"a", b"a/b/", b"z", b"nowhere"):
        prefix = folder.rstrip(b"/") + b"/" if folder else b""
        below = {path.removeprefix(prefix): files[path] for path in sorted(files) if path.startswith(prefix)}
        expected_names = list(dict.fromkeys((name.split(b"/")[0], b"/" in name) for name in below))
        listed = list_folder(objects, root, folder).to_pylist()
        assert [(row["name"], row["kind"] == "tree") for row in listed] == expected_names
        for row in listed:
            under = [file for name, file in below.items() if name.startswith(row["name"] + b"/")]
            if row["kind"] == "file":
                file = below[row["name"]]
                assert (row["mode"], row["size"], row["id"], row["rows"]) == (file.mode, file.size, file.oid, 1)
            else:
                assert (row["rows"], row["bytes"]) == (len(under), sum(file.size for file in under))


def test_equal_roots_are_compared_without_a_single_read() -> None:
    class Unreadable(MemoryObjects):
        def read(self, kind: Kind, oid: ObjectId) -> bytes:
            raise AssertionError((kind, oid))

    assert diff_nodes(Unreadable(), ObjectId(b"r" * 32), ObjectId(b"r" * 32)).num_rows == 0


def test_an_edit_rewrites_few_nodes_of_each_level() -> None:
    chance = random.Random(7)
    paths = [chance.randbytes(8).hex().encode() for _ in range(60_000)]
    for rule, average in ((FORMAT_1, 1.1), (SMALL_RULE, 1.6)):
        files = pa.table(
            [
                pa.array(paths, pa.binary()),
                pa.repeat(pa.scalar(0, pa.uint8()), len(paths)),
                pa.repeat(pa.scalar(9, pa.int64()), len(paths)),
                pa.array([b"i" * 32] * len(paths), pa.binary(32)),
            ],
            schema=LEAF_SCHEMA,
        )
        objects = MemoryObjects()
        root = objects.keep(build_tree(files, rule))
        leaves: list[int] = []
        for _ in range(40):
            gone = pa.array([chance.choice(paths)], pa.binary())
            put = files.slice(0, 1).set_column(0, LEAF_SCHEMA.field(0), pa.array([chance.randbytes(9).hex().encode()]))
            for removed, added in ((gone, put[:0]), (nothing(), put)):
                new = edit_tree(objects, root, removed, added, rule)
                levels = [decode_node(content).level for _, content in new.nodes]
                leaves.append(levels.count(0))
                assert max(levels.count(level) for level in levels) <= (3 if rule is FORMAT_1 else 8)
        assert sum(leaves) / len(leaves) <= average

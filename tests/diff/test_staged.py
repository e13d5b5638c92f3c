import random

import pyarrow as pa
import pytest

from datagit.diff.pathspec import EVERYTHING, parse_pathspecs
from datagit.diff.staged import diff_staged
from datagit.diff.trees import diff_trees
from datagit.ids import blob_id
from datagit.objects.memory import MemoryObjects
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tree import build_tree
from datagit.objects.tree_diff import diff_rows


def rows_of(snapshot: dict[bytes, bytes]) -> pa.Table:
    rows = [
        {"path": path, "mode": 0, "size": len(content), "id": blob_id(content)}
        for path, content in sorted(snapshot.items())
    ]
    return pa.Table.from_pylist(rows, schema=LEAF_SCHEMA)


def many(count: int) -> dict[bytes, bytes]:
    return {b"%d/%05d" % (number % 7, number): b"%d" % number for number in range(count)}


def test_an_index_that_equals_the_commit_changes_nothing() -> None:
    rows = rows_of(many(9000))
    objects = MemoryObjects()
    root = objects.keep(build_tree(rows))
    assert diff_staged(objects, root, rows).num_rows == 0
    empty = objects.keep(build_tree(rows.slice(0, 0)))
    assert diff_staged(objects, empty, rows.slice(0, 0)).num_rows == 0
    assert diff_staged(objects, empty, rows).num_rows == 9000


@pytest.mark.parametrize("seed", range(6))
def test_changes_are_found_wherever_leaves_begin(seed: int) -> None:
    chance = random.Random(seed)
    before = many(9000)
    after = dict(before)
    for path in chance.sample(sorted(before), 5):
        after[path] = b"changed"
    for path in chance.sample(sorted(before), 5):
        del after[path]
    first = sorted(before)[0]
    after |= {b"%d/new" % chance.randrange(9): b"n", b"zzz": b"", b"\x01": b""}
    if seed % 2:
        after.pop(first, None)
    objects = MemoryObjects()
    root = objects.keep(build_tree(rows_of(before)))
    changes = diff_staged(objects, root, rows_of(after))
    assert changes.equals(diff_rows(rows_of(before), rows_of(after)))
    assert diff_trees(objects, root, objects.keep(build_tree(rows_of(after))), EVERYTHING).equals(changes)


def test_paths_that_wait_for_a_merge_are_left_out() -> None:
    objects = MemoryObjects()
    root = objects.keep(build_tree(rows_of({b"a": b"1", b"b": b"1", b"c": b"1"})))
    rows = rows_of({b"a": b"1", b"c": b"2"})
    staged = rows.append_column("stage", pa.array([2, 0], pa.uint8()))
    assert diff_staged(objects, root, staged)["path"].to_pylist() == [b"b", b"c"]


def test_diff_trees_keeps_to_the_paths_that_were_asked_for() -> None:
    objects = MemoryObjects()
    old = objects.keep(build_tree(rows_of({b"a/x": b"1", b"b": b"1"})))
    new = objects.keep(build_tree(rows_of({b"a/x": b"2", b"b": b"2"})))
    assert diff_trees(objects, old, new, parse_pathspecs([b"a"]))["path"].to_pylist() == [b"a/x"]

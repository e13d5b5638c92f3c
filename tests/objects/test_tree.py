import time

import pyarrow as pa
import pytest

from datagit.errors import InvalidInputError
from datagit.ids import ObjectId, blob_id
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.node import INNER_SCHEMA, LEAF_SCHEMA, encode_inner, encode_leaf, node_id
from datagit.objects.path import PathInvalidError
from datagit.objects.path_column import UnsortedError
from datagit.objects.reader import ObjectMissingError
from datagit.objects.tree import EMPTY_TREE, build_tree, count_tree, edit_tree, find_row, list_folder, read_tree
from datagit.objects.tree_diff import diff_nodes

NOTHING = pa.array([], pa.binary())


class CountingObjects(MemoryObjects):
    """Counts the objects that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def read(self, kind: Kind, oid: ObjectId) -> bytes:
        self.reads += 1
        return super().read(kind, oid)


def files(*paths: bytes, content: bytes = b"") -> pa.Table:
    rows = [{"path": path, "mode": 0, "size": len(content), "id": blob_id(path + content)} for path in paths]
    return pa.Table.from_pylist(rows, schema=LEAF_SCHEMA)


def flat_folder(count: int) -> pa.Table:
    return files(*(b"images/%08d.jpg" % number for number in range(count)))


def test_the_roots_of_known_trees_are_pinned() -> None:
    assert EMPTY_TREE.hex() == "d805db7e0e847c118ab510ef76b88464be74b7a4e2e9db4e6f7e2b7406723c7d"
    assert (
        build_tree(files(b"b", b"a")).root.hex() == "06b60b0c3d6fa1417b1a903876338c5f43e776b283f53b36d8944e60a0eac31b"
    )
    assert (
        build_tree(flat_folder(10_000)).root.hex() == "8fa5419c18f3098caad8a4c5f4e91dd99561b99d55251eecc925a2642fb2344a"
    )


def test_the_empty_tree_is_read_without_being_stored() -> None:
    objects = MemoryObjects()
    assert read_tree(objects, EMPTY_TREE).num_rows == 0
    assert find_row(objects, EMPTY_TREE, b"a") is None
    assert list_folder(objects, EMPTY_TREE, b"").num_rows == 0
    assert count_tree(objects, EMPTY_TREE) == (0, 0)
    one = edit_tree(objects, EMPTY_TREE, NOTHING, files(b"a"))
    objects.keep(one)
    assert edit_tree(objects, one.root, pa.array([b"a"], pa.binary()), files()).root == EMPTY_TREE


def test_an_edit_that_changes_nothing_writes_nothing() -> None:
    objects = MemoryObjects()
    root = objects.keep(build_tree(flat_folder(3_000)))
    assert edit_tree(objects, root, NOTHING, files()).nodes == ()
    assert edit_tree(objects, root, pa.array([b"not/there"], pa.binary()), files()).nodes == ()
    assert edit_tree(objects, root, NOTHING, files(b"images/00000005.jpg")) == edit_tree(
        objects, root, NOTHING, files()
    )


def test_one_change_among_100_000_files_in_a_flat_folder_is_small_and_fast() -> None:
    objects = CountingObjects()
    root = objects.keep(build_tree(flat_folder(100_000)))
    spent: list[float] = []
    for number in (0, 12_345, 50_000, 77_777, 99_999):
        for put in (
            files(b"images/%08d.jpg" % number, content=b"new"),
            files(b"images/%08d-b.jpg" % number),
            files(b"a-%d" % number),
        ):
            objects.reads = 0
            started = time.perf_counter()
            new = edit_tree(objects, root, NOTHING, put)
            spent.append(time.perf_counter() - started)
            assert sum(len(content) for _, content in new.nodes) <= 300_000
            assert 2 <= len(new.nodes) <= 4
            assert objects.reads <= 4
            objects.keep(new)
            objects.reads = 0
            assert diff_nodes(objects, root, new.root)["path"].to_pylist() == put["path"].to_pylist()
            assert objects.reads <= 2 + len(new.nodes) * 2
    assert min(spent) < 0.05  # about 5 ms; generous, because other work may run beside the tests


def test_a_path_twice_or_broken_is_refused() -> None:
    with pytest.raises(UnsortedError):
        build_tree(files(b"a", b"b", b"a"))
    with pytest.raises(PathInvalidError):
        build_tree(files(b"a", b".git/config"))
    with pytest.raises(InvalidInputError):
        edit_tree(MemoryObjects(), EMPTY_TREE, NOTHING, files(b"a//b"))
    wrong_mode = files(b"a").set_column(1, LEAF_SCHEMA.field("mode"), pa.array([7], pa.uint8()))
    with pytest.raises(InvalidObjectError):
        build_tree(wrong_mode)


def test_more_columns_and_pieces_do_not_matter() -> None:
    table = pa.concat_tables([files(b"b"), files(b"a")]).append_column("stage", pa.array([0, 0], pa.uint8()))
    assert build_tree(table).root == build_tree(files(b"a", b"b")).root


def forged_root(**lies: object) -> tuple[MemoryObjects, ObjectId]:
    """Return a tree of two leaves, of which the root tells one lie."""
    objects = MemoryObjects()
    rows = []
    for name in (b"a", b"b"):
        content = encode_leaf(files(name, content=b"seven b"))
        objects.put(Kind.NODE, node_id(content), content)
        rows.append({"last_path": name, "child": node_id(content), "rows": 1, "bytes": 7})
    rows[1].update(lies)  # type: ignore[arg-type]  # values of several types
    root = encode_inner(pa.Table.from_pylist(rows, schema=INNER_SCHEMA), 1)
    objects.put(Kind.NODE, node_id(root), root)
    return objects, node_id(root)


@pytest.mark.parametrize("lies", [{"rows": 2}, {"bytes": 8}, {"last_path": b"c"}], ids=str)
def test_a_child_that_is_not_what_its_parent_says_is_refused(lies: dict[str, object]) -> None:
    objects, root = forged_root(**lies)
    for read in (
        lambda: read_tree(objects, root),
        lambda: find_row(objects, root, b"b"),
        lambda: diff_nodes(objects, EMPTY_TREE, root),
        lambda: edit_tree(objects, root, NOTHING, files(b"b")),
    ):
        with pytest.raises(InvalidObjectError):
            read()


def test_a_wrongly_cut_tree_is_read_rightly() -> None:
    objects, root = forged_root()
    assert read_tree(objects, root)["path"].to_pylist() == [b"a", b"b"]
    assert find_row(objects, root, b"b") is not None
    assert diff_nodes(objects, root, objects.keep(build_tree(files(b"a", b"b", content=b"seven b")))).num_rows == 0


def test_a_child_of_the_same_level_is_refused() -> None:
    objects, root = forged_root()
    content = encode_inner(
        pa.Table.from_pylist([{"last_path": b"b", "child": root, "rows": 2, "bytes": 14}], schema=INNER_SCHEMA), 1
    )
    objects.put(Kind.NODE, node_id(content), content)
    with pytest.raises(InvalidObjectError):
        read_tree(objects, node_id(content))


def test_a_missing_node_is_named() -> None:
    with pytest.raises(ObjectMissingError):
        read_tree(MemoryObjects(), ObjectId(b"m" * 32))


@pytest.mark.slow
def test_a_million_files_are_built_in_seconds() -> None:
    table = flat_folder(1_000_000)
    started = time.perf_counter()
    new = build_tree(table)
    assert time.perf_counter() - started < 5
    objects = MemoryObjects()
    assert count_tree(objects, objects.keep(new))[0] == 1_000_000

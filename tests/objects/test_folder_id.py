from datagit.objects.folder_id import folder_id
from datagit.objects.memory import MemoryObjects
from datagit.objects.tree import EMPTY_TREE, build_tree
from tests.objects.test_node import leaf


def renamed(*paths: bytes) -> bytes:
    """Return the root of a tree of these paths; the contents depend on the last names only."""
    table = leaf(*(path.rpartition(b"/")[2] for path in paths))
    return build_tree(table.set_column(0, table.schema.field("path"), leaf(*paths)["path"])).root


def test_a_folder_is_what_its_files_would_be_on_their_own() -> None:
    objects = MemoryObjects()
    table = leaf(b"1.jpg", b"2.jpg", b"3.jpg", b"4.jpg")
    paths = leaf(b"a/b/1.jpg", b"a/b/2.jpg", b"a/3.jpg", b"z/4.jpg")["path"]
    root = objects.keep(build_tree(table.set_column(0, table.schema.field("path"), paths)))
    assert folder_id(objects, root, b"") == root
    assert folder_id(objects, root, b"a/b") == build_tree(leaf(b"1.jpg", b"2.jpg")).root
    assert folder_id(objects, root, b"a") == renamed(b"b/1.jpg", b"b/2.jpg", b"3.jpg")
    assert folder_id(objects, root, b"nowhere") == EMPTY_TREE

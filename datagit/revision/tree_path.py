"""The path in ``REV:path``: a file, or a folder, of one tree. Loads pyarrow, so it is imported when it is needed."""

from datagit.ids import ObjectId
from datagit.objects.reader import ObjectReader
from datagit.objects.tree import find_row
from datagit.objects.tree_nodes import TreeNodes, find_position
from datagit.revision.reader import PathEntry


def find_tree_path(objects: ObjectReader, root: ObjectId, path: bytes) -> PathEntry | None:
    """Return the file or the folder at path; None if the tree has neither."""
    row = find_row(objects, root, path)
    if row is not None:
        return PathEntry(path, row.mode, row.size, row.oid)
    source = TreeNodes(objects, root)
    paths = source.open(source.locate(0, path + b"/")).table["path"]
    position = find_position(paths, path + b"/")
    if position < len(paths) and paths[position].as_py().startswith(path + b"/"):
        return PathEntry(path, None, 0, None)
    return None

"""The id of a folder: trees hold no folders, so it is derived from what is in one."""

import pyarrow as pa

from datagit.ids import ObjectId
from datagit.objects import compute as pc
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.path import LONGEST_PATH
from datagit.objects.reader import ObjectReader
from datagit.objects.tree import build_tree, read_tree


def folder_id(objects: ObjectReader, root: ObjectId, folder: bytes) -> ObjectId:
    """Return the root of the tree that the files of a folder would make on their own (b"": root itself).

    Folders of equal content have equal ids, in any version and place. The nodes of that tree are in no store, so the
    id can be compared but not looked up. It costs a read of all rows below the folder.
    """
    if not folder:
        return root
    rows = read_tree(objects, root, folder + b"/")
    # with an end, because Arrow 26 fails to slice to the end of several values
    names = pc.binary_slice(rows["path"], len(folder) + 1, LONGEST_PATH)
    return build_tree(pa.Table.from_arrays([names, *rows.columns[1:]], schema=LEAF_SCHEMA)).root

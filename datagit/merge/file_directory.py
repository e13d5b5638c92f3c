"""A file on one side where the other has a folder: the folder stays, the file gets another name."""

from collections.abc import Collection, Sequence
from typing import Any

import pyarrow.compute

from datagit.ids import ObjectId
from datagit.objects.reader import ObjectReader
from datagit.objects.tree import find_row, list_folder

pc: Any = pyarrow.compute  # its stubs are narrower than its functions


def find_blocked(paths: Any) -> list[bytes]:  # noqa: ANN401 # a binary column; the stubs cannot say it
    """Return the paths that are also a folder of another path."""
    blocked: set[bytes] = set()
    folders = paths
    while True:
        nested = folders.filter(pc.match_substring(folders, "/"))
        if not len(nested):
            return sorted(blocked)
        folders = pc.unique(pc.replace_substring_regex(nested, pattern=r"/[^/]*$", replacement=""))
        blocked.update(paths.filter(pc.is_in(paths, value_set=folders)).to_pylist())


def free_path(
    objects: ObjectReader, roots: Sequence[ObjectId], path: bytes, branch: bytes, taken: Collection[bytes]
) -> bytes:
    """Return ``path~branch``, with a number behind it if any of the trees, or taken, has that name already."""
    wanted = path + b"~" + branch.replace(b"/", b"_")
    candidate, number = wanted, 0
    while candidate in taken or any(_exists(objects, root, candidate) for root in roots):
        candidate = b"%s_%d" % (wanted, number)
        number += 1
    return candidate


def _exists(objects: ObjectReader, root: ObjectId, path: bytes) -> bool:
    return find_row(objects, root, path) is not None or bool(list_folder(objects, root, path).num_rows)

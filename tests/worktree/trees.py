"""A working tree with an index and objects in memory, for tests of this room."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from datagit.ids import ObjectId, blob_id
from datagit.index.index import INDEX_SCHEMA, Index, drop_paths, put_rows
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.tree_diff import CHANGE_SCHEMA
from datagit.progress import Silent
from datagit.worktree.apply import apply_checkout
from datagit.worktree.files import Folders, hash_file
from datagit.worktree.plan import CheckoutPlan, Overwrite, plan_checkout
from datagit.worktree.stat_columns import row_mode

Content = tuple[int, bytes]
"""Mode and bytes of a file; the target, if the mode is 2."""


def hash_rows(root: Path, candidates: pa.Table) -> pa.Table:
    """Hash files one by one, as the store's hash_files does with workers."""
    rows: list[tuple[Any, ...]] = []
    path: Any
    with Folders(os.fsencode(root)) as folders:
        for path in candidates["path"].to_pylist():
            folder, _, name = path.rpartition(b"/")
            found = hash_file(folders.open(folder), name)
            if found is not None:
                oid, now = found
                rows.append(
                    (path, row_mode(now.st_mode), now.st_size, oid, now.st_mtime_ns, now.st_ctime_ns, now.st_ino)
                )
    names = ("path", "mode", "size", "id", "mtime_ns", "ctime_ns", "inode")
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays: list[Any] = [
        pa.array(list(column), INDEX_SCHEMA.field(name).type) for name, column in zip(names, columns, strict=True)
    ]
    return pa.Table.from_arrays(arrays, names=list(names))


@dataclass
class Tree:
    """A root folder, what is staged, and where the blobs are."""

    root: Path
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    index: Index = field(default_factory=Index)

    def keep(self, content: bytes) -> ObjectId:
        oid = blob_id(content)
        self.objects.put(Kind.BLOB, oid, content)
        return oid

    def hash_rows(self, candidates: pa.Table) -> pa.Table:
        return hash_rows(self.root, candidates)

    def changes(self, files: Mapping[bytes, Content | None]) -> pa.Table:
        """Return a table of changes to what files say; None for a file that is to go."""
        rows: list[tuple[Any, ...]] = []
        for path in sorted(files):
            content = files[path]
            if content is None:
                rows.append((path, None, None, None, None, None, None))
            else:
                rows.append((path, None, None, None, content[0], len(content[1]), self.keep(content[1])))
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(CHANGE_SCHEMA)
        arrays: list[Any] = [
            pa.array(list(column), part.type) for part, column in zip(CHANGE_SCHEMA, columns, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=CHANGE_SCHEMA)

    def plan(self, files: Mapping[bytes, Content | None], overwrite: Overwrite = Overwrite.REFUSE) -> CheckoutPlan:
        return self.plan_table(self.changes(files), overwrite)

    def plan_table(self, changes: pa.Table, overwrite: Overwrite = Overwrite.REFUSE) -> CheckoutPlan:
        return plan_checkout(self.index, self.root, changes, hash_rows=self.hash_rows, overwrite=overwrite)

    def check_out(self, files: Mapping[bytes, Content | None], overwrite: Overwrite = Overwrite.REFUSE) -> None:
        """Make the files and the index what files say."""
        rows = self.apply(self.plan(files, overwrite))
        gone = [path for path, content in files.items() if content is None]
        self.index = put_rows(drop_paths(self.index, gone), rows)

    def apply(self, plan: CheckoutPlan) -> pa.Table:
        return apply_checkout(plan, self.objects, self.root, jobs=1, progress=Silent())

    def stage(self, *paths: bytes) -> None:
        """Add files of the working tree to the index."""
        rows = self.hash_rows(pa.table({"path": pa.array(paths, pa.binary())}))
        for path, mode in zip(rows["path"].to_pylist(), rows["mode"].to_pylist(), strict=True):
            name = os.fsencode(self.root) + b"/" + (path or b"")
            self.keep(os.readlink(name) if mode == 2 else Path(os.fsdecode(name)).read_bytes())
        stage = pa.array([0] * rows.num_rows, pa.uint8())
        self.index = put_rows(self.index, rows.append_column("stage", stage))

    def files(self) -> dict[bytes, Content]:
        """Return all files and links below the root with their modes."""
        found: dict[bytes, Content] = {}
        for folder, folders, names in os.walk(os.fsencode(self.root)):
            for name in (*names, *folders):
                place = os.path.join(folder, name)
                path = os.path.relpath(place, os.fsencode(self.root))
                if os.path.islink(place):
                    found[path] = (2, os.readlink(place))
                elif os.path.isfile(place):
                    mode = row_mode(os.lstat(place).st_mode)
                    found[path] = (mode, Path(os.fsdecode(place)).read_bytes())
        return found

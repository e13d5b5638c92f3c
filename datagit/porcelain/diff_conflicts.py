"""Files with conflicts, as they are now, against both sides of the merge."""

import os
import stat
from dataclasses import dataclass
from typing import Any

from datagit.diff.contents import StoredContents
from datagit.diff.pathspec import PathFilter
from datagit.ids import ID_SIZE, ObjectId
from datagit.index.index import load_index
from datagit.objects.mode import Mode
from datagit.porcelain.diff import WorktreeContents
from datagit.porcelain.show_merge import CombinedFile, Version
from datagit.repository import Repository

NOT_STORED = ObjectId(bytes(ID_SIZE))
"""Stands for the file as it is; nothing has that id."""

_OURS, _THEIRS = 2, 3


@dataclass(frozen=True, slots=True)
class ConflictContents:
    """Contents of stages, and of the files as they are under the id NOT_STORED."""

    stored: StoredContents
    files: WorktreeContents

    def read(self, path: bytes, oid: ObjectId) -> bytes:
        return self._place(oid).read(path, oid)

    def head(self, path: bytes, oid: ObjectId) -> bytes:
        return self._place(oid).head(path, oid)

    def _place(self, oid: ObjectId) -> StoredContents | WorktreeContents:
        return self.files if oid == NOT_STORED else self.stored


def conflicted_files(repo: Repository, paths: PathFilter) -> tuple[dict[bytes, CombinedFile], ConflictContents]:
    """Return by path the files that both sides of a merge have and the user has to merge, and their contents."""
    found: dict[bytes, dict[int, Version]] = {}
    row: Any
    table = load_index(repo.index).unmerged
    for row in table.filter(paths.matches(table["path"])).to_pylist():
        found.setdefault(row["path"], {})[row["stage"]] = Version(row["mode"], row["size"], row["id"])
    both = {path: stages for path, stages in found.items() if _OURS in stages and _THEIRS in stages}
    root = repo.root()
    files = {
        path: CombinedFile(path, "MM", (stages[_OURS], stages[_THEIRS]), _as_it_is(os.fsencode(root), path))
        for path, stages in both.items()
    }
    return files, ConflictContents(StoredContents(repo.store), WorktreeContents(root))


def _as_it_is(root: bytes, path: bytes) -> Version:
    try:
        found = os.lstat(os.path.join(root, path))
    except (FileNotFoundError, NotADirectoryError):
        return Version(None, 0, None)
    mode = Mode.EXECUTABLE if found.st_mode & stat.S_IXUSR else Mode.FILE
    return Version(int(Mode.SYMLINK if stat.S_ISLNK(found.st_mode) else mode), found.st_size, NOT_STORED)

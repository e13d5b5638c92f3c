"""What stands at given paths, without a look at anything beside them."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pyarrow as pa

from datagit.worktree.files import Folders, PathChangedError
from datagit.worktree.scan import SCAN_SCHEMA, stat_arrays
from datagit.worktree.stat_columns import MISSING, StatColumns, stat_names

Column: TypeAlias = Any
"""A pyarrow Array or ChunkedArray."""


@dataclass(frozen=True, slots=True)
class Present:
    """One row of stat columns for each path that was asked for.

    Attributes:
        columns: mode is DIRECTORY, SPECIAL or MISSING where no file is there.
        blockers: files and links that stand where a folder of some paths would be, with those paths.
    """

    columns: StatColumns = field(default_factory=StatColumns)
    blockers: dict[bytes, set[bytes]] = field(default_factory=dict)

    def table(self, paths: Column) -> pa.Table:
        """Return the columns with their paths as a table of SCAN_SCHEMA."""
        return pa.Table.from_arrays([paths, *stat_arrays(self.columns)], schema=SCAN_SCHEMA)


def look_at_paths(root_path: bytes, paths: Sequence[bytes]) -> Present:
    """Return what stands at paths, which are sorted; links are not followed, also not as folders."""
    present = Present()
    with Folders(root_path) as folders:
        start = 0
        while start < len(paths):
            folder = paths[start].rpartition(b"/")[0]
            cut = len(folder) + 1 if folder else 0
            end = start
            names: list[bytes] = []
            while end < len(paths) and paths[end].rpartition(b"/")[0] == folder:
                names.append(paths[end][cut:])
                end += 1
            _look_in(folders, folder, names, present)
            start = end
    return present


def _look_in(folders: Folders, folder: bytes, names: list[bytes], present: Present) -> None:
    columns = present.columns
    try:
        stat_names(folders.open(folder), names, columns)
    except PathChangedError as error:
        present.blockers.setdefault(error.path, set()).update(folder + b"/" + name for name in names)
        _append_missing(columns, len(names))
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
        _append_missing(columns, len(names))


def _append_missing(columns: StatColumns, count: int) -> None:
    columns.mode.extend([MISSING] * count)
    for column in (columns.size, columns.mtime_ns, columns.ctime_ns, columns.inode):
        column.extend([0] * count)

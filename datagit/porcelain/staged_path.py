"""The row of the index that ``:path`` and ``:2:path`` name. Loads pyarrow, so it is imported when it is needed."""

import pyarrow as pa
import pyarrow.compute as pc

from datagit.ids import ObjectId
from datagit.index.index import load_index
from datagit.repository import Repository
from datagit.revision.reader import PathEntry


def find_staged(repo: Repository, path: bytes, stage: int) -> PathEntry | None:
    """Return what the index has at path in a stage, 0 to 3; None if it has nothing."""
    rows = load_index(repo.index).rows
    here = rows.filter(pc.equal(rows["path"], pa.scalar(path, pa.binary()))).to_pylist()
    found = [row for row in here if row["stage"] == stage]
    if not found:
        return None
    return PathEntry(path, found[0]["mode"], found[0]["size"], ObjectId(found[0]["id"]))

"""What a merge decided on its own: the files that are as no parent has them."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from datagit.diff.renames import pair_renames, with_status
from datagit.diff.trees import diff_trees
from datagit.ids import ObjectId
from datagit.porcelain.diff import DiffOptions, Renames
from datagit.porcelain.log import Logged
from datagit.repository import Repository
from datagit.revision.walk import read_commit


class Version(NamedTuple):
    """A file in one commit; mode and oid are None where it is not there."""

    mode: int | None
    size: int
    oid: ObjectId | None


@dataclass(frozen=True, slots=True)
class CombinedFile:
    """A file that a merge changed against every parent.

    Attributes:
        path: where it is in the merge, or was if it is gone.
        letters: Git's letter of the change against each parent.
        old: the file in each parent.
        new: the file in the merge.
    """

    path: bytes
    letters: str
    old: tuple[Version, ...]
    new: Version


def combined_files(repo: Repository, shown: Logged, options: DiffOptions) -> list[CombinedFile]:
    """Return the files that differ from those of all parents of a merge, sorted by path."""
    tables = []
    for parent in shown.commit.parents:
        old = read_commit(repo.store, parent).tree
        changes = diff_trees(repo.store, old, shown.commit.tree, options.paths)
        tables.append(pair_renames(changes) if options.renames is Renames.PAIR else with_status(changes))
    paths: list[set[Any]] = [set(table["path"].to_pylist()) for table in tables]
    common = set.intersection(*paths)
    rows = [{row["path"]: row for row in table.to_pylist() if row["path"] in common} for table in tables]
    return [_combine([side[path] for side in rows]) for path in sorted(common)]


def _combine(rows: list[dict[str, Any]]) -> CombinedFile:
    letters = "".join(row["status"] for row in rows)
    return CombinedFile(rows[0]["path"], letters, tuple(_version(row, "old") for row in rows), _version(rows[0], "new"))


def _version(row: dict[str, Any], side: str) -> Version:
    return Version(row[f"{side}_mode"], row[f"{side}_size"] or 0, row[f"{side}_id"])

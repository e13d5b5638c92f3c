"""What a merge leaves to the user: the versions that clash, and the sentence that says why."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from datagit.ids import ObjectId
from datagit.objects.node import LEAF_SCHEMA

STAGE_SCHEMA = LEAF_SCHEMA.append(pa.field("stage", pa.uint8(), nullable=False))
"""Rows for the index: stage 1 is the base, 2 ours, 3 theirs."""


class Version(NamedTuple):
    """A file as one of the three snapshots has it."""

    mode: int
    size: int
    oid: ObjectId


class ConflictKind(enum.Enum):
    """Why a path could not be settled; the value is for ``--json`` and never changes."""

    CONTENT = "content"
    ADD_ADD = "add/add"
    MODIFY_DELETE = "modify/delete"
    FILE_DIRECTORY = "file/directory"
    DISTINCT_TYPES = "distinct types"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One path for the user to decide, with up to three versions of it."""

    path: bytes
    kind: ConflictKind
    base: Version | None
    ours: Version | None
    theirs: Version | None


class Note(NamedTuple):
    """A sentence of a merge about a path, in Git's words; names stand in it as bytes."""

    path: bytes
    text: bytes


def stage_rows(conflicts: Sequence[Conflict]) -> pa.Table:
    """Return the rows that an index needs to remember the conflicts, STAGE_SCHEMA, sorted by (path, stage)."""
    rows = [
        {"path": conflict.path, "mode": version.mode, "size": version.size, "id": version.oid, "stage": stage}
        for conflict in sorted(conflicts, key=lambda conflict: conflict.path)
        for stage, version in ((1, conflict.base), (2, conflict.ours), (3, conflict.theirs))
        if version is not None
    ]
    return pa.Table.from_pylist(rows, schema=STAGE_SCHEMA)

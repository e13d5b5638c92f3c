"""A merge, pick or rebase that waits for the user: files under ``state/merge/`` (docs/format/index.md).

``operation.json`` says what is in progress; it is written last and removed first, so a folder without it is nothing.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datagit.errors import CorruptionError
from datagit.ids import ObjectId, parse_id
from datagit.storage.durable import make_folder, sync_folder, write_replacing

_FILE = "operation.json"
_VERSION = 1
_KEYS = frozenset({"conflicts", "head", "heads", "kind", "message", "orig_head", "v"})


class OperationDamagedError(CorruptionError):
    """The file that says what is in progress cannot be read."""

    code = "invalid-object"

    def __init__(self, path: Path) -> None:
        super().__init__(f"'{path}' is damaged", hint="start over with 'dg reset --hard', or remove that file")


@dataclass(frozen=True, slots=True)
class MergeState:
    """What a commit will conclude.

    Attributes:
        kind: "merge", or another verb that waits the same way.
        head: what HEAD named when it began: "refs/heads/x" or 64 hex digits.
        orig_head: the commit that HEAD had; ``--abort`` goes back to it.
        merge_heads: the other parents of the commit to come.
        message: its message, unless the user gives another.
        conflicts: the paths that were left to the user, for the record.
    """

    kind: str
    head: str
    orig_head: ObjectId | None
    merge_heads: tuple[ObjectId, ...]
    message: str
    conflicts: tuple[bytes, ...] = ()


def save_merge_state(state: MergeState, folder: Path) -> None:
    """Publish state durably in folder (``state/merge``), in place of what was there; the caller holds the lock."""
    content = {
        "conflicts": [os.fsdecode(path) for path in state.conflicts],
        "head": state.head,
        "heads": [oid.hex() for oid in state.merge_heads],
        "kind": state.kind,
        "message": state.message,
        "orig_head": state.orig_head.hex() if state.orig_head is not None else None,
        "v": _VERSION,
    }
    make_folder(folder)
    write_replacing(folder / _FILE, json.dumps(content, sort_keys=True).encode())


def load_merge_state(folder: Path) -> MergeState | None:
    """Return what is in progress in folder, None if nothing is.

    Raises:
        OperationDamagedError: the file is not what save_merge_state wrote.
    """
    try:
        content = (folder / _FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return _parse(json.loads(content))
    except (ValueError, TypeError, RecursionError) as error:
        raise OperationDamagedError(folder / _FILE) from error


def clear_merge_state(folder: Path) -> None:
    """Forget what is in progress in folder; nothing happens if nothing is."""
    (folder / _FILE).unlink(missing_ok=True)
    if folder.is_dir():
        sync_folder(folder)


def is_concluded(state: MergeState, parents: tuple[ObjectId, ...]) -> bool:
    """Return whether the commit at HEAD, which has these parents, is what state waited for."""
    return state.orig_head is not None and parents == (state.orig_head, *state.merge_heads)


def clear_concluded(folder: Path, parents: tuple[ObjectId, ...]) -> None:
    """Forget what is in progress in folder if the commit at HEAD, which has these parents, has concluded it."""
    state = load_merge_state(folder)
    if state is not None and is_concluded(state, parents):
        clear_merge_state(folder)


def _parse(found: Any) -> MergeState:  # noqa: ANN401 # whatever JSON can hold
    if not isinstance(found, dict) or found.keys() != _KEYS or found["v"] != _VERSION:
        raise ValueError("other keys than expected")
    texts = (found["kind"], found["head"], found["message"], *found["heads"], *found["conflicts"])
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a value of another type than expected")
    return MergeState(
        kind=found["kind"],
        head=found["head"],
        orig_head=parse_id(found["orig_head"]) if found["orig_head"] is not None else None,
        merge_heads=tuple(parse_id(text) for text in found["heads"]),
        message=found["message"],
        conflicts=tuple(os.fsencode(text) for text in found["conflicts"]),
    )

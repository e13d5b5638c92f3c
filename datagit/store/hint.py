"""HINT: where the log was a while ago. Wrong, old, missing or absurd, it is never an error (docs/format/hint.md)."""

import msgspec

from datagit.errors import DatagitError
from datagit.objects.canonical import decode_as, encode_canonical
from datagit.storage.base import Storage
from datagit.store.layout import HINT
from datagit.store.log_entry import LAST_SEQ

_LARGEST_HINT = 200
HINT_EVERY = 16
"""Entries between two hints; a reader that is further behind than that asks for one."""


class Hint(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The newest checkpoint and entry that somebody knew of."""

    checkpoint: int
    seq: int


def read_hint(storage: Storage) -> Hint:
    """Return the hint; zeros if there is none that makes sense."""
    nothing = Hint(0, 0)
    try:
        if storage.size(HINT) > _LARGEST_HINT:
            return nothing
        hint = decode_as(storage.read(HINT), Hint)
    except DatagitError:
        return nothing
    return hint if 0 <= hint.checkpoint <= hint.seq <= LAST_SEQ else nothing


def write_hint(storage: Storage, hint: Hint) -> None:
    """Leave a hint; a failure is ignored."""
    try:
        storage.replace(HINT, encode_canonical(hint))
    except DatagitError:
        return

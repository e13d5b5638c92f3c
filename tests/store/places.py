"""Stores for tests of the log: a place in memory or on disk, and short ways to move refs in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datagit.ids import ObjectId
from datagit.storage.base import Storage
from datagit.storage.local import LocalStorage
from datagit.storage.memory import MemoryStorage
from datagit.store.append import Proposal, append_entry
from datagit.store.layout import FormatInfo, write_format
from datagit.store.log import LogPlace
from datagit.store.log_entry import Actor, LogEntry
from datagit.store.refs import RefChange

UUID = "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9"
OTHER_UUID = "11111111-2222-4333-8444-555555555555"
ACTOR = Actor("Ada", "ada@example.org")
NOON = 1767225600
MAIN = "refs/heads/main"


@dataclass(frozen=True, slots=True)
class Place:
    """What the log needs of a store."""

    storage: Storage
    cache: Path | None = None


def place_in_memory(uuid: str = UUID) -> Place:
    place = Place(MemoryStorage())
    write_format(place.storage, FormatInfo(uuid))
    return place


def place_on_disk(folder: Path, uuid: str = UUID) -> Place:
    place = Place(LocalStorage(folder), folder / "cache")
    write_format(place.storage, FormatInfo(uuid))
    return place


def oid(number: int) -> ObjectId:
    return ObjectId(number.to_bytes(32, "big"))


def move(
    place: LogPlace,
    changes: Sequence[tuple[str, int | None, int | None]],
    op: str = "commit: x",
    head: str | None = None,
) -> LogEntry:
    refs = tuple(
        RefChange(name, None if old is None else oid(old), None if new is None else oid(new))
        for name, old, new in changes
    )
    return append_entry(place, Proposal(op, refs, head, ACTOR, NOON))


def commit_often(place: Place, times: int, *, start: int = 0) -> None:
    """Move main from start, start + 1 … by the given number of entries; 0 is a branch that is not there."""
    for number in range(start, start + times):
        move(place, [(MAIN, number or None, number + 1)])

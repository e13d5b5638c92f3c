"""Where a detached HEAD came from, as ``branch`` and ``status`` tell it."""

import re
from dataclasses import dataclass

from datagit.ids import ObjectId, parse_id, short_id
from datagit.porcelain.ref_list import RefObjects
from datagit.store.log import LogPlace, iter_entries
from datagit.store.log_entry import LogEntry
from datagit.store.reflog import SWITCHING
from datagit.store.refs import HEADS, REMOTES, TAGS, Refs

_MOVING = re.compile(r"[a-z]+: moving from \S+ to (\S+)")


@dataclass(frozen=True, slots=True)
class DetachedHead:
    """HEAD is on no branch.

    Attributes:
        oid: the commit that is checked out.
        name: the tag or branch that was asked for, or the short id of the commit.
        moved: whether there were commits since.
    """

    oid: ObjectId
    name: str
    moved: bool

    def __str__(self) -> str:
        return f"HEAD detached {'from' if self.moved else 'at'} {self.name}"


def find_detached(place: LogPlace, refs: Refs, known: RefObjects) -> DetachedHead | None:
    """Return where HEAD was detached; None if it is on a branch."""
    if refs.head.startswith("refs/"):
        return None
    here = parse_id(refs.head)
    entry = _last_switch(place, refs)
    if entry is None or entry.head is None or entry.head.startswith("refs/"):
        return DetachedHead(here, short_id(here), moved=False)
    start = parse_id(entry.head)
    match = _MOVING.match(entry.op)
    name = None if match is None else _ref_at(match[1], start, refs, known)
    return DetachedHead(here, name or short_id(start), here != start)


def _last_switch(place: LogPlace, refs: Refs) -> LogEntry | None:
    """Return the entry that checked something out last; one that only stayed at the same commit does not count."""
    found: LogEntry | None = None
    for entry in iter_entries(place, refs):
        if entry.head is None:
            continue
        if found is not None and entry.head != found.head:
            break
        if entry.op.startswith(SWITCHING):
            found = entry
        elif found is not None:
            break
    return found


def _ref_at(text: str, start: ObjectId, refs: Refs, known: RefObjects) -> str | None:
    """Return how Git calls the ref that text means, if it still is at start: branches keep their full name."""
    places = (text, f"refs/{text}", TAGS + text, HEADS + text, REMOTES + text)
    names = [name for name in places if name in refs.heads]
    if len(names) != 1 or known.peeled(refs.heads[names[0]]).oid != start:
        return None
    return names[0].removeprefix(TAGS).removeprefix(REMOTES)

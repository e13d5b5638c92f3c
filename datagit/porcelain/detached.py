"""Where a detached HEAD came from, as ``branch`` and ``status`` tell it."""

import re
from dataclasses import dataclass

from datagit.ids import ObjectId, parse_id, short_id
from datagit.porcelain.ref_list import RefObjects, short_name
from datagit.store.log import LogPlace, iter_entries
from datagit.store.reflog import SWITCHING
from datagit.store.refs import HEADS, REMOTES, TAGS, Refs

_MOVING = re.compile(r"[a-z]+: moving from (\S+) to (\S+)")


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
    for entry in iter_entries(place, refs):
        if entry.head is not None and entry.op.startswith(SWITCHING):
            if entry.head.startswith("refs/"):
                break
            start = parse_id(entry.head)
            match = _MOVING.match(entry.op)
            name = None if match is None else _ref_at(match[2], start, refs, known)
            return DetachedHead(here, name or short_id(start), here != start)
    return DetachedHead(here, short_id(here), moved=False)


def _ref_at(text: str, start: ObjectId, refs: Refs, known: RefObjects) -> str | None:
    """Return how to call the ref that text means, if it still is at start."""
    for name in (text, f"refs/{text}", TAGS + text, HEADS + text, REMOTES + text):
        oid = refs.heads.get(name)
        if oid is not None:
            return short_name(name) if known.peeled(oid).oid == start else None
    return None

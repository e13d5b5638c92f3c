"""Where a ref was before, read from the log: what ``NAME@{n}``, ``@{-n}`` and ``dg reflog`` show."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from datagit.ids import ObjectId, parse_id
from datagit.store.log import LogPlace, iter_entries
from datagit.store.log_entry import LogEntry
from datagit.store.refs import RefChange, Refs

HEAD = "HEAD"
SWITCHING = ("switch", "checkout")
"""How op begins when something else is checked out."""
RENAMING = "branch: renamed"
"""How op begins when a branch gets another name."""


@dataclass(frozen=True, slots=True)
class RefMove:
    """One ref, or HEAD, moved; the first one told ends where it is now.

    Attributes:
        old: where it was before; None if it was not there.
        new: where it was afterwards.
        entry: the change of the log that moved it.
    """

    old: ObjectId | None
    new: ObjectId
    entry: LogEntry


def ref_moves(place: LogPlace, refs: Refs, name: str) -> Iterator[RefMove]:
    """Yield the moves of the ref of that full name, or of HEAD, up to refs, newest first.

    As in Git, the moves of a branch end where it was made, but go on under the old name if it was renamed; HEAD moves
    when the branch it is on does, and whenever something is checked out.
    """
    return _head_moves(place, refs) if name == HEAD else _moves_of(place, refs, name)


def left_heads(place: LogPlace, refs: Refs) -> Iterator[str]:
    """Yield what was left by each switch, newest first: full branch names, or the 64 digits of a commit."""
    switched = False
    for entry in iter_entries(place, refs):
        if entry.head is None:
            continue
        if switched:
            yield entry.head
        switched = entry.op.startswith(SWITCHING)


def _moves_of(place: LogPlace, refs: Refs, name: str) -> Iterator[RefMove]:
    for entry in iter_entries(place, refs):
        change = next((change for change in entry.refs if change.name == name), None)
        if change is None:
            continue
        if change.new is None:
            return
        source = _renamed_from(entry, change) if entry.op.startswith(RENAMING) else None
        yield RefMove(change.new if source else change.old, change.new, entry)
        if source is not None:
            name = source
        elif change.old is None:
            return


def _renamed_from(entry: LogEntry, created: RefChange) -> str | None:
    """Return the ref that went away when created came to the same place in one step."""
    return next((gone.name for gone in entry.refs if gone.new is None and gone.old == created.new), None)


def _head_moves(place: LogPlace, refs: Refs) -> Iterator[RefMove]:
    heads, head = dict(refs.heads), refs.head
    # what was checked out before an entry that sets head is what an older one set: until that is met, entries wait
    waiting: list[LogEntry] = []
    for entry in iter_entries(place, refs):
        if entry.head is not None:
            yield from _go_back(waiting, heads, head, entry.head)
            head = entry.head if waiting else head
            waiting = [entry]
        elif waiting:
            waiting.append(entry)
        else:
            yield from _go_back([entry], heads, head, head)
    yield from _go_back(waiting, heads, head, head)


def _go_back(entries: Iterable[LogEntry], heads: dict[str, ObjectId], after: str, before: str) -> Iterator[RefMove]:
    """Undo entries in heads, newest first, and yield how HEAD moved; the first of them went from before to after."""
    for entry in entries:
        new = _target(after, heads)
        for change in entry.refs:
            if change.old is None:
                heads.pop(change.name, None)
            else:
                heads[change.name] = change.old
        old = _target(before, heads)
        if new is not None and (entry.head is not None or any(change.name == after for change in entry.refs)):
            yield RefMove(old, new, entry)
        after = before


def _target(head: str, heads: dict[str, ObjectId]) -> ObjectId | None:
    return heads.get(head) if head.startswith("refs/") else parse_id(head)

"""The commit point of every verb that moves refs: the log entry, written last."""

from collections.abc import Sequence

from datagit.objects.commit import Signature
from datagit.repository import Repository, copy_head
from datagit.store.append import Proposal, append_entry
from datagit.store.log_entry import Actor, LogEntry
from datagit.store.refs import RefChange


def record_change(repo: Repository, op: str, refs: Sequence[RefChange], head: str | None, who: Signature) -> LogEntry:
    """Write one log entry that moves refs and head, and return it; the lock must be held.

    Args:
        repo: the repository.
        op: verb and subject, such as ``commit: first import``; shown by the reflog.
        refs: the refs that move, from where the verb saw them.
        head: full branch name or 64 hex digits to check out; None if it stays.
        who: actor and time of the entry.

    Raises:
        RefMovedError: a ref is not where the verb saw it.
    """
    entry = append_entry(repo.store, Proposal(op, tuple(refs), head, Actor(who.name, who.email), who.time))
    if head is not None:
        copy_head(repo.dg_dir, head)
    return entry

"""Commits, tags and trees as plain text, the way ``git cat-file -p`` prints them."""

from collections.abc import Iterable
from typing import Protocol

from datagit.ids import ObjectId
from datagit.objects.commit import Commit, Signature
from datagit.objects.tag import Tag
from datagit.ui.quote import quote_path


class ListedEntry(Protocol):
    """A file or folder of a tree: six digits of mode, 'blob' or 'tree', id, and path."""

    @property
    def mode(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def oid(self) -> ObjectId | None: ...

    @property
    def path(self) -> bytes: ...


def render_commit(commit: Commit) -> bytes:
    """Return tree, parents, author and committer, a line each, then an empty line and the message."""
    lines = [
        f"tree {commit.tree.hex()}",
        *(f"parent {parent.hex()}" for parent in commit.parents),
        f"author {_signature(commit.author)}",
        f"committer {_signature(commit.committer)}",
        "",
        commit.message,
    ]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def render_tag(tag: Tag) -> bytes:
    """Return object, type, name and tagger, a line each, then an empty line and the message."""
    lines = [
        f"object {tag.object.hex()}",
        f"type {tag.kind}",
        f"tag {tag.name}",
        f"tagger {_signature(tag.tagger)}",
        "",
        tag.message,
    ]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def render_tree(entries: Iterable[ListedEntry]) -> bytes:
    """Return a line for each entry: mode, kind, id, a tab, and the path, quoted where that is needed."""
    return b"".join(
        f"{entry.mode} {entry.kind} {entry.oid.hex() if entry.oid else ''}\t".encode() + quote_path(entry.path) + b"\n"
        for entry in entries
    )


def _signature(who: Signature) -> str:
    sign = "-" if who.offset < 0 else "+"
    return f"{who.name} <{who.email}> {who.time} {sign}{abs(who.offset) // 60:02}{abs(who.offset) % 60:02}"

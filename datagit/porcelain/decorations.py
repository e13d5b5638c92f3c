"""The names that commits have, as the log shows them in brackets: ``HEAD -> main, tag: v1, origin/main``."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectReader
from datagit.objects.tag import decode_tag
from datagit.store.refs import HEADS, REMOTES, TAGS, Refs


class NameKind(enum.Enum):
    """What a name is the name of."""

    HEAD = "head"
    BRANCH = "branch"
    REMOTE = "remote"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Decoration:
    """One name of a commit: the ref's full name, or HEAD; target is the branch that HEAD is on."""

    kind: NameKind
    name: str
    target: str | None = None


_KINDS = {HEADS: NameKind.BRANCH, REMOTES: NameKind.REMOTE, TAGS: NameKind.TAG}


def find_decorations(objects: ObjectReader, refs: Refs) -> Mapping[ObjectId, tuple[Decoration, ...]]:
    """Return the names of each commit that has some, in Git's order: HEAD, then full names backwards."""
    found: dict[ObjectId, list[Decoration]] = {}
    head = refs.target_of_head()
    current = refs.head if head is not None and refs.branch is not None else None
    if head is not None:
        found[head] = [Decoration(NameKind.HEAD, "HEAD", current)]
    for name in sorted(refs.heads, reverse=True):
        kind = next((kind for prefix, kind in _KINDS.items() if name.startswith(prefix)), None)
        if kind is None or name == current:
            continue
        oid = refs.heads[name]
        if kind is NameKind.TAG:
            oid = _tagged(objects, oid)
        found.setdefault(oid, []).append(Decoration(kind, name))
    return {oid: tuple(names) for oid, names in found.items()}


def _tagged(objects: ObjectReader, oid: ObjectId) -> ObjectId:
    """Return what is left of a tag when all tags are taken off; it need not be a commit."""
    while not objects.has(Kind.COMMIT, oid) and objects.has(Kind.TAG, oid):
        oid = decode_tag(objects.read(Kind.TAG, oid)).object
    return oid

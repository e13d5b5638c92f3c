"""Lists of refs: which ones are meant, and what they point to; for ``branch``, ``tag`` and ``for-each-ref``."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from datagit.diff.wildmatch import Case, Slash, pattern_regex
from datagit.ids import ObjectId
from datagit.objects.commit import Commit, decode_commit
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectMissingError, ObjectReader
from datagit.objects.tag import TAGGED_KINDS, Tag, decode_tag
from datagit.revision.merge_base import is_ancestor
from datagit.revision.walk import walk_commits
from datagit.store.refs import HEADS, REMOTES, TAGS

KIND_NAMES = {Kind.COMMIT: "commit", Kind.TAG: "tag", Kind.NODE: "tree", Kind.BLOB: "blob"}
"""What Git calls the kinds of objects that a ref can name."""

_PROBED = (Kind.COMMIT, Kind.TAG, Kind.NODE, Kind.BLOB, Kind.CHUNKS)
_PLACES = ("refs/", TAGS, HEADS, REMOTES)
_PREFIXES = (HEADS, TAGS, REMOTES, "refs/")

Described: TypeAlias = Commit | Tag | None
"""What is known of an object beyond its id: nothing more of trees and blobs."""


@dataclass(frozen=True, slots=True)
class ListedRef:
    """A ref in a list: its full name (``HEAD`` for a detached one) and the object it names."""

    name: str
    oid: ObjectId


@dataclass(frozen=True, slots=True)
class Named:
    """An object that a ref names: what it is, the size of its bytes (0 for trees and blobs), and what they say."""

    oid: ObjectId
    kind: Kind
    size: int
    value: Described


@dataclass(frozen=True, slots=True)
class RefFilter:
    """Which refs a list is to show; each rule that is given must hold.

    Attributes:
        patterns: one of them must match the name without ``refs/heads/`` and the like; all do if there is none.
        case: how patterns compare letters.
        contains: commits of which the ref must reach one.
        not_contains: commits of which it must reach none.
        merged: commits of which one must reach the ref.
        not_merged: commits of which none may.
        points_at: objects of which it must be one, or be a tag of one.
    """

    patterns: Sequence[str] = ()
    case: Case = Case.EXACT
    contains: Sequence[ObjectId] = ()
    not_contains: Sequence[ObjectId] = ()
    merged: Sequence[ObjectId] = ()
    not_merged: Sequence[ObjectId] = ()
    points_at: Sequence[ObjectId] = ()


@dataclass(frozen=True, slots=True)
class RefObjects:
    """Reads what refs name, each object once."""

    objects: ObjectReader
    _seen: dict[ObjectId, Named] = field(default_factory=dict)

    def named(self, oid: ObjectId) -> Named:
        """Return the object of that id, which may be of any kind; raises ObjectMissingError."""
        if oid not in self._seen:
            kind = next((kind for kind in _PROBED if self.objects.has(kind, oid)), None)
            if kind is None:
                raise ObjectMissingError(Kind.COMMIT, oid)
            self._seen[oid] = self._read(kind, oid)
        return self._seen[oid]

    def peeled(self, oid: ObjectId) -> Named:
        """Return what is left when all tags are taken off."""
        found = self.named(oid)
        while isinstance(found.value, Tag):
            found = self.tagged(found.value)
        return found

    def tagged(self, tag: Tag) -> Named:
        """Return the object that a tag names, which may be a tag."""
        return self._read(TAGGED_KINDS[tag.kind], tag.object)

    def _read(self, kind: Kind, oid: ObjectId) -> Named:
        if kind is Kind.COMMIT:
            content = self.objects.read(kind, oid)
            return Named(oid, kind, len(content), decode_commit(content))
        if kind is Kind.TAG:
            content = self.objects.read(kind, oid)
            return Named(oid, kind, len(content), decode_tag(content))
        return Named(oid, Kind.BLOB if kind is Kind.CHUNKS else kind, 0, None)


def list_refs(
    known: RefObjects, heads: Mapping[str, ObjectId], prefixes: Iterable[str], wanted: RefFilter
) -> tuple[ListedRef, ...]:
    """Return the refs below prefixes that the filter lets through, sorted by name; reads objects only if it must."""
    below = tuple(prefixes)
    refs = (ListedRef(name, oid) for name, oid in sorted(heads.items()) if name.startswith(below))
    return filter_refs(known, refs, wanted)


def filter_refs(known: RefObjects, refs: Iterable[ListedRef], wanted: RefFilter) -> tuple[ListedRef, ...]:
    """Return those of refs that the filter lets through, in their order."""
    patterns = [_compiled(pattern, wanted.case) for pattern in wanted.patterns]
    by_history = bool(wanted.contains or wanted.not_contains or wanted.merged or wanted.not_merged)
    merged = _reachable(known, wanted.merged)
    not_merged = _reachable(known, wanted.not_merged)

    def lets_through(ref: ListedRef) -> bool:
        if patterns and not any(pattern.fullmatch(short_name(ref.name).encode()) for pattern in patterns):
            return False
        if wanted.points_at and ref.oid not in wanted.points_at and known.peeled(ref.oid).oid not in wanted.points_at:
            return False
        if not by_history:
            return True
        tip = known.peeled(ref.oid)
        return (
            tip.kind is Kind.COMMIT
            and (not wanted.contains or _contains(known, tip.oid, wanted.contains))
            and not _contains(known, tip.oid, wanted.not_contains)
            and (not wanted.merged or tip.oid in merged)
            and tip.oid not in not_merged
        )

    return tuple(ref for ref in refs if lets_through(ref))


def short_name(name: str) -> str:
    """Return a full name without ``refs/heads/``, ``refs/tags/``, ``refs/remotes/`` or ``refs/``."""
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def clear_name(name: str, heads: Container[str]) -> str:
    """Return the shortest form of a full name that means no other ref: ``main``, ``heads/main`` beside a tag ``main``.

    Source: refs_shorten_unambiguous_ref in Git's refs.c.
    """
    for place in reversed(_PLACES):
        if name.startswith(place):
            short = name.removeprefix(place)
            if not any(other + short in heads for other in _PLACES if other != place):
                return short
    return name


def _compiled(pattern: str, case: Case) -> "re.Pattern[bytes]":
    return re.compile(pattern_regex(pattern.encode("utf-8", "surrogateescape"), Slash.CROSSED, case).encode("ascii"))


def _contains(known: RefObjects, tip: ObjectId, commits: Iterable[ObjectId]) -> bool:
    return any(is_ancestor(known.objects, commit, tip) for commit in commits)


def _reachable(known: RefObjects, commits: Sequence[ObjectId]) -> frozenset[ObjectId]:
    return frozenset(oid for oid, _ in walk_commits(known.objects, commits)) if commits else frozenset()

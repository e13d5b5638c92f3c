"""The first part of a revision: an id, the name of a ref, or where a ref was before."""

import itertools
import re

from datagit.ids import ObjectId, parse_id
from datagit.objects.kind import Kind
from datagit.revision.reader import AmbiguousRevisionError, Resolved, RevisionReader, UnknownRevisionError
from datagit.store.reflog import left_heads, ref_moves
from datagit.store.refs import HEADS, REMOTES, TAGS

HEAD = "HEAD"
SHORTEST_ID = 4
"""Digits that a short id needs at least."""

_PLACES = ("", "refs/", TAGS, HEADS, REMOTES)
_DIGITS = re.compile(r"[0-9a-fA-F]{4,64}")
_DESCRIBED = re.compile(r".*-g([0-9a-fA-F]{4,64})", re.DOTALL)
_SPECIAL = re.compile(r"[A-Z_]*HEAD")
_OBJECT_KINDS = (Kind.COMMIT, Kind.TAG, Kind.NODE, Kind.BLOB)


def find_ref(reader: RevisionReader, name: str) -> str | None:
    """Return the full name of the ref that name stands for, or HEAD, by gitrevisions' order; None if none does."""
    if name in (HEAD, "@"):
        return HEAD
    for place in _PLACES:
        full = place + name
        if full.startswith("refs/") and full in reader.refs.heads:
            return full
    full = f"{REMOTES}{name}/HEAD"
    return full if full in reader.refs.heads else None


def ref_target(reader: RevisionReader, ref: str) -> ObjectId | None:
    """Return where a ref of that full name, or HEAD, points."""
    return reader.refs.target_of_head() if ref == HEAD else reader.refs.heads.get(ref)


def resolve_name(reader: RevisionReader, name: str) -> Resolved:
    """Return what an id, a ref or another single name stands for.

    Raises:
        UnknownRevisionError: nothing is called so.
        AmbiguousRevisionError: several ids begin so.
    """
    if len(name) == 64 and _DIGITS.fullmatch(name):
        oid = parse_id(name.lower())
        return Resolved(kind_of(reader, oid), oid)
    ref = find_ref(reader, name)
    if ref is not None:
        target = ref_target(reader, ref)
        if target is None:
            raise UnknownRevisionError(name, hint="this branch has no commit yet; make one with 'dg commit'")
        return Resolved(kind_of(reader, target), target, ref)
    if _SPECIAL.fullmatch(name) and (special := reader.find_special(name)) is not None:
        return Resolved(Kind.COMMIT, special, name)
    described = _DESCRIBED.fullmatch(name)
    digits = described[1] if described else name
    if _DIGITS.fullmatch(digits):
        found = _find_short(reader, digits.lower())
        if found is not None:
            return found
    raise UnknownRevisionError(name)


def kind_of(reader: RevisionReader, oid: ObjectId) -> Kind | None:
    """Return what an id is the id of; None if that is not here."""
    for kind in _OBJECT_KINDS:
        if reader.objects.has(kind, oid):
            return kind
    return Kind.BLOB if reader.objects.has(Kind.CHUNKS, oid) else None


def _find_short(reader: RevisionReader, digits: str) -> Resolved | None:
    found = reader.find_ids(digits)
    if len(found) > 1:
        # short ids are read off logs, so that a commit is meant rather than one of a million files
        found = [(kind, oid) for kind, oid in found if kind in (Kind.COMMIT, Kind.TAG)] or found
    if len({oid for _kind, oid in found}) > 1:
        raise AmbiguousRevisionError(digits, found)
    return Resolved(*found[0]) if found else None


def resolve_at(reader: RevisionReader, name: str, inside: str) -> Resolved:
    """Return what ``name@{inside}`` stands for; an empty name is the current branch.

    Raises:
        UnknownRevisionError: there is no such ref, it was not moved that often, or it follows no other.
    """
    text = f"{name}@{{{inside}}}"
    if re.fullmatch(r"-[1-9][0-9]{0,9}", inside) and not name:
        return _resolve_previous(reader, int(inside[1:]), text)
    if inside.lower() in ("u", "upstream"):
        upstream = find_upstream(reader, name)
        target = reader.refs.heads.get(upstream)
        if target is None:
            reason = f"upstream branch '{upstream}' of '{name or reader.refs.branch}' is not here"
            raise UnknownRevisionError(text, reason, hint="see the branches with 'dg branch -a'")
        return Resolved(kind_of(reader, target), target, upstream)
    if re.fullmatch(r"[0-9]{1,10}", inside):
        return _resolve_move(reader, name, int(inside), text)
    raise UnknownRevisionError(text)


def find_upstream(reader: RevisionReader, name: str) -> str:
    """Return the full name of the ref that a branch follows; an empty name, ``@`` and HEAD are the current branch.

    Raises:
        UnknownRevisionError: there is no such branch, or it follows none.
    """
    if name in ("", "@", HEAD):
        branch = reader.refs.branch
        if branch is None:
            raise UnknownRevisionError(name, "HEAD does not point to a branch", hint="go to one with 'dg switch'")
    else:
        ref = find_ref(reader, name)
        if ref is None or not ref.startswith(HEADS):
            raise UnknownRevisionError(name, f"no such branch: '{name}'")
        branch = ref.removeprefix(HEADS)
    upstream = reader.find_upstream(branch)
    if upstream is None:
        reason = f"no upstream configured for branch '{branch}'"
        raise UnknownRevisionError(name, reason, hint=f"set it with 'dg branch -u UPSTREAM {branch}'")
    return upstream


def _resolve_previous(reader: RevisionReader, count: int, text: str) -> Resolved:
    left = () if reader.log is None else left_heads(reader.log, reader.refs)
    head = next(itertools.islice(left, count - 1, None), None)
    if head is None:
        raise UnknownRevisionError(text, hint="that many branches were not left yet")
    if not head.startswith("refs/"):
        oid = parse_id(head)
        return Resolved(kind_of(reader, oid), oid)
    target = reader.refs.heads.get(head)
    if target is None:
        raise UnknownRevisionError(text, f"branch '{head.removeprefix(HEADS)}' is gone")
    return Resolved(kind_of(reader, target), target, head)


def _resolve_move(reader: RevisionReader, name: str, count: int, text: str) -> Resolved:
    ref = (reader.refs.head if reader.refs.branch is not None else HEAD) if not name else find_ref(reader, name)
    current = None if ref is None else ref_target(reader, ref)
    if ref is None or current is None:
        raise UnknownRevisionError(text)
    if count == 0:
        return Resolved(kind_of(reader, current), current)
    moves = () if reader.log is None else ref_moves(reader.log, reader.refs, ref)
    seen, oldest = 0, None
    for move in moves:
        if seen == count:
            return Resolved(kind_of(reader, move.new), move.new)
        seen, oldest = seen + 1, move.old
    if seen == count and oldest is not None:
        return Resolved(kind_of(reader, oldest), oldest)
    shown = name or reader.refs.branch or HEAD
    raise UnknownRevisionError(text, f"log for '{shown}' only has {seen} entries", hint="")

"""Commits: a snapshot, where it came from, who made it, and why (docs/format/commit.md)."""

import re
from dataclasses import dataclass

import msgspec

from datagit.ids import COMMIT_CONTEXT, Bytes, ObjectId, derived_id, parse_id
from datagit.objects.canonical import decode_as, encode_canonical
from datagit.objects.invalid import InvalidObjectError, LimitExceededError
from datagit.objects.kind import LARGEST, Kind

MOST_PARENTS = 64
LATEST_TIME = 253402300799
"""The last second of the year 9999."""
LARGEST_OFFSET = 1439
"""Minutes; a zone is less than a day away from UTC."""

_UNFIT = re.compile("[<>\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did something, and when.

    Attributes:
        name: without control characters, '<' and '>', as email.
        email: the address, without its brackets.
        time: seconds since 1970 UTC, 0 to 253402300799.
        offset: minutes east of UTC of the clock on the wall, -1439 to 1439.
    """

    name: str
    email: str
    time: int
    offset: int


@dataclass(frozen=True, slots=True)
class Commit:
    """One version: the tree it holds, the versions it came from, and the story.

    Attributes:
        tree: id of the root node.
        parents: ids of commits, each once; the first is the branch that was committed to.
        author: who made the change.
        committer: who recorded it.
        message: any text; its first paragraph is the subject.
    """

    tree: ObjectId
    parents: tuple[ObjectId, ...]
    author: Signature
    committer: Signature
    message: str


class WireSignature(msgspec.Struct, forbid_unknown_fields=True):
    """A signature as its JSON spells it."""

    email: str
    name: str
    offset: int
    time: int


class _WireCommit(msgspec.Struct, forbid_unknown_fields=True):
    author: WireSignature
    committer: WireSignature
    message: str
    parents: list[str]
    tree: str


def encode_commit(commit: Commit) -> bytes:
    """Return the canonical bytes of commit.

    Raises:
        InvalidObjectError: a field breaks its rule.
        LimitExceededError: more than 64 parents, or more than 1 MiB.
    """
    if len(commit.parents) > MOST_PARENTS:
        message = f"a commit can have {MOST_PARENTS} parents, not {len(commit.parents)}"
        raise LimitExceededError(message)
    if len(set(commit.parents)) != len(commit.parents):
        message = "a commit names a parent twice"
        raise InvalidObjectError(message)
    wire = _WireCommit(
        author=wire_signature(commit.author),
        committer=wire_signature(commit.committer),
        message=commit.message,
        parents=[parent.hex() for parent in commit.parents],
        tree=commit.tree.hex(),
    )
    content = encode_canonical(wire)
    if len(content) > LARGEST[Kind.COMMIT]:
        message = f"the commit has {len(content)} bytes, at most {LARGEST[Kind.COMMIT]} are allowed"
        raise LimitExceededError(message, hint="shorten the message")
    return content


def decode_commit(content: Bytes) -> Commit:
    """Return the commit that content spells.

    Raises:
        InvalidObjectError: content is not exactly what encode_commit could have returned.
    """
    if len(content) > LARGEST[Kind.COMMIT]:
        message = "commit is larger than 1 MiB"
        raise InvalidObjectError(message)
    wire = decode_as(content, _WireCommit)
    parents = tuple(read_id(parent) for parent in wire.parents)
    if len(parents) > MOST_PARENTS or len(set(parents)) != len(parents):
        message = "commit has too many parents, or one twice"
        raise InvalidObjectError(message)
    author = read_signature(wire.author)
    return Commit(read_id(wire.tree), parents, author, read_signature(wire.committer), wire.message)


def commit_id(content: Bytes) -> ObjectId:
    """Return the id of a commit, given its canonical bytes."""
    return derived_id(COMMIT_CONTEXT, content)


def read_id(text: str) -> ObjectId:
    """Return the id that text spells; raise InvalidObjectError for anything but 64 lower-case hex digits."""
    try:
        oid = parse_id(text)
    except ValueError as error:
        raise InvalidObjectError(str(error)) from error
    if oid.hex() != text:  # bytes.fromhex also takes spaces
        message = f"not an object id: {text!r}"
        raise InvalidObjectError(message)
    return oid


def wire_signature(signature: Signature) -> WireSignature:
    """Return signature as its JSON spells it; raise InvalidObjectError if a field breaks its rule."""
    wire = WireSignature(signature.email, signature.name, signature.offset, signature.time)
    read_signature(wire)
    return wire


def read_signature(wire: WireSignature) -> Signature:
    """Return the signature that was spelled; raise InvalidObjectError if a field breaks its rule."""
    if not 0 <= wire.time <= LATEST_TIME or abs(wire.offset) > LARGEST_OFFSET:
        message = f"time {wire.time} or offset {wire.offset} is out of range"
        raise InvalidObjectError(message)
    for text in (wire.name, wire.email):
        if _UNFIT.search(text):
            message = f"name or email {text!r} has a control character, '<' or '>'"
            raise InvalidObjectError(message)
    return Signature(wire.name, wire.email, wire.time, wire.offset)

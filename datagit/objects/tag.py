"""Annotated tags: a name, given by somebody to an object, for a reason (docs/format/commit.md)."""

import re
from dataclasses import dataclass

import msgspec

from datagit.ids import TAG_CONTEXT, Bytes, ObjectId, derived_id
from datagit.objects.canonical import decode_as, encode_canonical
from datagit.objects.commit import Signature, WireSignature, read_id, read_signature, wire_signature
from datagit.objects.invalid import InvalidObjectError, LimitExceededError
from datagit.objects.kind import LARGEST, Kind

TAGGED_KINDS = {"blob": Kind.BLOB, "commit": Kind.COMMIT, "tag": Kind.TAG, "tree": Kind.NODE}
"""What the type of a tag can say, and the kind of object that it means."""

_UNFIT = re.compile("[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class Tag:
    """A name for an object, kept with who gave it, when and why.

    Attributes:
        object: id of what is tagged.
        kind: 'commit', 'tree', 'blob' or 'tag'.
        name: short name of the tag, without refs/tags/.
        tagger: who tagged it.
        message: any text.
    """

    object: ObjectId
    kind: str
    name: str
    tagger: Signature
    message: str


class _WireTag(msgspec.Struct, forbid_unknown_fields=True):
    message: str
    name: str
    object: str
    tagger: WireSignature
    type: str


def encode_tag(tag: Tag) -> bytes:
    """Return the canonical bytes of tag.

    Raises:
        InvalidObjectError: a field breaks its rule.
        LimitExceededError: more than 64 KiB.
    """
    _check(tag.kind, tag.name)
    wire = _WireTag(tag.message, tag.name, tag.object.hex(), wire_signature(tag.tagger), tag.kind)
    content = encode_canonical(wire)
    if len(content) > LARGEST[Kind.TAG]:
        message = f"the tag has {len(content)} bytes, at most {LARGEST[Kind.TAG]} are allowed"
        raise LimitExceededError(message, hint="shorten the message")
    return content


def decode_tag(content: Bytes) -> Tag:
    """Return the tag that content spells.

    Raises:
        InvalidObjectError: content is not exactly what encode_tag could have returned.
    """
    if len(content) > LARGEST[Kind.TAG]:
        message = "tag is larger than 64 KiB"
        raise InvalidObjectError(message)
    wire = decode_as(content, _WireTag)
    _check(wire.type, wire.name)
    return Tag(read_id(wire.object), wire.type, wire.name, read_signature(wire.tagger), wire.message)


def tag_id(content: Bytes) -> ObjectId:
    """Return the id of a tag, given its canonical bytes."""
    return derived_id(TAG_CONTEXT, content)


def _check(kind: str, name: str) -> None:
    if kind not in TAGGED_KINDS:
        message = f"a tag cannot name a {kind!r}"
        raise InvalidObjectError(message)
    if not name or _UNFIT.search(name):
        message = f"not the name of a tag: {name!r}"
        raise InvalidObjectError(message)

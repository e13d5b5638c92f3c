"""What a list of refs can show and be sorted by: Git's field names, such as ``committerdate``."""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, TypeAlias

from datagit.config.settings import Settings
from datagit.errors import InvalidInputError
from datagit.ids import ObjectId
from datagit.objects.commit import Commit, Signature
from datagit.objects.tag import Tag
from datagit.porcelain.ref_list import KIND_NAMES, ListedRef, Named, RefObjects, short_name
from datagit.porcelain.upstream import Upstream, find_upstream
from datagit.store.refs import HEADS

Value: TypeAlias = str | int | ObjectId | Signature | tuple[ObjectId, ...] | Upstream | None
"""A field before it is written out; None where the object has no such thing."""

_DIGITS = re.compile(r"(\d+)")


class FieldUnknownError(InvalidInputError):
    """No field of a ref is called so."""

    code = "name-invalid"

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown field name: {name}")


@dataclass(frozen=True, slots=True)
class RefContext:
    """What fields are read from: the objects, all refs, the full name of the branch checked out, and the settings."""

    known: RefObjects
    heads: Mapping[str, ObjectId]
    head: str
    settings: Settings


def check_field(name: str) -> str:
    """Return the name of a field, without its ``*``; raise FieldUnknownError if there is none."""
    plain = name.removeprefix("*")
    if plain not in _OF_REF and (plain not in _OF_OBJECT or not plain):
        raise FieldUnknownError(name)
    return plain


def field_value(context: RefContext, ref: ListedRef, name: str) -> Value:
    """Return the value of a field of ref; ``*name`` is that of the object which the tag names."""
    plain = check_field(name)
    if plain in _OF_REF:
        return None if name.startswith("*") else _OF_REF[plain](context, ref)
    named = context.known.named(ref.oid)
    if name.startswith("*"):
        if not isinstance(named.value, Tag):
            return None
        named = context.known.tagged(named.value)  # one step only, as Git does
    return _OF_OBJECT[plain](named)


def sort_refs(
    context: RefContext, refs: Sequence[ListedRef], keys: Sequence[str], fold: Callable[[str], str] = str
) -> tuple[ListedRef, ...]:
    """Return refs sorted by keys, the last key first of all, as ``--sort`` gives them; equal ones by name.

    Args:
        context: what fields are read from.
        refs: what to sort.
        keys: names of fields, ``-`` before them to descend, ``version:`` or ``v:`` to compare numbers in them.
        fold: applied to texts before they are compared.

    Raises:
        FieldUnknownError: a key is no field.
    """
    ordered = sorted(refs, key=lambda ref: ref.name)
    for key in keys:
        ordered.sort(key=_rank_of(context, key.removeprefix("-"), fold), reverse=key.startswith("-"))
    return tuple(ordered)


def subject_of(message: str) -> str:
    """Return the first paragraph of a message on one line."""
    return " ".join(message.lstrip("\n").partition("\n\n")[0].split("\n")).rstrip()


def body_of(message: str) -> str:
    """Return what follows the first paragraph of a message."""
    return message.lstrip("\n").partition("\n\n")[2].lstrip("\n")


def _rank_of(context: RefContext, key: str, fold: Callable[[str], str]) -> Callable[[ListedRef], Any]:
    as_version = key.startswith(("version:", "v:"))
    name = (key.partition(":")[2] if as_version else key).partition(":")[0]
    check_field(name)

    def rank(ref: ListedRef) -> object:
        value = field_value(context, ref, name)
        return _Version(fold(str(value or ""))) if as_version else _comparable(value, fold)

    return rank


def _comparable(value: Value, fold: Callable[[str], str]) -> tuple[int, int | bytes]:
    match value:
        case None:
            return 0, 0
        case int():
            return 0, value
        case Signature():
            return 0, value.time
        case bytes():
            return 1, value
        case tuple():
            return 1, b"".join(value)
        case Upstream():
            return 1, fold(value.ref).encode()
        case _:
            return 1, fold(str(value)).encode()


@functools.total_ordering
class _Version:
    """A text that compares as a version: ``v1.9`` before ``v1.10``."""

    def __init__(self, text: str) -> None:
        self.parts = [int(part) if part.isdigit() else part for part in _DIGITS.split(text)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(tuple(self.parts))

    def __lt__(self, other: "_Version") -> bool:
        for one, two in zip_longest(self.parts, other.parts, fillvalue=""):
            if one != two:
                return one < two if isinstance(one, int) and isinstance(two, int) else str(one) < str(two)
        return False


def _tree(named: Named) -> Value:
    return named.value.tree if isinstance(named.value, Commit) else None


def _author(named: Named) -> Signature | None:
    return named.value.author if isinstance(named.value, Commit) else None


def _committer(named: Named) -> Signature | None:
    return named.value.committer if isinstance(named.value, Commit) else None


def _tagger(named: Named) -> Signature | None:
    return named.value.tagger if isinstance(named.value, Tag) else None


def _creator(named: Named) -> Signature | None:
    return _committer(named) or _tagger(named)


def _message(named: Named) -> str:
    return "" if named.value is None else named.value.message


def _name(of: Callable[[Named], Signature | None]) -> Callable[[Named], Value]:
    return lambda named: None if (who := of(named)) is None else who.name


def _email(of: Callable[[Named], Signature | None]) -> Callable[[Named], Value]:
    return lambda named: None if (who := of(named)) is None else f"<{who.email}>"


_OF_OBJECT: dict[str, Callable[[Named], Value]] = {
    "objectname": lambda named: named.oid,
    "objecttype": lambda named: KIND_NAMES[named.kind],
    "objectsize": lambda named: named.size,
    "tree": _tree,
    "parent": lambda named: named.value.parents if isinstance(named.value, Commit) else None,
    "numparent": lambda named: len(named.value.parents) if isinstance(named.value, Commit) else None,
    "object": lambda named: named.value.object if isinstance(named.value, Tag) else None,
    "type": lambda named: named.value.kind if isinstance(named.value, Tag) else None,
    "tag": lambda named: named.value.name if isinstance(named.value, Tag) else None,
    "author": _author,
    "authorname": _name(_author),
    "authoremail": _email(_author),
    "authordate": _author,
    "committer": _committer,
    "committername": _name(_committer),
    "committeremail": _email(_committer),
    "committerdate": _committer,
    "tagger": _tagger,
    "taggername": _name(_tagger),
    "taggeremail": _email(_tagger),
    "taggerdate": _tagger,
    "creator": _creator,
    "creatordate": _creator,
    "subject": lambda named: subject_of(_message(named)),
    "body": lambda named: body_of(_message(named)),
    "contents": _message,
}

_OF_REF: dict[str, Callable[[RefContext, ListedRef], Value]] = {
    "refname": lambda _context, ref: ref.name,
    "HEAD": lambda context, ref: "*" if ref.name == context.head or ref.name.startswith("(") else " ",
    "symref": lambda _context, _ref: "",
    "upstream": lambda context, ref: (
        find_upstream(context.settings, short_name(ref.name)) if ref.name.startswith(HEADS) else None
    ),
}
_OF_REF["push"] = _OF_REF["upstream"]

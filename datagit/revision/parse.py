"""Revisions as gitrevisions writes them: ``main~2^{tree}``, ``A..B``, ``REV:path``, ``:2:path``."""

import importlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datagit.ids import ObjectId
from datagit.objects.commit import Commit
from datagit.objects.kind import Kind
from datagit.objects.tag import TAGGED_KINDS, decode_tag
from datagit.revision.merge_base import merge_bases
from datagit.revision.names import HEAD, resolve_at, resolve_name
from datagit.revision.reader import (
    KIND_WORDS,
    PathEntry,
    PathNotInRevisionError,
    Resolved,
    RevisionReader,
    UnknownRevisionError,
)
from datagit.revision.walk import read_commit, walk_commits

_NAME = re.compile(r"(?:[^~^@]|@(?!\{))*")
_SUFFIX = re.compile(
    r"@\{(?P<at>[^{}]*)\} | ~(?P<back>[0-9]*) | \^\{(?P<peel>(?:[^{}]|\{[^{}]*\})*)\} | \^(?P<parent>[0-9]*)",
    re.VERBOSE,
)
_INDEXED = re.compile(r":(?:([0-3]):)?(.*)", re.DOTALL)
_LARGEST = 10  # digits of a count
_TREE_PATHS = "datagit.revision.tree_path"  # loads pyarrow, which most names do not need


def resolve(reader: RevisionReader, text: str) -> Resolved:
    """Return what text stands for.

    Raises:
        UnknownRevisionError: no such name, parent, or earlier place; or it cannot be peeled so.
        AmbiguousRevisionError: a short id fits several objects.
        PathNotInRevisionError: the version or the index has no such path.
        ObjectMissingError: a commit or tag on the way is not here.
    """
    if text.startswith(":/"):
        return _search_all(reader, text[2:], text)
    if text.startswith(":"):
        return _resolve_staged(reader, text)
    colon = _find_colon(text)
    if colon >= 0:
        return _resolve_path(reader, text[:colon], text[colon + 1 :])
    return _resolve_chain(reader, text)


def resolve_commit(reader: RevisionReader, text: str) -> ObjectId:
    """Return the commit that text stands for, tags followed; raises as resolve does."""
    return peel(reader, resolve(reader, text), Kind.COMMIT, text).oid


def resolve_tree(reader: RevisionReader, text: str) -> ObjectId:
    """Return the root of the tree that text, a commit, tag or tree, stands for; raises as resolve does."""
    return peel(reader, resolve(reader, text), Kind.NODE, text).oid


def peel(reader: RevisionReader, found: Resolved, wanted: Kind, text: str) -> Resolved:
    """Return found, tags and commits followed until it is of the wanted kind.

    Raises:
        UnknownRevisionError: it cannot become that.
    """
    while found.kind is not wanted:
        if found.kind is Kind.TAG:
            found = _untag(reader, found)
        elif found.kind is Kind.COMMIT and wanted is Kind.NODE:
            found = Resolved(Kind.NODE, read_commit(reader.objects, found.oid).tree)
        elif found.kind is None:
            raise UnknownRevisionError(text, f"bad object {text}", hint="it is not here; a remote may have it")
        else:
            word, needed = KIND_WORDS[found.kind], KIND_WORDS[wanted]
            raise UnknownRevisionError(text, f"'{text}' is a {word}, not a {needed}", hint="")
    return found


@dataclass(frozen=True, slots=True)
class Range:
    """A part of history: what include reaches and exclude does not.

    Attributes:
        include: commits, in the order they were named.
        exclude: commits.
        left: for ``A...B`` the left side, so that ``--left-right`` can tell.
    """

    include: tuple[ObjectId, ...]
    exclude: tuple[ObjectId, ...]
    left: tuple[ObjectId, ...] = ()


def split_range(text: str) -> tuple[str, str, str] | None:
    """Return (left, dots, right) of ``A..B`` and ``A...B``, an empty side as HEAD; None for anything else."""
    outside = re.sub(r"\{[^{}]*\}", lambda inside: "_" * len(inside[0]), text)
    colon = outside.find(":")
    place = outside.find("..", 0, colon if colon >= 0 else len(outside))
    if place < 0 or text == "..":
        return None
    dots = "..." if outside.startswith("...", place) else ".."
    return text[:place] or HEAD, dots, text[place + len(dots) :] or HEAD


def parse_range(reader: RevisionReader, arguments: Iterable[str]) -> Range:
    """Return the part of history that arguments name: ``A``, ``^A``, ``A..B``, ``A...B``, ``A^@``, ``A^!``, ``A^-2``.

    Raises:
        UnknownRevisionError, AmbiguousRevisionError, ObjectMissingError: as resolve.
    """
    include: list[ObjectId] = []
    exclude: list[ObjectId] = []
    left: list[ObjectId] = []
    for text in arguments:
        sides = split_range(text)
        special = re.fullmatch(r"(.+)\^(@|!|-[1-9]?[0-9]*)", text, re.DOTALL)
        if sides is not None:
            ours, theirs = resolve_commit(reader, sides[0]), resolve_commit(reader, sides[2])
            if sides[1] == "..":
                exclude.append(ours)
            else:
                include.append(ours)
                left.append(ours)
                exclude += merge_bases(reader.objects, ours, theirs)
            include.append(theirs)
        elif text.startswith("^"):
            exclude.append(resolve_commit(reader, text[1:]))
        elif special is not None:
            oid = resolve_commit(reader, special[1])
            parents = read_commit(reader.objects, oid).parents
            if special[2] == "@":
                include += parents
            else:
                include.append(oid)
                exclude += parents if special[2] == "!" else (_parent(parents, int(special[2][1:] or "1"), text),)
        else:
            include.append(resolve_commit(reader, text))
    return Range(tuple(include), tuple(exclude), tuple(left))


def _find_colon(text: str) -> int:
    """Return where ``REV:path`` is divided: at the first colon outside of braces; -1 if it is not."""
    depth = 0
    for position, character in enumerate(text):
        if character == "{":
            depth += 1
        elif character == "}":
            depth = max(0, depth - 1)
        elif character == ":" and not depth:
            return position
    return -1


def _resolve_chain(reader: RevisionReader, text: str) -> Resolved:
    """Resolve a name and then its suffixes, from left to right."""
    name = _NAME.match(text)
    base = name[0] if name else ""
    position = len(base)
    first = _SUFFIX.match(text, position)
    if first is not None and first["at"] is not None:
        found = resolve_at(reader, base, first["at"])
        position = first.end()
    else:
        found = resolve_name(reader, base)
    while position < len(text):
        suffix = _SUFFIX.match(text, position)
        if suffix is None:
            raise UnknownRevisionError(text)
        if suffix["at"] is not None:
            # @{-1}@{u} and main@{u}@{1}: what came before must be a ref
            if found.ref is None:
                raise UnknownRevisionError(text)
            found = resolve_at(reader, found.ref, suffix["at"])
        else:
            found = _apply(reader, found, suffix, text)
        position = suffix.end()
    return found


def _apply(reader: RevisionReader, found: Resolved, suffix: re.Match[str], text: str) -> Resolved:
    if suffix["peel"] is not None:
        return _peel_to(reader, found, suffix["peel"], text)
    digits = suffix["back"] if suffix["back"] is not None else suffix["parent"]
    count = int(digits or "1") if len(digits) <= _LARGEST else 10**_LARGEST
    oid = peel(reader, found, Kind.COMMIT, text).oid
    if suffix["back"] is None:
        return Resolved(Kind.COMMIT, oid if count == 0 else _parent(_commit(reader, oid).parents, count, text))
    for _ in range(count):
        oid = _parent(_commit(reader, oid).parents, 1, text)
    return Resolved(Kind.COMMIT, oid)


def _parent(parents: Sequence[ObjectId], number: int, text: str) -> ObjectId:
    if not 1 <= number <= len(parents):
        raise UnknownRevisionError(text)
    return parents[number - 1]


def _commit(reader: RevisionReader, oid: ObjectId) -> Commit:
    return read_commit(reader.objects, oid)


def _peel_to(reader: RevisionReader, found: Resolved, word: str, text: str) -> Resolved:
    if word.startswith("/"):
        return _search(reader, [peel(reader, found, Kind.COMMIT, text).oid], word[1:], text)
    if word == "":
        while found.kind is Kind.TAG:
            found = _untag(reader, found)
        return Resolved(found.kind, found.oid) if found.kind is not None else found
    if word == "object" and found.kind is not None:
        return Resolved(found.kind, found.oid)
    if word not in TAGGED_KINDS:
        raise UnknownRevisionError(text)
    return peel(reader, found, TAGGED_KINDS[word], text)


def _untag(reader: RevisionReader, found: Resolved) -> Resolved:
    tag = decode_tag(reader.objects.read(Kind.TAG, found.oid))
    return Resolved(TAGGED_KINDS[tag.kind], tag.object)


def _search_all(reader: RevisionReader, words: str, text: str) -> Resolved:
    """Return the youngest commit, from any ref or HEAD, whose message fits."""
    tips = [oid for oid in (*reader.refs.heads.values(), reader.refs.target_of_head()) if oid is not None]
    commits = []
    for oid in dict.fromkeys(tips):
        found = Resolved(Kind.COMMIT, oid)
        if not reader.objects.has(Kind.COMMIT, oid):
            found = _peel_to(reader, Resolved(Kind.TAG, oid), "", text)
        if found.kind is Kind.COMMIT:
            commits.append(found.oid)
    return _search(reader, commits, words, text)


def _search(reader: RevisionReader, tips: Sequence[ObjectId], words: str, text: str) -> Resolved:
    negated = words.startswith("!-")
    words = words[2:] if negated else words.replace("!!", "!", 1) if words.startswith("!!") else words
    try:
        wanted = re.compile(words, re.MULTILINE)
    except re.error as error:
        raise UnknownRevisionError(text, f"'{words}' is no regular expression: {error}", hint="") from error
    for oid, commit in walk_commits(reader.objects, tips):
        if (wanted.search(commit.message) is None) == negated:
            return Resolved(Kind.COMMIT, oid)
    raise UnknownRevisionError(text, f"no commit's message fits '{words}'", hint="see messages with 'dg log --oneline'")


def _resolve_path(reader: RevisionReader, revision: str, path: str) -> Resolved:
    root = peel(reader, _resolve_chain(reader, revision), Kind.NODE, revision).oid
    wanted = _tree_path(reader, path)
    if wanted == b"":
        return Resolved(Kind.NODE, root, path=b"")
    entry: PathEntry | None = importlib.import_module(_TREE_PATHS).find_tree_path(reader.objects, root, wanted)
    if entry is None:
        message = f"path '{_shown(wanted)}' does not exist in '{revision}'"
        raise PathNotInRevisionError(message, hint=f"see what is there with 'dg ls-tree {revision}'")
    if entry.oid is None:
        return Resolved(Kind.NODE, root, path=entry.path, size=entry.size)
    return Resolved(Kind.BLOB, entry.oid, path=entry.path, mode=entry.mode, size=entry.size)


def _resolve_staged(reader: RevisionReader, text: str) -> Resolved:
    parts = _INDEXED.fullmatch(text)
    stage, path = (int(parts[1] or "0"), _tree_path(reader, parts[2])) if parts else (0, b"")
    entry = reader.find_staged(path, stage)
    if entry is None or entry.oid is None:
        other = any(reader.find_staged(path, number) is not None for number in range(4))
        message = (
            f"path '{_shown(path)}' is in the index, but not at stage {stage}"
            if other
            else f"path '{_shown(path)}' is not in the index"
        )
        raise PathNotInRevisionError(message, hint="see what is in the index with 'dg ls-files -s'")
    return Resolved(Kind.BLOB, entry.oid, path=path, mode=entry.mode, size=entry.size)


def _tree_path(reader: RevisionReader, path: str) -> bytes:
    """Return the path in the tree; one that starts with ``./`` or ``../`` counts from the current folder."""
    wanted = path.encode("utf-8", "surrogateescape")
    if not wanted.startswith((b"./", b"../")) and wanted not in (b".", b".."):
        return wanted.rstrip(b"/")
    parts = [part for part in reader.prefix.split(b"/") if part]
    for part in wanted.split(b"/"):
        if part == b"..":
            if not parts:
                message = f"'{path}' is outside repository"
                raise PathNotInRevisionError(message)
            parts.pop()
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/".join(parts)


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")

"""The message of a merge commit, in Git's words."""

import fnmatch
import re
from collections.abc import Callable, Sequence

from datagit.ids import ObjectId, short_id
from datagit.objects.commit import Commit, Signature
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectReader
from datagit.objects.tag import decode_tag
from datagit.revision.reader import RevisionReader
from datagit.revision.walk import walk_commits
from datagit.store.refs import HEADS, REMOTES, TAGS

_BACK = re.compile(r"(?:\^+|~\d*)$")
_NOWHERE = re.compile(r"~0+$")


def merge_subject(reader: RevisionReader, word: str, into: str | None, unmentioned: Sequence[str]) -> str:
    """Return ``Merge branch 'night-shift' into main``.

    Args:
        reader: of names.
        word: what the user wants to merge.
        into: short name of the branch that is checked out; None if HEAD is detached.
        unmentioned: globs of branches that go without saying (``merge.suppressDest``).
    """
    target = into or "HEAD"
    ending = "" if any(fnmatch.fnmatchcase(target, glob) for glob in unmentioned) else f" into {target}"
    return f"Merge {describe_head(reader, word)}{ending}"


def describe_head(reader: RevisionReader, word: str) -> str:
    """Return what kind of thing the user wants to merge: ``branch 'x'``, ``tag 'v1'``, ``commit '4f2a~2'``."""
    name = _NOWHERE.sub("", word)
    kinds = ((HEADS, "branch"), (TAGS, "tag"), (REMOTES, "remote-tracking branch"))
    for prefix, kind in kinds:
        short = name.removeprefix(prefix)
        if prefix + short in reader.refs.heads:
            return f"{kind} '{short}'"
    part = _BACK.sub("", name)
    if part != name and HEADS + part in reader.refs.heads:
        return f"branch '{part}' (early part)"
    return f"commit '{word}'"


def tag_text(objects: ObjectReader, oid: ObjectId | None) -> str:
    """Return the message of an annotated tag, which a merge of it carries on; empty for any other object."""
    if oid is None or not objects.has(Kind.TAG, oid):
        return ""
    return decode_tag(objects.read(Kind.TAG, oid)).message


def with_conflicts(message: str, paths: Sequence[bytes]) -> str:
    """Return the message of a commit that concludes a merge with conflicts: it lists them, each on a line with '#'."""
    if not paths:
        return message
    listed = "".join(f"#\t{path.decode(errors='replace')}\n" for path in paths)
    return f"{message}\n# Conflicts:\n{listed}"


def squash_message(
    objects: ObjectReader, ours: ObjectId, theirs: ObjectId, show_date: Callable[[Signature], str]
) -> str:
    """Return a message that quotes every commit that is squashed, latest first."""
    parts = ["Squashed commit of the following:\n"]
    parts += [_quote(oid, commit, show_date) for oid, commit in walk_commits(objects, (theirs,), (ours,))]
    return "\n".join(parts)


def _quote(oid: ObjectId, commit: Commit, show_date: Callable[[Signature], str]) -> str:
    body = "".join(f"    {line}\n" if line else "\n" for line in commit.message.rstrip("\n").split("\n"))
    author = f"Author: {commit.author.name} <{commit.author.email}>\nDate:   {show_date(commit.author)}\n"
    parents = f"Merge: {' '.join(map(short_id, commit.parents))}\n" if len(commit.parents) > 1 else ""
    return f"commit {oid.hex()}\n{parents}{author}\n{body}"

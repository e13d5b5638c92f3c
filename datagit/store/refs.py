"""Names of versions, and the rules that names follow: those of ``git check-ref-format``."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from datagit.errors import InvalidInputError
from datagit.ids import ObjectId, parse_id

HEADS = "refs/heads/"
TAGS = "refs/tags/"
REMOTES = "refs/remotes/"
LONGEST_REF_NAME = 244
"""Bytes of a full name."""
MOST_REFS = 100_000
"""Refs of one store."""
DEFAULT_HEAD = "refs/heads/main"
"""What head is before the first log entry."""

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock/|\.lock$|\.$|/$|^[-./]")


class RefNameError(InvalidInputError):
    """A name that git check-ref-format refuses, or that is too long."""

    code = "name-invalid"

    def __init__(self, name: str, kind: str = "ref") -> None:
        super().__init__(f"'{name}' is not a valid {kind} name")
        self.name = name


@dataclass(frozen=True, slots=True)
class RefChange:
    """One ref moves: from old, where the writer saw it, to new; None is a ref that is not there."""

    name: str
    old: ObjectId | None
    new: ObjectId | None


@dataclass(frozen=True, slots=True)
class Refs:
    """Where all names point after one entry of the log.

    Attributes:
        seq: number of that entry, 0 before the first.
        entry: BLAKE3 of the entry's bytes (of format.json for 0).
        heads: full names, ``refs/heads/main``, ``refs/tags/v1``, ``refs/remotes/origin/main``, in the order of names.
        head: the full name of the branch that is checked out, or the 64 hex digits of a commit.
    """

    seq: int
    entry: bytes
    heads: Mapping[str, ObjectId]
    head: str

    @property
    def branch(self) -> str | None:
        """The short name of the branch that is checked out, born or not; None if head is detached."""
        return self.head.removeprefix(HEADS) if self.head.startswith(HEADS) else None

    def target_of_head(self) -> ObjectId | None:
        """Return the commit that is checked out; None on a branch without commits."""
        return self.heads.get(self.head) if self.head.startswith("refs/") else parse_id(self.head)


def check_ref_name(name: str) -> str:
    """Return name if it is a full ref name.

    Raises:
        RefNameError: it does not start with ``refs/``, breaks a rule of check-ref-format, or has more than 244 bytes.
    """
    _, _, rest = name.partition("/")
    folder, _, short = rest.partition("/")
    if not name.startswith("refs/") or not folder or not short or not _is_well_formed(short, len(name) - len(short)):
        raise RefNameError(name)
    if _FORBIDDEN.search(folder):
        raise RefNameError(name)
    return name


def check_branch_name(name: str) -> str:
    """Return the full name of the branch that a user calls name; raise RefNameError if no branch may be called so."""
    if name in ("HEAD", "@") or not _is_well_formed(name, len(HEADS)):
        raise RefNameError(name, "branch")
    return HEADS + name


def check_tag_name(name: str) -> str:
    """Return the full name of the tag that a user calls name; raise RefNameError if no tag may be called so."""
    if name == "HEAD" or not _is_well_formed(name, len(TAGS)):
        raise RefNameError(name, "tag")
    return TAGS + name


def check_head(head: str) -> str:
    """Return head if it is a full branch name or 64 hex digits; raise RefNameError otherwise."""
    if head.startswith(HEADS):
        return check_ref_name(head)
    try:
        parse_id(head)
    except ValueError as error:
        raise RefNameError(head) from error
    return head


def find_clash(heads: Collection[str], created: Collection[str]) -> tuple[str, str] | None:
    """Return a created ref and the one that forbids it; ``a`` and ``a/b`` exclude each other, as files and folders do.

    Args:
        heads: all names, the created ones included; no two of the others clash.
        created: the names that are new.
    """
    for name in created:
        above = name.rpartition("/")[0]
        while above:
            if above in heads:
                return name, above
            above = above.rpartition("/")[0]
    wanted = set(created)
    for other in heads if created else ():
        above = other.rpartition("/")[0]
        while len(above) > len(HEADS):
            if above in wanted:
                return above, other
            above = above.rpartition("/")[0]
    return None


def _is_well_formed(short: str, prefix: int) -> bool:
    if not short or _FORBIDDEN.search(short) is not None:
        return False
    try:
        return len(short.encode()) + prefix <= LONGEST_REF_NAME
    except UnicodeEncodeError:  # a lone surrogate: bytes of the command line that were no UTF-8
        return False

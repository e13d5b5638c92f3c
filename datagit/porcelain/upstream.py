"""The branch that a branch follows: ``branch.NAME.remote`` and ``branch.NAME.merge``, and how far the two are apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from datagit.config.settings import Settings
from datagit.ids import ObjectId
from datagit.objects.reader import ObjectReader
from datagit.revision.walk import walk_commits
from datagit.store.refs import HEADS, REMOTES

_FETCH = re.compile(r"remote\.(.+)\.fetch")


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a branch is said to come from.

    Attributes:
        remote: name of the remote, ``.`` for this repository.
        merge: full name of the branch there.
        ref: full name of the ref here that stands for it; it need not exist.
    """

    remote: str
    merge: str
    ref: str


@dataclass(frozen=True, slots=True)
class Distance:
    """How many commits a branch has that its upstream has not, and the other way round."""

    ahead: int
    behind: int


def find_upstream(settings: Settings, branch: str) -> Upstream | None:
    """Return what the branch of that short name follows; None if the settings do not say, or name no ref."""
    remote = settings.get(f"branch.{branch}.remote")
    merge = settings.get(f"branch.{branch}.merge")
    if not remote or not merge:
        return None
    if remote == ".":
        return Upstream(remote, merge, merge)
    for refspec in settings.get_all(f"remote.{remote}.fetch"):
        if (ref := _mapped(refspec, merge)) is not None:
            return Upstream(remote, merge, ref)
    if settings.get_all(f"remote.{remote}.fetch") or not merge.startswith(HEADS):
        return None
    return Upstream(remote, merge, f"{REMOTES}{remote}/{merge.removeprefix(HEADS)}")


def find_source(settings: Settings, ref: str) -> Upstream | None:
    """Return the remote and the branch there that a ref was fetched from; None if no remote is set up to fetch it."""
    for setting in settings:
        match = _FETCH.fullmatch(setting.key)
        if match is not None:
            source, _, target = (setting.value or "").removeprefix("+").partition(":")
            merge = _mapped(f"{target}:{source}", ref)
            if merge is not None:
                return Upstream(match[1], merge, ref)
    return None


def measure_distance(objects: ObjectReader, ours: ObjectId, theirs: ObjectId) -> Distance:
    """Return how far two commits are apart."""
    if ours == theirs:
        return Distance(0, 0)
    return Distance(_count(objects, ours, theirs), _count(objects, theirs, ours))


def upstream_distance(
    objects: ObjectReader, heads: Mapping[str, ObjectId], branch: ObjectId, upstream: Upstream
) -> Distance | None:
    """Return how far a branch is from its upstream; None if that is gone."""
    theirs = heads.get(upstream.ref)
    return None if theirs is None else measure_distance(objects, branch, theirs)


def _count(objects: ObjectReader, include: ObjectId, exclude: ObjectId) -> int:
    return sum(1 for _ in walk_commits(objects, (include,), (exclude,)))


def _mapped(refspec: str, name: str) -> str | None:
    """Return what name becomes by a refspec such as ``+refs/heads/*:refs/remotes/origin/*``."""
    source, _, target = refspec.removeprefix("+").partition(":")
    before, star, after = source.partition("*")
    if not star:
        return target if name == source and target else None
    if not target or len(name) < len(before) + len(after) or not (name.startswith(before) and name.endswith(after)):
        return None
    return target.replace("*", name[len(before) : len(name) - len(after)], 1)

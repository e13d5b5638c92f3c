"""List branches: ours, those fetched from remotes, and a HEAD that is on none."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from datagit.porcelain.detached import find_detached
from datagit.porcelain.ref_fields import RefContext, sort_refs
from datagit.porcelain.ref_list import ListedRef, RefFilter, filter_refs, list_refs, short_name
from datagit.porcelain.upstream import Distance, Upstream, find_upstream, upstream_distance
from datagit.repository import Repository
from datagit.store.refs import HEADS, REMOTES, Refs


class Shown(enum.Enum):
    """Which branches a list shows; the value is what their full names begin with."""

    LOCAL = (HEADS,)
    REMOTE = (REMOTES,)
    ALL = (HEADS, REMOTES)


@dataclass(frozen=True, slots=True)
class ListedBranch:
    """One line of the list.

    Attributes:
        ref: the branch; of a detached HEAD, the name is ``(HEAD detached at …)``.
        text: what it is called there.
        is_current: whether it is checked out.
        is_remote: whether it was fetched.
    """

    ref: ListedRef
    text: str
    is_current: bool
    is_remote: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """What a branch follows, and how far it is from that; None if that is gone."""

    upstream: Upstream
    distance: Distance | None


def list_branches(
    repo: Repository,
    refs: Refs,
    context: RefContext,
    shown: Shown,
    wanted: RefFilter,
    sort_keys: Sequence[str],
) -> tuple[ListedBranch, ...]:
    """Return the branches that are shown and wanted, sorted; a detached HEAD comes first."""
    fold = str.lower if wanted.case.value == "folded" else str
    found = list_refs(context.known, refs.heads, shown.value, wanted)
    if shown is Shown.ALL and not sort_keys:
        ordered: Sequence[ListedRef] = found  # by full name: local ones first
    else:
        ordered = sort_refs(context, found, sort_keys, fold)
    lines = [_listed(ref, refs, shown) for ref in ordered]
    if shown is not Shown.REMOTE and (head := find_detached(repo.store, refs, context.known)) is not None:
        detached = filter_refs(context.known, [ListedRef("HEAD", head.oid)], wanted)
        text = f"({head})"
        lines[:0] = [ListedBranch(replace(ref, name=text), text, is_current=True, is_remote=False) for ref in detached]
    return tuple(lines)


def followed_by(repo: Repository, refs: Refs, branch: ListedBranch) -> Followed | None:
    """Return what a listed branch follows; None for nothing."""
    if not branch.ref.name.startswith(HEADS):
        return None
    upstream = find_upstream(repo.settings, short_name(branch.ref.name))
    if upstream is None:
        return None
    return Followed(upstream, upstream_distance(repo.store, refs.heads, branch.ref.oid, upstream))


def _listed(ref: ListedRef, refs: Refs, shown: Shown) -> ListedBranch:
    is_remote = ref.name.startswith(REMOTES)
    text = short_name(ref.name)
    if is_remote and shown is Shown.ALL:
        text = f"remotes/{text}"
    return ListedBranch(ref, text, is_current=ref.name == refs.head, is_remote=is_remote)

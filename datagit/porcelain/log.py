"""Show history: which commits, in which order. Loads pyarrow only where paths or changes are asked for."""

import enum
import importlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from datagit.ids import ObjectId
from datagit.objects.commit import Commit, Signature
from datagit.objects.reader import ObjectReader
from datagit.revision.walk import Follow, Order, Parents, walk_commits

if TYPE_CHECKING:
    from datagit.repository import Repository

_PATHS = "datagit.porcelain.log_paths"


class Direction(enum.Enum):
    """Which end of the chosen commits comes first."""

    NEWEST_FIRST = "newest-first"
    OLDEST_FIRST = "oldest-first"


class Grep(enum.Enum):
    """What several patterns for the message mean together."""

    ANY = "any"
    ALL = "all"
    NONE = "none"


class Ancestry(enum.Enum):
    """Whether the parents of the commits shown matter, as in a graph, so that they lead to commits that are shown."""

    AS_IT_IS = "as-it-is"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which commits to show.

    Attributes:
        include: tips to start from.
        exclude: commits to leave out, with all that they reach.
        order: DATE, or a topological one.
        parents: which parents are followed.
        direction: applied last, after limit.
        limit: most commits shown; None for all.
        skip: commits passed over first.
        since: committer dates from this second on.
        until: committer dates up to this second.
        min_parents: merges have 2.
        max_parents: None for any number.
        authors: one must fit ``Name <email>``.
        committers: likewise.
        messages: fit a line of the message, as grep says.
        grep: any, all, or none of messages.
        paths: pathspecs; only commits that change one of them, with the history simplified as by ``git log``.
        prefix: current folder below the root, for paths.
        worktree: root of the working tree, for absolute paths.
        ancestry: REWRITTEN for a graph.
    """

    include: tuple[ObjectId, ...]
    exclude: tuple[ObjectId, ...] = ()
    order: Order = Order.DATE
    parents: Parents = Parents.ALL
    direction: Direction = Direction.NEWEST_FIRST
    limit: int | None = None
    skip: int = 0
    since: int | None = None
    until: int | None = None
    min_parents: int = 0
    max_parents: int | None = None
    authors: Sequence[re.Pattern[str]] = ()
    committers: Sequence[re.Pattern[str]] = ()
    messages: Sequence[re.Pattern[str]] = ()
    grep: Grep = Grep.ANY
    paths: tuple[bytes, ...] = ()
    prefix: bytes = b""
    worktree: bytes = b""
    ancestry: Ancestry = Ancestry.AS_IT_IS


@dataclass(frozen=True, slots=True)
class Logged:
    """A commit that is shown; parents are those that a graph draws a line to."""

    oid: ObjectId
    commit: Commit
    parents: tuple[ObjectId, ...]


class Scope(Protocol):
    """A choice of paths, asked which parents a commit has with regard to them, and whether it changes any."""

    def follow(self, oid: ObjectId, commit: Commit) -> Sequence[ObjectId]: ...

    def changes(self, oid: ObjectId) -> bool:
        """Return whether the commit, which follow was asked about, changes one of the paths."""


def log(repo: "Repository", query: LogQuery) -> Iterator[Logged]:
    """Yield the commits that query asks for; the first ones at once where no order needs them all."""
    return find_commits(repo.store, query)


def find_commits(objects: ObjectReader, query: LogQuery) -> Iterator[Logged]:
    """Yield the commits of a history that query asks for."""
    scope: Scope | None = None
    if query.paths:
        scope = importlib.import_module(_PATHS).open_scope(objects, query)
    steps = walk_commits(
        objects, query.include, query.exclude, order=query.order, parents=query.parents, follow=_follow(query, scope)
    )
    if scope is not None and query.ancestry is Ancestry.REWRITTEN:
        shown = _with_new_parents(list(steps), scope, query)
    else:
        shown = (
            Logged(oid, commit, commit.parents)
            for oid, commit in steps
            if (scope is None or scope.changes(oid)) and _fits(commit, query)
        )
        if query.ancestry is Ancestry.REWRITTEN:
            shown = _with_shown_parents(list(shown), query)
    stop = None if query.limit is None else query.skip + query.limit
    limited = itertools.islice(shown, query.skip, stop)
    return iter(list(limited)[::-1]) if query.direction is Direction.OLDEST_FIRST else limited


def _follow(query: LogQuery, scope: Scope | None) -> Follow | None:
    since = query.since
    first = query.parents is Parents.FIRST
    if since is None and scope is None:
        return None

    def follow(oid: ObjectId, commit: Commit) -> Sequence[ObjectId]:
        if since is not None and commit.committer.time < since:
            return ()
        parents = commit.parents if scope is None else scope.follow(oid, commit)
        return parents[:1] if first else parents

    return follow


def _fits(commit: Commit, query: LogQuery) -> bool:
    count = len(commit.parents)
    return (
        (query.since is None or commit.committer.time >= query.since)
        and (query.until is None or commit.committer.time <= query.until)
        and count >= query.min_parents
        and (query.max_parents is None or count <= query.max_parents)
        and _fits_person(commit.author, query.authors)
        and _fits_person(commit.committer, query.committers)
        and _fits_message(commit.message, query)
    )


def _fits_person(who: Signature, patterns: Iterable[re.Pattern[str]]) -> bool:
    wanted = tuple(patterns)
    return not wanted or any(pattern.search(f"{who.name} <{who.email}>") for pattern in wanted)


def _fits_message(message: str, query: LogQuery) -> bool:
    if not query.messages:
        return True
    found = [pattern.search(message) is not None for pattern in query.messages]
    match query.grep:
        case Grep.ALL:
            return all(found)
        case Grep.NONE:
            return not any(found)
        case Grep.ANY:
            return any(found)


def _with_shown_parents(shown: Sequence[Logged], query: LogQuery) -> Iterator[Logged]:
    """Yield shown with those of their parents that are shown, too."""
    here = {logged.oid for logged in shown}
    for logged in shown:
        parents = tuple(parent for parent in logged.parents if parent in here)
        yield Logged(logged.oid, logged.commit, parents[:1] if query.parents is Parents.FIRST else parents)


def _with_new_parents(steps: Sequence[tuple[ObjectId, Commit]], scope: Scope, query: LogQuery) -> Iterator[Logged]:
    """Yield the commits that change a path, each with the nearest such ancestors as its parents."""
    commits = dict(steps)
    shown = {oid for oid, commit in steps if scope.changes(oid) and _fits(commit, query)}
    for oid, commit in steps:
        if oid not in shown:
            continue
        parents = []
        for parent in scope.follow(oid, commit):
            nearest: ObjectId | None = parent
            while nearest is not None and nearest in commits and not scope.changes(nearest):
                nearest = next(iter(scope.follow(nearest, commits[nearest])), None)
            if nearest in shown and nearest is not None:
                parents.append(nearest)
        yield Logged(oid, commit, tuple(dict.fromkeys(parents)))

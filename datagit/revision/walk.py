"""Walks through history: commits from some tips down, without what others reach, in Git's orders.

Every walk is a loop over a queue, never recursive, and reads each commit once; nothing here loads pyarrow.
"""

import enum
import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from datagit.ids import ObjectId
from datagit.objects.commit import Commit, decode_commit
from datagit.objects.kind import Kind
from datagit.objects.reader import ObjectReader

CLOCK_SKEW_S = 4 * 86_400
"""How far behind its own ancestor a commit may be dated and be left out rightly: clocks wrong by two days each."""

Step: TypeAlias = tuple[ObjectId, Commit]
"""One commit of a walk, with its id."""

Follow: TypeAlias = Callable[[ObjectId, Commit], Sequence[ObjectId]]
"""Returns the parents that a walk goes on to."""


class Order(enum.Enum):
    """In which order a walk yields commits."""

    DATE = "date"
    """Git's default: latest committer date first, as far as the walk has come."""
    TOPO = "topo"
    """No commit before its children, and lines of history not mixed."""
    DATE_TOPO = "date-topo"
    """No commit before its children, otherwise by date."""


class Parents(enum.Enum):
    """Which parents a walk follows."""

    ALL = "all"
    FIRST = "first"


def read_commit(objects: ObjectReader, oid: ObjectId) -> Commit:
    """Return the commit; raises ObjectMissingError, ObjectCorruptError or InvalidObjectError."""
    return decode_commit(objects.read(Kind.COMMIT, oid))


def walk_commits(
    objects: ObjectReader,
    include: Iterable[ObjectId],
    exclude: Iterable[ObjectId] = (),
    *,
    order: Order = Order.DATE,
    parents: Parents = Parents.ALL,
    follow: Follow | None = None,
) -> Iterator[Step]:
    """Yield the commits that include reaches and exclude does not, each once.

    Without exclude and topological order the first ones come before the last ones are read.

    Args:
        objects: holds the commits.
        include: tips to start from.
        exclude: commits left out, with all that they reach.
        order: of what is yielded.
        parents: FIRST follows the first parent of included commits only.
        follow: chooses the parents of an included commit; instead of parents.
    """
    chosen = follow or (_first_parent if parents is Parents.FIRST else _all_parents)
    tips, left_out = tuple(dict.fromkeys(include)), tuple(dict.fromkeys(exclude))
    if left_out:
        steps: Iterator[Step] = iter(_limit(objects, tips, left_out, chosen))
    else:
        steps = _stream(objects, tips, chosen)
    return steps if order is Order.DATE else sort_topologically(list(steps), order, follow)


def _all_parents(_oid: ObjectId, commit: Commit) -> Sequence[ObjectId]:
    return commit.parents


def _first_parent(_oid: ObjectId, commit: Commit) -> Sequence[ObjectId]:
    return commit.parents[:1]


class _Queue:
    """Commits that wait, latest first; of equally old ones the one that came first."""

    def __init__(self, objects: ObjectReader) -> None:
        self._objects = objects
        self._heap: list[tuple[int, int, ObjectId, Commit]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, oid: ObjectId) -> None:
        commit = read_commit(self._objects, oid)
        self._count += 1
        heapq.heappush(self._heap, (-commit.committer.time, self._count, oid, commit))

    def pop(self) -> Step:
        _, _, oid, commit = heapq.heappop(self._heap)
        return oid, commit

    def latest(self) -> int:
        """Return the date of the commit that comes next."""
        return -self._heap[0][0]


def _stream(objects: ObjectReader, tips: Sequence[ObjectId], follow: Follow) -> Iterator[Step]:
    queue = _Queue(objects)
    seen = set(tips)
    for tip in tips:
        queue.push(tip)
    while queue:
        oid, commit = queue.pop()
        for parent in follow(oid, commit):
            if parent not in seen:
                seen.add(parent)
                queue.push(parent)
        yield oid, commit


_WANTED, _LEFT_OUT = 1, 2
_BOTH = _WANTED | _LEFT_OUT


def _limit(objects: ObjectReader, tips: Sequence[ObjectId], left_out: Sequence[ObjectId], follow: Follow) -> list[Step]:
    """Return what tips reach and left_out does not, in date order.

    A commit is queued again when the other side reaches it, too, so that the mark goes on to its ancestors. The walk is
    over when only commits are queued that both sides reach, and none is young enough to lead to one found already.
    """
    queue = _Queue(objects)
    marks: dict[ObjectId, int] = {}
    waiting: set[ObjectId] = set()
    one_sided: set[ObjectId] = set()  # those of waiting that only one side reaches, as far as is known

    def mark(oid: ObjectId, side: int) -> None:
        known = marks.get(oid, 0)
        if known | side == known:
            return
        marks[oid] = known | side
        if marks[oid] == _BOTH:
            one_sided.discard(oid)
        else:
            one_sided.add(oid)
        if oid not in waiting:
            waiting.add(oid)
            queue.push(oid)

    for tip in tips:
        mark(tip, _WANTED)
    for tip in left_out:
        mark(tip, _LEFT_OUT)
    found: dict[ObjectId, Commit] = {}
    oldest = 0
    while queue and (one_sided or queue.latest() >= oldest - CLOCK_SKEW_S):
        oid, commit = queue.pop()
        waiting.discard(oid)
        one_sided.discard(oid)
        wanted = marks[oid] == _WANTED
        if wanted:
            oldest = min(oldest, commit.committer.time) if found else commit.committer.time
            found[oid] = commit
        for parent in follow(oid, commit) if wanted else commit.parents:
            mark(parent, marks[oid])
    return [(oid, commit) for oid, commit in found.items() if marks[oid] == _WANTED]


def sort_topologically(steps: Sequence[Step], order: Order, follow: Follow | None = None) -> Iterator[Step]:
    """Yield steps so that none comes before its children among them.

    Args:
        steps: each commit once, in the order that ties keep.
        order: TOPO keeps lines of history together, DATE_TOPO goes by date where it may.
        follow: the parents that count.

    Source: sort_in_topological_order in Git's commit.c.
    """
    chosen = follow or _all_parents
    commits = dict(steps)
    waiting = dict.fromkeys(commits, 0)  # children that were not yielded yet
    for oid, commit in steps:
        for parent in chosen(oid, commit):
            if parent in waiting:
                waiting[parent] += 1
    ready = [oid for oid, _ in steps if not waiting[oid]]
    heap: list[tuple[int, int, ObjectId]] = []
    count = 0
    if order is Order.DATE_TOPO:
        for oid in ready:
            count += 1
            heapq.heappush(heap, (-commits[oid].committer.time, count, oid))
    stack = ready[::-1]
    while stack if order is Order.TOPO else heap:
        oid = stack.pop() if order is Order.TOPO else heapq.heappop(heap)[2]
        commit = commits[oid]
        for parent in chosen(oid, commit):
            if parent not in waiting:
                continue
            waiting[parent] -= 1
            if waiting[parent] == 0:
                count += 1
                stack.append(parent)
                heapq.heappush(heap, (-commits[parent].committer.time, count, parent))
        yield oid, commit

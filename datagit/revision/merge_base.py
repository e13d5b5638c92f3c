"""Where two histories meet.

Whatever the dates of commits say, the answers are exact: dates only decide how far the walk goes beyond what is needed.
"""

import heapq
from collections.abc import Iterator, Sequence

from datagit.ids import ObjectId
from datagit.objects.reader import ObjectReader
from datagit.revision.walk import read_commit

_OURS, _THEIRS, _STALE = 1, 2, 4


def merge_bases(objects: ObjectReader, ours: ObjectId, theirs: ObjectId) -> tuple[ObjectId, ...]:
    """Return the best common ancestors, latest first: several after a criss-cross, none for unrelated histories."""
    return merge_bases_of(objects, ours, (theirs,))


def merge_bases_of(objects: ObjectReader, ours: ObjectId, others: Sequence[ObjectId]) -> tuple[ObjectId, ...]:
    """Return the best common ancestors of ours and a merge of all others, which need not exist, latest first."""
    if ours in others:
        return (ours,)
    paint = _Paint(objects, ours, others)
    for _ in paint.steps():
        pass
    return without_reachable(objects, [oid for oid in paint.found if not paint.marks[oid] & _STALE])


def octopus_bases(objects: ObjectReader, commits: Sequence[ObjectId]) -> tuple[ObjectId, ...]:
    """Return the best common ancestors of all commits, for a merge with several heads."""
    bases: tuple[ObjectId, ...] = tuple(commits[:1])
    for commit in commits[1:]:
        met = (base for known in bases for base in merge_bases(objects, known, commit))
        bases = without_reachable(objects, list(dict.fromkeys(met)))
    return bases


def is_ancestor(objects: ObjectReader, ancestor: ObjectId, descendant: ObjectId) -> bool:
    """Return whether descendant is ancestor, or reaches it."""
    if ancestor == descendant:
        return True
    paint = _Paint(objects, ancestor, (descendant,))
    return any(paint.marks[ancestor] & _THEIRS for _ in paint.steps())


def without_reachable(objects: ObjectReader, commits: Sequence[ObjectId]) -> tuple[ObjectId, ...]:
    """Return those of the commits that no other one of them reaches, latest first."""
    kept = [oid for oid in commits if not any(oid != other and is_ancestor(objects, oid, other) for other in commits)]
    if len(kept) < 2:
        return tuple(kept)
    return tuple(sorted(kept, key=lambda oid: -read_commit(objects, oid).committer.time))


class _Paint:
    """A walk down from both sides that marks who reaches what, until all that is left is below a common ancestor.

    Above a best common ancestor no commit is common, so each is walked through; hence all best ones are found, and
    maybe some that others of them reach.

    Source: paint_down_to_common in Git's commit-reach.c.
    """

    def __init__(self, objects: ObjectReader, ours: ObjectId, others: Sequence[ObjectId]) -> None:
        self.marks: dict[ObjectId, int] = {}
        self.found: dict[ObjectId, None] = {}  # common ancestors; some may turn out to be reached by others
        self._objects = objects
        self._parents: dict[ObjectId, tuple[int, tuple[ObjectId, ...]]] = {}
        self._heap: list[tuple[int, int, ObjectId]] = []
        self._queued: dict[ObjectId, int] = {}  # how often each commit is queued
        self._fresh = 0  # queued entries of commits that are not stale
        self._mark(ours, _OURS)
        for other in others:
            self._mark(other, _THEIRS)

    def steps(self) -> Iterator[ObjectId]:
        """Yield each commit that was walked through; marks and found grow meanwhile."""
        while self._fresh:
            _, _, oid = heapq.heappop(self._heap)
            self._queued[oid] -= 1
            mark = self.marks[oid]
            if not mark & _STALE:
                self._fresh -= 1
                if mark == _OURS | _THEIRS:
                    self.found[oid] = None
                    mark |= _STALE  # for its ancestors; it is not stale itself
            for parent in self._parents[oid][1]:
                self._mark(parent, mark)
            yield oid

    def _mark(self, oid: ObjectId, mark: int) -> None:
        known = self.marks.get(oid, 0)
        if known | mark == known:
            return
        if oid not in self._parents:
            commit = read_commit(self._objects, oid)
            self._parents[oid] = commit.committer.time, commit.parents
        queued = self._queued.get(oid, 0)
        if not known & _STALE and mark & _STALE:
            self._fresh -= queued
        self.marks[oid] = known | mark
        self._fresh += not (known | mark) & _STALE
        self._queued[oid] = queued + 1
        heapq.heappush(self._heap, (-self._parents[oid][0], len(self._parents), oid))

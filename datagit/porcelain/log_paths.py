"""History with regard to some paths: which commits change them, and which parents explain how they came to be.

As ``git log -- PATH``: where a merge has the paths exactly as one of its parents, only that parent is followed.
"""

from datagit.diff.pathspec import PathFilter, parse_pathspecs
from datagit.diff.trees import diff_trees
from datagit.ids import ObjectId
from datagit.objects.commit import Commit
from datagit.objects.reader import ObjectReader
from datagit.objects.tree import EMPTY_TREE
from datagit.porcelain.log import LogQuery
from datagit.revision.walk import Parents, read_commit


class PathScope:
    """A choice of paths in one history; each commit is compared with its parents once."""

    def __init__(self, objects: ObjectReader, paths: PathFilter, parents: Parents) -> None:
        self._objects = objects
        self._paths = paths
        self._parents = parents
        self._changes: dict[ObjectId, bool] = {}
        self._followed: dict[ObjectId, tuple[ObjectId, ...]] = {}
        self._trees: dict[ObjectId, ObjectId] = {}

    def follow(self, oid: ObjectId, commit: Commit) -> tuple[ObjectId, ...]:
        if oid not in self._followed:
            self._compare(oid, commit)
        return self._followed[oid]

    def changes(self, oid: ObjectId) -> bool:
        if oid not in self._changes:
            self._compare(oid, read_commit(self._objects, oid))
        return self._changes[oid]

    def _compare(self, oid: ObjectId, commit: Commit) -> None:
        parents = commit.parents[:1] if self._parents is Parents.FIRST else commit.parents
        self._followed[oid] = parents
        self._changes[oid] = True
        if not parents:
            self._changes[oid] = self._differ(EMPTY_TREE, commit.tree)
        for parent in parents:
            if not self._differ(self._tree_of(parent), commit.tree):
                self._followed[oid] = (parent,)
                self._changes[oid] = False
                return

    def _tree_of(self, oid: ObjectId) -> ObjectId:
        if oid not in self._trees:
            self._trees[oid] = read_commit(self._objects, oid).tree
        return self._trees[oid]

    def _differ(self, old: ObjectId, new: ObjectId) -> bool:
        return old != new and diff_trees(self._objects, old, new, self._paths).num_rows > 0


def open_scope(objects: ObjectReader, query: LogQuery) -> PathScope:
    """Return the scope of the query's paths; raises PathspecInvalidError."""
    return PathScope(objects, parse_pathspecs(query.paths, query.prefix, query.worktree), query.parents)

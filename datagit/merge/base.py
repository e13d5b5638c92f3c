"""The one snapshot that a merge starts from: a common ancestor, or after a criss-cross the merge of several.

As Git's ``ort`` does it: the best common ancestors are merged with each other, latest last, each time with a base of
their own. Where they clash, text keeps nested markers, and everything else keeps the older version.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from datagit.ids import ObjectId
from datagit.merge.content import MergePolicy
from datagit.merge.trees import apply_merge, merge_trees
from datagit.objects.memory import MemoryObjects
from datagit.objects.reader import ObjectReader
from datagit.objects.tree import EMPTY_TREE
from datagit.revision.merge_base import merge_bases_of
from datagit.revision.walk import read_commit

MANY_BASES = b"merged common ancestors"
NO_BASE = b"empty tree"


@dataclass(frozen=True, slots=True)
class VirtualBase:
    """The tree to merge from.

    Attributes:
        root: its root.
        objects: reads everything that the reader it was made with has, and what was made for this base.
    """

    root: ObjectId
    objects: MemoryObjects


def virtual_base(objects: ObjectReader, bases: Sequence[ObjectId], policy: MergePolicy, level: int = 1) -> VirtualBase:
    """Return the base of a merge.

    Args:
        objects: holds the commits and everything they reach.
        bases: the best common ancestors, latest first; none means unrelated histories.
        policy: how the merge itself treats contents; bases are merged with longer markers and no favours.
        level: how deep in merges of bases this one is.
    """
    view = MemoryObjects(objects)
    if not bases:
        return VirtualBase(EMPTY_TREE, view)
    earliest, *others = reversed(bases)
    root, parents = read_commit(view, earliest).tree, [earliest]
    between = policy.between_bases(level)
    for other in others:
        below = virtual_base(view, merge_bases_of(view, other, parents), policy, level + 1)
        merged = merge_trees(below.objects, below.root, root, read_commit(view, other).tree, between)
        root, view = apply_merge(below.objects, root, merged)
        parents.append(other)
    return VirtualBase(root, view)

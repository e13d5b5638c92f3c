"""What must hold for every merge, whatever the files are."""

from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.ids import ObjectId
from datagit.merge.content import MergePolicy
from datagit.merge.text import TextMerge, TextStyle, merge_lines
from datagit.merge.trees import TreeMerge, apply_merge, merge_trees
from datagit.objects.memory import MemoryObjects
from datagit.objects.tree import read_tree
from tests.merge.snapshots import Snapshot, put_tree, without_clashes

TEXT = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
names = st.sampled_from(["p", "p/f", "p/g", "q", "q/r", "z", "z.csv"])
contents = st.sampled_from(
    [TEXT, TEXT.replace("2", "two"), TEXT.replace("8", "eight"), TEXT.replace("2", "x"), "a\0b", ""]
)
entries = st.tuples(st.sampled_from([0, 0, 1]), contents) | st.just((2, "target"))
snapshots = st.dictionaries(names, entries, max_size=5).map(without_clashes)


def merge(base: Snapshot, ours: Snapshot, theirs: Snapshot) -> tuple[TreeMerge, ObjectId, MemoryObjects]:
    objects = MemoryObjects()
    roots = [put_tree(objects, snapshot) for snapshot in (base, ours, theirs)]
    merged = merge_trees(objects, roots[0], roots[1], roots[2], MergePolicy())
    return merged, *apply_merge(objects, roots[1], merged)


@settings(deadline=None)
@given(base=snapshots, ours=snapshots, theirs=snapshots)
def test_a_clean_merge_does_not_depend_on_who_merges_whom(base: Snapshot, ours: Snapshot, theirs: Snapshot) -> None:
    one, root, _ = merge(base, ours, theirs)
    other, other_root, _ = merge(base, theirs, ours)
    assert bool(one.conflicts) == bool(other.conflicts)
    if not one.conflicts:
        assert root == other_root


@settings(deadline=None)
@given(base=snapshots, ours=snapshots, theirs=snapshots)
def test_no_version_is_lost_without_a_word(base: Snapshot, ours: Snapshot, theirs: Snapshot) -> None:
    merged, root, view = merge(base, ours, theirs)
    found = set(read_tree(view, root)["path"].to_pylist())
    told = {conflict.path for conflict in merged.conflicts}
    for path in ours.keys() | theirs.keys():
        mine, other, before = ours.get(path), theirs.get(path), base.get(path)
        # who left it as it was has no say: the other may have removed it
        wanted = [side for side in (mine, other) if side is not None and side != before]
        kept = path.encode() in found or any(name.startswith(path.encode() + b"~") for name in told)
        assert kept or not wanted


texts = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8).map(lambda lines: "".join(f"{x}\n" for x in lines))


@settings(deadline=None)
@given(base=texts, ours=texts, theirs=texts)
def test_a_clean_merge_of_lines_does_not_depend_on_who_merges_whom(base: str, ours: str, theirs: str) -> None:
    sides: list[TextMerge] = [
        merge_lines(base.encode(), one.encode(), other.encode(), TextStyle())
        for one, other in ((ours, theirs), (theirs, ours))
    ]
    assert bool(sides[0].conflicts) == bool(sides[1].conflicts)
    if not sides[0].conflicts:
        assert sides[0].content == sides[1].content

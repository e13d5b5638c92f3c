import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.ids import ObjectId
from datagit.merge.base import virtual_base
from datagit.merge.content import MergePolicy
from datagit.merge.markers import Labels
from datagit.merge.text import TextStyle
from datagit.merge.trees import merge_trees
from datagit.objects.commit import Commit, Signature, commit_id, encode_commit
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.tree import EMPTY_TREE
from datagit.revision.merge_base import merge_bases
from tests.merge.snapshots import GitTrees, Merged, Snapshot, assert_equal, describe, own, put_tree

TEXT = "1\n2\n3\n4\n5\n"
CRISS_CROSS = [("root", ()), ("a", ("root",)), ("b", ("root",)), ("ours", ("a", "b")), ("theirs", ("b", "a"))]
TWICE = [
    *CRISS_CROSS[:3],
    ("c", ("a", "b")),
    ("d", ("b", "a")),
    ("ours", ("c", "d")),
    ("theirs", ("d", "c")),
]


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> GitTrees:
    return GitTrees(tmp_path_factory.mktemp("git"))


def merge_by_us(commits: list[tuple[str, tuple[str, ...], Snapshot]]) -> Merged:
    objects = MemoryObjects()
    known: dict[str, ObjectId] = {}
    trees: dict[str, ObjectId] = {}
    for time, (name, parents, snapshot) in enumerate(commits):
        who = Signature("a", "a@b", time, 0)
        trees[name] = put_tree(objects, snapshot)
        content = encode_commit(Commit(trees[name], tuple(known[parent] for parent in parents), who, who, name))
        known[name] = commit_id(content)
        objects.put(Kind.COMMIT, known[name], content)
    policy = MergePolicy(TextStyle(Labels(b"ours", b"theirs", b"")))
    base = virtual_base(objects, merge_bases(objects, known["ours"], known["theirs"]), policy)
    merged = merge_trees(base.objects, base.root, trees["ours"], trees["theirs"], policy)
    return describe(base.objects, trees["ours"], merged)


contents = st.sampled_from(
    [TEXT, TEXT.replace("2", "two"), TEXT.replace("4", "vier"), TEXT.replace("2", "zwei"), "\0a", "\0b"]
)
entries = st.tuples(st.sampled_from([0, 0, 0, 1]), contents) | st.just((2, "link"))
snapshots = st.dictionaries(st.sampled_from(["p", "q"]), entries, max_size=2).map(own)
CALM: Snapshot = {"p": (0, TEXT)}


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=st.sampled_from([CRISS_CROSS, CRISS_CROSS, TWICE]), files=st.lists(snapshots, min_size=7, max_size=7))
def test_histories_that_cross_merge_as_in_git(
    git: GitTrees, shape: list[tuple[str, tuple[str, ...]]], files: list[Snapshot]
) -> None:
    commits = [(name, parents, snapshot) for (name, parents), snapshot in zip(shape, files, strict=False)]
    git.commit_all(commits)
    assert_equal(merge_by_us(commits), git.merge("ours", "theirs"))


def test_bases_that_clash_leave_longer_markers_in_the_base(git: GitTrees) -> None:
    texts = [TEXT, TEXT.replace("2", "a"), TEXT.replace("2", "b"), TEXT.replace("2", "c"), TEXT.replace("2", "d")]
    commits = [(name, parents, {"p": (0, text)}) for (name, parents), text in zip(CRISS_CROSS, texts, strict=True)]
    git.commit_all(commits)
    merged = merge_by_us(commits)
    assert_equal(merged, git.merge("ours", "theirs"))
    assert b"<<<<<<<<< Temporary merge branch 1\n" in merged.stages[0][3]


def test_unrelated_histories_start_from_nothing() -> None:
    assert virtual_base(MemoryObjects(), (), MergePolicy()).root == EMPTY_TREE

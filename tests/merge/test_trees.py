import itertools

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.ids import blob_id
from datagit.merge.content import MergePolicy
from datagit.merge.markers import Labels
from datagit.merge.text import Favour, TextStyle
from datagit.merge.trees import merge_trees
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.mode import git_mode
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tree import build_tree
from tests.merge.snapshots import GitTrees, Merged, Snapshot, assert_equal, describe, own, put_tree, without_clashes

POLICY = MergePolicy(TextStyle(Labels(b"ours", b"side/theirs", b"")))
TEXT = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
CONTENTS = [
    TEXT,
    TEXT.replace("2", "two"),
    TEXT.replace("8", "eight"),
    TEXT.replace("2", "zwei"),
    "a\0b",
    "a\0c",
    "",
    "x",
]


def merge_by_us(base: Snapshot, ours: Snapshot, theirs: Snapshot) -> Merged:
    objects = MemoryObjects()
    roots = [put_tree(objects, snapshot) for snapshot in (base, ours, theirs)]
    return describe(objects, roots[1], merge_trees(objects, roots[0], roots[1], roots[2], POLICY))


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> GitTrees:
    return GitTrees(tmp_path_factory.mktemp("git"))


def assert_as_git(git: GitTrees, base: Snapshot, ours: Snapshot, theirs: Snapshot) -> None:
    base, ours, theirs = own(base), own(ours), own(theirs)
    git.commit_all([("base", [], base), ("ours", ["base"], ours), ("side/theirs", ["base"], theirs)])
    assert_equal(merge_by_us(base, ours, theirs), git.merge("ours", "side/theirs"))


FILE, EXECUTABLE, LINK = 0, 1, 2
STATES: list[tuple[str, Snapshot]] = [
    ("nothing", {}),
    ("file", {"p": (FILE, TEXT)}),
    ("head", {"p": (FILE, TEXT.replace("2", "two"))}),
    ("tail", {"p": (FILE, TEXT.replace("8", "eight"))}),
    ("clash", {"p": (FILE, TEXT.replace("2", "zwei"))}),
    ("executable", {"p": (EXECUTABLE, TEXT)}),
    ("binary", {"p": (FILE, "a\0b")}),
    ("link", {"p": (LINK, "x")}),
    ("other link", {"p": (LINK, "y")}),
    ("folder", {"p/f": (FILE, "f\n")}),
]


@pytest.mark.slow
@pytest.mark.parametrize("base", STATES, ids=lambda state: state[0])
def test_every_pair_of_atomic_edits_merges_as_in_git(git: GitTrees, base: tuple[str, Snapshot]) -> None:
    for ours, theirs in itertools.product(STATES, STATES):
        assert_as_git(git, base[1] | {"z": (0, "z")}, ours[1] | {"z": (0, "z")}, theirs[1] | {"z": (0, "z")})


CASES = [
    ("file", "head", "tail"),
    ("file", "head", "clash"),
    ("nothing", "head", "tail"),
    ("nothing", "executable", "file"),
    ("nothing", "link", "file"),
    ("nothing", "file", "link"),
    ("nothing", "link", "other link"),
    ("file", "link", "head"),
    ("file", "nothing", "head"),
    ("file", "head", "nothing"),
    ("file", "binary", "head"),
    ("file", "executable", "head"),
    ("file", "folder", "head"),
    ("file", "head", "folder"),
    ("file", "folder", "file"),
    ("nothing", "folder", "file"),
    ("nothing", "file", "folder"),
    ("nothing", "link", "folder"),
    ("folder", "file", "folder"),
    ("folder", "file", "head"),
    ("link", "file", "other link"),
]


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_a_pair_of_edits_merges_as_in_git(git: GitTrees, case: tuple[str, str, str]) -> None:
    states = dict(STATES)
    assert_as_git(git, states[case[0]], states[case[1]], states[case[2]])


names = st.sampled_from(["p", "p/f", "p/g", "p/f/h", "p~ours", "p~side_theirs", "q", "q/r", "z"])
entries = st.tuples(st.sampled_from([0, 0, 0, 1, 2]), st.sampled_from(CONTENTS)).filter(
    lambda entry: entry[0] < 2 or entry[1] == "x"
)
snapshots = st.dictionaries(names, entries, max_size=5).map(without_clashes)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=snapshots, ours=snapshots, theirs=snapshots)
def test_random_trees_merge_as_in_git(git: GitTrees, base: Snapshot, ours: Snapshot, theirs: Snapshot) -> None:
    assert_as_git(git, base, ours, theirs)


@settings(deadline=None)
@given(base=snapshots, ours=snapshots)
def test_an_untouched_side_yields_to_the_other(base: Snapshot, ours: Snapshot) -> None:
    expected = [(path, git_mode(mode), text.encode()) for path, (mode, text) in sorted(ours.items())]
    assert merge_by_us(base, ours, base) == Merged(expected, [], [])
    assert merge_by_us(base, base, ours) == Merged(expected, [], [])
    assert merge_by_us(base, ours, ours) == Merged(expected, [], [])


def merge_files(name: str, base: str, ours: str, theirs: str) -> tuple[bytes, list[str]]:
    merged = merge_by_us({name: (0, base)}, {name: (0, ours)}, {name: (0, theirs)})
    return merged.files[0][2], [stage[0] for stage in merged.stages]


def test_a_label_file_never_holds_markers() -> None:
    assert merge_files("labels.csv", "id\n1\n", "id\n2\n", "id\n3\n") == (b"id\n2\n", ["labels.csv"] * 3)
    assert merge_files("notes.txt", "1\n", "2\n", "3\n")[0].startswith(b"<<<<<<< ours\n")


def test_rows_far_apart_in_a_label_file_merge() -> None:
    base = "id\n" + "".join(f"{row},car\n" for row in range(9))
    merged, stages = merge_files("l.csv", base, base.replace("1,car", "1,bus"), base.replace("7,car", "7,van"))
    assert merged == base.replace("1,car", "1,bus").replace("7,car", "7,van").encode()
    assert stages == []


def test_a_clean_merge_of_lines_counts_for_json_only_if_it_still_parses() -> None:
    base = "[\n1,\n2,\n3,\n4,\n5,\n6\n]\n"
    apart = merge_files("l.json", base, base.replace("2", "22"), base.replace("5", "55"))
    assert apart == (base.replace("2", "22").replace("5", "55").encode(), [])
    base = "[\n1,\n2,\n3,\n4,\n5,\n6,\n7,\n8,\n9\n]\n"
    ours = base.replace("2,", "[2,").replace("6,", "6],")
    theirs = base.replace("4,", '{"k":[4,').replace("8,", "8]},")
    assert merge_files("l.json", base, ours, theirs) == (ours.encode(), ["l.json"] * 3)
    assert merge_files("l.txt", base, ours, theirs)[1] == []


def test_text_in_another_encoding_keeps_ours_in_a_conflict() -> None:
    objects = MemoryObjects()
    roots = []
    for content in (b"\xe4\n", b"\xf6\n", b"\xfc\n"):
        objects.put(Kind.BLOB, blob_id(content), content)
        row = {"path": b"a.txt", "mode": 0, "size": 2, "id": blob_id(content)}
        roots.append(objects.keep(build_tree(pa.Table.from_pylist([row], schema=LEAF_SCHEMA))))
    merge = merge_trees(objects, roots[0], roots[1], roots[2], POLICY)
    assert merge.changes.num_rows == 0
    assert [conflict.path for conflict in merge.conflicts] == [b"a.txt"]


@pytest.mark.parametrize(
    ("favour", "kept"), [(Favour.NONE, b"ours"), (Favour.OURS, b"ours"), (Favour.THEIRS, b"theirs")]
)
def test_large_files_are_never_read(favour: Favour, kept: bytes) -> None:
    objects = MemoryObjects()  # without a single blob
    rows = [
        {"path": b"video", "mode": 0, "size": 1 << 33, "id": blob_id(name)} for name in (b"base", b"ours", b"theirs")
    ]
    roots = [objects.keep(build_tree(pa.Table.from_pylist([row], schema=LEAF_SCHEMA))) for row in rows]
    policy = MergePolicy(TextStyle(favour=favour))
    merge = merge_trees(objects, roots[0], roots[1], roots[2], policy)
    assert bool(merge.conflicts) == (favour is Favour.NONE)
    assert merge.changes["new_id"].to_pylist() == ([] if kept == b"ours" else [blob_id(kept)])

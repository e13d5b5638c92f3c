import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.revision.walk import Order, walk_commits
from datagit.ui.graph import Graph
from tests.revision.histories import History, Shape, build_history, steady_shapes


def draw(history: History, tips: list[int]) -> str:
    graph = Graph()
    rows: list[str] = []
    for oid, commit in walk_commits(history.objects, [history.ids[tip] for tip in tips], order=Order.TOPO):
        graph.begin(oid, commit.parents)
        while not graph.at_commit:
            rows.append(graph.next_row())
        rows.append(graph.next_row() + commit.message)
        while not graph.finished:
            rows.append(graph.next_row())
    return "".join(f"{row}\n" for row in rows)


CRISS_CROSS: Shape = [((), 0), ((1,), 1), ((2,), 2), ((1, 2), 3), ((3, 2), 4), ((1, 2), 5)]
OCTOPUS: Shape = [((), 0), ((1,), 1), ((2,), 2), ((3,), 3), ((4, 1, 2, 3), 4), ((5,), 5), ((1, 2), 6), ((1, 3), 7)]


@pytest.mark.parametrize("shape", [CRISS_CROSS, OCTOPUS], ids=["criss-cross", "octopus"])
def test_known_shapes_are_drawn_as_git_draws_them(shape: Shape, tmp_path_factory: pytest.TempPathFactory) -> None:
    history = build_history(shape, tmp_path_factory.mktemp("graph") / "git")
    expected = history.git("log", "--graph", "--format=%s", history.git_ids[-1])
    assert draw(history, [len(shape) - 1]) == expected


@settings(max_examples=60, deadline=None)
@given(shape=steady_shapes(), tips=st.lists(st.integers(0, 24), max_size=3))
def test_any_history_is_drawn_as_git_draws_it(
    shape: Shape, tips: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    history = build_history(shape, tmp_path_factory.mktemp("graph") / "git")
    chosen = list(dict.fromkeys([len(shape) - 1, *(tip % len(shape) for tip in tips)]))
    expected = history.git("log", "--graph", "--format=%s", *[history.git_ids[tip] for tip in chosen])
    assert draw(history, chosen) == expected

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.reader import ObjectMissingError
from datagit.revision.walk import Order, Parents, walk_commits
from tests.revision.histories import TREE, History, Shape, build_history, put_commit, shapes, steady_shapes

GIT_ORDER = {Order.DATE: [], Order.TOPO: ["--topo-order"], Order.DATE_TOPO: ["--date-order"]}


def walked(history: History, include: list[int], exclude: list[int], order: Order, parents: Parents) -> list[int]:
    ids = history.ids
    steps = walk_commits(
        history.objects, [ids[n] for n in include], [ids[n] for n in exclude], order=order, parents=parents
    )
    return history.numbers([oid for oid, _commit in steps])


@settings(max_examples=40, deadline=None)
@given(shape=steady_shapes(), chance=st.randoms(use_true_random=False))
def test_commits_come_as_git_lists_them(
    shape: Shape, chance: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    history = build_history(shape, tmp_path_factory.mktemp("walk") / "git")
    every = range(len(shape))
    for _ in range(4):
        include = chance.choices(every, k=chance.randint(1, 3))
        exclude = chance.choices(every, k=chance.randint(0, 2))
        order, parents = chance.choice(list(Order)), chance.choice(list(Parents))
        arguments = [*GIT_ORDER[order], *(["--first-parent"] if parents is Parents.FIRST else [])]
        arguments += [history.git_ids[n] for n in include] + [f"^{history.git_ids[n]}" for n in exclude]
        expected = history.git_numbers(history.git("rev-list", *arguments))
        assert walked(history, include, exclude, order, parents) == expected


@settings(max_examples=100, deadline=None)
@given(shape=shapes(st.integers(0, 86_400)), chance=st.randoms(use_true_random=False))
def test_wrong_clocks_let_nothing_slip_through(shape: Shape, chance: random.Random) -> None:
    objects = MemoryObjects()
    ids: list[ObjectId] = []
    reached: list[set[int]] = []
    for number, (steps_back, time) in enumerate(shape):
        parents = list(dict.fromkeys(number - back for back in steps_back if 0 < back <= number))
        ids.append(put_commit(objects, [ids[parent] for parent in parents], time, f"c{number}"))
        reached.append({number}.union(*(reached[parent] for parent in parents)))
    include = chance.choices(range(len(ids)), k=2)
    exclude = chance.choices(range(len(ids)), k=chance.randint(0, 2))
    expected = set().union(*(reached[n] for n in include)).difference(*(reached[n] for n in exclude))
    for order in Order:
        found = [
            ids.index(oid)
            for oid, _ in walk_commits(objects, [ids[n] for n in include], [ids[n] for n in exclude], order=order)
        ]
        assert set(found) == expected
        assert len(found) == len(expected)
        if order is not Order.DATE:
            place = {number: position for position, number in enumerate(found)}
            for number in found:
                for back in shape[number][0]:
                    parent = number - back
                    assert parent < 0 or parent not in place or place[parent] > place[number]


def line(length: int) -> tuple[MemoryObjects, list[ObjectId]]:
    objects = MemoryObjects()
    ids: list[ObjectId] = []
    for number in range(length):
        ids.append(put_commit(objects, ids[-1:], number, "c"))
    return objects, ids


class CountingObjects(MemoryObjects):
    reads = 0

    def read(self, kind: Kind, oid: ObjectId) -> bytes:
        self.reads += 1
        return super().read(kind, oid)


def test_a_walk_is_lazy_and_reads_what_it_visits() -> None:
    objects, ids = line(5_000)
    counting = CountingObjects(objects)
    first = [oid for oid, _ in zip(walk_commits(counting, [ids[-1]]), range(3), strict=False)]
    assert len(first) == 3
    assert counting.reads <= 6


def test_a_range_reads_little_beyond_itself() -> None:
    objects = MemoryObjects()
    ids: list[ObjectId] = []
    for number in range(1_000):
        ids.append(put_commit(objects, ids[-1:], number * 86_400, "c"))
    counting = CountingObjects(objects)
    assert len(list(walk_commits(counting, [ids[-1]], [ids[-11]]))) == 10
    assert counting.reads < 20


def test_a_history_of_any_depth_is_walked() -> None:
    objects, ids = line(20_000)
    for order in Order:
        assert sum(1 for _ in walk_commits(objects, [ids[-1]], order=order)) == 20_000


def test_a_missing_parent_is_named() -> None:
    objects = MemoryObjects()
    oid = put_commit(objects, [ObjectId(b"\1" * 32)], 0, "c", TREE)
    with pytest.raises(ObjectMissingError, match=r"010101010101"):
        list(walk_commits(objects, [oid]))


def test_the_caller_may_choose_the_parents(tmp_path: Path) -> None:
    history = build_history([((), 0), ((1,), 1), ((2,), 2), ((1, 2), 3)], tmp_path / "git")
    steps = walk_commits(history.objects, [history.ids[3]], follow=lambda _oid, commit: commit.parents[1:])
    assert history.numbers([oid for oid, _ in steps]) == [3, 1]

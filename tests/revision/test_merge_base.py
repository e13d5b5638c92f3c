import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.ids import ObjectId
from datagit.objects.memory import MemoryObjects
from datagit.revision.merge_base import is_ancestor, merge_bases, merge_bases_of, octopus_bases, without_reachable
from tests.revision.histories import Shape, build_history, put_commit, shapes, steady_shapes


@settings(max_examples=40, deadline=None)
@given(shape=steady_shapes(), chance=st.randoms(use_true_random=False))
def test_bases_are_git_s(shape: Shape, chance: random.Random, tmp_path_factory: pytest.TempPathFactory) -> None:
    history = build_history(shape, tmp_path_factory.mktemp("base") / "git")
    for _ in range(4):
        ours, *others = chance.choices(range(len(shape)), k=chance.choice([2, 2, 3]))
        git_ids = [history.git_ids[n] for n in (ours, *others)]
        found = merge_bases_of(history.objects, history.ids[ours], [history.ids[n] for n in others])
        assert sorted(history.numbers(found)) == sorted(
            history.git_numbers(history.git("merge-base", "--all", *git_ids))
        )
        octopus = octopus_bases(history.objects, [history.ids[n] for n in (ours, *others)])
        expected = history.git("merge-base", "--octopus", "--all", *git_ids)
        assert sorted(history.numbers(octopus)) == sorted(history.git_numbers(expected))


@settings(max_examples=100, deadline=None)
@given(shape=shapes(st.integers(0, 10**9)))
def test_bases_are_exact_whatever_the_dates_say(shape: Shape) -> None:
    objects = MemoryObjects()
    ids: list[ObjectId] = []
    reached: list[set[int]] = []
    for number, (steps_back, time) in enumerate(shape):
        parents = list(dict.fromkeys(number - back for back in steps_back if 0 < back <= number))
        ids.append(put_commit(objects, [ids[parent] for parent in parents], time, f"c{number}"))
        reached.append({number}.union(*(reached[parent] for parent in parents)))
    ours, theirs = len(ids) - 1, len(ids) // 2
    common = reached[ours] & reached[theirs]
    best = {n for n in common if not any(n in reached[other] for other in common - {n})}
    assert {ids.index(oid) for oid in merge_bases(objects, ids[ours], ids[theirs])} == best
    for ancestor in range(len(ids)):
        assert is_ancestor(objects, ids[ancestor], ids[ours]) == (ancestor in reached[ours])
    heads = {n for n in range(len(ids)) if not any(n in reached[other] for other in range(len(ids)) if other != n)}
    assert {ids.index(oid) for oid in without_reachable(objects, ids)} == heads


def test_a_criss_cross_has_two_bases_latest_first() -> None:
    objects = MemoryObjects()
    root = put_commit(objects, [], 0, "root")
    one, two = put_commit(objects, [root], 1, "one"), put_commit(objects, [root], 2, "two")
    left, right = put_commit(objects, [one, two], 3, "left"), put_commit(objects, [two, one], 4, "right")
    assert merge_bases(objects, left, right) == (two, one)


def test_unrelated_histories_have_none() -> None:
    objects = MemoryObjects()
    one, two = put_commit(objects, [], 0, "one"), put_commit(objects, [], 0, "two")
    assert merge_bases(objects, one, two) == ()
    assert not is_ancestor(objects, one, two)


def test_long_histories_are_no_problem() -> None:
    objects = MemoryObjects()
    ids: list[ObjectId] = []
    for number in range(5_000):
        ids.append(put_commit(objects, ids[-1:], number, "c"))
    side = put_commit(objects, [ids[10]], 6_000, "side")
    assert merge_bases(objects, side, ids[-1]) == (ids[10],)
    assert is_ancestor(objects, ids[0], ids[-1])

"""Merge every state of a path with every other over every base, and compare with what git makes of it.

Many paths go into one merge, each in a folder of its own, so that thousands of combinations take seconds; a sample also
runs alone, since only there the exit code belongs to one combination.
"""

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.git.compare import assert_same_outcome, assert_same_state, new_twins
from tests.git.pair import Pair, new_pair
from tests.git.shapes import FEW, SHAPES, write_shapes

Case: TypeAlias = tuple[str, ...]
"""The shapes of one path: base, ours, theirs; of a criss-cross: root, left, right, ours, theirs."""


def sample(cases: Iterator[Case], count: int) -> list[Case]:
    """Return count of the cases, the same ones in every run."""
    return random.Random(7).sample(list(cases), count)


def all_cases() -> Iterator[Case]:
    return itertools.product(SHAPES, repeat=3)


def crossed_cases() -> Iterator[Case]:
    return itertools.product(FEW, repeat=5)


def record(pair: Pair, cases: Sequence[Case], column: int, message: str) -> None:
    """Commit the given column of all cases as one snapshot."""
    for side in (pair.git, pair.dg):
        write_shapes(side, ((f"{number:05}/f", case[column]) for number, case in enumerate(cases)))
        (side.root / "always").write_bytes(message.encode())
    must(pair, "add", "-A")
    must(pair, "commit", "-m", message)


def must(pair: Pair, *argv: str) -> None:
    for outcome in pair.run(argv):
        assert outcome.code == 0, (argv, outcome)


def diverge(pair: Pair, cases: Sequence[Case]) -> None:
    record(pair, cases, 0, "base")
    must(pair, "branch", "theirs")
    record(pair, cases, 1, "ours")
    must(pair, "switch", "theirs")
    record_only_shapes(pair, cases, 2)
    must(pair, "switch", "main")


def record_only_shapes(pair: Pair, cases: Sequence[Case], column: int) -> None:
    """Commit as record does, but leave alone the file that differs between all snapshots."""
    for side in (pair.git, pair.dg):
        kept = (side.root / "always").read_bytes()
        write_shapes(side, ((f"{number:05}/f", case[column]) for number, case in enumerate(cases)))
        (side.root / "always").write_bytes(kept)
    must(pair, "add", "-A")
    must(pair, "commit", "--allow-empty", "-m", f"shapes {column}")


def cross(pair: Pair, cases: Sequence[Case]) -> None:
    """Build two branches that merged each other once, so that their merge has two bases."""
    record(pair, cases, 0, "root")
    must(pair, "branch", "theirs")
    record_only_shapes(pair, cases, 1)
    must(pair, "branch", "left")
    must(pair, "switch", "theirs")
    record_only_shapes(pair, cases, 2)
    must(pair, "branch", "right")
    for branch, other, column in (("theirs", "left", 4), ("main", "right", 3)):
        must(pair, "switch", branch)
        must(pair, "merge", "-s", "ours", "-m", f"take {other}", other)
        record_only_shapes(pair, cases, column)


def assert_merges_alike(pair: Pair, *options: str) -> None:
    theirs, ours = pair.run(["merge", "-m", "joined", *options, "theirs"])
    assert theirs.code in (0, 1), theirs
    assert_same_outcome(theirs, ours)
    assert_same_state(pair, new_twins(pair))


@pytest.mark.parametrize("options", [(), ("-X", "ours"), ("-X", "theirs")], ids=["plain", "ours", "theirs"])
def test_a_sample_of_the_product_in_one_merge(tmp_path: Path, options: tuple[str, ...]) -> None:
    pair = new_pair(tmp_path)
    diverge(pair, sample(all_cases(), 500))
    assert_merges_alike(pair, *options)


def test_a_sample_of_the_product_one_by_one(tmp_path: Path) -> None:
    assert_alone(tmp_path, sample(all_cases(), 12))


def test_a_sample_of_criss_cross_merges(tmp_path: Path) -> None:
    pair = new_pair(tmp_path)
    cross(pair, sample(crossed_cases(), 250))
    assert_merges_alike(pair)


def test_aborting_a_merge_of_many_conflicts_brings_everything_back(tmp_path: Path) -> None:
    pair = new_pair(tmp_path)
    diverge(pair, sample(all_cases(), 200))
    assert_merges_alike(pair)
    must(pair, "merge", "--abort")
    assert_same_state(pair, new_twins(pair))


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("-X", "ours"), ("-X", "theirs")], ids=["plain", "ours", "theirs"])
def test_the_whole_product_in_one_merge(tmp_path: Path, options: tuple[str, ...]) -> None:
    pair = new_pair(tmp_path)
    diverge(pair, list(all_cases()))
    assert_merges_alike(pair, *options)


@pytest.mark.slow
def test_all_criss_cross_merges(tmp_path: Path) -> None:
    pair = new_pair(tmp_path)
    cross(pair, list(crossed_cases()))
    assert_merges_alike(pair)


@pytest.mark.slow
def test_the_product_one_by_one(tmp_path: Path) -> None:
    assert_alone(tmp_path, sample(all_cases(), 1500))


def assert_alone(folder: Path, cases: Iterable[Case]) -> None:
    failures = []
    for case in cases:
        pair = new_pair(folder / "-".join(case))
        diverge(pair, [case])
        try:
            assert_merges_alike(pair)
        except AssertionError as error:
            failures.append(f"{' '.join(case)}: {error}")
    assert not failures, "\n".join(failures)

"""Two processes find what one finds, in the same order; without the helper one does it all."""

import os
from pathlib import Path

import pytest

from datagit.worktree import walkers
from datagit.worktree.walk import Bounds, Walk, walk_tracked
from datagit.worktree.walkers import Walkers

INDEX_SIZE = 10**9


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[bytes]]:
    root = tmp_path_factory.mktemp("many")
    tracked = []
    for folder in range(20):
        (root / f"f{folder}").mkdir()
        for number in range(800):
            path = f"f{folder}/n{number:04}"
            (root / path).touch()
            tracked.append(path.encode())
    for stray in ("a", "f19/z", "f3/m", "zz"):
        (root / stray).touch()
    (root / "f9/n0500").unlink()
    return os.fsencode(root), sorted(tracked)


def facts(walk: Walk) -> list[object]:
    strays = sorted(zip(walk.strays, walk.stray_columns.mode, walk.stray_columns.inode, strict=True))
    return [walk.found.to_bytes(), walk.missing, strays]


def test_the_helper_takes_its_part(tree: tuple[bytes, list[bytes]]) -> None:
    root, tracked = tree
    with Walkers(root, INDEX_SIZE) as both:
        assert both._process
        assert facts(both.walk(tracked, Bounds())) == facts(walk_tracked(root, tracked, Bounds()))
    assert not both._process


def test_a_helper_that_died_is_done_without(tree: tuple[bytes, list[bytes]]) -> None:
    root, tracked = tree
    with Walkers(root, INDEX_SIZE) as both:
        os.kill(both._process, 9)
        assert facts(both.walk(tracked, Bounds())) == facts(walk_tracked(root, tracked, Bounds()))


def test_a_small_tree_needs_no_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").touch()
    with Walkers(os.fsencode(tmp_path), 1000) as alone:
        assert not alone._process
        assert alone.walk([b"a"], Bounds()).missing == []
    monkeypatch.setattr(walkers, "_MANY_FILES", 1)
    with Walkers(os.fsencode(tmp_path), INDEX_SIZE) as both:
        assert both.walk([b"a", b"b"], Bounds()).missing == [1]

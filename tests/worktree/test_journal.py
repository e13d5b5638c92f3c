"""A checkout that is killed anywhere leaves a tree that the next command puts right; the user's work is not lost."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from datagit.index.index import save_index
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.progress import Silent
from datagit.worktree import journal
from datagit.worktree.apply import apply_checkout
from datagit.worktree.journal import JournalDamagedError, Place, checkout_journal, recover_checkout
from tests.worktree.killed_checkout import NEW, OLD, move, new_tree
from tests.worktree.trees import Tree

AFTER = {path: content for path, content in (OLD | NEW).items() if content is not None}
POINTS = [
    (function, number, when)
    for function, numbers in (
        ("journal.write_replacing", (1, 2)),
        ("journal.write_parts_replacing", (1,)),
        ("files._write_all", (1, 3)),
        ("files.exchange", (1, 2, 3)),
        ("files.rename_to_new_name", (1, 2, 3, 4)),
        ("files._unlink", (1, 2, 3)),
        ("apply.remove_files", (1,)),
        ("apply.write_slice", (1, 2)),
    )
    for number in numbers
    for when in ("before", "after")
]


class Listener(Silent):
    """Progress that keeps the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, message: str) -> None:
        self.warnings.append(message)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for name in ("tree", "state"):
        (tmp_path / name).mkdir()
    place = Place(tmp_path / "state", tmp_path / "index", tmp_path / "tree")
    tree = Tree(place.root)
    tree.check_out(OLD)
    save_index(tree.index, place.index)
    return place


def kill_at(place: Place, function: str, number: int, when: str) -> int:
    words = [place.root, place.state, place.index, function, number, when]
    command = [sys.executable, "-m", "tests.worktree.killed_checkout", *map(str, words)]
    return subprocess.run(command, cwd=Path(__file__).parents[2], check=False).returncode


def recover(place: Place, seq: int = 1) -> list[str]:
    listener = Listener()
    recover_checkout(place, new_tree(place.root, place.index).objects, seq=seq, progress=listener)
    return listener.warnings


@pytest.mark.parametrize(("function", "number", "when"), POINTS)
def test_the_next_holder_of_the_lock_undoes_it(place: Place, function: str, number: int, when: str) -> None:
    index = place.index.read_bytes()
    assert kill_at(place, function, number, when) == -signal.SIGKILL
    assert recover(place) == []
    assert Tree(place.root).files() == OLD
    assert place.index.read_bytes() == index
    assert [path.name for path in place.root.rglob(".tmp-*")] == []
    assert [path.name for path in place.state.iterdir()] == []
    assert not (place.root / "e").exists()
    tree = new_tree(place.root, place.index)
    move(tree, place)
    assert tree.files() == AFTER


def test_a_checkout_whose_log_entry_was_written_stays(place: Place) -> None:
    assert kill_at(place, "journal._end", 2, "before") == -signal.SIGKILL
    assert recover(place, seq=2) == []
    assert Tree(place.root).files() == AFTER
    assert [path.name for path in place.state.iterdir()] == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_checkout_that_was_through_stays(place: Place, when: str) -> None:
    assert kill_at(place, "journal.sync_folder", 1, when) == -signal.SIGKILL
    assert recover(place) == []
    assert Tree(place.root).files() == AFTER
    assert [path.name for path in place.state.iterdir()] == []


def test_recovery_may_be_killed_and_done_again(place: Place) -> None:
    assert kill_at(place, "files._unlink", 3, "after") == -signal.SIGKILL
    kept = {path.name: path.read_bytes() for path in place.state.iterdir()}
    recover(place)
    for name, content in kept.items():
        (place.state / name).write_bytes(content)
    assert recover(place) == []
    assert Tree(place.root).files() == OLD


def test_what_the_user_did_after_the_kill_stays_and_is_reported(place: Place) -> None:
    assert kill_at(place, "apply.write_slice", 1, "after") == -signal.SIGKILL
    (place.root / "a").write_bytes(b"mine")
    (place.root / "z").unlink()
    warnings = recover(place)
    assert len(warnings) == 1
    assert "'a'" in warnings[0]
    expected = {**OLD, b"a": (0, b"mine")}
    assert Tree(place.root).files() == expected


def test_without_a_journal_nothing_happens(place: Place) -> None:
    (place.state / "plan.arrow").write_bytes(b"left over")
    recover(place)
    assert Tree(place.root).files() == OLD


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"v": 1}', b"\xff"])
def test_a_damaged_journal_is_an_error_that_names_it(place: Place, content: bytes) -> None:
    (place.state / "operation.json").write_bytes(content)
    with pytest.raises(JournalDamagedError, match=r"operation\.json"):
        recover(place)


def test_a_damaged_plan_is_an_error(place: Place) -> None:
    assert kill_at(place, "apply.write_slice", 1, "after") == -signal.SIGKILL
    plan = place.state / "plan.arrow"
    content = bytearray(plan.read_bytes())
    content[len(content) // 2] ^= 1
    plan.chmod(0o600)
    plan.write_bytes(content)
    with pytest.raises(JournalDamagedError):
        recover(place)


def test_a_failure_is_undone_at_once(place: Place) -> None:
    tree = new_tree(place.root, place.index)
    plan = tree.plan(NEW)
    incomplete = MemoryObjects()
    for content in list(NEW.values())[:2] + list(OLD.values()):
        if content is not None:
            incomplete.put(Kind.BLOB, tree.keep(content[1]), content[1])
    listener = Listener()
    with (
        pytest.raises(Exception, match="missing"),  # what a verb does
        checkout_journal(place, plan, op="switch", log_seq=lambda: 1, objects=tree.objects, progress=listener),
    ):
        apply_checkout(plan, incomplete, place.root, jobs=1, progress=Silent())
    assert listener.warnings == []
    assert tree.files() == OLD
    assert [path.name for path in place.state.iterdir()] == []


def test_old_content_that_is_nowhere_leaves_the_new_files(place: Place) -> None:
    assert kill_at(place, "apply.write_slice", 2, "after") == -signal.SIGKILL
    listener = Listener()
    recover_checkout(place, MemoryObjects(), seq=1, progress=listener)
    assert len(listener.warnings) == 1
    assert Tree(place.root).files() == AFTER
    assert journal.OPERATION not in [path.name for path in place.state.iterdir()]

"""A large checkout by worker processes: the same files, the same errors, and nobody left behind."""

import os
from pathlib import Path

import pyarrow as pa
import pytest

from datagit.errors import CorruptionError, DatagitError, NotFoundError, RefusedError
from datagit.ids import blob_id
from datagit.index.index import Index
from datagit.objects.kind import Kind
from datagit.objects.tree_diff import CHANGE_SCHEMA
from datagit.progress import Silent, Unit
from datagit.store.store import Store, create_store, write_objects
from datagit.worktree.apply import apply_checkout
from datagit.worktree.frames import Failure, Worker, WorkerDiedError
from datagit.worktree.plan import CheckoutPlan, plan_checkout
from tests.worktree.trees import hash_rows

COUNT = 4500


class Counter(Silent):
    """Progress that adds up."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.done = 0

    def begin(self, stage: str, *, total: int | None, unit: Unit) -> None:
        self.total = total

    def advance(self, amount: int) -> None:
        self.done += amount


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("store") / ".dg"
    folder.mkdir()
    store = create_store(folder, "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9")
    write_objects(store, [(Kind.BLOB, blob_id(content(number)), content(number)) for number in range(COUNT)])
    return store


def content(number: int) -> bytes:
    return b"content %d" % number


def path_of(number: int) -> bytes:
    return b"folder %02d/file %05d" % (number // 100, number)


def plan_all(root: Path, changed: dict[int, bytes] | None = None) -> CheckoutPlan:
    """Return the plan that writes all files; changed gives some of them another id."""
    numbers = range(COUNT)
    columns = {
        "path": [path_of(number) for number in numbers],
        "old_mode": [None] * COUNT,
        "old_size": [None] * COUNT,
        "old_id": [None] * COUNT,
        "new_mode": [2 if number % 1000 == 7 else number % 2 for number in numbers],
        "new_size": [len(content(number)) for number in numbers],
        "new_id": [(changed or {}).get(number, blob_id(content(number))) for number in numbers],
    }
    changes = pa.table(columns, schema=CHANGE_SCHEMA)
    return plan_checkout(Index(), root, changes, hash_rows=lambda rows: hash_rows(root, rows))


def test_all_files_are_written_and_their_stat_data_belong_to_them(store: Store, tmp_path: Path) -> None:
    counter = Counter()
    rows = apply_checkout(plan_all(tmp_path), store, tmp_path, jobs=2, progress=counter)
    assert rows["path"].to_pylist() == [path_of(number) for number in range(COUNT)]
    assert counter.done == counter.total == COUNT
    for number, row in enumerate(rows.to_pylist()):
        place = os.fsencode(tmp_path) + b"/" + row["path"]
        found = os.lstat(place)
        assert (row["mtime_ns"], row["ctime_ns"], row["inode"]) == (found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        kept = os.readlink(place) if row["mode"] == 2 else Path(os.fsdecode(place)).read_bytes()
        assert kept == content(number)


def test_what_a_worker_refuses_is_told_here(store: Store, tmp_path: Path) -> None:
    plan = plan_all(tmp_path)
    late = tmp_path / path_of(COUNT - 3).decode()
    late.parent.mkdir()
    late.write_bytes(b"mine")
    with pytest.raises(RefusedError) as caught:
        apply_checkout(plan, store, tmp_path, jobs=2, progress=Silent())
    assert caught.value.code == "files-in-the-way"
    assert late.read_bytes() == b"mine"


def test_a_blob_that_is_nowhere_is_told_here(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        apply_checkout(plan_all(tmp_path, {3000: bytes(32)}), store, tmp_path, jobs=2, progress=Silent())
    assert caught.value.code == "object-missing"


def test_a_worker_that_is_killed_is_an_error() -> None:
    worker = Worker("datagit.worktree.apply_worker")
    worker.send((b"/nowhere", None))
    worker.process.kill()
    with pytest.raises(WorkerDiedError):
        worker.receive()
    worker.stop()


def test_an_error_keeps_its_category_on_the_way() -> None:
    error = Failure(CorruptionError("broken", hint="mend it", code="object-corrupt")).error()
    assert (type(error), error.message, error.hint, error.code) == (
        CorruptionError,
        "broken",
        "mend it",
        "object-corrupt",
    )
    assert type(Failure(DatagitError("plain")).error()) is DatagitError

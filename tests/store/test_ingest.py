import os
import random
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from datagit.ids import ObjectId, blob_id
from datagit.objects.blob import read_blob
from datagit.progress import Silent, Unit
from datagit.store.ingest import Ingested, hash_files, ingest_files
from datagit.store.store import Store, create_store, open_store
from datagit.store.verify import verify_pack
from tests.store.conftest import UUID
from tests.unprivileged import without_rights


class Counting(Silent):
    def __init__(self) -> None:
        self.total: int | None = None
        self.done = 0

    def begin(self, stage: str, *, total: int | None, unit: Unit) -> None:
        self.total = total

    def advance(self, amount: int) -> None:
        self.done += amount


def candidates(root: Path) -> pa.Table:
    found = []
    for folder, _, names in os.walk(os.fsencode(root)):
        for name in names:
            path = os.path.join(folder, name)
            mode = 2 if os.path.islink(path) else 1 if os.access(path, os.X_OK) else 0
            found.append((os.path.relpath(path, os.fsencode(root)), mode))
    found.sort()
    return pa.table(
        {
            "path": pa.array([path for path, _ in found], pa.binary()),
            "mode": pa.array([mode for _, mode in found], pa.uint8()),
        }
    )


def make_tree(root: Path, count: int) -> dict[bytes, bytes]:
    chance = random.Random(count)
    contents = {}
    for number in range(count):
        path = root / f"d{number % 7}" / f"e{number % 3}" / f"file{number}.{'txt' if number % 2 else 'bin'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (b"line %d\n" % number) * chance.randrange(50) if number % 2 else chance.randbytes(number % 3000)
        path.write_bytes(content)
        contents[os.fsencode(path.relative_to(root))] = content
    (root / "link").symlink_to("d0/nowhere")
    contents[b"link"] = b"d0/nowhere"
    return contents


def check(store: Store, root: Path, result: Ingested, contents: dict[bytes, bytes]) -> None:
    rows = result.rows.to_pylist()
    assert [row["path"] for row in rows] == sorted(contents)
    for row in rows:
        content = contents[row["path"]]
        found = os.lstat(os.path.join(os.fsencode(root), row["path"]))
        assert row["id"] == blob_id(content)
        assert row["size"] == len(content)
        assert (row["mtime_ns"], row["ctime_ns"], row["inode"]) == (
            found.st_mtime_ns,
            found.st_ctime_ns,
            found.st_ino,
        )
        assert read_blob(store, ObjectId(row["id"])) == content


@pytest.mark.parametrize(("count", "jobs"), [(0, 2), (1, 2), (40, 1), (350, 1), (350, 2), (400, 3)])
def test_every_file_is_hashed_and_can_be_read_back(store: Store, tmp_path: Path, count: int, jobs: int) -> None:
    root = tmp_path / "files"
    root.mkdir()
    contents = make_tree(root, count)
    progress = Counting()
    result = ingest_files(store, root, candidates(root), jobs=jobs, progress=progress)
    assert result.failures == ()
    check(store, root, result, contents)
    assert progress.total == progress.done == len(contents)
    for lookup in set(store.lookup.values()):
        for name in lookup.names():
            pack = lookup.pack(name)
            assert pack is not None
            verify_pack(pack)
    again = ingest_files(open_store(store.folder), root, candidates(root), jobs=jobs, progress=Silent())
    assert again.packs == ()
    assert again.rows.equals(result.rows)
    assert hash_files(root, candidates(root), jobs=jobs, progress=Silent()).rows.equals(result.rows)
    assert list((store.folder / "tmp").iterdir()) == []


def test_equal_files_are_stored_once(store: Store, tmp_path: Path) -> None:
    root = tmp_path / "files"
    root.mkdir()
    for number in range(20):
        (root / str(number)).write_bytes(b"the same content")
    (pack,) = ingest_files(store, root, candidates(root), jobs=1, progress=Silent()).packs
    assert pack.count == 1


def test_a_few_large_files_are_shared_out(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / str(number)).write_bytes(bytes([number]) * (12 << 20))
    table = candidates(tmp_path)
    sizes = pa.array([12 << 20] * 6, pa.int64())
    rows = hash_files(tmp_path, table.append_column("size", sizes), jobs=2, progress=Silent()).rows
    assert rows["id"].to_pylist() == [blob_id(bytes([number]) * (12 << 20)) for number in range(6)]


def test_objects_lie_in_path_order(store: Store, tmp_path: Path) -> None:
    root = tmp_path / "files"
    root.mkdir()
    make_tree(root, 60)
    rows = ingest_files(store, root, candidates(root), jobs=1, progress=Silent()).rows.to_pylist()
    offsets = [store.lookup[1].find(1, row["id"])[0].offset for row in rows if row["size"]]  # type: ignore[index,arg-type] # Kind.BLOB is 1
    assert sorted(set(offsets)) == list(dict.fromkeys(offsets))


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_cannot_be_read_is_told_and_the_rest_is_stored(store: Store, tmp_path: Path, jobs: int) -> None:
    root = tmp_path / "files"
    root.mkdir()
    contents = make_tree(root, 320)
    wanted = candidates(root)
    os.unlink(root / "d0" / "e0" / "file0.bin")
    os.unlink(root / "d1" / "e1" / "file1.txt")
    os.mkfifo(root / "d1" / "e1" / "file1.txt")
    os.unlink(root / "d2" / "e2" / "file2.bin")
    (root / "d2" / "e2" / "file2.bin").symlink_to("file9.txt")
    os.unlink(root / "d3" / "e0" / "file3.txt")
    (root / "d3" / "e0" / "file3.txt").mkdir()
    os.unlink(root / "link")
    (root / "link").write_bytes(b"no link any more")
    result = ingest_files(store, root, wanted, jobs=jobs, progress=Silent())
    assert {failure.path: failure.code for failure in result.failures} == {
        b"d0/e0/file0.bin": "path-not-found",
        b"d1/e1/file1.txt": "file-changed",
        b"d2/e2/file2.bin": "file-changed",
        b"d3/e0/file3.txt": "file-changed",
        b"link": "file-changed",
    }
    assert all(failure.path.decode() in failure.message for failure in result.failures)
    for failure in result.failures:
        del contents[failure.path]
    check(store, root, result, contents)


def test_a_file_without_rights_is_told() -> None:
    with without_rights() as folder:
        store = create_store(folder / "store", UUID)
        (folder / "secret").write_bytes(b"x")
        (folder / "secret").chmod(0)
        table = pa.table({"path": pa.array([b"secret"], pa.binary()), "mode": pa.array([0], pa.uint8())})
        (failure,) = ingest_files(store, folder, table, jobs=1, progress=Silent()).failures
    assert failure.code == "permission-denied"
    assert failure.message == "cannot read 'secret': permission denied"


def test_a_file_that_keeps_changing_is_never_stored_torn(store: Store, tmp_path: Path) -> None:
    root = tmp_path / "files"
    root.mkdir()
    path = root / "growing"
    path.write_bytes(b"0" * 64)
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.wait(0.0002):
                file.write(b"1" * 64)
                if file.tell() > 100_000:
                    file.truncate(64)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        outcomes = [ingest_files(store, root, candidates(root), jobs=1, progress=Silent()) for _ in range(30)]
    finally:
        stop.set()
        writer.join()
    for outcome in outcomes:
        assert [failure.code for failure in outcome.failures] in ([], ["file-changed"])
        for row in outcome.rows.to_pylist():
            content = read_blob(store, ObjectId(row["id"]))
            assert len(content) == row["size"]
            assert content == b"0" * 64 + b"1" * (row["size"] - 64)


def test_a_worker_that_cannot_write_says_why(store: Store, tmp_path: Path) -> None:
    root = tmp_path / "files"
    root.mkdir()
    make_tree(root, 320)
    (store.folder / "tmp").rmdir()
    (store.folder / "tmp").write_bytes(b"a file in the way")
    for jobs in (1, 2):
        with pytest.raises(Exception, match="cannot create"):
            ingest_files(store, root, candidates(root), jobs=jobs, progress=Silent())


def test_files_named_like_modules_are_not_imported(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "files"
    root.mkdir()
    make_tree(root, 320)
    for name in ("struct.py", "json.py", "datagit.py", "blake3.py", "sitecustomize.py"):
        (root / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(root)
    result = ingest_files(store, root, candidates(root), jobs=2, progress=Silent())
    assert result.failures == ()
    assert not (tmp_path / "ran").exists()

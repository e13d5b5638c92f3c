"""A killed add keeps what it packed: acceptance case A12."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.progress import Silent
from datagit.store.ingest import ingest_files
from datagit.store.salvage import salvage_packs
from datagit.store.store import Store, open_store

_SCRIPT = """
import sys
from pathlib import Path
import pyarrow as pa
from datagit.progress import Silent
from datagit.store.ingest import ingest_files
from datagit.store.store import open_store
root, folder = Path(sys.argv[1]), Path(sys.argv[2])
names = sorted(path.name.encode() for path in root.iterdir())
table = pa.table({"path": pa.array(names, pa.binary()), "mode": pa.array([0] * len(names), pa.uint8())})
ingest_files(open_store(folder), root, table, jobs=2, progress=Silent())
"""


def stored_bytes(store: Store) -> int:
    return sum(path.stat().st_size for path in (store.folder / "packs" / "data").iterdir())


@pytest.mark.parametrize("wait_s", [0.0, 0.3])
def test_a_killed_ingest_leaves_whole_packs_and_no_worker(store: Store, tmp_path: Path, wait_s: float) -> None:
    root = tmp_path / "files"
    root.mkdir()
    chance = random.Random(8)
    total = 0
    for number in range(3000):
        content = chance.randbytes(10_000)
        (root / f"{number:05}").write_bytes(content)
        total += len(content)
    process = subprocess.Popen([sys.executable, "-c", _SCRIPT, str(root), str(store.folder)])
    unfinished = store.folder / "tmp"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(path.stat().st_size for path in unfinished.iterdir()):
        time.sleep(0.005)
    time.sleep(wait_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    while time.monotonic() < deadline:
        salvage_packs(store, Silent())
        if not list(unfinished.iterdir()):  # until then a worker is still finishing its slice
            break
        time.sleep(0.02)
    assert list(unfinished.iterdir()) == []
    kept = stored_bytes(store)
    assert kept > 0
    names = sorted(os.fsencode(path.name) for path in root.iterdir())
    table = pa.table({"path": pa.array(names, pa.binary()), "mode": pa.array([0] * len(names), pa.uint8())})
    rows = ingest_files(open_store(store.folder), root, table, jobs=2, progress=Silent()).rows
    assert stored_bytes(store) < total + 100 * 3000 + 100_000  # nothing that was kept is stored again
    fresh = open_store(store.folder)
    for row in rows.to_pylist()[::100]:
        assert fresh.read(Kind.BLOB, ObjectId(row["id"])) == (root / os.fsdecode(row["path"])).read_bytes()

"""Many files into the store: split into slices in path order, hashed and packed by worker processes side by side.

Workers are spawned, not forked, so that none keeps a lock or a thread of ours; each fills packs of its own. A few files
are done in this process, and files too large for one worker are done here with all cores.
"""

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from datagit.ids import ID_SIZE
from datagit.objects import compute as pc
from datagit.objects.columns import Column
from datagit.objects.kind import Kind
from datagit.progress import Progress, Unit
from datagit.store.ingest_slice import IngestFailure, SliceColumns, hashing, storing
from datagit.store.ingest_team import Slice, WorkerTeam
from datagit.store.ingest_worker import encode_open
from datagit.store.layout import PackFile
from datagit.store.store import Store

_FEW_FILES = 4000  # below, starting workers takes longer than the work: a quarter of a second
_FEW_BYTES = 64 << 20
_HUGE = 64 << 20  # one such file is worth all cores
_LONGEST_SLICE = 1024
_SHORTEST_SLICE = 32
_SLICE_BYTES = 32 << 20  # so that a few large files are shared out, too
_SLICES_PER_WORKER = 8  # left to hand out at any time, so that the workers end together


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of the files.

    Attributes:
        rows: path, mode, size, id, mtime_ns, ctime_ns, inode of those that were read, in the order of the candidates.
        packs: published by this call.
        failures: the others.
    """

    rows: pa.Table
    packs: tuple[PackFile, ...]
    failures: tuple[IngestFailure, ...]


def ingest_files(store: Store, root: Path, candidates: pa.Table, *, jobs: int | None, progress: Progress) -> Ingested:
    """Hash files below root and pack what the store lacks, durably.

    Args:
        store: to add to; the caller guards "already stored" by the lock until the index is saved.
        root: folder that the paths are relative to.
        candidates: path (binary), mode (uint8) and, if at hand, size; sorted by path.
        jobs: worker processes; None for one per core, or none at all for a few files.
        progress: hears of files.

    Returns:
        One row or one failure for each candidate: unreadable, vanished, or changed while it was read, twice.

    Raises:
        StorageError: the store cannot be written; packs that were finished stay.
    """
    lookup = store.lookup[Kind.BLOB]
    lookup.prepare(candidates.num_rows)
    known = store if lookup.known() else None
    result = _ingest(root, store.folder, known, candidates, jobs, progress)
    for each in set(store.lookup.values()):
        each.refresh()
    return result


def hash_files(root: Path, candidates: pa.Table, *, jobs: int | None, progress: Progress) -> Ingested:
    """Hash files below root as ingest_files does, and store nothing."""
    return _ingest(root, None, None, candidates, jobs, progress)


def _ingest(
    root: Path, folder: Path | None, known: Store | None, candidates: pa.Table, jobs: int | None, progress: Progress
) -> Ingested:
    progress.begin("hashing" if folder is None else "adding", total=candidates.num_rows, unit=Unit.FILES)
    workers = _worker_count(candidates, jobs)
    slices: list[SliceColumns] = []
    if workers < 2:
        with hashing(root) if folder is None else storing(root, folder, known) as ingester:
            for paths, modes in _slices(candidates, 1):
                slices.append(ingester.take(paths, modes))
                progress.advance(len(paths))
            packs = ingester.finish()
    else:
        opening = encode_open(root, folder, known.uuid if known is not None else "")
        with WorkerTeam(workers, opening) as team:
            numbered = dict(team.run(_slices(candidates, workers), progress))
        slices = [numbered[number] for number in range(len(numbered))]
        packs = team.packs
    return _assemble(candidates, slices, packs)


def _worker_count(candidates: pa.Table, jobs: int | None) -> int:
    count = candidates.num_rows
    size = 0
    if "size" in candidates.column_names and count:
        size = pc.sum(candidates["size"]).as_py()
        if count > 1 and pc.max(candidates["size"]).as_py() > size // 2 > _HUGE:
            return 1  # one file outweighs the rest: its hashing uses all cores by itself
    if count < 2 or (jobs is None and count < _FEW_FILES and size < _FEW_BYTES):
        return 1
    return min(jobs or os.cpu_count() or 1, max(1, count // _SHORTEST_SLICE) if jobs else count)


def _slices(candidates: pa.Table, workers: int) -> Iterator[Slice]:
    """Yield paths and modes of slices in path order, shorter towards the end."""
    start, count = 0, candidates.num_rows
    while start < count:
        share = (count - start) // (workers * _SLICES_PER_WORKER)
        length = min(_LONGEST_SLICE, max(_SHORTEST_SLICE, share))
        part = candidates.slice(start, length)
        part = part.slice(0, _rows_within(part, _SLICE_BYTES))
        paths: Any = part["path"].to_pylist()
        modes: Any = part["mode"].to_pylist()
        yield paths, bytes(modes)
        start += part.num_rows


def _rows_within(part: pa.Table, limit: int) -> int:
    """Return how many rows, at least one, have files of so many bytes together, as far as sizes are known."""
    if "size" not in part.column_names:
        return part.num_rows
    sizes: Any = part["size"].to_pylist()
    ends = itertools.accumulate(sizes)
    return max(1, sum(1 for _ in itertools.takewhile(lambda end: end <= limit, ends)))


def _assemble(candidates: pa.Table, slices: Sequence[SliceColumns], packs: tuple[PackFile, ...]) -> Ingested:
    count = candidates.num_rows
    rows = pa.table(
        {
            "path": candidates["path"],
            "mode": candidates["mode"],
            "size": _column(pa.int64(), count, [columns.sizes for columns in slices]),
            "id": _column(pa.binary(ID_SIZE), count, [columns.ids for columns in slices]),
            "mtime_ns": _column(pa.int64(), count, [columns.mtimes for columns in slices]),
            "ctime_ns": _column(pa.int64(), count, [columns.ctimes for columns in slices]),
            "inode": _column(pa.uint64(), count, [columns.inodes for columns in slices]),
        }
    )
    failures = tuple(failure for columns in slices for _, failure in columns.failures)
    if failures:
        failed = pa.array([failure.path for failure in failures], pa.binary())
        rows = pc.filter(rows, pc.invert(pc.is_in(rows["path"], value_set=failed)))
    return Ingested(rows, packs, failures)


def _column(kind: Any, count: int, parts: Sequence[Any]) -> Column:  # noqa: ANN401 - stubs cannot name a mix of types
    return pa.Array.from_buffers(kind, count, [None, pa.py_buffer(b"".join(parts))])

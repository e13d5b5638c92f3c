"""The index: what the next commit will hold, with the stat data that tell unchanged files (docs/format/index.md)."""

import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from datagit.errors import CorruptionError
from datagit.index.boot import boot_id, sync_file_system
from datagit.objects import compute as pc
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.ipc import read_strict, table_sum, write_strict
from datagit.storage.durable import write_replacing

INDEX_SCHEMA = pa.schema(
    (
        pa.field("path", pa.binary(), nullable=False),
        pa.field("mode", pa.uint8(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("id", pa.binary(32), nullable=False),
        pa.field("stage", pa.uint8(), nullable=False),
        pa.field("mtime_ns", pa.int64(), nullable=False),
        pa.field("ctime_ns", pa.int64(), nullable=False),
        pa.field("inode", pa.uint64(), nullable=False),
    )
)
"""One row per path and stage, strictly ascending by (path, stage); mtime_ns 0 means that the file must be hashed."""

STAT_COLUMNS = ("mtime_ns", "ctime_ns", "inode")
"""What a row knows about its file besides mode and size."""

LARGEST_INDEX = 16 << 30

_VERSION = b"1"
_SETTLED_NS = 30 * 10**9


class IndexDamagedError(CorruptionError):
    """The index file is not what was saved."""

    code = "index-damaged"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"index '{path}' is damaged: {reason}", hint="rebuild it from the last commit with 'dg reset'")


@dataclass(frozen=True, slots=True)
class Index:
    """The rows that the next commit is made of, stages 1 to 3 where a merge waits for a decision.

    Attributes:
        rows: a table of INDEX_SCHEMA, sorted by (path, stage).
        store: uuid of the store that has the blobs.
        seq: log sequence that the writer had seen.
        boot: id of the boot in which the stat data were taken; loading brings an index into this one.
        durable_ns: files whose mtime and ctime are older were on the disk when the index was saved.
        saved_ns: mtime of the index file, 0 if it was never saved; a file that is not older may have changed since.
        checksum: of the rows as they were loaded or saved, as the file has it; empty after an edit.
    """

    rows: pa.Table = field(default_factory=INDEX_SCHEMA.empty_table)
    store: str = ""
    seq: int = 0
    boot: str = ""
    durable_ns: int = 0
    saved_ns: int = 0
    checksum: str = ""

    @property
    def staged(self) -> pa.Table:
        """The rows of stage 0."""
        return pc.filter(self.rows, pc.equal(self.rows["stage"], 0)) if self.unmerged_count else self.rows

    @property
    def unmerged(self) -> pa.Table:
        """The rows of stages 1 (base), 2 (ours) and 3 (theirs)."""
        return (
            self.rows.slice(0, 0)
            if not self.unmerged_count
            else pc.filter(self.rows, pc.not_equal(self.rows["stage"], 0))
        )

    @property
    def unmerged_count(self) -> int:
        """The number of rows of stages 1 to 3."""
        stages: Any = self.rows["stage"].combine_chunks()
        buffer = stages.buffers()[1]
        if buffer is None:
            return 0
        used = bytes(buffer.slice(stages.offset, len(stages)))
        return len(used) - used.count(0)


def load_index(path: Path) -> Index:
    """Return the index that was saved at path, mapped into memory without a copy; an empty one if there is no file.

    Raises:
        IndexDamagedError: its bytes are not what save_index wrote.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # opening a fifo would wait for ever
            raise IndexDamagedError(path, "it is not a regular file")
        with pa.memory_map(os.fspath(path)) as source:
            saved_ns = path.stat().st_mtime_ns
            buffer = source.read_buffer()
    except FileNotFoundError:
        return Index()
    try:
        table = read_strict(buffer, INDEX_SCHEMA, largest=LARGEST_INDEX)
        notes = dict(table.schema.metadata or {})
        expected = {b"v", b"store", b"seq", b"boot", b"durable_ns", b"sum"}
        if set(notes) != expected or notes[b"v"] != _VERSION:
            raise IndexDamagedError(path, "unknown version")
        if notes[b"sum"] != b"%016x" % table_sum(table):
            raise IndexDamagedError(path, "its checksum does not fit")
        index = Index(
            rows=table.replace_schema_metadata(None),
            store=notes[b"store"].decode(),
            seq=int(notes[b"seq"]),
            boot=notes[b"boot"].decode(),
            durable_ns=int(notes[b"durable_ns"]),
            saved_ns=saved_ns,
            checksum=notes[b"sum"].decode(),
        )
    except (InvalidObjectError, ValueError) as error:
        raise IndexDamagedError(path, str(error)) from error
    return _in_this_boot(index)


def save_index(index: Index, path: Path) -> Index:
    """Publish index durably at path and return it as saved; the caller holds the lock.

    The first save that comes more than 30 s after the youngest file was written waits until all files of the file
    system are on the disk, and moves durable_ns.
    """
    index = _settled(index, path.parent)
    notes = {
        b"v": _VERSION,
        b"store": index.store.encode(),
        b"seq": b"%d" % index.seq,
        b"boot": index.boot.encode(),
        b"durable_ns": b"%d" % index.durable_ns,
        b"sum": b"%016x" % table_sum(index.rows),
    }
    content = write_strict(index.rows, notes)
    write_replacing(path, memoryview(content))
    return replace(index, saved_ns=path.stat().st_mtime_ns, checksum=notes[b"sum"].decode())


def put_rows(index: Index, table: pa.Table) -> Index:
    """Return index with the rows of table in place of all rows, of any stage, that have one of its paths.

    A row whose path was a folder, or lies below what was a file, replaces those, too, as `git add` does.

    Args:
        index: what to change.
        table: rows of INDEX_SCHEMA, in any order, no (path, stage) twice.
    """
    if not table.num_rows:
        return index
    added = _as_rows(table)
    kept = index.rows
    if kept.num_rows:
        paths = pc.unique(added["path"])
        known = pc.is_in(kept["path"], paths)
        # a path that has rows already cannot stand against a folder; several stages of one path are one
        if index.unmerged_count or pc.sum(known).as_py() < len(paths):
            known = pc.or_(known, _shadowed(kept["path"], added["path"]))
        kept = pc.filter(kept, pc.invert(known))
    return replace(index, checksum="", rows=sort_rows(pa.concat_tables([kept, added])))


def drop_paths(index: Index, paths: "pa.Array[Any] | pa.ChunkedArray[Any] | Sequence[bytes]") -> Index:
    """Return index without the rows, of any stage, of paths."""
    gone = paths if isinstance(paths, pa.Array | pa.ChunkedArray) else pa.array(paths, pa.binary())
    kept = pc.filter(index.rows, pc.invert(pc.is_in(index.rows["path"], gone)))
    return replace(index, checksum="", rows=kept.combine_chunks())


def _as_rows(table: pa.Table) -> pa.Table:
    """Return the columns of an index row, of the right types."""
    columns = [
        table[kind.name] if table[kind.name].type == kind.type else pc.cast(table[kind.name], kind.type)
        for kind in INDEX_SCHEMA
    ]
    return pa.Table.from_arrays(columns, schema=INDEX_SCHEMA)


def sort_rows(rows: pa.Table) -> pa.Table:
    """Return rows of INDEX_SCHEMA sorted by (path, stage), as they are if they are sorted."""
    rows = rows.combine_chunks()
    if rows.num_rows > 1:
        paths, stages = rows["path"].combine_chunks(), rows["stage"].combine_chunks()
        rising = pc.less(paths[:-1], paths[1:])
        level = pc.and_(pc.equal(paths[:-1], paths[1:]), pc.less(stages[:-1], stages[1:]))
        if not pc.all(pc.or_(rising, level)).as_py():
            order = pc.sort_indices(rows, sort_keys=[("path", "ascending"), ("stage", "ascending")])
            rows = pc.take(rows, order).combine_chunks()
    return rows


def _settled(index: Index, folder: Path) -> Index:
    """Return index with boot and durable_ns as true as they can be at a save."""
    boot = boot_id()
    now_ns = _file_system_clock(folder)
    newest = pc.max(pc.max_element_wise(index.rows["mtime_ns"], index.rows["ctime_ns"])).as_py() or 0
    if now_ns and index.durable_ns <= newest < now_ns - _SETTLED_NS:
        sync_file_system(folder)
        return replace(index, boot=boot, durable_ns=now_ns)
    return replace(index, boot=boot)


def _in_this_boot(index: Index) -> Index:
    """Return index as far as it may be believed in this boot.

    After a restart, files that may not have reached the disk are hashed before they count as unchanged.
    """
    boot = boot_id()
    if index.boot == boot:
        return index
    durable = pa.scalar(index.durable_ns, pa.int64())
    mtime = index.rows["mtime_ns"]
    doubtful = pc.or_(pc.greater_equal(mtime, durable), pc.greater_equal(index.rows["ctime_ns"], durable))
    number = INDEX_SCHEMA.get_field_index("mtime_ns")
    proven = pc.if_else(doubtful, pa.scalar(0, pa.int64()), mtime)
    rows = index.rows.set_column(number, INDEX_SCHEMA.field(number), proven)
    return replace(index, rows=rows.combine_chunks(), boot=boot, checksum="")


def _file_system_clock(folder: Path) -> int:
    """Return the time, in ns, that the file system gives to a file made now; 0 where it cannot be learned."""
    if sys.platform != "linux":
        return 0
    try:
        descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError:
        return 0
    try:
        return os.fstat(descriptor).st_mtime_ns
    finally:
        os.close(descriptor)


def _shadowed(kept: "pa.ChunkedArray[Any]", added: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """Return which kept paths are a folder of an added path, or lie below one."""
    above: pa.ChunkedArray[Any] = pc.is_in(kept, value_set=folders_of(added))
    clashing = pc.filter(added, pc.is_in(added, value_set=folders_of(kept)))
    folder: Any
    for folder in clashing.to_pylist():
        above = pc.or_(above, pc.starts_with(kept, folder + b"/"))
    return above


def folders_of(paths: "pa.ChunkedArray[Any]") -> "pa.Array[Any]":
    """Return every folder that one of paths lies in, without '/' at the end."""
    found: list[Any] = []
    level: Any = pc.unique(paths)
    while len(level):
        level = pc.filter(level, pc.match_substring(level, b"/"))
        level = pc.unique(pc.replace_substring_regex(level, b"/[^/]*$", b""))
        found.append(level)
    return pa.concat_arrays(found or [pa.array([], pa.binary())])

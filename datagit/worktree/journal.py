"""What a killed checkout leaves behind, and how the next command puts it right (docs/format/journal.md).

Three files in ``state/``: the plan, the index as it was, and ``operation.json``, which is written last and removed
first. Without it the others are nothing.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from datagit.errors import CorruptionError
from datagit.ids import ObjectId
from datagit.index.operation import clear_merge_state, load_merge_state
from datagit.objects import compute as pc
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.ipc import read_strict, table_sum, write_strict
from datagit.objects.kind import Kind
from datagit.objects.path import show_path
from datagit.objects.reader import ObjectReader
from datagit.progress import Progress
from datagit.storage.durable import sync_folder, write_parts_replacing, write_replacing
from datagit.storage.rename import rename_to_new_name
from datagit.worktree.apply import apply_checkout, remove_empty_folders
from datagit.worktree.files import ASIDE, TEMPORARY, Folders, PathChangedError, Seen, hash_file, lstat_in
from datagit.worktree.plan import ABSENT, PLAN_SCHEMA, CheckoutPlan
from datagit.worktree.stat_columns import row_mode

OPERATION = "operation.json"
PLAN = "plan.arrow"
OLD_INDEX = "index-before"
MERGE = "merge"

_LARGEST_PLAN = 16 << 30
_VERSION = 1
_KEYS = frozenset({"had_index", "had_merge", "op", "seq", "v"})


class JournalDamagedError(CorruptionError):
    """The journal of a killed command cannot be read."""

    code = "invalid-object"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"'{path}', the journal of a command that was killed, is damaged",
            hint=f"remove '{path}', then look at 'dg status'",
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where one working tree keeps what a checkout touches.

    Attributes:
        state: the folder ``state`` of the repository.
        index: the index file.
        root: the working tree.
    """

    state: Path
    index: Path
    root: Path


@contextmanager
def checkout_journal(
    place: Place, plan: CheckoutPlan, *, op: str, log_seq: Callable[[], int], objects: ObjectReader, progress: Progress
) -> Iterator[None]:
    """Keep a journal while the block applies plan, saves the index and writes the log entry.

    If the block fails, what it did to files and index is undone at once, unless its log entry was written. If the
    process dies, the next holder of the lock does so. The lock must be held.

    Args:
        place: of the working tree.
        plan: what the block is about to apply.
        op: the command, for messages.
        log_seq: returns the newest log sequence; one newer than before the block means that the block has committed.
        objects: where the blobs are, also the old ones.
        progress: told about what could not be undone.
    """
    _begin(place, plan, op, log_seq())
    try:
        yield
    except Exception:
        recover_checkout(place, objects, seq=log_seq(), progress=progress)
        raise
    _end(place.state)


def recover_checkout(place: Place, objects: ObjectReader, *, seq: int, progress: Progress) -> None:
    """Put right what a killed checkout left half done; nothing happens without a journal. The lock must be held.

    A file with the bytes that were to come gets back what was there; one that still has the old bytes stays; anything
    else is the user's and stays, too, which is reported. If an old blob is not at hand, the new files stay as well.

    Args:
        place: of the working tree.
        objects: where the blobs are.
        seq: the newest log sequence now.
        progress: told about files that were left alone.

    Raises:
        JournalDamagedError: the journal is not what was written.
    """
    journal = _load(place.state)
    if journal is not None and seq <= journal["seq"]:
        plan = _read_plan(place.state / PLAN)
        _undo(place, plan, journal, objects, progress)
    _end(place.state)


def _begin(place: Place, plan: CheckoutPlan, op: str, seq: int) -> None:
    _end(place.state)
    notes = {b"v": b"1", b"sum": b"%016x" % table_sum(plan.rows)}
    write_replacing(place.state / PLAN, memoryview(write_strict(plan.rows, notes)))
    had_index = place.index.exists()
    if had_index:
        write_parts_replacing(place.state / OLD_INDEX, (place.index.read_bytes(),))
    had_merge = load_merge_state(place.state / MERGE) is not None
    content = {"had_index": had_index, "had_merge": had_merge, "op": op, "seq": seq, "v": _VERSION}
    write_replacing(place.state / OPERATION, json.dumps(content, sort_keys=True).encode())


def _end(state: Path) -> None:
    """Remove the journal, first what makes it one."""
    if (state / OPERATION).exists():
        (state / OPERATION).unlink()
        sync_folder(state)
    for name in (PLAN, OLD_INDEX):
        (state / name).unlink(missing_ok=True)


def _load(state: Path) -> dict[str, Any] | None:
    path = state / OPERATION
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise JournalDamagedError(path) from error
    if not isinstance(found, dict) or found.keys() != _KEYS or found["v"] != _VERSION or type(found["seq"]) is not int:
        raise JournalDamagedError(path)
    return found


def _read_plan(path: Path) -> pa.Table:
    try:
        table = read_strict(path.read_bytes(), PLAN_SCHEMA, largest=_LARGEST_PLAN)
        if (table.schema.metadata or {}).get(b"sum") != b"%016x" % table_sum(table):
            raise JournalDamagedError(path)
    except (InvalidObjectError, FileNotFoundError) as error:
        raise JournalDamagedError(path) from error
    return table.replace_schema_metadata(None)


def _undo(place: Place, plan: pa.Table, journal: dict[str, Any], objects: ObjectReader, progress: Progress) -> None:
    unknown = _clear_temporaries(place.root, plan)
    now, strange = _look(place.root, plan)
    strange += unknown
    for path in strange:
        progress.warn(f"{show_path(path)} changed since '{journal['op']}' was interrupted, and stays as it is")
    written = pc.and_(pc.equal(now["id"], plan["new_id"]), pc.equal(now["mode"], plan["new_mode"]))
    differs = pc.or_(pc.not_equal(plan["new_id"], plan["old_id"]), pc.not_equal(plan["new_mode"], plan["old_mode"]))
    back = pc.filter(plan, pc.and_(written, differs))
    seen = pc.filter(now, pc.and_(written, differs))
    if not _are_at_hand(objects, back):
        # what was there is nowhere here, so the new files stay, and show as changed
        progress.warn(f"'{journal['op']}' was interrupted and cannot be undone; run it again")
        return
    reverse = pa.Table.from_arrays(
        [
            back["path"],
            *(back[f"new_{name}"] for name in ("mode", "size", "id")),
            *(back[f"old_{name}"] for name in ("mode", "size", "id")),
            *(seen[f"seen_{name}"] for name in ("mode", "size", "mtime_ns", "inode")),
        ],
        schema=PLAN_SCHEMA,
    ).combine_chunks()
    remove_empty_folders(os.fsencode(place.root), _coming(plan))
    apply_checkout(CheckoutPlan(reverse, 0), objects, place.root, jobs=1, progress=progress)
    _restore_index(place, journal)


def _coming(plan: pa.Table) -> list[bytes]:
    """Return the paths that were to be written, for which folders may have been made."""
    paths: list[bytes] = pc.filter(plan["path"], pc.not_equal(plan["new_mode"], ABSENT)).to_pylist()
    return paths


def _restore_index(place: Place, journal: dict[str, Any]) -> None:
    """Put the old index back; files that were written again are hashed when they are next looked at."""
    if not journal["had_merge"]:
        clear_merge_state(place.state / MERGE)
    if journal["had_index"]:
        before = (place.state / OLD_INDEX).read_bytes()
        # the same bytes written again would look newer than files that changed since they were indexed
        if not place.index.exists() or place.index.read_bytes() != before:
            write_replacing(place.index, before)
    else:
        place.index.unlink(missing_ok=True)


def _are_at_hand(objects: ObjectReader, back: pa.Table) -> bool:
    ids: list[Any] = pc.filter(back["old_id"], pc.not_equal(back["old_mode"], ABSENT)).to_pylist()
    return all(objects.has(Kind.BLOB, ObjectId(oid)) or objects.has(Kind.CHUNKS, ObjectId(oid)) for oid in ids)


def _look(root: Path, plan: pa.Table) -> tuple[pa.Table, list[bytes]]:
    """Return what stands at the planned paths now, and the paths where it is neither old nor new."""
    columns: list[list[Any]] = [plan[name].to_pylist() for name in ("path", "old_mode", "old_id", "new_mode", "new_id")]
    rows: list[tuple[int, bytes, int, int, int, int]] = []
    strange: list[bytes] = []
    with Folders(os.fsencode(root)) as folders:
        for path, old_mode, old_id, new_mode, new_id in zip(*columns, strict=True):
            row = _look_at(folders, path)
            if (row[0], row[1]) not in ((old_mode, old_id), (new_mode, new_id)):
                strange.append(path)
            rows.append(row)
    names = ("mode", "id", "seen_mode", "seen_size", "seen_mtime_ns", "seen_inode")
    kinds = (pa.uint8(), pa.binary(32), pa.uint8(), pa.int64(), pa.int64(), pa.uint64())
    parts = zip(*rows, strict=True) if rows else ((),) * len(names)
    table: pa.Table = pa.table(
        {name: pa.array(list(part), kind) for name, part, kind in zip(names, parts, kinds, strict=True)}
    )
    return table, strange


def _clear_temporaries(root: Path, plan: pa.Table) -> list[bytes]:
    """Remove unfinished files of the killed command; return those set aside that are not what the plan knows.

    A file that the plan saw, and that was set aside with nothing in its place yet, goes back to where it was.
    """
    known = {*plan["old_id"].to_pylist(), *plan["new_id"].to_pylist()}
    displaced = _seen_files(plan)
    kept: list[bytes] = []
    with Folders(os.fsencode(root)) as folders:
        for folder, seen in sorted(displaced.items()):
            try:
                handle = folders.open(folder)
            except (FileNotFoundError, PathChangedError):
                continue
            for name in map(os.fsencode, os.listdir(handle)):
                if TEMPORARY.fullmatch(name):
                    os.unlink(name, dir_fd=handle)
                elif ASIDE.fullmatch(name) and not _settle_aside(handle, name, seen, known):
                    kept.append(folder + b"/" + name if folder else name)
    return kept


def _seen_files(plan: pa.Table) -> dict[bytes, dict[Seen, bytes]]:
    """Return the folders of plan with the files that it saw in each, and their names."""
    columns: list[list[Any]] = [plan[name].to_pylist() for name in ("path", *(f"seen_{part}" for part in Seen._fields))]
    folders: dict[bytes, dict[Seen, bytes]] = {}
    for path, *seen in zip(*columns, strict=True):
        folder, _, name = path.rpartition(b"/")
        folders.setdefault(folder, {})[Seen(*seen)] = name
    return folders


def _settle_aside(handle: int, aside: bytes, seen: dict[Seen, bytes], known: set[Any]) -> bool:
    """Put a file that was set aside back, or remove it where that loses nothing; return False if it is a stranger."""
    now = lstat_in(handle, aside)
    if now is None:
        return True
    name = seen.get(Seen(row_mode(now.st_mode), now.st_size, now.st_mtime_ns, now.st_ino))
    found = hash_file(handle, aside)
    if name is None and (found is None or found[0] not in known):
        return False
    if name is not None and lstat_in(handle, name) is None:
        rename_to_new_name(aside, name, source_folder=handle, target_folder=handle)
    else:
        os.unlink(aside, dir_fd=handle)
    return True


def _look_at(folders: Folders, path: bytes) -> tuple[int, bytes, int, int, int, int]:
    folder, _, name = path.rpartition(b"/")
    try:
        found = hash_file(folders.open(folder), name)
    except (FileNotFoundError, PathChangedError):
        found = None
    if found is None:
        return ABSENT, bytes(32), ABSENT, 0, 0, 0
    oid, now = found
    mode = row_mode(now.st_mode)
    return mode, oid, mode, now.st_size, now.st_mtime_ns, now.st_ino

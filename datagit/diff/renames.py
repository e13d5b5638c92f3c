"""Which additions are really moves: a file that went away with exactly the content of one that came.

The order of pairing is that of git 2.39: for each new path in order, the first unused old path with the same last name,
else the first unused one. Similar but unequal files are not paired.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from datagit.objects import compute as pc
from datagit.objects.mode import Mode
from datagit.objects.tree_diff import CHANGE_SCHEMA

STATUS_SCHEMA = CHANGE_SCHEMA.append(pa.field("status", pa.string())).append(pa.field("old_path", pa.binary()))
"""Changes with Git's letter (A, D, M, R, T); old_path is set where the letter is R, and old_* describe that file."""

_MANY = 100


def with_status(changes: pa.Table) -> pa.Table:
    """Return changes as STATUS_SCHEMA, each path on its own: A, D, M, or T where a file became a link or back."""
    old_mode, new_mode = changes["old_mode"], changes["new_mode"]
    was_link = pc.equal(old_mode, int(Mode.SYMLINK))
    retyped = pc.not_equal(was_link, pc.equal(new_mode, int(Mode.SYMLINK)))
    letters = pc.if_else(
        pc.is_null(old_mode), "A", pc.if_else(pc.is_null(new_mode), "D", pc.if_else(retyped, "T", "M"))
    )
    no_path = pa.nulls(changes.num_rows, pa.binary())
    return pa.Table.from_arrays([*changes.columns, letters, no_path], schema=STATUS_SCHEMA)


def pair_renames(changes: pa.Table) -> pa.Table:
    """Return changes as STATUS_SCHEMA, sorted by path, with each exact move as one row R at its new path."""
    table = with_status(changes)
    gone = pc.filter(table, pc.equal(table["status"], "D"))
    come = pc.filter(table, pc.equal(table["status"], "A"))
    # content that only one side has cannot move
    gone = pc.filter(gone, pc.is_in(gone["old_id"], value_set=come["new_id"]))
    come = pc.filter(come, pc.is_in(come["new_id"], value_set=gone["old_id"]))
    if not gone.num_rows:
        return table
    if _all_differ(gone["old_id"]) and _all_differ(come["new_id"]):
        targets, sources = come, gone.take(pc.index_in(come["new_id"], value_set=gone["old_id"]))
        same_type = pc.equal(_is_link(sources["old_mode"]), _is_link(targets["new_mode"]))
        targets, sources = targets.filter(same_type), sources.filter(same_type)
    else:
        pairs = _pair(
            gone.select(["path", "old_mode", "old_id"]).to_pylist(), come.select(["path", "new_mode", "new_id"])
        )
        targets = come.take(pa.array([target for target, _ in pairs], pa.int64()))
        sources = gone.take(pa.array([source for _, source in pairs], pa.int64()))
    return _merge_rows(table, sources, targets) if targets.num_rows else table


def _all_differ(ids: Any) -> bool:  # noqa: ANN401 # a column
    return bool(pc.count_distinct(ids).as_py() == len(ids))


def _is_link(modes: Any) -> Any:  # noqa: ANN401 # a column
    return pc.equal(modes, int(Mode.SYMLINK))


def _pair(sources: Sequence[dict[str, Any]], come: pa.Table) -> list[tuple[int, int]]:
    """Return (row of come, row of sources) for each move."""
    by_content: dict[tuple[bytes, bool], list[int]] = {}
    for row, source in enumerate(sources):
        by_content.setdefault((source["old_id"], source["old_mode"] == Mode.SYMLINK), []).append(row)
    pairs = []
    for row, target in enumerate(come.to_pylist()):
        left = by_content.get((target["new_id"], target["new_mode"] == Mode.SYMLINK))
        if left:
            chosen = _choose((sources[place]["path"] for place in left[:_MANY]), target["path"])
            pairs.append((row, left.pop(chosen)))
    return pairs


def _choose(paths: Iterable[bytes], target: bytes) -> int:
    name = target.rpartition(b"/")[2]
    return next((place for place, path in enumerate(paths) if path.rpartition(b"/")[2] == name), 0)


def _merge_rows(table: pa.Table, sources: pa.Table, targets: pa.Table) -> pa.Table:
    """Return table with the rows of sources and targets, which pair up in order, as one row each."""
    moved = pa.Table.from_arrays(
        [
            targets["path"],
            *(sources[name] for name in ("old_mode", "old_size", "old_id")),
            *(targets[name] for name in ("new_mode", "new_size", "new_id")),
            pa.repeat("R", targets.num_rows),
            sources["path"],
        ],
        schema=STATUS_SCHEMA,
    )
    used = pc.or_(
        pc.and_(pc.equal(table["status"], "D"), pc.is_in(table["path"], value_set=sources["path"])),
        pc.and_(pc.equal(table["status"], "A"), pc.is_in(table["path"], value_set=targets["path"])),
    )
    rows = pa.concat_tables([pc.filter(table, pc.invert(used)), moved]).combine_chunks()
    ordered: pa.Table = pc.take(rows, pc.sort_indices(rows["path"]))
    return ordered

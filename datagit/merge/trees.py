"""Three snapshots merged file by file, with the results of Git's ``ort`` strategy where no file was renamed.

What only one side changed is taken by whole columns. Only paths that both sides changed are looked at one by one.
"""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute

from datagit.ids import ObjectId, blob_id
from datagit.merge.conflicts import Conflict, ConflictKind, Note, Version
from datagit.merge.content import TEXT_LIMIT, Depth, MergePolicy, Outcome, merge_content
from datagit.merge.file_directory import find_blocked, free_path
from datagit.merge.text import Favour
from datagit.merge.three_way import Settled, settle
from datagit.objects.blob import read_blob
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.mode import Mode
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.reader import ObjectReader
from datagit.objects.tree import edit_tree
from datagit.objects.tree_diff import CHANGE_SCHEMA, diff_nodes

pc: Any = pyarrow.compute  # its stubs are narrower than its functions


@dataclass(frozen=True, slots=True)
class TreeMerge:
    """What becomes of ours when theirs is merged into it.

    Attributes:
        changes: CHANGE_SCHEMA, sorted by path; old is ours, new is the result. For a path in conflicts, new is what the
            working file shall say until the user has decided.
        conflicts: the paths left to the user, sorted.
        notes: what Git says about paths, sorted by path: "Auto-merging …", "CONFLICT (content): …".
        blobs: (id, content) of merged files, which no store holds yet.
    """

    changes: pa.Table
    conflicts: tuple[Conflict, ...]
    notes: tuple[Note, ...]
    blobs: tuple[tuple[ObjectId, bytes], ...]


def merge_trees(
    objects: ObjectReader, base: ObjectId, ours: ObjectId, theirs: ObjectId, policy: MergePolicy
) -> TreeMerge:
    """Return the merge of two trees that both came from base (EMPTY_TREE where there is no common ancestor)."""
    our_changes, their_changes = diff_nodes(objects, base, ours), diff_nodes(objects, base, theirs)
    if not their_changes.num_rows:
        return TreeMerge(CHANGE_SCHEMA.empty_table(), (), (), ())
    both = pc.is_in(their_changes["path"], value_set=our_changes["path"])
    merge = _Merge(objects, policy, (base, ours, theirs))
    shared = their_changes.filter(both)
    if shared.num_rows:
        merge.settle_shared(our_changes.take(pc.index_in(shared["path"], value_set=our_changes["path"])), shared)
    taken = their_changes.filter(pc.invert(both)).combine_chunks()
    if our_changes.num_rows:
        taken = merge.clear_the_way(our_changes, taken)
    return merge.result(taken)


def apply_merge(objects: ObjectReader, ours: ObjectId, merge: TreeMerge) -> tuple[ObjectId, MemoryObjects]:
    """Return the root of ours with the changes of merge, and a reader that also holds what is new.

    For paths in conflict the tree holds what the working file would say, as a virtual merge base needs it.
    """
    view = MemoryObjects(objects)
    for oid, content in merge.blobs:
        view.put(Kind.BLOB, oid, content)
    present = merge.changes.filter(pc.is_valid(merge.changes["new_id"]))
    columns = [present[name] for name in ("path", "new_mode", "new_size", "new_id")]
    put = pa.Table.from_arrays(columns, schema=LEAF_SCHEMA)
    removed = merge.changes["path"].filter(pc.is_null(merge.changes["new_id"]))
    return view.keep(edit_tree(view, ours, removed, put)), view


class _Merge:
    """The merge while it is being made."""

    def __init__(self, objects: ObjectReader, policy: MergePolicy, roots: tuple[ObjectId, ObjectId, ObjectId]) -> None:
        self.objects = objects
        self.policy = policy
        self.roots = roots
        self.results: dict[bytes, tuple[Version | None, Version | None]] = {}  # path -> ours, result
        self.conflicts: dict[bytes, Conflict] = {}
        self.notes: list[Note] = []
        self.blobs: dict[ObjectId, bytes] = {}
        self.moved: set[bytes] = set()

    @property
    def our_name(self) -> bytes:
        return self.policy.text.labels.ours

    @property
    def their_name(self) -> bytes:
        return self.policy.text.labels.theirs

    def settle_shared(self, ours: pa.Table, theirs: pa.Table) -> None:
        """Settle the paths that both sides changed; the rows of both tables are of the same paths."""
        same = pc.and_(
            pc.equal(pc.fill_null(ours["new_mode"], 255), pc.fill_null(theirs["new_mode"], 255)),
            pc.equal(pc.fill_null(ours["new_id"], bytes(32)), pc.fill_null(theirs["new_id"], bytes(32))),
        )
        differing = pc.invert(same)
        our_rows, their_rows = ours.filter(differing).to_pylist(), theirs.filter(differing).to_pylist()
        for mine, other in zip(our_rows, their_rows, strict=True):
            self._settle(mine["path"], _version(mine, "old"), _version(mine, "new"), _version(other, "new"))

    def _settle(self, path: bytes, base: Version | None, ours: Version | None, theirs: Version | None) -> None:
        if ours is None or theirs is None:
            self._modify_delete(path, base, ours, theirs)
        elif (ours.mode == Mode.SYMLINK) != (theirs.mode == Mode.SYMLINK):
            self._distinct_types(path, base, ours, theirs)
        else:
            self._contents(path, base, ours, theirs)

    def _modify_delete(self, path: bytes, base: Version | None, ours: Version | None, theirs: Version | None) -> None:
        left = base if self.policy.depth is Depth.BETWEEN_BASES else ours or theirs
        self.results[path] = (ours, left)
        self.conflicts[path] = Conflict(path, ConflictKind.MODIFY_DELETE, base, ours, theirs)
        self._note_modify_delete(path, self.their_name if ours is None else self.our_name)

    def _note_modify_delete(self, path: bytes, modified: bytes) -> None:
        deleted = self.our_name if modified == self.their_name else self.their_name
        self._note(
            path,
            b"CONFLICT (modify/delete): %s deleted in %s and modified in %s.  Version %s of %s left in tree."
            % (path, deleted, modified, modified, path),
        )

    def _distinct_types(self, path: bytes, base: Version | None, ours: Version, theirs: Version) -> None:
        """A file on one side, a link on the other: the file goes to a name of its own, so that both can be kept."""
        if self.policy.depth is Depth.BETWEEN_BASES:
            self.results[path] = (ours, base)
            return
        our_base = base if base and _same_type(base, ours) else None
        their_base = base if base and _same_type(base, theirs) else None
        if theirs.mode == Mode.SYMLINK:
            aside = self._free_path(path, self.our_name)
            self.results[aside], self.results[path] = (None, ours), (ours, theirs)
            places = (aside, path)
        else:
            aside = self._free_path(path, self.their_name)
            self.results[aside] = (None, theirs)
            places = (path, aside)
        kind = ConflictKind.DISTINCT_TYPES
        self.conflicts[places[0]] = Conflict(places[0], kind, our_base, ours, None)
        self.conflicts[places[1]] = Conflict(places[1], kind, their_base, None, theirs)
        self._note(
            path,
            b"CONFLICT (distinct types): %s had different types on each side; "
            b"renamed one of them so each can be recorded somewhere." % path,
        )

    def _contents(self, path: bytes, base: Version | None, ours: Version, theirs: Version) -> None:
        clean = True
        if ours.mode == theirs.mode or (base and ours.mode == base.mode):
            mode = theirs.mode
        else:
            mode = ours.mode
            clean = base is not None and theirs.mode == base.mode
        settled = settle(base.oid if base else None, ours.oid, theirs.oid)
        if settled is not Settled.NOT:
            kept = ours if settled is Settled.OURS else theirs
            result: Version | None = Version(mode, kept.size, kept.oid)
        elif ours.mode == Mode.SYMLINK:
            clean, result = self._links(base, ours, theirs)
        else:
            merged, result = self._texts(path, base, ours, theirs, mode)
            clean = clean and merged
        self.results[path] = (ours, result)
        if not clean:
            kind = ConflictKind.CONTENT if base else ConflictKind.ADD_ADD
            self.conflicts[path] = Conflict(path, kind, base, ours, theirs)
            self._note(path, b"CONFLICT (%s): Merge conflict in %s" % (kind.value.encode(), path))

    def _links(self, base: Version | None, ours: Version, theirs: Version) -> tuple[bool, Version | None]:
        if self.policy.depth is Depth.BETWEEN_BASES:
            return False, base
        favour = self.policy.text.favour
        return favour in (Favour.OURS, Favour.THEIRS), theirs if favour is Favour.THEIRS else ours

    def _texts(
        self, path: bytes, base: Version | None, ours: Version, theirs: Version, mode: int
    ) -> tuple[bool, Version]:
        if any(side.size > TEXT_LIMIT for side in (base, ours, theirs) if side):
            return self._too_large(path, base, ours, theirs, mode)
        # a base of another type says nothing about lines
        before = read_blob(self.objects, base.oid) if base and _same_type(base, ours) else b""
        mine, other = read_blob(self.objects, ours.oid), read_blob(self.objects, theirs.oid)
        merged = merge_content(path, before, mine, other, self.policy)
        oid = blob_id(merged.content)
        if oid not in (ours.oid, theirs.oid) and (base is None or oid != base.oid):
            self.blobs[oid] = merged.content
        if merged.outcome is Outcome.BINARY:
            self._note_binary(path)
        self._note(path, b"Auto-merging " + path)
        return merged.outcome is Outcome.CLEAN, Version(mode, len(merged.content), oid)

    def _too_large(
        self, path: bytes, base: Version | None, ours: Version, theirs: Version, mode: int
    ) -> tuple[bool, Version]:
        """Keep one version whole without reading any of them."""
        favour = self.policy.text.favour
        if self.policy.depth is Depth.BETWEEN_BASES:
            return True, (base or ours)._replace(mode=mode)
        if favour not in (Favour.OURS, Favour.THEIRS):
            self._note_binary(path)
        self._note(path, b"Auto-merging " + path)
        kept = theirs if favour is Favour.THEIRS else ours
        return favour in (Favour.OURS, Favour.THEIRS), kept._replace(mode=mode)

    def _note_binary(self, path: bytes) -> None:
        names = (path, self.our_name, self.their_name)
        self._note(path, b"warning: Cannot merge binary files: %s (%s vs. %s)" % names)

    def clear_the_way(self, our_changes: pa.Table, taken: pa.Table) -> pa.Table:
        """Move files aside where the result would have a folder of the same name; return taken without those."""
        our_paths = our_changes["path"].filter(pc.is_valid(our_changes["new_id"]))
        their_paths = taken["path"].filter(pc.is_valid(taken["new_id"]))
        settled = {path for path, (_, result) in self.results.items() if result is not None}
        settled_paths = pa.array(sorted(settled), pa.binary())
        gone = pa.array([path for path, (_, result) in self.results.items() if result is None], pa.binary())
        our_paths = our_paths.filter(pc.invert(pc.is_in(our_paths, value_set=gone)))
        present = pc.unique(pa.chunked_array([*our_paths.chunks, *their_paths.chunks, settled_paths], pa.binary()))
        blocked = find_blocked(present)
        if not blocked:
            return taken
        asked = pa.array(blocked, pa.binary())
        ours = {row["path"]: row for row in _rows_at(our_changes, asked)}
        theirs = {row["path"]: row for row in _rows_at(taken, asked)}
        for path in sorted(blocked, reverse=True):
            conflict = self.conflicts.pop(path, None)
            if conflict is None:
                row = ours.get(path) or theirs[path]
                sides = (_version(row, "new"), None) if path in ours else (None, _version(row, "new"))
                conflict = Conflict(path, ConflictKind.FILE_DIRECTORY, None, *sides)
            self._move_aside(conflict)
        return taken.filter(pc.invert(pc.is_in(taken["path"], value_set=asked))).combine_chunks()

    def _move_aside(self, conflict: Conflict) -> None:
        path = conflict.path
        name = self.our_name if conflict.ours else self.their_name
        aside = self._free_path(path, name)
        version = conflict.ours or conflict.theirs
        result = self.results.pop(path, (None, version))[1]
        if conflict.ours:
            self.results[path] = (conflict.ours, None)
        self.results[aside] = (None, result)
        self.conflicts[aside] = Conflict(aside, conflict.kind, conflict.base, conflict.ours, conflict.theirs)
        self.notes = [note for note in self.notes if note.path != path]
        self._note(
            aside,
            b"CONFLICT (file/directory): directory in the way of %s from %s; moving it to %s instead."
            % (path, name, aside),
        )
        if conflict.kind is ConflictKind.MODIFY_DELETE:
            self._note_modify_delete(aside, name)

    def _free_path(self, path: bytes, branch: bytes) -> bytes:
        aside = free_path(self.objects, self.roots, path, branch, self.moved)
        self.moved.add(aside)
        return aside

    def _note(self, path: bytes, text: bytes) -> None:
        self.notes.append(Note(path, text))

    def result(self, taken: pa.Table) -> TreeMerge:
        """Return the merge, with the rows that only theirs changed."""
        changed = [(path, ours, result) for path, (ours, result) in self.results.items() if ours != result]
        settled = pa.Table.from_pylist([_change(*row) for row in changed], schema=CHANGE_SCHEMA)
        changes = pa.concat_tables([taken, settled]).combine_chunks()
        return TreeMerge(
            changes.take(pc.sort_indices(changes["path"])) if changed else changes,
            tuple(self.conflicts[path] for path in sorted(self.conflicts)),
            tuple(sorted(self.notes, key=lambda note: note.path)),
            tuple(self.blobs.items()),
        )


def _version(row: dict[str, Any], side: str) -> Version | None:
    if row[f"{side}_id"] is None:
        return None
    return Version(row[f"{side}_mode"], row[f"{side}_size"], row[f"{side}_id"])


def _change(path: bytes, old: Version | None, new: Version | None) -> dict[str, Any]:
    row: dict[str, Any] = {"path": path}
    for side, version in (("old", old), ("new", new)):
        if version:
            row |= {f"{side}_mode": version.mode, f"{side}_size": version.size, f"{side}_id": version.oid}
    return row


def _rows_at(table: pa.Table, paths: pa.BinaryArray) -> list[dict[str, Any]]:
    return table.filter(pc.is_in(table["path"], value_set=paths)).to_pylist()


def _same_type(one: Version, other: Version) -> bool:
    return (one.mode == Mode.SYMLINK) == (other.mode == Mode.SYMLINK)

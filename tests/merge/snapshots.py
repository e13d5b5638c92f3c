"""Small snapshots as dicts, and what both tools make of merging them."""

import hashlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from datagit.ids import ObjectId, blob_id
from datagit.merge.conflicts import stage_rows
from datagit.merge.trees import TreeMerge, apply_merge
from datagit.objects.blob import read_blob
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.mode import git_mode
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tree import build_tree, read_tree

Snapshot = dict[str, tuple[int, str]]
"""path -> (mode, content)"""


@dataclass(frozen=True)
class Merged:
    """What both tools are asked for: files of the result, stages, sentences."""

    files: list[tuple[str, str, bytes]]
    stages: list[tuple[str, int, str, bytes]]
    notes: list[str]


def without_clashes(snapshot: Snapshot) -> Snapshot:
    return {
        path: entry for path, entry in snapshot.items() if not any(other.startswith(path + "/") for other in snapshot)
    }


def own(snapshot: Snapshot) -> Snapshot:
    """Give each path content that no other path has: ort of git 2.39 looks for renames even if told not to."""
    return {
        path: (mode, "".join(_end_with(_digest(path), line) for line in text.splitlines(keepends=True)))
        for path, (mode, text) in snapshot.items()
    }


def _digest(path: str) -> str:
    return hashlib.blake2b(path.encode(), digest_size=8).hexdigest()


def _end_with(word: str, line: str) -> str:
    bare = line.rstrip("\r\n")
    return f"{bare} {word}{line[len(bare) :]}"


def put_tree(objects: MemoryObjects, snapshot: Snapshot) -> ObjectId:
    rows = []
    for path, (mode, text) in snapshot.items():
        oid = blob_id(text.encode())
        objects.put(Kind.BLOB, oid, text.encode())
        rows.append({"path": path.encode(), "mode": mode, "size": len(text), "id": oid})
    return objects.keep(build_tree(pa.Table.from_pylist(rows, schema=LEAF_SCHEMA)))


def describe(objects: MemoryObjects, ours: ObjectId, merge: TreeMerge) -> Merged:
    root, view = apply_merge(objects, ours, merge)
    files: list[tuple[str, str, bytes]] = []
    row: dict[str, Any]
    for row in read_tree(view, root).to_pylist():
        content = read_blob(view, row["id"])
        assert len(content) == row["size"]
        files.append((row["path"].decode(), git_mode(row["mode"]), content))
    stages: list[tuple[str, int, str, bytes]] = []
    for row in stage_rows(merge.conflicts).to_pylist():
        content = read_blob(view, row["id"])
        stages.append((row["path"].decode(), row["stage"], git_mode(row["mode"]), content))
    return Merged(files, stages, [note.text.decode() for note in merge.notes])


class GitTrees:
    """A Git repository that merges snapshots without a working tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "init", "-q", folder], check=True)

    def run(self, *command: str, content: bytes = b"") -> bytes:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *command], input=content, capture_output=True, check=False
        )
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def commit_all(self, commits: Sequence[tuple[str, Sequence[str], Snapshot]]) -> None:
        """Make commits (branch, parents, files), each a second later than the one before."""
        stream = b""
        for time, (name, parents, snapshot) in enumerate(commits):
            lines = [f"commit refs/heads/{name}", f"committer a <a@b> {time} +0000", f"data {len(name)}", name]
            lines += [f"{word} refs/heads/{parent}" for word, parent in zip(["from", "merge"], parents, strict=False)]
            stream += "\n".join([*lines, "deleteall", ""]).encode()
            for path, (mode, text) in snapshot.items():
                content = text.encode()
                stream += f"M {git_mode(mode)} inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        self.run("fast-import", "--quiet", "--force", content=stream)

    def merge(self, ours: str, theirs: str) -> Merged:
        output = self.run("merge-tree", "--write-tree", "--messages", ours, theirs)
        head, _, messages = output.decode().partition("\n\n")
        tree, *listed = head.splitlines()
        rows = [line.split("\t") for line in self.run("ls-tree", "-r", tree).decode().splitlines()]
        listed_rows = [line.split("\t") for line in listed]
        blobs = self.blobs([meta.split()[2] for meta, _ in rows] + [meta.split()[1] for meta, _ in listed_rows])
        files = [(path, meta.split()[0], blobs[meta.split()[2]]) for meta, path in rows]
        stages = [(path, int(meta.split()[2]), meta.split()[0], blobs[meta.split()[1]]) for meta, path in listed_rows]
        # git also tells of files that it would move aside, when in the end there is nothing to move
        paths = {path for path, _, _ in files}
        told = [note for note in messages.splitlines() if "moving it to" not in note or note.split()[-2] in paths]
        return Merged(files, stages, told)

    def blobs(self, oids: list[str]) -> dict[str, bytes]:
        stream = self.run("cat-file", "--batch", content="".join(f"{oid}\n" for oid in oids).encode())
        found = {}
        while stream:
            head, _, stream = stream.partition(b"\n")
            oid, _, size = head.decode().split()
            found[oid], stream = stream[: int(size)], stream[int(size) + 1 :]
        return found


def assert_equal(ours: Merged, by_git: Merged) -> None:
    assert ours.stages == by_git.stages
    assert ours.files == by_git.files
    assert ours.notes == by_git.notes

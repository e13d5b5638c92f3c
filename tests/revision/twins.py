"""The same history in a repository of dg and in one of git: commits, files, branches and tags, one for one."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from datagit.ids import ObjectId, blob_id
from datagit.objects.commit import Commit, Signature, commit_id, encode_commit
from datagit.objects.kind import Kind
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tag import Tag, encode_tag, tag_id
from datagit.objects.tree import build_tree
from datagit.porcelain.init import init
from datagit.repository import Layout, Sources, open_repository
from datagit.store.append import Proposal, append_entry
from datagit.store.log_entry import Actor
from datagit.store.refs import RefChange
from datagit.store.store import Store, write_objects
from tests.invoke import Answer, dg, git

START = 1_700_000_000
ADA = ("Ada Writer", "ada@example.org")
BOB = ("Bob Böll", "bob@example.org")


@dataclass(frozen=True)
class Spec:
    """One commit: numbers of its parents, its date as an offset, its message and all its files."""

    parents: Sequence[int]
    time: int
    message: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    author: tuple[str, str] = ADA


@dataclass
class Twins:
    """The two repositories; ours and theirs are the working folders."""

    ours: Path
    theirs: Path
    ids: list[ObjectId]
    git_ids: list[str]

    def dg(self, *words: str) -> Answer:
        return dg(self.ours, *words)

    def git(self, *words: str) -> Answer:
        return git(self.theirs, "-c", "core.abbrev=12", "-c", "init.defaultBranch=main", *words)

    def plain(self, output: bytes) -> str:
        """Return output with every id of a commit replaced by its number, and short ids of files by a word."""
        text = output.decode()
        for number, (ours, theirs) in enumerate(zip(self.ids, self.git_ids, strict=True)):
            for full in (ours.hex(), theirs):
                text = text.replace(full, f"<{number}>").replace(full[:12], f"<{number} short>")
        return re.sub(r"\b(?!0{12})[0-9a-f]{12}\b", "<file>", text)

    def arguments(self, words: Sequence[str]) -> tuple[list[str], list[str]]:
        """Return words twice, with ``{3}`` as the id of commit 3 in each repository."""
        sides = ([oid.hex() for oid in self.ids], self.git_ids)
        ours, theirs = (
            [re.sub(r"\{(\d+)\}", lambda match, ids=ids: ids[int(match[1])], word) for word in words]  # type: ignore[misc]
            for ids in sides
        )
        return ours, theirs


def make_twins(
    folder: Path, specs: Sequence[Spec], branches: Mapping[str, int], tags: Mapping[str, int] | None = None
) -> Twins:
    """Build both; the first of branches is checked out, tags that start with ``v`` are annotated."""
    ours, theirs = folder / "ours", folder / "theirs"
    for side in (ours, theirs):
        side.mkdir(parents=True)
    current = next(iter(branches))
    init(ours, Sources(), branch=current, layout=Layout.WORKTREE, actor=Actor(*ADA), time=START)
    store = open_repository(ours).store
    refs, ids = {}, _write_ours(store, specs)
    for name, number in branches.items():
        refs[name if name.startswith("refs/") else f"refs/heads/{name}"] = ids[number]
    for name, number in (tags or {}).items():
        refs[f"refs/tags/{name}"] = _tag(store, name, ids[number]) if name.startswith("v") else ids[number]
    changes = tuple(RefChange(name, None, oid) for name, oid in refs.items())
    append_entry(store, Proposal("test", changes, None, Actor(*ADA), START))
    git_ids = _write_theirs(theirs, specs, current)
    for name, number in branches.items():
        git(theirs, "update-ref", name if name.startswith("refs/") else f"refs/heads/{name}", git_ids[number])
    for name, number in (tags or {}).items():
        git(theirs, "tag", *(["-a", "-m", "tagged"] if name.startswith("v") else []), name, git_ids[number])
    git(theirs, "reset", "-q", "--mixed")
    return Twins(ours, theirs, ids, git_ids)


def _write_ours(store: Store, specs: Sequence[Spec]) -> list[ObjectId]:
    ids: list[ObjectId] = []
    objects: list[tuple[Kind, ObjectId, bytes]] = []
    for spec in specs:
        rows = [
            {"path": name.encode(), "mode": 0, "size": len(content), "id": blob_id(content)}
            for name, content in spec.files.items()
        ]
        tree = build_tree(pa.Table.from_pylist(rows, LEAF_SCHEMA))
        objects += [(Kind.BLOB, blob_id(content), content) for content in spec.files.values()]
        objects += [(Kind.NODE, oid, content) for oid, content in tree.nodes]
        author = Signature(*spec.author, START + spec.time, 330)
        committer = Signature("Carl Keeper", "carl@example.org", START + spec.time + 1, -90)
        commit = Commit(tree.root, tuple(ids[parent] for parent in spec.parents), author, committer, spec.message)
        content = encode_commit(commit)
        ids.append(commit_id(content))
        objects.append((Kind.COMMIT, ids[-1], content))
    write_objects(store, list(dict.fromkeys(objects)))
    return ids


def _tag(store: Store, name: str, oid: ObjectId) -> ObjectId:
    content = encode_tag(Tag(oid, "commit", name, Signature(*ADA, START, 0), "tagged\n"))
    write_objects(store, [(Kind.TAG, tag_id(content), content)])
    return tag_id(content)


def _write_theirs(folder: Path, specs: Sequence[Spec], branch: str) -> list[str]:
    git(folder, "init", "-q", "-b", branch)
    stream: list[bytes] = []
    for number, spec in enumerate(specs):
        message = spec.message.encode()
        stream += [
            b"commit refs/heads/import",
            b"mark :%d" % (number + 1),
            f"author {spec.author[0]} <{spec.author[1]}> {START + spec.time} +0530".encode(),
            b"committer Carl Keeper <carl@example.org> %d -0130" % (START + spec.time + 1),
            b"data %d\n%s" % (len(message), message),
        ]
        if not spec.parents:
            stream.insert(len(stream) - 5, b"reset refs/heads/import\n")
        stream += [
            b"%s :%d" % (b"merge" if place else b"from", parent + 1) for place, parent in enumerate(spec.parents)
        ]
        stream.append(b"deleteall")
        stream += [b"M 100644 inline %s\ndata %d\n%s" % (n.encode(), len(c), c) for n, c in spec.files.items()]
        stream.append(b"")
    marks = folder / ".git" / "marks"
    command = ["git", "fast-import", "--quiet", f"--export-marks={marks}"]
    subprocess.run(command, cwd=folder, input=b"\n".join(stream) + b"\n", check=True)
    git(folder, "update-ref", "-d", "refs/heads/import")
    found = dict(line.split() for line in marks.read_text().splitlines())
    return [found[f":{number + 1}"] for number in range(len(specs))]

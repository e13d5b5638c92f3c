"""What must be the same on both sides after each step, and which id on one side is which on the other."""

import difflib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from datagit.ids import ObjectId, blob_id
from datagit.objects.commit import Signature, decode_commit
from datagit.objects.kind import Kind
from datagit.objects.mode import Mode, git_mode
from datagit.objects.tag import decode_tag
from datagit.objects.tree import read_tree
from datagit.store.log import read_refs
from datagit.store.store import Store, open_store
from tests.git.pair import Outcome, Pair, Side

STATUS = ("status", "--porcelain=v2", "--branch", "--no-renames")
GIT_ID = re.compile(rb"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")
NO_ID = {b"0" * 40: b"0" * 64}

BLOBS: dict[bytes, bytes] = {}
"""git's blob id → dg's, for all repositories, since both depend on the content alone."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything a user can see of a repository, in dg's ids, as lines."""

    head: list[str]
    refs: list[str]
    status_all: list[str]
    status_normal: list[str]
    stages: list[str]
    files: list[str]


@dataclass(slots=True)
class Twins:
    """The one-to-one map between the commits and tags of both repositories, grown as refs appear."""

    pair: Pair
    store: Store
    known: dict[bytes, bytes] = field(default_factory=dict)
    taken: dict[bytes, bytes] = field(default_factory=dict)

    def join(self, git_hex: bytes, dg_hex: bytes) -> None:
        """Note that both ids mean the same object.

        Raises:
            AssertionError: they do not: another twin is known, or content, parents or tree differ.
        """
        if git_hex in self.known:
            assert self.known[git_hex] == dg_hex, f"{git_hex!r} is {self.known[git_hex]!r}, and now also {dg_hex!r}"
            return
        assert dg_hex not in self.taken, f"{dg_hex!r} is {self.taken.get(dg_hex)!r}, and now also {git_hex!r}"
        self.known[git_hex], self.taken[dg_hex] = dg_hex, git_hex
        kind = self.pair.run_git(["cat-file", "-t", git_hex.decode()]).out.strip().decode()
        content = self.pair.run_git(["cat-file", kind, git_hex.decode()]).out
        if kind == "tag":
            self.join_tag(content, ObjectId(bytes.fromhex(dg_hex.decode())))
        else:
            self.join_commit(git_hex, content, ObjectId(bytes.fromhex(dg_hex.decode())))

    def join_commit(self, git_hex: bytes, content: bytes, oid: ObjectId) -> None:
        head, _, message = content.partition(b"\n\n")
        fields = [line.split(b" ", 1) for line in head.split(b"\n")]
        parents = [value for name, value in fields if name == b"parent"]
        commit = decode_commit(self.store.read(Kind.COMMIT, oid))
        assert len(parents) == len(commit.parents), f"{len(parents)} parents in git: {commit}"
        for theirs, ours in zip(parents, commit.parents, strict=True):
            self.join(theirs, ours.hex().encode())
        named = dict(fields)
        shown = show_signature(commit.author), show_signature(commit.committer), commit.message.encode()
        message = self.translate(message)  # a squash quotes the commits it took
        expected = named[b"author"], named[b"committer"], message
        assert shown == expected, f"git writes the commit {expected}, dg {shown}"
        listing = self.translate(self.pair.run_git(["ls-tree", "-r", "-z", git_hex.decode()]).out)
        assert_same(
            "tree of " + git_hex.decode(), split(listing, b"\0"), split(show_tree(self.store, commit.tree), b"\0")
        )

    def join_tag(self, content: bytes, oid: ObjectId) -> None:
        head, _, message = content.partition(b"\n\n")
        named = dict(line.split(b" ", 1) for line in head.split(b"\n"))
        tag = decode_tag(self.store.read(Kind.TAG, oid))
        assert (tag.name.encode(), tag.message.encode()) == (named[b"tag"], message)
        assert show_signature(tag.tagger) == named[b"tagger"]
        self.join(named[b"object"], tag.object.hex().encode())

    def translate(self, text: bytes) -> bytes:
        """Return text of git with the ids that dg has for the same objects; an id without a twin stays."""
        return GIT_ID.sub(lambda match: self.twin(match[0]), text)

    def twin(self, git_hex: bytes) -> bytes:
        if git_hex in self.known:
            return self.known[git_hex]
        known = NO_ID.get(git_hex) or BLOBS.get(git_hex)
        if known:
            return known
        blob = self.pair.run_git(["cat-file", "blob", git_hex.decode()])
        if blob.code:
            return git_hex
        return BLOBS.setdefault(git_hex, blob_id(blob.out).hex().encode())


def new_twins(pair: Pair) -> Twins:
    """Return the map of a fresh pair: empty."""
    return Twins(pair, open_store(pair.dg.root / ".dg"))


def show_signature(who: Signature) -> bytes:
    sign, offset = "-" if who.offset < 0 else "+", abs(who.offset)
    return f"{who.name} <{who.email}> {who.time} {sign}{offset // 60:02}{offset % 60:02}".encode()


def show_tree(store: Store, root: ObjectId) -> bytes:
    """Return a snapshot as ``git ls-tree -r -z`` would print it."""
    table = read_tree(store, root)
    columns = (table[name].to_pylist() for name in ("path", "mode", "id"))
    return b"".join(
        f"{git_mode(Mode(mode))} blob {oid.hex()}\t".encode() + path + b"\0"
        for path, mode, oid in zip(*columns, strict=True)
    )


def git_state(pair: Pair, twins: Twins) -> State:
    """Return git's state; every commit that a ref names must have its twin by now."""
    git = pair.run_git

    def lines(*arguments: str) -> list[str]:
        outcome = git(arguments)
        assert outcome.code == 0, (arguments, outcome.err)
        return split(twins.translate(outcome.out), b"\n")

    return State(
        head=split(twins.translate((pair.git.root / ".git" / "HEAD").read_bytes()), b"\n"),
        refs=lines("for-each-ref", "--format=%(objectname) %(refname)"),
        status_all=lines(*STATUS, "-uall"),
        status_normal=lines(*STATUS, "-unormal"),
        stages=lines("ls-files", "-s"),
        files=list_files(pair.git),
    )


def dg_state(pair: Pair, twins: Twins) -> State:
    """Return dg's state, by its own commands and from its log."""

    def lines(*arguments: str) -> list[str]:
        outcome = pair.run_dg(arguments)
        assert outcome.code == 0, (arguments, outcome.err)
        return split(outcome.out, b"\n")

    refs = read_refs(twins.store)
    head = f"ref: {refs.head}" if refs.head.startswith("refs/") else refs.head
    assert (pair.dg.root / ".dg" / "HEAD").read_text() == head + "\n", "the copy of head differs from the log"
    return State(
        head=[head],
        refs=[f"{oid.hex()} {name}" for name, oid in sorted(refs.heads.items())],
        status_all=lines(*STATUS, "-uall"),
        status_normal=lines(*STATUS, "-unormal"),
        stages=lines("ls-files", "-s"),
        files=list_files(pair.dg),
    )


def join_refs(pair: Pair, twins: Twins) -> None:
    """Pair up the commits and tags that refs and heads of equal names show."""
    shown = pair.run_git(["for-each-ref", "--format=%(refname) %(objectname)"]).out.split(b"\n")
    theirs = dict(line.split(b" ") for line in shown if line)
    refs = read_refs(twins.store)
    ours = {name.encode(): oid.hex().encode() for name, oid in refs.heads.items()}
    assert_same("names of refs", sorted(name.decode() for name in theirs), sorted(name.decode() for name in ours))
    for name, git_hex in theirs.items():
        twins.join(git_hex, ours[name])
    head = (pair.git.root / ".git" / "HEAD").read_bytes().strip()
    if not head.startswith(b"ref: ") and not refs.head.startswith("refs/"):
        twins.join(head, refs.head.encode())


def list_files(side: Side) -> list[str]:
    """Return a line for each file, link and folder below side's root: kind, content, path."""
    found = sorted(walk_files(side.root, b"", side.private.encode()))
    return [f"{path!r} is a {kind} {content!r}" for path, kind, content in found]


def walk_files(root: Path, prefix: bytes, private: bytes) -> list[tuple[bytes, str, bytes]]:
    found = []
    with os.scandir(os.fsencode(root) + b"/" + prefix) as entries:
        for entry in entries:
            path = prefix + entry.name
            if path == private:
                continue
            if entry.is_symlink():
                found.append((path, "link", os.readlink(entry.path)))
            elif entry.is_dir():
                found.append((path, "folder", b""))
                found += walk_files(root, path + b"/", private)
            else:
                kind = "script" if entry.stat().st_mode & stat.S_IXUSR else "file"
                found.append((path, kind, Path(os.fsdecode(entry.path)).read_bytes()))
    return found


def assert_same_state(pair: Pair, twins: Twins) -> None:
    """Compare all that a user can see of both repositories."""
    join_refs(pair, twins)
    theirs, ours = git_state(pair, twins), dg_state(pair, twins)
    for name in State.__dataclass_fields__:
        assert_same(name, getattr(theirs, name), getattr(ours, name))


def assert_same_outcome(theirs: Outcome, ours: Outcome) -> None:
    """Compare the exit codes of the same command line."""
    said = [(outcome.out + outcome.err).decode(errors="replace") for outcome in (theirs, ours)]
    assert theirs.code == ours.code, f"git exits with {theirs.code}, dg with {ours.code}\ngit: {said[0]}\ndg: {said[1]}"


def assert_same(name: str, theirs: list[str], ours: list[str]) -> None:
    """Compare two lists of lines and show only what differs."""
    if theirs != ours:
        shown = "\n".join(line for line in difflib.unified_diff(theirs, ours, "git", "dg", lineterm="", n=1))
        raise AssertionError(f"{name} differ:\n{shown}")


def split(text: bytes, separator: bytes) -> list[str]:
    lines = text.decode(errors="surrogateescape").split(separator.decode())
    return lines[:-1] if lines[-1] == "" else lines

"""H1, H2, H4, H6, H9: trees that somebody built to write where they should not. No reader or checkout follows them."""

import os
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from datagit.ids import ObjectId, blob_id
from datagit.objects.commit import Commit, Signature, commit_id, encode_commit
from datagit.objects.kind import Kind
from datagit.objects.node import node_id
from datagit.store.append import Proposal, append_entry
from datagit.store.log_entry import Actor
from datagit.store.refs import RefChange
from datagit.store.store import open_store, write_objects
from tests.invoke import dg

Row = tuple[bytes, int, bytes]
"""Path, mode, content."""

SIGNATURE = Signature("Eve", "eve@example.org", 1, 0)
FILE, LINK = 0, 2


def encode_node(level: int, rows: int, buffers: Sequence[bytes]) -> bytes:
    """The layout of a node and none of its rules (docs/format/node.md)."""
    content = struct.pack("<B7xQ", level, rows)
    for buffer in buffers:
        content += struct.pack("<Q", len(buffer)) + buffer + bytes(-len(buffer) % 8)
    return content


def encode_paths(paths: Sequence[bytes]) -> list[bytes]:
    ends = [0]
    for path in paths:
        ends.append(ends[-1] + len(path))
    return [struct.pack(f"<{len(ends)}i", *ends), b"".join(paths)]


def leaf(rows: Sequence[Row], size_lie: int = 0) -> bytes:
    sizes = b"".join(struct.pack("<q", len(content) + size_lie) for _, _, content in rows)
    ids = b"".join(blob_id(content) for _, _, content in rows)
    buffers = [*encode_paths([path for path, _, _ in rows]), bytes(mode for _, mode, _ in rows), sizes, ids]
    return encode_node(0, len(rows), buffers)


def above(level: int, leaves: Sequence[tuple[bytes, Sequence[Row]]]) -> bytes:
    """An inner node over leaves; for each, the last path that it claims."""
    children = b"".join(node_id(leaf(rows)) for _, rows in leaves)
    counts = b"".join(struct.pack("<q", len(rows)) for _, rows in leaves)
    sizes = b"".join(struct.pack("<q", sum(len(content) for _, _, content in rows)) for _, rows in leaves)
    return encode_node(level, len(leaves), [*encode_paths([last for last, _ in leaves]), children, counts, sizes])


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A repository whose working tree is clean, beside a folder that nothing may touch."""
    (tmp_path / "canary").mkdir()
    (tmp_path / "canary" / "kept").write_bytes(b"kept")
    folder = tmp_path / "victim"
    folder.mkdir()
    (folder / "mine").write_bytes(b"mine")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "mine"]):
        assert dg(folder, *words).code == 0
    return folder


def plant(victim: Path, nodes: Sequence[bytes], blobs: Sequence[bytes], message: str = "evil") -> None:
    """Make the last of nodes the tree of a branch ``evil``."""
    store = open_store(victim / ".dg")
    commit = encode_commit(Commit(ObjectId(node_id(nodes[-1])), (), SIGNATURE, SIGNATURE, message))
    objects = {(Kind.NODE, node_id(node)): node for node in nodes}
    objects |= {(Kind.BLOB, blob_id(blob)): blob for blob in blobs}
    objects[Kind.COMMIT, commit_id(commit)] = commit
    write_objects(store, [(kind, oid, content) for (kind, oid), content in objects.items()])
    refs = (RefChange("refs/heads/evil", None, commit_id(commit)),)
    append_entry(store, Proposal("fetch", refs, None, Actor("Eve", "eve@example.org"), 1))


def everything(folder: Path) -> dict[str, bytes]:
    """All files beside the victim, in its tree, and what a hostile tree could want in its ``.dg``."""
    kept = [path for path in folder.rglob("*") if path.is_file() and ".dg" not in path.parts]
    kept += [folder / "victim" / ".dg" / name for name in ("config", "HEAD", "format.json")]
    return {str(path): path.read_bytes() for path in kept}


CHECKOUTS = (
    ("switch", "evil"),
    ("restore", "-s", "evil", "."),
    ("checkout", "evil", "--", "."),
    ("reset", "-q", "--hard", "evil"),
)


def assert_refused(victim: Path, commands: Sequence[Sequence[str]] = CHECKOUTS) -> None:
    before = everything(victim.parent)
    for words in commands:
        answer = dg(victim, *words)
        assert answer.code == 128, (words, answer)
        assert b"internal error" not in answer.err
        assert everything(victim.parent) == before, words
        assert not os.path.lexists(victim / "a")


PATHS = (
    *(b"", b".", b"..", b"a/../b", b"./a", b"/abs", b"//x", b"a//b", b"a/", b"a\0b", b"../canary/new"),
    *(b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"n" * 256, b"/".join([b"n" * 250] * 17), b"a/" * 10_000 + b"a"),
    *(b".dg/config", b".DG/x", b".dg./x", b".dg /x", b".dg::$INDEX_ALLOCATION/x", b"a\\.dg\\config", b"dg~1"),
    *(b"GIT~1/config", b".git/hooks/post-checkout", b".GiT/x", b"x/.git"),
    *(name.encode() for name in (".d\u200cg/x", ".dg\ufeff", ".g\u0131t")),
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{len(path)} {path[:24]!r}")
def test_a_path_that_leaves_the_tree_or_enters_the_repository_is_not_read(victim: Path, path: bytes) -> None:
    plant(victim, [leaf([(path, FILE, b"evil")])], [b"evil"])
    assert_refused(victim, [("switch", "evil"), ("ls-tree", "-r", "evil"), ("reset", "-q", "--hard", "evil")])


THROUGH = {
    "a file and a file below it": [(b"a", FILE, b"x"), (b"a/b", FILE, b"y")],
    "a link out and a file below it": [(b"a", LINK, b"../canary"), (b"a/new", FILE, b"evil")],
    "with another path between": [(b"a", LINK, b"../canary"), (b"a-b", FILE, b"x"), (b"a/new", FILE, b"evil")],
    "deeper": [(b"a", LINK, b"../canary"), (b"a/b/c/new", FILE, b"evil")],
    "a link to the repository": [(b"a", LINK, b".dg"), (b"a/config", FILE, b"evil")],
}


@pytest.mark.parametrize("name", THROUGH)
def test_a_file_below_a_file_or_link_is_written_by_nobody(victim: Path, name: str) -> None:
    rows = THROUGH[name]
    plant(victim, [leaf(rows)], [content for _, _, content in rows])
    assert_refused(victim)


def test_the_file_and_what_is_below_it_may_hide_in_two_leaves(victim: Path) -> None:
    one, other = [(b"a", LINK, b".dg")], [(b"a/config", FILE, b"evil")]
    top = above(1, [(b"a", one), (b"a/config", other)])
    plant(victim, [leaf(one), leaf(other), top], [b".dg", b"evil"])
    assert_refused(victim)


BROKEN = {
    "a path twice": leaf([(b"a", FILE, b"x"), (b"a", FILE, b"y")]),
    "unsorted": leaf([(b"b", FILE, b"x"), (b"a", FILE, b"y")]),
    "mode 3": leaf([(b"a", 3, b"x")]),
    "mode 255": leaf([(b"a", 255, b"x")]),
    "a negative size": leaf([(b"a", FILE, b"x")], size_lie=-2),
    "a size of 2^62": leaf([(b"a", FILE, b"x")], size_lie=2**62),
    "2^31 rows": struct.pack("<B7xQ", 0, 2**31) + leaf([(b"a", FILE, b"x")])[16:],
    "2^64 rows": struct.pack("<B7xQ", 0, 2**64 - 1) + leaf([(b"a", FILE, b"x")])[16:],
    "bytes behind the end": leaf([(b"a", FILE, b"x")]) + bytes(8),
    "cut": leaf([(b"a", FILE, b"x")])[:-8],
    "level 255": b"\xff" + leaf([(b"a", FILE, b"x")])[1:],
    "nothing": b"",
    "level 9": above(9, [(b"a", [(b"a", FILE, b"x")])]),
    "level 8 above a leaf": above(8, [(b"a", [(b"a", FILE, b"x")])]),
    "another last path": above(1, [(b"b", [(b"a", FILE, b"x")])]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_node_that_breaks_a_rule_is_not_read(victim: Path, name: str) -> None:
    plant(victim, [leaf([(b"a", FILE, b"x")]), BROKEN[name]], [b"x", b"y"])
    assert_refused(victim, [("switch", "evil"), ("ls-tree", "-r", "evil"), ("show", "evil")])


@pytest.mark.parametrize("content", [b"x", bytes(5 << 20)], ids=["small", "large"])
def test_a_file_that_is_not_as_long_as_its_tree_says_is_not_written(victim: Path, content: bytes) -> None:
    (victim / "large").write_bytes(content)
    assert dg(victim, "hash-object", "-w", "large").code == 0
    (victim / "large").unlink()
    plant(victim, [leaf([(b"a", FILE, content)], size_lie=4)], [])
    assert_refused(victim, CHECKOUTS[:2])


@pytest.mark.parametrize("target", [b"", b"x\0y", b"x" * 4097], ids=["empty", "NUL", "long"])
def test_a_link_that_cannot_be_made_is_refused(victim: Path, target: bytes) -> None:
    plant(victim, [leaf([(b"a", LINK, target)])], [target])
    assert_refused(victim, CHECKOUTS[:2])


def test_a_message_does_not_steer_the_terminal(victim: Path) -> None:
    plant(victim, [leaf([])], [], message="evil \x1b[31m\u202e\x07 subject")
    formatted = ("branch", "--format=%(subject) %(contents)")
    for words in (("log", "evil"), ("show", "evil"), ("branch", "-v"), ("log", "--oneline", "evil"), formatted):
        answer = dg(victim, *words)
        assert answer.code == 0
        assert b"\\x1b[31m\\u202e\\x07" in answer.out, words
        assert b"\x1b[31m" not in answer.out

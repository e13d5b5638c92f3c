"""What a plan refuses for the file system's sake, and large files."""

from pathlib import Path

import pytest

from datagit.errors import CorruptionError
from datagit.ids import blob_id
from datagit.objects.chunks import LARGEST_WHOLE, ChunkList, encode_chunk_list
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.kind import Kind
from datagit.worktree import plan
from datagit.worktree.plan import PathCollisionError
from tests.worktree.trees import Content, Tree

PAIRS: list[dict[bytes, Content | None]] = [
    {b"A": (0, b"1"), b"a": (0, b"2")},
    {b"x/\xc3\xa9": (0, b"1"), b"x/e\xcc\x81": (0, b"2")},
    {"straße".encode(): (0, b"1"), b"STRASSE": (0, b"2")},
    {b"A": (2, b".dg"), b"a/config": (0, b"2")},
    {b"Folder/one": (0, b"1"), b"folder/two": (0, b"2")},
]


@pytest.mark.parametrize("files", PAIRS, ids=["case", "normal form", "sharp s", "link and folder", "folders"])
def test_names_that_would_meet_are_refused_where_the_disk_folds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[bytes, Content | None]
) -> None:
    tree = Tree(tmp_path)
    monkeypatch.setattr(plan, "_folds_names", lambda _root: True)
    with pytest.raises(PathCollisionError) as caught:
        tree.plan(files)
    assert caught.value.code == "path-collision"
    assert tree.files() == {}


def test_a_name_that_meets_one_that_stays_is_refused_and_one_that_goes_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = Tree(tmp_path)
    tree.check_out({b"A": (0, b"1"), b"kept": (0, b"1")})
    monkeypatch.setattr(plan, "_folds_names", lambda _root: True)
    with pytest.raises(PathCollisionError):
        tree.plan({b"KEPT": (0, b"2")})
    tree.plan({b"A": None, b"a": (0, b"2")})


def test_this_file_system_is_asked_through_a_name_that_exists(tmp_path: Path) -> None:
    (tmp_path / ".dg").mkdir()
    assert plan._folds_names(tmp_path) is (tmp_path / ".DG").exists()


def put_chunks(tree: Tree, content: bytes, oid: bytes) -> None:
    """Keep content in chunks, under a list that claims to be oid."""
    half = len(content) // 2
    chunks = [content[:half], content[half:]]
    oids = tuple(tree.keep(chunk) for chunk in chunks)
    claim = encode_chunk_list(ChunkList(0, oids, tuple(map(len, chunks))))
    tree.objects.put(Kind.CHUNKS, blob_id(content) if oid == b"" else type(oids[0])(oid), claim)


def test_a_large_file_is_assembled_and_proven(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    content = bytes(range(256)) * (LARGEST_WHOLE // 128)
    put_chunks(tree, content, b"")
    changes = tree.changes({b"large": (1, content)})
    tree.objects._kept.pop((Kind.BLOB, blob_id(content)))
    tree.apply(tree.plan_table(changes))
    assert tree.files() == {b"large": (1, content)}


def test_a_chunk_list_that_is_not_the_blob_writes_nothing(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    content = bytes(range(256)) * (LARGEST_WHOLE // 128)
    changes = tree.changes({b"large": (0, content)})
    tree.objects._kept.pop((Kind.BLOB, blob_id(content)))
    put_chunks(tree, content[::-1], blob_id(content))
    with pytest.raises((InvalidObjectError, CorruptionError)) as caught:
        tree.apply(tree.plan_table(changes))
    assert caught.value.code == "object-corrupt"
    assert list(tmp_path.iterdir()) == []

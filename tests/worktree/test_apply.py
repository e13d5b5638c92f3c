"""What a checkout writes and removes, and what it refuses, with other hands in the tree at the same time."""

import os
from pathlib import Path

import pytest

from datagit.errors import StorageError
from datagit.objects.invalid import InvalidObjectError
from datagit.worktree.files import PathChangedError
from datagit.worktree.plan import FilesInTheWayError, Overwrite
from tests.worktree.trees import Content, Tree

FIRST: dict[bytes, Content | None] = {
    b"a.txt": (0, b"one"),
    b"data/x/1.bin": (0, b"\0\1"),
    b"data/x/2.bin": (1, b"run"),
    b"link": (2, b"data/x/1.bin"),
    b"empty": (0, b""),
    "이름\n.txt".encode(): (0, b"odd"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    tree = Tree(tmp_path)
    tree.check_out(FIRST)
    return tree


def test_files_modes_and_links_are_what_was_asked_for(tree: Tree) -> None:
    assert tree.files() == FIRST
    assert tree.index.rows["path"].to_pylist() == sorted(FIRST)


def test_the_index_rows_say_what_lstat_says(tree: Tree) -> None:
    for row in tree.index.rows.to_pylist():
        found = os.lstat(os.fsencode(tree.root) + b"/" + row["path"])
        assert (row["size"], row["mtime_ns"], row["ctime_ns"], row["inode"]) == (
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
            found.st_ino,
        )


def test_the_umask_is_honoured(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        Tree(tmp_path).check_out({b"f": (0, b"1"), b"x": (1, b"2")})
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("f", "x")] == [0o640, 0o750]


def test_files_change_kind_and_emptied_folders_go(tree: Tree) -> None:
    second: dict[bytes, Content | None] = {
        b"a.txt": (2, b"empty"),
        b"data/x/1.bin": None,
        b"data/x/2.bin": None,
        b"data": (0, b"now a file"),
        b"empty": None,
        b"empty/full": (0, b"now a folder"),
        b"link": (1, b"now a program"),
    }
    tree.check_out(second)
    expected = {path: content for path, content in (FIRST | second).items() if content is not None}
    assert tree.files() == expected
    tree.check_out({b"empty/full": None})
    assert not (tree.root / "empty").exists()


def test_untracked_files_keep_their_folder(tree: Tree) -> None:
    (tree.root / "data/x/mine").write_bytes(b"mine")
    tree.check_out({b"data/x/1.bin": None, b"data/x/2.bin": None})
    assert (tree.root / "data/x/mine").read_bytes() == b"mine"


def test_what_is_there_already_is_not_written_again(tree: Tree) -> None:
    assert tree.plan({b"a.txt": (0, b"one")}).rows.num_rows == 0


def test_a_touched_file_is_hashed_before_it_counts_as_changed(tree: Tree) -> None:
    os.utime(tree.root / "a.txt", ns=(1, 1))
    tree.check_out({b"a.txt": (0, b"two")})
    assert (tree.root / "a.txt").read_bytes() == b"two"


def test_everything_in_the_way_is_named_and_nothing_is_touched(tree: Tree) -> None:
    (tree.root / "a.txt").write_bytes(b"mine")
    (tree.root / "new").write_bytes(b"mine")
    (tree.root / "deep").write_bytes(b"mine")
    (tree.root / "folder/in").mkdir(parents=True)
    (tree.root / "folder/in/file").write_bytes(b"mine")
    before = tree.files()
    with pytest.raises(FilesInTheWayError) as caught:
        tree.plan(
            {
                b"a.txt": (0, b"two"),
                b"new": (0, b"new"),
                b"deep/down": (0, b"new"),
                b"folder": (0, b"new"),
                b"data/x/1.bin": (0, b"fine"),
            }
        )
    assert caught.value.changed == (b"a.txt",)
    assert caught.value.untracked == (b"deep", b"folder/in/file", b"new")
    assert tree.files() == before


def test_deleting_a_changed_file_is_refused_and_a_missing_one_is_fine(tree: Tree) -> None:
    (tree.root / "a.txt").unlink()
    tree.check_out({b"a.txt": None})
    (tree.root / "empty").write_bytes(b"no longer")
    with pytest.raises(FilesInTheWayError):
        tree.plan({b"empty": None})


def test_force_replaces_changed_and_untracked_files_but_nothing_beside_them(tree: Tree) -> None:
    (tree.root / "a.txt").write_bytes(b"mine")
    (tree.root / "new").write_bytes(b"mine")
    (tree.root / "beside").write_bytes(b"mine")
    tree.check_out({b"a.txt": (0, b"two"), b"new": (0, b"new")}, Overwrite.FORCE)
    assert [(tree.root / name).read_bytes() for name in ("a.txt", "new", "beside")] == [b"two", b"new", b"mine"]


def test_a_full_disk_is_said_before_the_first_write(tree: Tree) -> None:
    changes = tree.changes({b"huge": (0, b"x")})
    changes = changes.set_column(5, changes.schema.field(5), [[1 << 60]])
    assert tree.plan({b"small": (0, b"x")}).bytes_to_write == 1
    with pytest.raises(StorageError) as caught:
        tree.plan_table(changes)
    assert caught.value.code == "disk-full"


def test_a_file_that_appears_after_the_plan_stays(tree: Tree) -> None:
    plan = tree.plan({b"new": (0, b"new")})
    (tree.root / "new").write_bytes(b"mine")
    with pytest.raises(PathChangedError):
        tree.apply(plan)
    assert (tree.root / "new").read_bytes() == b"mine"
    assert not list(tree.root.glob(".tmp-*"))


@pytest.mark.parametrize("change", [{b"a.txt": (0, b"two")}, {b"a.txt": None}, {b"a.txt": (2, b"link")}])
def test_a_file_edited_after_the_plan_stays(tree: Tree, change: dict[bytes, Content | None]) -> None:
    plan = tree.plan(change)
    (tree.root / "a.txt").write_bytes(b"mine")
    with pytest.raises(PathChangedError):
        tree.apply(plan)
    assert (tree.root / "a.txt").read_bytes() == b"mine"
    assert not list(tree.root.glob(".tmp-*"))


def test_a_file_removed_after_the_plan_is_written(tree: Tree) -> None:
    plan = tree.plan({b"a.txt": (0, b"two")})
    (tree.root / "a.txt").unlink()
    tree.apply(plan)
    assert (tree.root / "a.txt").read_bytes() == b"two"


def test_a_folder_swapped_for_a_link_is_never_followed(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "1.bin").write_bytes(b"canary")
    plan = tree.plan({b"data/x/1.bin": (0, b"two"), b"data/x/new": (0, b"new")})
    (tree.root / "data/x").rename(tree.root / "data/moved")
    (tree.root / "data/x").symlink_to(outside)
    with pytest.raises(PathChangedError):
        tree.apply(plan)
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"1.bin": b"canary"}


def test_a_link_of_the_user_in_place_of_a_folder_is_in_the_way(
    tree: Tree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (tree.root / "extra").symlink_to(outside)
    with pytest.raises(FilesInTheWayError) as caught:
        tree.plan({b"extra/deep/file": (0, b"new")})
    assert caught.value.untracked == (b"extra",)


@pytest.mark.parametrize("target", [b"", b"a\0b", b"x" * 4097])
def test_a_link_whose_target_is_no_target_is_refused(tree: Tree, target: bytes) -> None:
    with pytest.raises(InvalidObjectError):
        tree.check_out({b"bad": (2, target)})
    assert not os.path.lexists(tree.root / "bad")


def test_a_fifo_in_the_way_is_not_opened(tree: Tree) -> None:
    os.mkfifo(tree.root / "pipe")
    for overwrite in Overwrite:
        with pytest.raises(FilesInTheWayError):
            tree.plan({b"pipe": (0, b"new")}, overwrite)


def test_empty_folders_make_room_for_a_file(tree: Tree) -> None:
    (tree.root / "hollow/in").mkdir(parents=True)
    tree.check_out({b"hollow": (0, b"file")})
    assert (tree.root / "hollow").read_bytes() == b"file"

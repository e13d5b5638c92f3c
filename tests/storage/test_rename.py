import os
from pathlib import Path

import pytest

from datagit.storage.rename import exchange, rename_to_new_name


def test_a_rename_never_replaces(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(FileExistsError):
        rename_to_new_name(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"b"
    rename_to_new_name(tmp_path / "a", tmp_path / "c")
    assert sorted(os.listdir(tmp_path)) == ["b", "c"]
    with pytest.raises(FileNotFoundError):
        rename_to_new_name(tmp_path / "gone", tmp_path / "d")


def test_names_are_relative_to_open_folders(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one/a").write_bytes(b"a")
    one, two = os.open(tmp_path / "one", os.O_RDONLY), os.open(tmp_path / "two", os.O_RDONLY)
    try:
        rename_to_new_name("a", "b", source_folder=one, target_folder=two)
    finally:
        os.close(one)
        os.close(two)
    assert (tmp_path / "two/b").read_bytes() == b"a"


def test_exchange_swaps_two_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    exchange(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == b"b"
    assert (tmp_path / "b").read_bytes() == b"a"

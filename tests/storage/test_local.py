import os
import pickle
from pathlib import Path

import pytest

from datagit.errors import StorageError
from datagit.storage.base import NameMissingError
from datagit.storage.local import LocalStorage
from tests.storage.contract import StorageContract


class TestLocalStorage(StorageContract):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> LocalStorage:
        return LocalStorage(tmp_path / "store")


def test_published_files_are_read_only_and_no_temporary_file_stays(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.create("log/1", b"x")
    storage.replace("log/2", b"x")
    assert (tmp_path / "log/1").stat().st_mode & 0o222 == 0
    assert (tmp_path / "log/2").stat().st_mode & 0o200
    assert sorted(os.listdir(tmp_path / "log")) == ["1", "2"]


def test_a_source_below_the_root_is_moved_and_another_is_copied(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "store")
    (tmp_path / "store/tmp").mkdir(parents=True)
    built, elsewhere = tmp_path / "store/tmp/built", tmp_path / "elsewhere"
    built.write_bytes(b"built")
    elsewhere.write_bytes(b"elsewhere")
    storage.create_from("packs/data/a", built)
    storage.create_from("packs/data/b", elsewhere)
    assert not built.exists()
    assert elsewhere.stat().st_nlink == 1
    assert elsewhere.stat().st_ino != (tmp_path / "store/packs/data/b").stat().st_ino
    assert storage.read("packs/data/a") + storage.read("packs/data/b") == b"builtelsewhere"


def test_links_and_pipes_in_place_of_files_are_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    store = tmp_path / "store"
    (store / "log").mkdir(parents=True)
    (store / "log/link").symlink_to(secret)
    os.mkfifo(store / "log/pipe")
    storage = LocalStorage(store)
    assert list(storage.list("log")) == []
    with pytest.raises((NameMissingError, StorageError)):
        storage.read("log/link")
    with pytest.raises(NameMissingError):
        storage.size("log/link")
    with pytest.raises(NameMissingError):
        storage.read("log/pipe")
    storage.replace("log/link", b"ours")
    assert secret.read_bytes() == b"secret"


def test_it_can_be_sent_to_another_process(tmp_path: Path) -> None:
    LocalStorage(tmp_path).create("a/b", b"1")
    assert pickle.loads(pickle.dumps(LocalStorage(tmp_path))).read("a/b") == b"1"

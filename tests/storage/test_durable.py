import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from datagit.errors import StorageError
from datagit.storage.base import NameTakenError
from datagit.storage.durable import (
    TEMPORARY_PREFIX,
    make_folder,
    publish_new,
    storage_error,
    sync_folder,
    temporary_name,
    write_derived,
    write_new,
    write_parts_replacing,
    write_replacing,
)


def test_a_new_name_is_written_once_and_never_replaced(tmp_path: Path) -> None:
    write_new(tmp_path / "a", b"first")
    with pytest.raises(NameTakenError) as caught:
        write_new(tmp_path / "a", b"second")
    assert str(tmp_path / "a") in caught.value.message
    assert (tmp_path / "a").read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["a"]


def test_replacing_changes_the_bytes_and_the_inode_but_never_truncates_in_place(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_replacing(path, b"first")
    with path.open("rb") as old_reader:
        write_replacing(path, b"second")
        assert old_reader.read() == b"first"
    write_parts_replacing(path, [b"th", memoryview(b"ir"), b"", b"d"])
    assert path.read_bytes() == b"third"
    write_derived(path, b"fourth")
    assert path.read_bytes() == b"fourth"
    assert os.listdir(tmp_path) == ["a"]


def test_a_link_with_the_target_name_is_replaced_itself_and_taken_for_a_name(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"safe")
    (tmp_path / "link").symlink_to(outside)
    with pytest.raises(NameTakenError):
        write_new(tmp_path / "link", b"x")
    write_replacing(tmp_path / "link", b"x")
    assert outside.read_bytes() == b"safe"
    assert not (tmp_path / "link").is_symlink()


def test_publishing_moves_the_temporary_name_away(tmp_path: Path) -> None:
    built = tmp_path / temporary_name()
    built.write_bytes(b"pack")
    publish_new(built, tmp_path / "pack")
    assert os.listdir(tmp_path) == ["pack"]
    other = tmp_path / temporary_name()
    other.write_bytes(b"other")
    with pytest.raises(NameTakenError):
        publish_new(other, tmp_path / "pack")
    assert other.read_bytes() == b"other"


def test_temporary_names_are_hidden_fresh_and_sixteen_digits() -> None:
    names = {temporary_name() for _ in range(100)}
    assert len(names) == 100
    assert all(name.startswith(TEMPORARY_PREFIX) and len(name) == len(TEMPORARY_PREFIX) + 16 for name in names)


def test_folders_are_made_as_deep_as_needed_and_may_exist(tmp_path: Path) -> None:
    make_folder(tmp_path / "a/b/c")
    make_folder(tmp_path / "a/b/c")
    assert (tmp_path / "a/b/c").is_dir()
    sync_folder(tmp_path / "a")


def test_a_folder_that_cannot_be_made_is_a_coded_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError) as caught:
        make_folder(tmp_path / "file/below")
    assert caught.value.code == "io-error"
    with pytest.raises(StorageError):
        write_new(tmp_path / "missing/a", b"")
    with pytest.raises(StorageError):
        sync_folder(tmp_path / "missing")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-full"),
        (errno.EACCES, "permission-denied"),
        (errno.EROFS, "permission-denied"),
        (errno.EIO, "io-error"),
        (errno.EMFILE, "io-error"),
    ],
)
def test_errors_of_the_system_get_a_code_and_name_the_path(number: int, code: str) -> None:
    error = storage_error(OSError(number, os.strerror(number)), "write", "/x/y")
    assert error.code == code
    assert "'/x/y'" in error.message
    assert error.message == error.message.lower()


FULL = """
import resource, signal, sys
from pathlib import Path
from datagit.errors import StorageError
from datagit.storage.durable import write_new
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_new(Path(sys.argv[1]) / "a", b"x" * 5000)
except StorageError as error:
    sys.exit(0 if sys.argv[1] in error.message else 3)
sys.exit(4)
"""


def test_a_write_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], check=False)
    assert done.returncode == 0
    assert os.listdir(tmp_path) == []

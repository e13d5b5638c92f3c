import errno
import os
from pathlib import Path

import pytest

from datagit.store.source import SourceFiles


def read(files: SourceFiles, path: bytes) -> bytes:
    descriptor = files.open(path)
    try:
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


def test_files_are_found_in_any_order_of_folders(tmp_path: Path) -> None:
    paths = [b"a", b"d/a", b"d/e/f/a", b"d/e/a", b"d/eg/a", b"z/a", b"d/e/f/b", b"b"]
    for path in paths:
        place = tmp_path / os.fsdecode(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path)
    files = SourceFiles(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    assert [read(files, path) for path in paths + paths[::-1]] == paths + paths[::-1]
    assert len(os.listdir("/proc/self/fd")) <= before + 3
    files.close()
    assert len(os.listdir("/proc/self/fd")) < before + 1


@pytest.mark.parametrize("path", [b"link", b"folder-link/inside", b"file/x", b"gone", b"gone/x"])
def test_no_link_is_followed_and_no_file_is_a_folder(tmp_path: Path, path: bytes) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").write_bytes(b"secret")
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to("folder/inside")
    (tmp_path / "folder-link").symlink_to("folder")
    files = SourceFiles(tmp_path)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is asserted below
        files.open(path)
    assert caught.value.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENOENT)
    (tmp_path / "folder" / "second").write_bytes(b"still works")
    assert read(files, b"folder/second") == b"still works"
    files.close()


def test_links_are_read_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("no/such target")
    (tmp_path / "file").write_bytes(b"")
    files = SourceFiles(tmp_path)
    target, found = files.read_link(b"link")
    assert target == b"no/such target"
    assert found.st_size == len(target)
    with pytest.raises(OSError, match="Invalid argument"):
        files.read_link(b"file")
    files.close()


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    files = SourceFiles(tmp_path)
    os.close(files.open(b"pipe"))
    files.close()

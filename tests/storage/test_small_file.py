import os
from pathlib import Path

import pytest

from datagit.storage.small_file import FileTooLargeError, Links, read_small_file


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_small_file(file, 5, Links.REFUSE) == b"12345"
    assert read_small_file(os.fsencode(file), 5, Links.FOLLOW) == b"12345"
    with pytest.raises(FileTooLargeError) as caught:
        read_small_file(file, 4, Links.REFUSE)
    assert caught.value.code == "limit-exceeded"
    assert str(file) in caught.value.message


def test_what_is_no_file_is_not_there(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")  # would wait for a writer if it were opened plainly
    for name in ("none", "fifo", ".", "none/below"):
        assert read_small_file(tmp_path / name, 9, Links.FOLLOW) is None


def test_a_link_is_followed_only_where_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert read_small_file(tmp_path / "link", 9, Links.FOLLOW) == b"x"
    assert read_small_file(tmp_path / "link", 9, Links.REFUSE) is None

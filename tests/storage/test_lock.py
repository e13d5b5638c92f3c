import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from datagit.errors import StateError
from datagit.storage.lock import LockHolder, LockTimeoutError, hold_lock, read_holder, try_lock

HOLDER = """
import sys, time
from pathlib import Path
from datagit.storage.lock import hold_lock
with hold_lock(Path(sys.argv[1]), command="dg add", started=7, timeout_s=5, waiting=lambda holder: None):
    sys.stdout.write("held")
    sys.stdout.flush()
    sys.stdin.read()
"""


def start_holder(path: Path) -> "subprocess.Popen[bytes]":
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.read(4) == b"held"
    return holder


def end_holder(holder: "subprocess.Popen[bytes]") -> None:
    holder.kill()
    holder.communicate()


def nobody(holder: LockHolder) -> None:
    raise AssertionError(holder)


def test_a_second_process_is_refused_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = start_holder(path)
    try:
        with (
            pytest.raises(LockTimeoutError) as caught,
            hold_lock(path, command="dg commit", started=8, timeout_s=0.1, waiting=nobody),
        ):
            pytest.fail("two holders")
        assert caught.value.code == "lock-timeout"
        assert (caught.value.holder.pid, caught.value.holder.command, caught.value.holder.started) == (
            holder.pid,
            "dg add",
            7,
        )
        assert f"'dg add' (pid {holder.pid}" in caught.value.message
        with try_lock(path, command="dg status", started=9) as held:
            assert not held
        assert read_holder(path).pid == holder.pid
    finally:
        end_holder(holder)


def test_a_kill_frees_the_lock_though_the_file_still_names_the_dead(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = start_holder(path)
    end_holder(holder)
    assert read_holder(path).pid == holder.pid
    with hold_lock(path, command="dg commit", started=8, timeout_s=5, waiting=nobody):
        assert read_holder(path) == LockHolder(os.getpid(), read_holder(path).host, "dg commit", 8)
    assert path.read_bytes() == b""


def test_who_waits_longer_than_a_second_says_so_once_and_then_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = start_holder(path)
    told: list[LockHolder] = []

    def waiting(found: LockHolder) -> None:
        told.append(found)
        end_holder(holder)

    begin = time.monotonic()
    with hold_lock(path, command="dg commit", started=8, timeout_s=20, waiting=waiting):
        assert time.monotonic() - begin >= 1
    assert [found.pid for found in told] == [holder.pid]


def test_a_free_lock_is_taken_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with try_lock(path, command="dg status", started=1) as held:
        assert held
        with try_lock(path, command="dg status", started=1) as again:
            assert not again
    with try_lock(path, command="dg status", started=1) as held:
        assert held


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_something_else_in_place_of_the_lock_file_is_refused_without_waiting(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "lock"
    if kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    with (
        pytest.raises(StateError),
        hold_lock(path, command="dg add", started=1, timeout_s=5, waiting=nobody),
    ):
        pytest.fail("locked something else")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"pid":"x"}', b"\xff" * 5000])
def test_an_unreadable_note_names_nobody(tmp_path: Path, note: bytes) -> None:
    path = tmp_path / "lock"
    path.write_bytes(note)
    assert read_holder(path) == LockHolder(0, "", "", 0)

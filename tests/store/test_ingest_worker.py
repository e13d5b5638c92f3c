import io
import os
from pathlib import Path

import pytest

from datagit.ids import blob_id
from datagit.objects.kind import Kind
from datagit.store.ingest_frames import (
    FAILED,
    FINISH,
    OPEN,
    PACKS,
    ROWS,
    SLICE,
    decode_packs,
    decode_rows,
    encode_slice,
    failed_error,
    read_frame,
    write_frame,
)
from datagit.store.ingest_worker import encode_open, serve
from datagit.store.store import Store


def talk(*frames: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    requests, replies = io.BytesIO(), io.BytesIO()
    for kind, body in frames:
        write_frame(requests, kind, body)
    requests.seek(0)
    serve(requests, replies)
    replies.seek(0)
    answers = []
    while replies.tell() < len(replies.getvalue()):
        answers.append(read_frame(replies))
    return answers


def test_slices_become_rows_and_at_the_end_packs(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b\n").write_bytes(b"two")
    (tmp_path / "l").symlink_to("a")
    answers = talk(
        (OPEN, encode_open(tmp_path, store.folder, store.uuid)),
        (SLICE, encode_slice([b"a", b"b\n"], bytes([0, 0]))),
        (SLICE, encode_slice([b"gone", b"l"], bytes([0, 2]))),
        (FINISH, b""),
    )
    assert [kind for kind, _ in answers] == [ROWS, ROWS, PACKS]
    first, second = decode_rows(answers[0][1]), decode_rows(answers[1][1])
    assert first.ids == blob_id(b"one") + blob_id(b"two")
    assert list(first.sizes) == [3, 3]
    assert first.inodes[0] == os.stat(tmp_path / "a").st_ino
    assert first.mtimes[1] == os.stat(tmp_path / "b\n").st_mtime_ns
    assert [(number, failure.path, failure.code) for number, failure in second.failures] == [
        (0, b"gone", "path-not-found")
    ]
    assert second.ids == bytes(32) + blob_id(b"a")
    assert [pack.count for pack in decode_packs(answers[2][1])] == [3]


def test_hashing_only_stores_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    answers = talk((OPEN, encode_open(tmp_path, None, "")), (SLICE, encode_slice([b"a"], b"\0")), (FINISH, b""))
    assert decode_rows(answers[0][1]).ids == blob_id(b"one")
    assert decode_packs(answers[1][1]) == ()
    assert not store.lookup[Kind.BLOB].names()


def test_it_leaves_when_the_pipe_closes(store: Store, tmp_path: Path) -> None:
    with pytest.raises(EOFError):
        talk((OPEN, encode_open(tmp_path, store.folder, "")), (SLICE, encode_slice([], b"")))


def test_any_failure_is_told_over_the_pipe(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    ((kind, body),) = talk((OPEN, encode_open(tmp_path / "nowhere", store.folder, "")))
    assert kind == FAILED
    assert failed_error(body).code == "internal"
    (store.folder / "tmp").rmdir()
    (store.folder / "tmp").write_bytes(b"in the way")
    ((kind, body),) = talk((OPEN, encode_open(tmp_path, store.folder, "")), (SLICE, encode_slice([b"a"], b"\0")))
    assert kind == FAILED
    assert "cannot create" in failed_error(body).message

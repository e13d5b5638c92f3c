import fcntl
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.ids import ObjectId
from datagit.objects.invalid import LimitExceededError
from datagit.objects.kind import Kind
from datagit.store.layout import PackFile
from datagit.store.pack import Pack
from datagit.store.pack_frame import PackFooter, PackHeader, encode_footer_head, encode_footer_tail, encode_header
from datagit.store.pack_index import IndexRow, encode_index
from datagit.store.pack_kind import PACK_OF_KIND, PackKind
from datagit.store.pack_writer import PackWriter
from datagit.store.verify import verify_pack
from tests.store.pack_bytes import SALT, PackBytes, Rec, oid_of


def opened(folder: Path, file: PackFile) -> Pack:
    return Pack(folder / "packs" / f"{file.name}.pack", PackKind[file.name[:4].upper()])


def write(folder: Path, kind: Kind, raws: list[bytes]) -> tuple[PackFile, ...]:
    with PackWriter(folder, PACK_OF_KIND[kind]) as writer:
        for raw in raws:
            writer.add(kind, ObjectId(oid_of(kind, raw)), raw)
        return writer.finish()


def test_the_bytes_of_the_frame_never_change() -> None:
    book = PackBytes([Rec(1, b"hello"), Rec(1, b"")])
    content = book.encode()
    rows = [
        IndexRow(ObjectId(oid), kind, offset, stored, raw, codec)
        for oid, kind, offset, stored, raw, codec in reversed(book.index_rows())
    ]
    assert (
        encode_header(PackHeader(PackKind.DATA, SALT)).hex() == "4447504b" + "01" + "00" + "0000" + "8877665544332211"
    )
    assert encode_header(PackHeader(PackKind.META, SALT))[5] == 1
    assert encode_index(rows) == book.index()
    footer = PackFooter(192, len(book.index()), 2, SALT, int.from_bytes(content[-48:-40], "little"), bytes(32))
    assert encode_footer_head(footer) == content[-80:-40]
    assert encode_footer_tail(content[-40:-8]) == content[-40:]
    assert content[-80:-56].hex() == "c000000000000000" + "8001000000000000" + "02000000" + "00000000"
    assert content[-8:] == b"DGPKEND1"


def test_a_pack_is_exactly_what_the_book_says(tmp_path: Path) -> None:
    (file,) = write(tmp_path, Kind.BLOB, [b"hello", b"", b"x" * 13])
    path = tmp_path / "packs" / f"{file.name}.pack"
    content = path.read_bytes()
    salt = int.from_bytes(content[8:16], "little")
    book = PackBytes([Rec(1, b"hello"), Rec(1, b""), Rec(1, b"x" * 13)], salt=salt)
    assert content == book.encode()
    assert file == PackFile(f"data/{content[-40:-8].hex()}-{file.name[-16:]}", len(content), 256, 3)
    assert path.stat().st_mode & 0o777 == 0o444 & ~_umask()
    assert list((tmp_path / "tmp").iterdir()) == []


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@settings(max_examples=30)
@given(raws=st.lists(st.binary(max_size=300).map(lambda part: part * 3), max_size=40))
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, raws: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("packs")
    files = write(folder, Kind.BLOB, raws)
    assert sum(file.count for file in files) == len(set(raws))
    found = {row.oid: opened(folder, file) for file in files for row in verify_pack(opened(folder, file))}
    for raw in raws:
        oid = ObjectId(oid_of(1, raw))
        row = found[oid].index.find(Kind.BLOB, oid)
        assert row is not None
        assert found[oid].read(Kind.BLOB, oid, row.offset, row.stored_len) == raw


def test_nothing_added_makes_no_pack(tmp_path: Path) -> None:
    with PackWriter(tmp_path, PackKind.DATA) as writer:
        assert writer.finish() == ()
        writer.reserve(10)
        assert writer.finish() == ()
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "packs").exists()


def test_packs_close_at_64_mib_and_large_objects_fit(tmp_path: Path) -> None:
    chance = random.Random(7)
    raws = [chance.randbytes(4 << 20) for _ in range(18)]
    files = write(tmp_path, Kind.BLOB, raws)
    assert [file.count for file in files] == [16, 2]
    assert all(verify_pack(opened(tmp_path, file)) for file in files)
    node = chance.randbytes(30 << 20)  # larger than the buffer
    (meta,) = write(tmp_path, Kind.NODE, [b"first", node, b"last"])
    assert len(verify_pack(opened(tmp_path, meta))) == 3


def test_commits_and_tags_stay_raw_and_nodes_shrink(tmp_path: Path) -> None:
    raw = b"a" * 10_000
    for kind, codec in ((Kind.COMMIT, 0), (Kind.TAG, 0), (Kind.NODE, 1)):
        (file,) = write(tmp_path, kind, [raw])
        assert [row.codec for row in verify_pack(opened(tmp_path, file))] == [codec]


@pytest.mark.parametrize(
    ("kind", "pack", "length"),
    [
        (Kind.BLOB, PackKind.META, 1),
        (Kind.COMMIT, PackKind.DATA, 1),
        (Kind.BLOB, PackKind.DATA, (4 << 20) + 1),
        (Kind.COMMIT, PackKind.META, (1 << 20) + 1),
        (Kind.TAG, PackKind.META, (64 << 10) + 1),
    ],
)
def test_what_no_reader_would_take_is_not_written(tmp_path: Path, kind: Kind, pack: PackKind, length: int) -> None:
    with PackWriter(tmp_path, pack) as writer, pytest.raises(LimitExceededError):
        writer.add(kind, ObjectId(bytes(32)), bytes(length))


def test_an_unfinished_pack_is_locked_and_an_abandoned_one_is_removed(tmp_path: Path) -> None:
    with PackWriter(tmp_path, PackKind.DATA) as writer:
        writer.add(Kind.BLOB, ObjectId(oid_of(1, b"x")), b"x")
        (unfinished,) = (tmp_path / "tmp").iterdir()
        with unfinished.open("rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "packs").exists()


def test_two_writers_never_meet(tmp_path: Path) -> None:
    assert write(tmp_path, Kind.BLOB, [b"same"]) != write(tmp_path, Kind.BLOB, [b"same"])
    assert len(list((tmp_path / "packs" / "data").iterdir())) == 2

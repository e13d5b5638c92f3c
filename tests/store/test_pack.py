import os
import re
from pathlib import Path

import pytest

from datagit.errors import StorageError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.store.pack import Pack
from datagit.store.pack_kind import LARGEST_PACK, PackKind
from datagit.store.record import PackDamagedError
from datagit.store.verify import verify_pack
from tests.store.pack_bytes import PackBytes, Rec, oid_of, write_pack

THREE = [Rec(1, b"hello"), Rec(1, b""), Rec(1, b"0123456789" * 20)]


def open_bytes(folder: Path, content: bytes, kind: PackKind = PackKind.DATA, digest: str = "") -> Pack:
    return Pack(write_pack(folder, content, kind, digest or content[-40:-8].hex()), kind)


def read(pack: Pack, record: Rec) -> bytes:
    oid = ObjectId(record.oid or oid_of(record.kind, record.raw))
    row = pack.index.find(Kind(record.kind), oid)
    assert row is not None
    return pack.read(Kind(record.kind), oid, row.offset, row.stored_len)


def test_a_pack_written_by_the_book_is_read(tmp_path: Path) -> None:
    pack = Pack(PackBytes(THREE).write(tmp_path), PackKind.DATA)
    assert [read(pack, record) for record in THREE] == [record.raw for record in THREE]
    assert len(verify_pack(pack)) == 3
    assert pack.index.find(Kind.BLOB, ObjectId(bytes(32))) is None
    assert pack.index.find(Kind.NODE, ObjectId(oid_of(1, b"hello"))) is None


def test_every_meta_kind_is_read_and_one_id_may_have_two_kinds(tmp_path: Path) -> None:
    empty_list = bytes(24)
    oid = oid_of(4, b"node")
    records = [Rec(kind, b"node") for kind in (3, 4, 5, 6)]
    records.append(Rec(2, empty_list, oid=oid))
    pack = Pack(PackBytes(records, kind=1).write(tmp_path), PackKind.META)
    assert [read(pack, record) for record in records] == [record.raw for record in records]
    assert len(verify_pack(pack)) == 5


def test_every_flipped_bit_of_header_index_and_footer_is_detected(tmp_path: Path) -> None:
    content = PackBytes(THREE).encode()
    digest = content[-40:-8].hex()
    index = len(content) - 80 - 6 * 64 * 1 - 64  # three ids fill 96 bytes: two lines of 64, five columns of one
    places = [*range(16), *range(index, len(content))]
    for bit in [8 * place + low for place in places for low in range(8)]:
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(PackDamagedError):
            open_bytes(tmp_path, bytes(damaged), digest=digest)


def test_every_flipped_bit_of_a_record_is_detected_by_reading_and_by_verify(tmp_path: Path) -> None:
    content = PackBytes(THREE[:1]).encode()
    digest = content[-40:-8].hex()
    for bit in range(8 * 16, 8 * (16 + 72 + 8)):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        pack = open_bytes(tmp_path, bytes(damaged), digest=digest)
        if bit < 8 * (16 + 72 + 5):  # what follows is padding, which a single read does not look at
            with pytest.raises(PackDamagedError):
                read(pack, THREE[0])
        with pytest.raises(PackDamagedError):
            verify_pack(pack)


def test_every_truncation_is_detected(tmp_path: Path) -> None:
    content = PackBytes(THREE).encode()
    digest = content[-40:-8].hex()
    for length in range(len(content)):
        with pytest.raises(PackDamagedError):
            open_bytes(tmp_path, content[:length], digest=digest)
    with pytest.raises(PackDamagedError):
        open_bytes(tmp_path, content + b"\0", digest=digest)


HUGE = (0, 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)


@pytest.mark.parametrize(
    "wrong",
    [
        PackBytes(THREE, magic=b"DGPX"),
        PackBytes(THREE, version=0),
        PackBytes(THREE, version=2),
        PackBytes(THREE, kind=1),
        PackBytes(THREE, kind=2),
        PackBytes(THREE, flags=1),
        PackBytes(THREE, salt=0),
        PackBytes(THREE, footer={"zero": 1}),
        PackBytes(THREE, footer={"salt": 7}),
        PackBytes(THREE, footer={"sum": 7}),
        PackBytes([]),
        *(PackBytes(THREE, footer={"offset": value}) for value in (*HUGE, 64, 320, 449)),
        *(PackBytes(THREE, footer={"length": value}) for value in (*HUGE, 64)),
        *(PackBytes(THREE, footer={"count": value}) for value in (0, 1, 2, 5, 262_145, 2**31, 2**32 - 1)),
    ],
)
def test_a_lie_in_header_or_footer_is_refused_although_all_hashes_are_right(tmp_path: Path, wrong: PackBytes) -> None:
    content = wrong.encode()
    path = write_pack(tmp_path, content, 0, content[-40:-8].hex())
    with pytest.raises(PackDamagedError):
        Pack(path, PackKind.DATA)


def test_a_name_that_is_not_the_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackDamagedError, match="name"):
        open_bytes(tmp_path, PackBytes(THREE).encode(), digest="ab" * 32)


@pytest.mark.parametrize("offset", [0, 8, 15, 17, 24, 2**31, 2**63, 2**64 - 8])
@pytest.mark.parametrize("stored_len", [0, 5, 6, 2**31, 2**63, 2**64 - 1])
def test_an_index_row_that_names_another_place_is_refused(tmp_path: Path, offset: int, stored_len: int) -> None:
    rows = [(oid_of(1, b"hello"), 1, offset, stored_len, 5, 0)]
    pack = Pack(PackBytes([Rec(1, b"hello")], rows=rows).write(tmp_path), PackKind.DATA)
    with pytest.raises(PackDamagedError):
        read(pack, Rec(1, b"hello"))
    with pytest.raises(PackDamagedError):
        verify_pack(pack)


def test_an_index_that_swaps_two_objects_is_refused(tmp_path: Path) -> None:
    one, two = sorted(PackBytes([Rec(1, b"aaaa"), Rec(1, b"bbbb")]).index_rows())
    rows = [(one[0], *two[1:]), (two[0], *one[1:])]
    pack = Pack(PackBytes([Rec(1, b"aaaa"), Rec(1, b"bbbb")], rows=rows).write(tmp_path), PackKind.DATA)
    for raw in (b"aaaa", b"bbbb"):
        with pytest.raises(PackDamagedError):
            read(pack, Rec(1, raw))


@pytest.mark.parametrize(
    "records",
    [
        [Rec(1, b"hello", oid=oid_of(1, b"other"))],
        [Rec(1, b"hello", codec=1, stored=b"hell")],
        [Rec(1, b"hello", padding=b"\0\0\1")],
    ],
)
def test_verify_finds_what_only_a_whole_reading_shows(tmp_path: Path, records: list[Rec]) -> None:
    with pytest.raises(PackDamagedError):
        verify_pack(Pack(PackBytes(records).write(tmp_path), PackKind.DATA))


def test_verify_finds_an_unsorted_index_and_two_records_of_one_object(tmp_path: Path) -> None:
    rows = PackBytes(THREE).index_rows()
    with pytest.raises(PackDamagedError):
        verify_pack(Pack(PackBytes(THREE, rows=rows[::-1]).write(tmp_path), PackKind.DATA))
    with pytest.raises(PackDamagedError):
        verify_pack(Pack(PackBytes([Rec(1, b"x"), Rec(1, b"x")]).write(tmp_path), PackKind.DATA))


def test_verify_finds_a_row_too_many(tmp_path: Path) -> None:
    wrong = PackBytes(THREE, footer={"count": 4})  # four rows need as many bytes as three
    with pytest.raises(PackDamagedError):
        verify_pack(Pack(wrong.write(tmp_path), PackKind.DATA))


def test_verify_finds_a_record_that_the_index_leaves_out(tmp_path: Path) -> None:
    rows = PackBytes(THREE).index_rows()[:2]
    with pytest.raises(PackDamagedError):
        verify_pack(Pack(PackBytes(THREE, rows=rows).write(tmp_path), PackKind.DATA))


def test_links_folders_pipes_and_giants_are_no_packs(tmp_path: Path) -> None:
    path = PackBytes(THREE).write(tmp_path)
    link = path.with_name("f" * 64 + "-0123456789abcdef.pack")
    link.symlink_to(path)
    with pytest.raises(StorageError):
        Pack(link, PackKind.DATA)
    link.unlink()
    os.mkfifo(link)
    with pytest.raises(PackDamagedError):
        Pack(link, PackKind.DATA)
    link.unlink()
    link.mkdir()
    with pytest.raises(PackDamagedError):
        Pack(link, PackKind.DATA)
    link.rmdir()
    with link.open("wb") as giant:
        giant.truncate(LARGEST_PACK + 1)
    with pytest.raises(PackDamagedError):
        Pack(link, PackKind.DATA)
    with pytest.raises(FileNotFoundError):
        Pack(link.with_suffix(".gone"), PackKind.DATA)


def test_the_example_in_the_documents_is_a_pack(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "format" / "pack.md").read_text()
    dump = re.findall(r"```hex pack\n(.*?)\n```", page, re.DOTALL)[0]
    content = b""
    for line in dump.splitlines():
        if line != "*":
            content = content.ljust(int(line[:4], 16), b"\0") + bytes.fromhex(line[6:53])
    assert content == PackBytes([Rec(1, b"hello"), Rec(1, b"")]).encode()
    pack = open_bytes(tmp_path, content)
    assert read(pack, Rec(1, b"hello")) == b"hello"
    assert len(verify_pack(pack)) == 2

import re
from dataclasses import replace
from pathlib import Path

import pytest

from datagit.errors import DatagitError
from datagit.ids import ObjectId
from datagit.objects.invalid import InvalidObjectError, LimitExceededError
from datagit.store.layout import FormatTooNewError, PackFile
from datagit.store.log_entry import Actor, LogEntry, clean_op, decode_entry, encode_entry, entry_hash
from datagit.store.refs import RefChange

PAGE = Path(__file__).parents[2] / "docs/format/log.md"
ENTRY = LogEntry(
    seq=2,
    prev=bytes(range(32)),
    tx="7d444840-9dc0-41d1-b245-5ffdce74fad2",
    time=1767225600,
    actor=Actor("Ada", "ada@example.org"),
    op="commit: first import",
    refs=(RefChange("refs/heads/main", None, ObjectId(b"\xab" * 32)),),
    head=None,
    packs_added=(PackFile("data/" + "01" * 32 + "-" + "f" * 16, 67_143_520, 67_100_032, 640),),
    packs_doomed=("meta/" + "02" * 32 + "-" + "e" * 16,),
)


def test_the_bytes_of_an_entry_are_pinned_and_documented() -> None:
    content = encode_entry(ENTRY)
    assert entry_hash(content).hex() == "18ffcea4493ffdcf95f2f77c670d1422fc7f7f2728bb069bd3e9f27c6ee036d3"
    sample = re.findall(r"```json\n(.*?)\n```", PAGE.read_text(), re.DOTALL)[0]
    assert sample.replace("\n", "").encode() == content
    assert entry_hash(content).hex() in PAGE.read_text()
    assert decode_entry(content) == ENTRY


def change_bytes(old: bytes, new: bytes) -> bytes:
    content = encode_entry(ENTRY)
    assert old in content
    return content.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"seq":2', b'"seq":0'),
        (b'"seq":2', b'"seq":10000000000'),
        (b'"seq":2', b'"seq":2.0'),
        (b'"seq":2', b'"seq":true'),
        (b'"v":1', b'"v":0'),
        (b'"v":1', b'"v":1,"x":1'),
        (b'"v":1', b'"v":1 '),
        (b'"time":1767225600', b'"time":-1'),
        (b'"time":1767225600', b'"time":1e5'),
        (b"7d444840", b"7D444840"),
        (b"ada@", b"\\nda@"),
        (b"commit: first", b"commit:\\u001bfirst"),
        (b"commit: first import", b""),
        (b"commit: first import", b"x" * 1001),
        (b"refs/heads/main", b"refs/heads/../main"),
        (b"refs/heads/main", b"main"),
        (b'{"new":"' + b"ab" * 32 + b'",', b'{"new":null,'),
        (b"ab" * 32, b"AB" * 32),
        (b"ab" * 32, b"ab" * 31),
        (b'"head":null', b'"head":"main"'),
        (b'"head":null', b'"head":""'),
        (b"data/01", b"../data/01"),
        (b"data/01", b"/data/01"),
        (b"meta/" + b"02" * 32 + b"-" + b"e" * 16, b"data/" + b"01" * 32 + b"-" + b"f" * 16),
        (b'"count":640', b'"count":0'),
        (b'"size":67143520', b'"size":67100032'),
        (b'"size":67143520', b'"size":9223372036854775808'),
        (b'"seq":2', b'"seq":2,"seq":2'),
        (b'{"actor"', b'\xef\xbb\xbf{"actor"'),
        (b'"actor"', b'"features":[],"actor"'),
    ],
)
def test_whatever_breaks_a_rule_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(DatagitError) as caught:
        decode_entry(change_bytes(old, new))
    assert caught.value.code in ("invalid-object", "name-invalid")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"null", b"[" * 100_000, b"<html>404</html>", b'"\\ud800"', b" " * (5 << 20)]
)
def test_what_is_no_entry_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidObjectError):
        decode_entry(content)


def test_entries_of_later_days_are_too_new_and_not_damaged() -> None:
    for content in (
        change_bytes(b'"v":1', b'"v":2'),
        b'{"anything":1,"v":7}',
        change_bytes(b'"head":null', b'"features":["sharded"],"head":null'),
    ):
        with pytest.raises(FormatTooNewError):
            decode_entry(content)


@pytest.mark.parametrize(
    "entry",
    [
        replace(ENTRY, op="two\nlines"),
        replace(ENTRY, actor=Actor("A\0", "a@b.c")),
        replace(ENTRY, time=-1),
        replace(ENTRY, refs=(RefChange("refs/heads/x", None, None),)),
        replace(ENTRY, packs_added=ENTRY.packs_added * 2),
        replace(ENTRY, actor=Actor("\ud800", "a@b.c")),
    ],
)
def test_writers_refuse_what_readers_would(entry: LogEntry) -> None:
    with pytest.raises(InvalidObjectError):
        encode_entry(entry)


def test_limits_are_checked_by_writers() -> None:
    packs = tuple(PackFile(f"data/{number:064x}-{'0' * 16}", 200, 100, 1) for number in range(16_385))
    with pytest.raises(LimitExceededError):
        encode_entry(replace(ENTRY, packs_added=packs))
    assert decode_entry(encode_entry(replace(ENTRY, packs_added=packs[:16_384]))).packs_added == packs[:16_384]
    many = tuple(RefChange(f"refs/tags/{number:0200}", None, ObjectId(bytes(32))) for number in range(20_000))
    with pytest.raises(LimitExceededError):
        encode_entry(replace(ENTRY, refs=many))


def test_any_text_becomes_an_op() -> None:
    assert clean_op("commit: a\tb\x1b[31m\n") == "commit: a b [31m"
    assert clean_op("\ud800") == "?"
    assert clean_op(" \n ") == "change"
    assert len(clean_op("x" * 5000)) == 1000

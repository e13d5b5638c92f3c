import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagit.errors import InvalidInputError
from datagit.ids import ObjectId, blob_id
from datagit.objects.commit import Commit, Signature, commit_id, decode_commit, encode_commit
from datagit.objects.invalid import InvalidObjectError, LimitExceededError
from tests.strategies import commits

AUTHOR = Signature("Ada Lovelace", "ada@example.org", 1767225600, 540)
COMMIT = Commit(ObjectId(bytes(32)), (ObjectId(b"\x11" * 32),), AUTHOR, AUTHOR, "first import\n")


@given(commits())
def test_a_commit_comes_back_as_it_was(commit: Commit) -> None:
    assert decode_commit(encode_commit(commit)) == commit


def test_the_bytes_and_the_id_are_pinned() -> None:
    content = encode_commit(COMMIT)
    signature = '{"email":"ada@example.org","name":"Ada Lovelace","offset":540,"time":1767225600}'
    assert content.decode() == (
        f'{{"author":{signature},"committer":{signature},"message":"first import\\n",'
        f'"parents":["{"11" * 32}"],"tree":"{"00" * 32}"}}'
    )
    assert commit_id(content).hex() == "126bebbec155f466b0305808b834144928f33c16db13ecae54c3f9e43d5c8525"
    assert commit_id(content) != blob_id(content)


@pytest.mark.parametrize(
    "change",
    [
        {"author": dataclasses.replace(AUTHOR, time=-1)},
        {"author": dataclasses.replace(AUTHOR, time=253402300800)},
        {"committer": dataclasses.replace(AUTHOR, offset=1440)},
        {"committer": dataclasses.replace(AUTHOR, offset=-1440)},
        {"author": dataclasses.replace(AUTHOR, name="a\nb")},
        {"author": dataclasses.replace(AUTHOR, name="a\x85b")},
        {"author": dataclasses.replace(AUTHOR, email="<a@b>")},
        {"parents": (ObjectId(bytes(32)),) * 2},
        {"message": "\ud800"},
    ],
    ids=range(9),
)
def test_a_commit_that_breaks_a_rule_is_not_written(change: dict[str, object]) -> None:
    with pytest.raises(InvalidObjectError):
        encode_commit(dataclasses.replace(COMMIT, **change))  # type: ignore[arg-type]  # fields of several types


def test_a_commit_beyond_the_limits_is_not_written() -> None:
    parents = tuple(blob_id(b"%d" % number) for number in range(65))
    with pytest.raises(LimitExceededError):
        encode_commit(dataclasses.replace(COMMIT, parents=parents))
    with pytest.raises(LimitExceededError):
        encode_commit(dataclasses.replace(COMMIT, message="x" * (1 << 20)))
    assert decode_commit(encode_commit(dataclasses.replace(COMMIT, parents=parents[:64]))).parents == parents[:64]


GOOD = encode_commit(COMMIT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"time":1767225600', b'"time":1767225600.0'),
        (b'"time":1767225600', b'"time":true'),
        (b'"time":1767225600', b'"time":9223372036854775808'),
        (b'"offset":540', b'"offset":1440'),
        (b"00" * 32, b"0A" * 32),
        (b"00" * 32, b"00" * 31),
        (b"00" * 32, b"00" * 31 + b"  "),
        (b'"message"', b'"extra":1,"message"'),
        (b'"message":"first import\\n",', b""),
        (b'{"author"', b'{"author":{},"author"'),
        (b'["', b'["' + b"11" * 32 + b'","'),
        (b"Ada ", b"Ada\\t"),
    ],
    ids=range(12),
)
def test_a_forged_commit_is_refused(old: bytes, new: bytes) -> None:
    assert old in GOOD
    with pytest.raises(InvalidObjectError):
        decode_commit(GOOD.replace(old, new, 1))


@given(st.binary(max_size=40), st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))
def test_mangled_bytes_give_a_coded_error_or_round_trip(piece: bytes, start: int, end: int) -> None:
    mangled = GOOD[:start] + piece + GOOD[end:]
    try:
        commit = decode_commit(mangled)
    except InvalidInputError:
        return
    assert encode_commit(commit) == mangled

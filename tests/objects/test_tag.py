import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagit.errors import InvalidInputError
from datagit.ids import ObjectId
from datagit.objects.commit import Signature
from datagit.objects.invalid import InvalidObjectError, LimitExceededError
from datagit.objects.tag import TAGGED_KINDS, Tag, decode_tag, encode_tag, tag_id
from tests.strategies import oids, signatures

TAG = Tag(ObjectId(b"\x22" * 32), "commit", "v1", Signature("A", "a@b.c", 1767225600, -90), "one\n")
GOOD = encode_tag(TAG)


@given(oids(), st.sampled_from(sorted(TAGGED_KINDS)), signatures(), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_tag_comes_back_as_it_was(oid: ObjectId, kind: str, tagger: Signature, message: str) -> None:
    tag = Tag(oid, kind, "v1.0/β", tagger, message)
    assert decode_tag(encode_tag(tag)) == tag


def test_the_bytes_and_the_id_are_pinned() -> None:
    tagger = '{"email":"a@b.c","name":"A","offset":-90,"time":1767225600}'
    assert GOOD.decode() == (
        f'{{"message":"one\\n","name":"v1","object":"{"22" * 32}","tagger":{tagger},"type":"commit"}}'
    )
    assert tag_id(GOOD).hex() == "6ad9ccd9ff205b20e2bb9ece0a59e47ff3bd94ddda37f290c8630fe2758f0a6a"


def test_a_tag_that_breaks_a_rule_is_neither_written_nor_read() -> None:
    changes: list[dict[str, Any]] = [{"kind": "node"}, {"name": ""}, {"name": "a b"}, {"name": "a\n"}]
    for change in changes:
        with pytest.raises(InvalidObjectError):
            encode_tag(dataclasses.replace(TAG, **change))
    for old, new in ((b'"commit"', b'"node"'), (b'"v1"', b'""'), (b'"v1"', b'"a b"'), (b"{", b'{"a":1,')):
        with pytest.raises(InvalidObjectError):
            decode_tag(GOOD.replace(old, new, 1))
    with pytest.raises(LimitExceededError):
        encode_tag(dataclasses.replace(TAG, message="x" * (64 << 10)))


@given(st.binary(max_size=40), st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))
def test_mangled_bytes_give_a_coded_error_or_round_trip(piece: bytes, start: int, end: int) -> None:
    mangled = GOOD[:start] + piece + GOOD[end:]
    try:
        tag = decode_tag(mangled)
    except InvalidInputError:
        return
    assert encode_tag(tag) == mangled

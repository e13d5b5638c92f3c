import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagit.objects.canonical import decode_as, decode_canonical, encode_canonical
from datagit.objects.invalid import InvalidObjectError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab\n\u00e9", max_size=3), inner, max_size=3),
    max_leaves=6,
)

# reliability: hostile corpus H10
REFUSED = {
    "duplicate key": b'{"a":1,"a":1}',
    "not a number": b"NaN",
    "exponent": b"1e5",
    "fraction": b"1.5",
    "whole float": b"1.0",
    "too large": b"9223372036854775808",
    "byte order mark": b"\xef\xbb\xbf1",
    "trailing space": b"1 ",
    "trailing newline": b"1\n",
    "space inside": b'{"a": 1}',
    "unsorted": b'{"b":1,"a":1}',
    "lone surrogate": rb'"\ud800"',
    "encoded surrogate": b'"\xed\xa0\x80"',
    "needless escape": rb'"\u0041"',
    "escaped slash": rb'"\/"',
    "upper-case escape": rb'"\u001F"',
    "long escape": rb'"\u000a"',
    "raw control": b'"\x01"',
    "not UTF-8": b'"\xff"',
    "nine levels": b"[" * 9 + b"]" * 9,
    "very deep": b"[" * 100_000,
    "two values": b"1 2",
    "nothing": b"",
}


@given(VALUES)
def test_what_is_encoded_decodes_to_itself(value: object) -> None:
    content = encode_canonical([value])
    try:
        assert decode_canonical(content) == [value]
    except InvalidObjectError as error:
        assert "nested" in error.message  # noqa: PT017 # the only excuse for refusing what was written


def test_the_bytes_are_pinned() -> None:
    value: dict[str, object] = {"b": '"\\\b\f\n\r\t\x00\x1f\x7f/é\u2028😀', "a": [1, -1, True, None, {}]}
    assert encode_canonical(value) == (
        rb'{"a":[1,-1,true,null,{}],"b":"\"\\\b\f\n\r\t\u0000\u001f' + "\x7f/é\u2028😀".encode() + b'"}'
    )


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_every_other_spelling_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidObjectError) as caught:
        decode_canonical(content)
    assert caught.value.code == "invalid-object"


def test_a_shape_is_held_strictly() -> None:
    assert decode_as(b'{"a":1}', dict[str, int]) == {"a": 1}
    for content in (b'{"a":true}', b'{"a":1.0}', b'{"a":"1"}', b"[]"):
        with pytest.raises(InvalidObjectError):
            decode_as(content, dict[str, int])


def test_what_json_cannot_say_is_refused_before_it_is_written() -> None:
    for value in ("\ud800", {1j: 1}, object()):
        with pytest.raises(InvalidObjectError):
            encode_canonical(value)

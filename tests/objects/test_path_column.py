import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.objects.path import PathInvalidError, check_path
from datagit.objects.path_column import UnsortedError, check_ascending, check_paths, column_bytes
from tests.objects.test_path import INVALID, RESERVED_PATHS, VALID
from tests.strategies import paths

ODD = st.one_of(
    paths(),
    st.sampled_from([*INVALID, *(path.encode() for path in RESERVED_PATHS + VALID)]),
    st.text("./\\gitdDGIT~1: \u200c\u0131\0", max_size=8).map(str.encode),
    st.binary(max_size=5),
)


def is_fine(path: bytes) -> bool:
    try:
        check_path(path)
    except PathInvalidError:
        return False
    return True


@settings(max_examples=300)
@given(st.lists(ODD, max_size=6), st.integers(0, 2), st.integers(0, 2))
def test_a_column_is_fine_when_each_of_its_paths_is(some: list[bytes], start: int, cut: int) -> None:
    column = pa.array(some, pa.binary()).slice(start, max(len(some) - start - cut, 0))
    if all(path is not None and is_fine(path) for path in column.to_pylist()):
        check_paths(column)
        check_paths(pa.chunked_array([column, column]))
    else:
        with pytest.raises(PathInvalidError):
            check_paths(column)


@pytest.mark.parametrize("path", [*INVALID, *map(str.encode, RESERVED_PATHS)], ids=range(40))
def test_one_bad_path_among_many_is_named(path: bytes) -> None:
    column = pa.array([b"%05d.jpg" % number for number in range(1000)] + [path], pa.binary())
    with pytest.raises(PathInvalidError) as caught:
        check_paths(column)
    assert caught.value.path == path


def test_paths_ascend_strictly_by_bytes() -> None:
    check_ascending(pa.array([b"", b"a", b"a-", b"a/b", b"\x80"], pa.binary()))
    check_ascending(pa.chunked_array([[b"a"], [], [b"b"]], pa.binary()))
    for wrong in ([b"a", b"a"], [b"b", b"a"], [b"\x80", b"a"]):
        with pytest.raises(UnsortedError):
            check_ascending(pa.array(wrong, pa.binary()))


def test_the_bytes_of_a_slice_are_its_own() -> None:
    column = pa.array([b"ab", b"", b"cde", b"f"], pa.binary())
    assert bytes(column_bytes(column.slice(1, 2))) == b"cde"
    assert bytes(column_bytes(column.slice(4))) == b""
    assert bytes(column_bytes(pa.array([], pa.binary()))) == b""

"""Each light kernel gives what its namesake in pyarrow.compute gives."""

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from datagit.objects import compute

NUMBERS = pa.array([3, None, 1, 2, 3], pa.int64())
OTHERS = pa.array([3, 1, None, 5, 2], pa.int64())
FLAGS = pa.array([True, None, False, True, False])
FULL_FLAGS = pa.array([True, False, True, True, False])
NAMES = pa.array([b"a/b", None, b"", b"a/bc", b"x"], pa.binary())
TEXTS = pa.array(["a/b", None, "", "abc", "x"])
TABLE = pa.table({"number": NUMBERS, "name": NAMES})

CALLS: list[tuple[str, tuple[Any, ...]]] = [
    *((name, (NUMBERS, OTHERS)) for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")),
    *((name, (NUMBERS, OTHERS)) for name in ("subtract", "max_element_wise")),
    ("equal", (NUMBERS, pa.scalar(3))),
    *((name, (FLAGS, FULL_FLAGS)) for name in ("and_", "or_", "or_kleene", "and_not")),
    ("invert", (FLAGS,)),
    *((name, (column,)) for name in ("is_null", "is_valid", "unique", "sort_indices") for column in (NUMBERS, NAMES)),
    ("if_else", (FLAGS, NUMBERS, OTHERS)),
    ("fill_null", (FLAGS, False)),
    ("fill_null", (NUMBERS, pa.scalar(7))),
    *((name, (NAMES, pa.array([b"x", None, b"a/b"], pa.binary()))) for name in ("is_in", "index_in")),
    ("filter", (NUMBERS, FLAGS)),
    ("filter", (TABLE, FLAGS)),
    ("take", (TABLE, pa.array([4, None, 0]))),
    ("take", (TABLE, [4, 0])),
    ("drop_null", (NUMBERS,)),
    ("take", (pa.chunked_array([NAMES, NAMES]), pa.array([9, 0]))),
    ("cast", (NUMBERS, pa.int32())),
    *((name, (NUMBERS,)) for name in ("sum", "max", "min", "min_max", "count_distinct")),
    *((name, (flags,)) for name in ("any", "all") for flags in (FLAGS, FULL_FLAGS, pa.array([], pa.bool_()))),
    ("index", (NUMBERS, pa.scalar(2))),
    ("binary_length", (NAMES,)),
    ("binary_slice", (NAMES, 0, 1)),
    ("binary_slice", (NAMES, -1)),
    ("starts_with", (NAMES, b"a/")),
    *((name, (NAMES, b"/b")) for name in ("find_substring", "match_substring")),
    ("match_substring_regex", (TEXTS, "^a.b$")),
    ("replace_substring_regex", (TEXTS, "[a-b]", "<>")),
]


def plain(value: Any) -> Any:  # noqa: ANN401 - an array, table or scalar, and whatever Python has for it
    if isinstance(value, pa.Table):
        return value.to_pydict()
    return value.as_py() if isinstance(value, pa.Scalar) else value.to_pylist()


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[f"{number}-{call[0]}" for number, call in enumerate(CALLS)])
def test_the_kernel_agrees_with_pyarrow_compute(name: str, arguments: tuple[Any, ...]) -> None:
    ours, theirs = getattr(compute, name)(*arguments), getattr(pc, name)(*arguments)
    assert type(ours) is type(theirs)
    assert plain(ours) == plain(theirs)


def test_a_table_is_sorted_by_its_keys() -> None:
    keys: Any = [("number", "descending"), ("name", "ascending")]
    assert plain(compute.sort_indices(TABLE, keys)) == plain(pc.sort_indices(TABLE, sort_keys=keys))


def test_every_kernel_is_compared() -> None:
    ours = {name for name, value in vars(compute).items() if callable(value) and not name.startswith("_")}
    assert ours - {"Any", "Column", "Sequence", "TypeAlias", "Value"} == {name for name, _ in CALLS}


def test_using_them_does_not_load_pyarrow_compute() -> None:
    script = (
        "import sys, pyarrow as pa; from datagit.objects import compute as pc\n"
        "t = pa.table({'x': [1, 2]}); pc.filter(t, pc.equal(t['x'], pa.scalar(1))); pc.take(t, pa.array([0]))\n"
        "pc.cast(pc.is_null(t['x']), pa.int8()); sys.exit('pyarrow.compute' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

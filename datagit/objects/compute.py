"""The Arrow kernels that dg uses, without loading ``pyarrow.compute``.

Importing ``pyarrow.compute`` wraps some 300 kernels in documented Python functions, which takes as long as the whole of
``dg status`` may. Methods such as ``Table.filter``, ``Array.take`` and ``Array.is_null`` import it, too; so rooms that
every command passes through call the functions below. Each does what its namesake in ``pyarrow.compute`` is documented
to do, with the namesake's defaults; ``tests/objects/test_compute.py`` compares them.
"""
# ruff: noqa: D103 - the module's docstring is that of each function

from collections.abc import Sequence
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow._compute

from datagit.objects.columns import Column

_compute: Any = pyarrow._compute  # noqa: SLF001 - where pyarrow.compute itself takes its kernels and options from

Value: TypeAlias = Any
"""A Column, a pyarrow Scalar or a Table, as the namesake in pyarrow.compute takes it."""


def _call(name: str, *arguments: Value, options: Any = None) -> Any:  # noqa: ANN401 - pyarrow's own options
    return _compute.call_function(name, list(arguments), options)


def equal(one: Value, other: Value) -> Column:
    return _call("equal", one, other)


def not_equal(one: Value, other: Value) -> Column:
    return _call("not_equal", one, other)


def less(one: Value, other: Value) -> Column:
    return _call("less", one, other)


def less_equal(one: Value, other: Value) -> Column:
    return _call("less_equal", one, other)


def greater(one: Value, other: Value) -> Column:
    return _call("greater", one, other)


def greater_equal(one: Value, other: Value) -> Column:
    return _call("greater_equal", one, other)


def and_(one: Value, other: Value) -> Column:
    return _call("and", one, other)


def or_(one: Value, other: Value) -> Column:
    return _call("or", one, other)


def or_kleene(one: Value, other: Value) -> Column:
    return _call("or_kleene", one, other)


def and_not(one: Value, other: Value) -> Column:
    return _call("and_not", one, other)


def invert(column: Value) -> Column:
    return _call("invert", column)


def subtract(one: Value, other: Value) -> Column:
    return _call("subtract", one, other)


def is_null(column: Value) -> Column:
    return _call("is_null", column, options=_compute.NullOptions())


def is_valid(column: Value) -> Column:
    return _call("is_valid", column)


def if_else(condition: Value, one: Value, other: Value) -> Column:
    return _call("if_else", condition, one, other)


def fill_null(column: Value, fill_value: Value) -> Column:
    """Return column with nulls replaced by fill_value, a Scalar of its type or a Python value that fits it."""
    if not isinstance(fill_value, pa.Array | pa.ChunkedArray | pa.Scalar):
        fill_value = pa.scalar(fill_value, column.type)
    return _call("coalesce", column, fill_value)


def is_in(column: Value, value_set: Value) -> Column:
    return _call("is_in", column, options=_compute.SetLookupOptions(value_set=value_set, skip_nulls=False))


def index_in(column: Value, value_set: Value) -> Column:
    return _call("index_in", column, options=_compute.SetLookupOptions(value_set=value_set, skip_nulls=False))


def unique(column: Value) -> Column:
    return _call("unique", column)


def sort_indices(values: Value, sort_keys: Sequence[tuple[str, str]] = ()) -> Column:
    """Return the positions that sort a column, or a table by sort_keys [(name, 'ascending'), …]; nulls last."""
    if sort_keys:
        return _call("sort_indices", values, options=_compute.SortOptions(sort_keys=list(sort_keys)))
    return _call("array_sort_indices", values, options=_compute.ArraySortOptions())


def filter(values: Value, mask: Value) -> Any:  # noqa: A001, ANN401 - pyarrow's name; a Table stays a Table
    return _call("filter", values, mask, options=_compute.FilterOptions("drop"))


def take(values: Value, indices: Value) -> Any:  # noqa: ANN401 - a Table stays a Table
    if not isinstance(indices, pa.Array | pa.ChunkedArray):
        indices = pa.array(indices, pa.int64())
    return _call("take", values, indices, options=_compute.TakeOptions(boundscheck=True))


def drop_null(column: Value) -> Column:
    return _call("drop_null", column)


def cast(column: Value, target: Any) -> Column:  # noqa: ANN401 - a pyarrow DataType
    return _call("cast", column, options=_compute.CastOptions.safe(target))


def sum(column: Value) -> Any:  # noqa: A001, ANN401 - pyarrow's name; a Scalar
    return _call("sum", column, options=_compute.ScalarAggregateOptions())


def max(column: Value) -> Any:  # noqa: A001, ANN401 - pyarrow's name; a Scalar
    return _call("max", column, options=_compute.ScalarAggregateOptions())


def min(column: Value) -> Any:  # noqa: A001, ANN401 - pyarrow's name; a Scalar
    return _call("min", column, options=_compute.ScalarAggregateOptions())


def min_max(column: Value) -> Any:  # noqa: ANN401 - a Scalar
    return _call("min_max", column, options=_compute.ScalarAggregateOptions())


def any(column: Value) -> Any:  # noqa: A001, ANN401 - pyarrow's name; a Scalar
    return _call("any", column, options=_compute.ScalarAggregateOptions(min_count=1))


def all(column: Value) -> Any:  # noqa: A001, ANN401 - pyarrow's name; a Scalar
    return _call("all", column, options=_compute.ScalarAggregateOptions(min_count=1))


def index(column: Value, value: Value) -> Any:  # noqa: ANN401 - a Scalar
    return _call("index", column, options=_compute.IndexOptions(value))


def max_element_wise(one: Value, other: Value) -> Column:
    return _call("max_element_wise", one, other, options=_compute.ElementWiseAggregateOptions())


def binary_length(column: Value) -> Column:
    return _call("binary_length", column)


def binary_slice(column: Value, start: int, stop: int | None = None) -> Column:
    return _call("binary_slice", column, options=_compute.SliceOptions(start, stop, 1))


def starts_with(column: Value, pattern: bytes) -> Column:
    return _call("starts_with", column, options=_compute.MatchSubstringOptions(pattern))


def find_substring(column: Value, pattern: str | bytes) -> Column:
    return _call("find_substring", column, options=_compute.MatchSubstringOptions(pattern))


def match_substring(column: Value, pattern: str | bytes) -> Column:
    return _call("match_substring", column, options=_compute.MatchSubstringOptions(pattern))


def match_substring_regex(column: Value, pattern: str | bytes) -> Column:
    return _call("match_substring_regex", column, options=_compute.MatchSubstringOptions(pattern))


def replace_substring_regex(column: Value, pattern: str | bytes, replacement: str | bytes) -> Column:
    return _call("replace_substring_regex", column, options=_compute.ReplaceSubstringOptions(pattern, replacement))


def count_distinct(column: Value) -> Any:  # noqa: ANN401 - a Scalar
    return _call("count_distinct", column, options=_compute.CountOptions())

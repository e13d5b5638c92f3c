"""Canonical JSON: one value has one spelling, so that its bytes can have an id (docs/format/commit.md).

UTF-8, keys sorted, no spaces, no newline at the end, whole numbers only; escaped are only the quote, the backslash and
the C0 controls.
"""

from typing import TypeAlias, TypeVar

import msgspec

from datagit.ids import Bytes
from datagit.objects.invalid import InvalidObjectError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""What JSON can hold; the canonical kind holds no float."""

DEEPEST = 8
"""Levels of objects and arrays within each other."""

T = TypeVar("T")


def encode_canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value or of a msgspec.Struct.

    Raises:
        InvalidObjectError: value holds a lone surrogate or something that canonical JSON cannot say.
    """
    try:
        return msgspec.json.encode(value, order="sorted")
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        message = f"no canonical JSON for this value: {error}"
        raise InvalidObjectError(message) from error


def decode_canonical(content: Bytes) -> Json:
    """Return the value that content spells canonically.

    Raises:
        InvalidObjectError: content is no JSON, not canonical, nested deeper than 8, or has a number that is
            a fraction or beyond 64 bits.
    """
    value: Json = decode_as(content, object)  # type: ignore[assignment]  # JSON decodes to nothing else
    _check_value(value, 1)
    return value


def decode_as(content: Bytes, shape: type[T]) -> T:
    """Return the value of the given msgspec type that content spells canonically.

    The type alone bounds the nesting and excludes fractions; pass none that holds ``float`` or ``object``.

    Raises:
        InvalidObjectError: content is no JSON, not of that shape, or not canonical.
    """
    try:
        value: T = msgspec.json.decode(content, type=shape, strict=True)
        again = msgspec.json.encode(value, order="sorted")
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        message = f"not canonical JSON: {error}"
        raise InvalidObjectError(message) from error
    # the only complete test: duplicate keys, other spellings and spaces all come back as other bytes
    if again != content:
        message = "not canonical JSON: spelled in another way than it would be written"
        raise InvalidObjectError(message)
    return value


def _check_value(value: Json, depth: int) -> None:
    if isinstance(value, float) or (isinstance(value, int) and not -(1 << 63) <= value < 1 << 63):
        message = "not canonical JSON: a number with a fraction, or beyond 64 bits"
        raise InvalidObjectError(message)
    if isinstance(value, dict | list):
        if depth > DEEPEST:
            message = f"not canonical JSON: nested deeper than {DEEPEST}"
            raise InvalidObjectError(message)
        for part in value.values() if isinstance(value, dict) else value:
            _check_value(part, depth + 1)

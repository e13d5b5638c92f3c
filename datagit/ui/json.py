"""Reports for programs: one JSON document, or one object a line; always ASCII, so that no terminal is steered by it."""

import json
from collections.abc import Mapping

VERSION = 1
"""Version of every document; raised only when a field changes its meaning."""


def json_document(fields: Mapping[str, object]) -> bytes:
    """Return one object that starts with ``"version": 1``, on one line with its newline."""
    return json_line({"version": VERSION, **fields})


def json_line(fields: Mapping[str, object]) -> bytes:
    """Return one object of an NDJSON stream with its newline."""
    return json.dumps(fields, default=_plain, separators=(", ", ": ")).encode("ascii") + b"\n"


def json_path(path: bytes) -> str:
    """Return a path for JSON; bytes that are no UTF-8 become lone surrogates (U+DC80 and up), as in Python."""
    return path.decode("utf-8", "surrogateescape")


def _plain(value: object) -> object:
    """Say how values of our nouns look: bytes are a path, a set is a sorted list."""
    if isinstance(value, bytes):
        return json_path(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    message = f"no JSON form for {type(value).__name__}"
    raise TypeError(message)

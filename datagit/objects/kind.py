"""The six kinds of objects. Their numbers are the record types of a pack (docs/format/pack.md)."""

import enum


class Kind(enum.IntEnum):
    """What the bytes behind an id are. Objects are always looked up by (kind, id)."""

    BLOB = 1
    """File content up to 4 MiB, or one chunk of a larger file."""
    CHUNKS = 2
    """The chunk list of a large blob, under the blob's own id."""
    SEGMENT = 3
    """A part of a long chunk list."""
    NODE = 4
    """A node of a tree of paths."""
    COMMIT = 5
    TAG = 6


LARGEST = {
    Kind.BLOB: 4 << 20,
    Kind.CHUNKS: 24 + 40 * (1 << 18),
    Kind.SEGMENT: 24 + 40 * 2048,
    Kind.NODE: 36 << 20,
    Kind.COMMIT: 1 << 20,
    Kind.TAG: 64 << 10,
}
"""Bytes that one object of a kind may have, raw; readers check before they allocate."""

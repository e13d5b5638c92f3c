"""What the process that adds files and its workers say to each other, over pipes between the two and no one else.

A frame is a type (1 byte), a length (u32) and a body. To a worker: OPEN, then SLICE … SLICE, then FINISH. From it:
ROWS for each slice, PACKS at the end, or FAILED at any time.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import astuple
from typing import BinaryIO

from datagit.errors import StorageError
from datagit.ids import ID_SIZE
from datagit.store.ingest_slice import IngestFailure, SliceColumns
from datagit.store.layout import PackFile

OPEN, SLICE, FINISH, ROWS, PACKS, FAILED = b"O", b"S", b"F", b"R", b"P", b"E"

_HEAD = struct.Struct("<cI")
_COUNT = struct.Struct("<I")


def write_frame(pipe: BinaryIO, kind: bytes, body: bytes) -> None:
    """Send one frame."""
    pipe.write(_HEAD.pack(kind, len(body)) + body)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> tuple[bytes, bytes]:
    """Return the type and body of the next frame; raise EOFError if the other side is gone."""
    kind, length = _HEAD.unpack(_read(pipe, _HEAD.size))
    return kind, _read(pipe, length)


def _read(pipe: BinaryIO, length: int) -> bytes:
    parts = []
    while length:
        part = pipe.read(length)
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def encode_slice(paths: Sequence[bytes], modes: bytes) -> bytes:
    """Return the body of a SLICE; paths have no NUL."""
    return _COUNT.pack(len(paths)) + modes + b"\0".join(paths)


def decode_slice(body: bytes) -> tuple[list[bytes], bytes]:
    """Return the paths and modes of a SLICE."""
    count = _COUNT.unpack_from(body)[0]
    start = _COUNT.size + count
    return body[start:].split(b"\0") if count else [], body[_COUNT.size : start]


def encode_rows(columns: SliceColumns) -> bytes:
    """Return the body of ROWS."""
    failures = [(number, failure.path.hex(), failure.code, failure.message) for number, failure in columns.failures]
    return b"".join(
        (
            _COUNT.pack(len(columns.sizes)),
            columns.ids,
            columns.sizes.tobytes(),
            columns.mtimes.tobytes(),
            columns.ctimes.tobytes(),
            columns.inodes.tobytes(),
            json.dumps(failures).encode(),
        )
    )


def decode_rows(body: bytes) -> SliceColumns:
    """Return the columns of ROWS."""
    count = _COUNT.unpack_from(body)[0]
    position = _COUNT.size + ID_SIZE * count
    columns = SliceColumns(body[_COUNT.size : position])
    for column in (columns.sizes, columns.mtimes, columns.ctimes, columns.inodes):
        column.frombytes(body[position : position + 8 * count])
        position += 8 * count
    columns.failures.extend(
        (number, IngestFailure(bytes.fromhex(path), code, message))
        for number, path, code, message in json.loads(body[position:])
    )
    return columns


def encode_packs(packs: Sequence[PackFile]) -> bytes:
    """Return the body of PACKS."""
    return json.dumps([astuple(pack) for pack in packs]).encode()


def decode_packs(body: bytes) -> tuple[PackFile, ...]:
    """Return the packs of PACKS."""
    return tuple(PackFile(*fields) for fields in json.loads(body))


def encode_failed(code: str, message: str, hint: str) -> bytes:
    """Return the body of FAILED."""
    return json.dumps([code, message, hint]).encode()


def failed_error(body: bytes) -> StorageError:
    """Return the error that FAILED stands for."""
    code, message, hint = json.loads(body)
    return StorageError(message, hint=hint, code=code)

"""The index without pyarrow: its columns as bytes, for a reader who only wants to know that nothing changed.

The file is an Arrow IPC stream (docs/format/index.md), of which this reads just enough to find the buffers. Whatever
looks unusual is no error here: the caller then loads the index properly, and is told what is wrong.
"""

import itertools
import mmap
import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datagit.ids import checksum

_CONTINUATION = 0xFFFFFFFF
_END = b"\xff\xff\xff\xff\0\0\0\0"
_LONGEST_METADATA = 64 << 10
_SCHEMA_NOTES = 2
_BATCH_ROWS, _BATCH_BUFFERS, _BATCH_COMPRESSION = 0, 2, 3
_MESSAGE_HEADER = 2
# path has validity, offsets and bytes; every other column validity and values, so many bytes for each row
_WIDTHS = (("mode", 1), ("size", 8), ("id", 32), ("stage", 1), ("mtime_ns", 8), ("ctime_ns", 8), ("inode", 8))
_BUFFER_COUNT = 3 + 2 * len(_WIDTHS)


@dataclass(frozen=True, slots=True)
class RawIndex:
    """An index as it lies on the disk.

    Attributes:
        paths: of all rows.
        columns: the bytes of mode, size, id, stage, mtime_ns, ctime_ns and inode.
        notes: the metadata.
        saved_ns: mtime of the file.
    """

    paths: list[bytes]
    columns: Mapping[str, bytes]
    notes: Mapping[str, str]
    saved_ns: int


def read_raw_index(path: Path) -> RawIndex | None:
    """Return the index at path if it is there and in the best order; None says to look more closely."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # opening a fifo would wait for ever
            return None
        with path.open("rb") as file:
            saved_ns = path.stat().st_mtime_ns
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return _read(content, saved_ns)
    except (OSError, ValueError, TypeError, struct.error, IndexError):
        return None


def _read(content: mmap.mmap, saved_ns: int) -> RawIndex | None:
    header, body = _message(content, 0)
    notes = _notes(header)
    header, body = _message(content, body)
    batch = _follow(header, _field(header, _root(header), _MESSAGE_HEADER))
    rows = struct.unpack_from("<q", header, _field(header, batch, _BATCH_ROWS))[0]
    places = _follow(header, _field(header, batch, _BATCH_BUFFERS))
    if _field(header, batch, _BATCH_COMPRESSION) or struct.unpack_from("<I", header, places)[0] != _BUFFER_COUNT:
        return None
    spans = [struct.unpack_from("<qq", header, places + 4 + 16 * number) for number in range(_BUFFER_COUNT)]
    parts = [content[body + start : body + start + length] for start, length in spans]
    offsets = parts[1][: 4 * (rows + 1)]
    ends = memoryview(offsets).cast("i").tolist()
    if len(ends) != rows + 1 or ends[0] != 0 or notes.get("v") != "1":
        return None
    names = parts[2][: ends[rows]]
    columns = {name: parts[4 + 2 * number][: width * rows] for number, (name, width) in enumerate(_WIDTHS)}
    if notes.get("sum") != f"{_sum(rows, (offsets, names, *columns.values())):016x}":
        return None
    paths = [names[start:end] for start, end in itertools.pairwise(ends)]
    return RawIndex(paths, columns, notes, saved_ns)


def _sum(rows: int, parts: tuple[bytes, ...]) -> int:
    """Return the checksum of the columns as objects.ipc.table_sum lays them out."""
    laid_out = [bytes(8), struct.pack("<Q", rows)]
    for part in parts:
        laid_out += [struct.pack("<Q", len(part)), part, bytes(-len(part) % 8)]
    return checksum(b"".join(laid_out))


def _message(content: mmap.mmap, start: int) -> tuple[bytes, int]:
    """Return the flatbuffer of the message at start, and where its body begins."""
    mark, length = struct.unpack_from("<Ii", content, start)
    if mark != _CONTINUATION or not 0 < length <= _LONGEST_METADATA:
        raise ValueError("no message")
    return content[start + 8 : start + 8 + length], start + 8 + length


def _notes(header: bytes) -> dict[str, str]:
    """Return the metadata of a schema message."""
    schema = _follow(header, _field(header, _root(header), _MESSAGE_HEADER))
    pairs = _follow(header, _field(header, schema, _SCHEMA_NOTES))
    notes = {}
    for number in range(struct.unpack_from("<I", header, pairs)[0]):
        pair = _follow(header, pairs + 4 + 4 * number)
        key, value = (_text(header, _follow(header, _field(header, pair, part))) for part in (0, 1))
        notes[key] = value
    return notes


def _text(header: bytes, place: int) -> str:
    length = struct.unpack_from("<I", header, place)[0]
    return header[place + 4 : place + 4 + length].decode("ascii")


def _root(header: bytes) -> int:
    return _follow(header, 0)


def _follow(header: bytes, place: int) -> int:
    """Return where the relative offset at place leads."""
    leads: int = place + struct.unpack_from("<I", header, place)[0]
    return leads


def _field(header: bytes, table: int, number: int) -> int:
    """Return the position of a field of a flatbuffers table, 0 if it is absent."""
    vtable = table - struct.unpack_from("<i", header, table)[0]
    size = struct.unpack_from("<H", header, vtable)[0]
    if 4 + 2 * number >= size:
        return 0
    offset: int = struct.unpack_from("<H", header, vtable + 4 + 2 * number)[0]
    return table + offset if offset else 0

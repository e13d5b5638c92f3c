"""Proof of a whole pack: every record in the order of the file, then the index, then the hash (docs/format/pack.md)."""

from collections.abc import Callable, Iterator

from datagit.ids import blob_hasher
from datagit.store.pack import Pack
from datagit.store.pack_frame import FOOTER_SIZE, HASHED_FOOTER, HEADER_SIZE, PackHeader
from datagit.store.pack_index import IndexRow, check_rows
from datagit.store.payload import check_identity, decode_payload
from datagit.store.record import RECORD_SIZE, PackDamagedError, Record, decode_record, padded

_READ_AHEAD = 8 << 20


def walk_records(
    read: Callable[[int, int], bytes], header: PackHeader, end: int
) -> Iterator[tuple[int, Record, bytes]]:
    """Yield (offset, record, raw bytes) from the first record on until the one that ends within 64 bytes of end.

    Args:
        read: returns length bytes from an offset on, fewer at the end of the file.
        header: of the pack.
        end: where its index starts, or the file ends.

    Raises:
        PackDamagedError: a record is damaged or reaches past end; those yielded before are whole.
    """
    position = HEADER_SIZE
    while position + RECORD_SIZE <= end:
        head = read(position, RECORD_SIZE)
        if end - position < 64 + RECORD_SIZE and not head.strip(b"\0"):
            break
        record = decode_record(head, header.salt, header.kind)
        length = padded(record.stored_len)
        if position + RECORD_SIZE + length > end:
            message = f"the record at {position} reaches past the end"
            raise PackDamagedError(message)
        stored = read(position + RECORD_SIZE, length)
        if len(stored) != length or stored[record.stored_len :].strip(b"\0"):
            message = f"the record at {position} is cut off or not padded with zeros"
            raise PackDamagedError(message)
        raw = decode_payload(record, memoryview(stored)[: record.stored_len], header.salt)
        check_identity(record.kind, record.oid, raw)
        yield position, record, raw
        position += RECORD_SIZE + length
    if end - position >= 64 or read(position, end - position).strip(b"\0"):
        message = f"there is a gap at {position}"
        raise PackDamagedError(message)


def verify_pack(pack: Pack) -> tuple[IndexRow, ...]:
    """Return the rows of the index after everything that a pack claims was proved: its hash, every record, the index.

    Raises:
        PackDamagedError: the first claim that is false.
    """
    hasher = blob_hasher()
    end = pack.size - FOOTER_SIZE + HASHED_FOOTER
    for start in range(0, end, _READ_AHEAD):
        hasher.update(pack.read_bytes(start, min(_READ_AHEAD, end - start)))
    if hasher.digest() != pack.footer.digest:
        message = f"pack {pack.name} is damaged: its bytes do not match its hash"
        raise PackDamagedError(message)
    rows = tuple(
        sorted(
            IndexRow(record.oid, record.kind, offset, record.stored_len, record.raw_len, record.codec)
            for offset, record, _ in walk_records(pack.read_bytes, pack.header, pack.footer.index_offset)
        )
    )
    check_rows(rows)
    if rows != tuple(pack.index.rows()):
        message = f"pack {pack.name} is damaged: its index is not that of its records"
        raise PackDamagedError(message)
    return rows

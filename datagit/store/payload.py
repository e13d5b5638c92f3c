"""What stands behind a record: from stored bytes to raw bytes proved to be the object (docs/format/pack.md)."""

from datagit.ids import (
    COMMIT_CONTEXT,
    NODE_CONTEXT,
    SEGMENT_CONTEXT,
    TAG_CONTEXT,
    Bytes,
    ObjectId,
    blob_id,
    checksum,
    derived_id,
)
from datagit.objects.kind import Kind
from datagit.store.record import Codec, PackDamagedError, Record
from datagit.store.zstd import decompress

_CONTEXTS = {
    Kind.SEGMENT: SEGMENT_CONTEXT,
    Kind.NODE: NODE_CONTEXT,
    Kind.COMMIT: COMMIT_CONTEXT,
    Kind.TAG: TAG_CONTEXT,
}


def decode_payload(record: Record, payload: Bytes, salt: int) -> bytes:
    """Return the raw bytes behind a payload; its record was checked before."""
    if checksum(payload, salt) != record.payload_sum:
        message = f"the payload of {record.kind.name.lower()} {record.oid.hex()[:12]} does not match its checksum"
        raise PackDamagedError(message)
    return bytes(payload) if record.codec is Codec.RAW else decompress(payload, record.raw_len)


def check_identity(kind: Kind, oid: ObjectId, raw: Bytes) -> None:
    """Raise PackDamagedError unless raw is what oid names; a chunk list has its blob's id, which proves nothing."""
    if kind is Kind.CHUNKS:
        return
    if oid != (blob_id(raw) if kind is Kind.BLOB else derived_id(_CONTEXTS[kind], raw)):
        message = f"the bytes of {kind.name.lower()} {oid.hex()[:12]} have another id"
        raise PackDamagedError(message)

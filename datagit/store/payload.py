"""What stands behind a record: from stored bytes to raw bytes proved to be the object (docs/format/pack.md)."""

import functools
import importlib
from typing import Any

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
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.kind import Kind
from datagit.store.record import Codec, PackDamagedError, Record
from datagit.store.zstd import decompress

_CONTEXTS = {
    Kind.SEGMENT: SEGMENT_CONTEXT,
    Kind.NODE: NODE_CONTEXT,
    Kind.COMMIT: COMMIT_CONTEXT,
    Kind.TAG: TAG_CONTEXT,
}


@functools.cache
def _chunks() -> Any:  # noqa: ANN401 - a module that needs pyarrow, so it may not be imported statically from here
    return importlib.import_module("datagit.objects.chunks")


def decode_payload(record: Record, payload: Bytes, salt: int) -> bytes:
    """Return the raw bytes behind a payload; its record was checked before."""
    if checksum(payload, salt) != record.payload_sum:
        message = f"the payload of {record.kind.name.lower()} {record.oid.hex()[:12]} does not match its checksum"
        raise PackDamagedError(message)
    return bytes(payload) if record.codec is Codec.RAW else decompress(payload, record.raw_len)


def check_identity(kind: Kind, oid: ObjectId, raw: Bytes) -> None:
    """Raise PackDamagedError unless raw is what oid names; of a chunk list only the form can be checked."""
    if kind is Kind.CHUNKS:
        _check_chunk_list(raw)
        return
    if oid != (blob_id(raw) if kind is Kind.BLOB else derived_id(_CONTEXTS[kind], raw)):
        message = f"the bytes of {kind.name.lower()} {oid.hex()[:12]} have another id"
        raise PackDamagedError(message)


def _check_chunk_list(raw: Bytes) -> None:
    try:
        _chunks().decode_chunk_list(raw)
    except InvalidObjectError as error:
        raise PackDamagedError(error.message) from error

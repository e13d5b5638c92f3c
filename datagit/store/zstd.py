"""The one codec of packs: zstd, one frame, through pyarrow's own library, which is loaded when it is first needed."""

import functools
import importlib
from typing import Any

from datagit.ids import Bytes
from datagit.store.record import PackDamagedError

PROBE = 64 << 10
"""Bytes at the start of an object that must shrink before the whole is tried."""

_LEVEL = 1
_PAYS = 0.9  # what is stored must be shorter than this share of what was there
_SMALLEST = 64  # a frame costs about 13 bytes, and pages are not saved below
_MAGIC = b"\x28\xb5\x2f\xfd"
_SIZE_BYTES = (0, 2, 4, 8)  # of the frame's content size, by the two top bits of its descriptor
_SINGLE_SEGMENT, _RESERVED, _CHECKSUM, _DICTIONARY = 0x20, 0x08, 0x04, 0x03
_LARGEST_WINDOW = 64 << 20
_BLOCK_RLE, _BLOCK_RESERVED = 1, 3


@functools.cache
def _codec() -> Any:  # noqa: ANN401 - pyarrow may not be imported statically from here, so its type has no name
    return importlib.import_module("pyarrow").Codec("zstd", compression_level=_LEVEL)


def compress_if_pays(raw: Bytes) -> bytes | None:
    """Return raw as one zstd frame, or None if its first 64 KiB or the whole do not shrink below 0.9."""
    size = len(raw)
    if size < _SMALLEST:
        return None
    probe = raw if size <= PROBE else memoryview(raw)[:PROBE]
    frame: bytes = _codec().compress(probe, asbytes=True)
    if len(frame) >= _PAYS * len(probe):
        return None
    if size > PROBE:
        frame = _codec().compress(raw, asbytes=True)
    return frame if len(frame) < _PAYS * size else None


def decompress(frame: Bytes, raw_len: int) -> bytes:
    """Return the raw_len bytes that frame, exactly one zstd frame without dictionary, stands for.

    The caller has checked raw_len against the cap of the object's kind; nothing larger is ever allocated.

    Raises:
        PackDamagedError: frame is anything else.
    """
    _check_frame(memoryview(frame), raw_len)
    try:
        raw: bytes = _codec().decompress(frame, decompressed_size=raw_len, asbytes=True)
    except OSError as error:  # pyarrow reports what libzstd says this way
        message = f"zstd frame does not decode ({error})"
        raise PackDamagedError(message) from error
    if len(raw) != raw_len:
        message = f"zstd frame holds {len(raw)} bytes instead of {raw_len}"
        raise PackDamagedError(message)
    return raw


def _check_frame(frame: memoryview, raw_len: int) -> None:
    """Refuse two frames, a dictionary, a huge window, or another content size (RFC 8878, section 3.1.1)."""
    if len(frame) < 6 or frame[:4] != _MAGIC:
        message = "not a zstd frame"
        raise PackDamagedError(message)
    descriptor = frame[4]
    single = bool(descriptor & _SINGLE_SEGMENT)
    size_bytes = _SIZE_BYTES[descriptor >> 6] or int(single)
    if descriptor & (_RESERVED | _DICTIONARY) or not size_bytes:
        message = "zstd frame with a dictionary or without its size"
        raise PackDamagedError(message)
    position = 5
    if not single:
        window = 1 << (10 + (frame[position] >> 3))
        if window + window // 8 * (frame[position] & 7) > _LARGEST_WINDOW:
            message = "zstd frame wants too large a window"
            raise PackDamagedError(message)
        position += 1
    content = int.from_bytes(frame[position : position + size_bytes], "little") + (256 if size_bytes == 2 else 0)
    position += size_bytes
    last = 0
    while not last and position + 3 <= len(frame):
        header = int.from_bytes(frame[position : position + 3], "little")
        last, block = header & 1, header >> 1 & 3
        if block == _BLOCK_RESERVED:
            break
        position += 3 + (1 if block == _BLOCK_RLE else header >> 3)
    position += 4 if descriptor & _CHECKSUM else 0
    if content != raw_len or not last or position != len(frame):
        message = "zstd frame is not exactly one frame of the length that the record gives"
        raise PackDamagedError(message)

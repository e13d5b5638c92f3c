"""A large file, read window by window: cut by content into chunks, hashed on all cores, stored as far as it is new."""

import functools
import os
from collections.abc import Callable
from typing import TypeAlias

from datagit.ids import ObjectId, blob_hasher, blob_id
from datagit.objects.chunks import LARGEST_CHUNK, Fineness, cut_buffer, cut_front, plan_chunk_list
from datagit.objects.kind import Kind
from datagit.store.errand import Errand
from datagit.store.pack_writer import PackWriter
from datagit.store.source import SourceChangedError
from datagit.store.store import Store
from datagit.store.zstd import PROBE, compress_if_pays

_WINDOW = 16 << 20
_REMEMBERED = 1_000_000  # chunk ids kept, so that a chunk that repeats is stored once

Source: TypeAlias = Callable[[memoryview], int]
"""Reads the next bytes into a buffer and returns how many; 0 at the end."""


def hash_large(source: Source, size: int) -> ObjectId:
    """Return the id of the size bytes of source; raise SourceChangedError if it has fewer."""
    view = memoryview(bytearray(min(_WINDOW, size)))
    hasher = blob_hasher()
    done = 0
    while done < size:
        wanted = min(len(view), size - done)
        _fill(source, view[:wanted])
        hasher.update(view[:wanted])
        done += wanted
    return ObjectId(hasher.digest())


def store_large(source: Source, size: int, data: PackWriter, meta: PackWriter, known: Store | None) -> ObjectId:
    """Return the id of the size bytes of source, after its chunks went into data and its chunk list into meta.

    Args:
        source: at its start.
        size: bytes to read, more than none.
        data: takes the chunks.
        meta: takes the chunk list and its segments.
        known: the store, whose chunks are not stored again; None if it is empty.

    Raises:
        SourceChangedError: the file has fewer bytes; what was stored is unused and harmless.
        StorageError: the store cannot be written.
    """
    view = memoryview(bytearray(min(_WINDOW, size) + LARGEST_CHUNK))
    hasher = blob_hasher()
    oids: list[ObjectId] = []
    lengths: list[int] = []
    stored: set[ObjectId] = set()
    fineness: Fineness | None = None
    kept = done = 0  # bytes at the front of view that no chunk has yet; bytes read
    while done < size:
        wanted = min(len(view) - kept, size - done)
        end = kept + wanted
        _fill(source, view[kept:end])
        # the whole is hashed beside cutting and packing, which only read the same bytes
        hashing = Errand(functools.partial(hasher.update, view[kept:end]))
        done += wanted
        if fineness is None:
            fineness = Fineness.COARSE if compress_if_pays(view[: min(PROBE, end)]) is None else Fineness.FINE
        cut = cut_front if done < size else cut_buffer
        start = 0
        for stop in cut(view[:end], fineness):
            chunk = view[start:stop]
            oid = blob_id(chunk)
            oids.append(oid)
            lengths.append(stop - start)
            if oid not in stored and not (known is not None and known.lookup[Kind.BLOB].find(Kind.BLOB, oid)):
                data.add(Kind.BLOB, oid, chunk)
                if len(stored) < _REMEMBERED:
                    stored.add(oid)
            start = stop
        hashing.result()
        kept = end - start
        view[:kept] = bytes(view[start:end])
    oid = ObjectId(hasher.digest())
    _store_list(oid, oids, lengths, meta, known)
    return oid


def descriptor_source(descriptor: int) -> Source:
    """Return what reads an open file from where it stands."""
    return lambda room: os.readv(descriptor, (room,))


def _store_list(oid: ObjectId, oids: list[ObjectId], lengths: list[int], meta: PackWriter, known: Store | None) -> None:
    plan = plan_chunk_list(oids, lengths)
    for segment_oid, segment in plan.segments:
        if known is None or not known.has(Kind.SEGMENT, segment_oid):
            meta.add(Kind.SEGMENT, segment_oid, segment)
    # a list that came from elsewhere may be wrong: only one equal to ours, which is proved, counts as stored
    if known is None or plan.root not in known.copies(Kind.CHUNKS, oid):
        meta.add(Kind.CHUNKS, oid, plan.root)


def _fill(source: Source, room: memoryview) -> None:
    done = 0
    while done < len(room):
        got = source(room[done:])
        if not got:
            raise SourceChangedError
        done += got

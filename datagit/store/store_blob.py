"""One blob of any size into a store: from memory, or from an open file."""

import io
import os

from datagit.ids import Bytes, ObjectId, blob_id
from datagit.objects.chunks import LARGEST_WHOLE
from datagit.objects.kind import Kind
from datagit.store.large_file import Source, descriptor_source, hash_large, store_large
from datagit.store.layout import PackFile
from datagit.store.pack_kind import PackKind
from datagit.store.pack_writer import PackWriter
from datagit.store.store import Store, write_objects


def store_blob(store: Store, content: Bytes) -> tuple[ObjectId, tuple[PackFile, ...]]:
    """Return the id of content, durably stored unless the store has it, and the packs that this made."""
    if len(content) <= LARGEST_WHOLE:
        oid = blob_id(content)
        return oid, write_objects(store, [(Kind.BLOB, oid, content)])
    return _store_source(store, io.BytesIO(content).readinto, len(content))


def store_open_file(store: Store, descriptor: int) -> ObjectId:
    """Return the id of an open file's content, stored as store_blob does; raise SourceChangedError if it shrinks."""
    size = os.fstat(descriptor).st_size
    if size <= LARGEST_WHOLE:
        return store_blob(store, os.read(descriptor, size))[0]
    return _store_source(store, descriptor_source(descriptor), size)[0]


def hash_open_file(descriptor: int) -> ObjectId:
    """Return the id of an open file's content; raise SourceChangedError if it shrinks."""
    return hash_large(descriptor_source(descriptor), os.fstat(descriptor).st_size)


def _store_source(store: Store, source: Source, size: int) -> tuple[ObjectId, tuple[PackFile, ...]]:
    with PackWriter(store.folder, PackKind.DATA) as data, PackWriter(store.folder, PackKind.META) as meta:
        oid = store_large(source, size, data, meta, store)
        packs = data.finish() + meta.finish()
    for lookup in set(store.lookup.values()):
        lookup.refresh()
    return oid, packs

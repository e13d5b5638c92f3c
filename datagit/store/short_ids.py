"""Which objects of a local store have an id that begins with a few hex digits; bisected, without pyarrow."""

from datagit.ids import ID_SIZE, Bytes, ObjectId
from datagit.objects.kind import Kind
from datagit.store.pack_index import first_at_least
from datagit.store.store import Store

_KINDS = {
    Kind.COMMIT: Kind.COMMIT,
    Kind.TAG: Kind.TAG,
    Kind.NODE: Kind.NODE,
    Kind.BLOB: Kind.BLOB,
    Kind.CHUNKS: Kind.BLOB,  # a large blob is kept as its list of chunks
}


def find_ids(store: Store, digits: str) -> tuple[tuple[Kind, ObjectId], ...]:
    """Return (kind, id) of every object whose id begins with digits, lower-case hex, sorted by id."""
    low = bytes.fromhex(digits.ljust(2 * ID_SIZE, "0"))
    found: set[tuple[ObjectId, Kind]] = set()
    for lookup in set(store.lookup.values()):
        merged, packs = lookup.tables()
        if merged is not None:
            _collect(merged.column(0), merged.column(4), merged.count, low, digits, found)
        for pack in packs:
            _collect(pack.index.column(0), pack.index.column(4), pack.index.count, low, digits, found)
    return tuple((kind, oid) for oid, kind in sorted(found))


def _collect(ids: Bytes, kinds: Bytes, count: int, low: bytes, digits: str, found: set[tuple[ObjectId, Kind]]) -> None:
    position = first_at_least(ids, count, low)
    while position < count:
        oid = bytes(ids[position * ID_SIZE : (position + 1) * ID_SIZE])
        if not oid.hex().startswith(digits):
            return
        kind = _KINDS.get(Kind(kinds[position]))
        if kind is not None:
            found.add((ObjectId(oid), kind))
        position += 1

"""Many objects of a few packs, read in large windows instead of one by one."""

from collections.abc import Iterator, Sequence

from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.store.lookup import Location, Lookup
from datagit.store.record import RECORD_SIZE, PackDamagedError

_GAP = 64 << 10  # bytes that are cheaper to read over than to skip
_WINDOW = 4 << 20


def read_windows(
    lookup: Lookup, kind: Kind, places: Sequence[tuple[Location, ObjectId]]
) -> Iterator[tuple[ObjectId, bytes | None]]:
    """Yield (id, raw bytes) for each place, which are sorted by (pack, offset); None where that copy cannot be read."""
    first = 0
    while first < len(places):
        start = places[first][0]
        last, end = first, start.offset + RECORD_SIZE + start.stored_len
        while last + 1 < len(places):
            following = places[last + 1][0]
            reach = following.offset + RECORD_SIZE + following.stored_len
            if following.pack != start.pack or following.offset > end + _GAP or reach - start.offset > _WINDOW:
                break
            last, end = last + 1, max(end, reach)
        yield from _read_window(lookup, kind, places[first : last + 1], end)
        first = last + 1


def _read_window(
    lookup: Lookup, kind: Kind, places: Sequence[tuple[Location, ObjectId]], end: int
) -> Iterator[tuple[ObjectId, bytes | None]]:
    start = places[0][0].offset
    pack = lookup.pack(places[0][0].pack)
    content = None
    if pack is not None:
        try:
            content = memoryview(pack.read_window(start, end - start))
        except PackDamagedError:
            content = None
    for location, oid in places:
        raw = None
        if pack is not None and content is not None:
            position = location.offset - start
            try:
                raw = pack.decode(kind, oid, content[position : position + RECORD_SIZE + location.stored_len])
            except PackDamagedError:
                raw = None
        yield oid, raw

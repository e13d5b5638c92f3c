from pathlib import Path

from datagit.ids import blob_id
from datagit.objects.kind import Kind
from datagit.store.lookup import ONE_BY_ONE
from datagit.store.short_ids import find_ids
from datagit.store.store import create_store, write_objects

UUID = "6f1c2c1e-0000-4000-8000-000000000000"


def test_ids_are_found_by_their_first_digits_in_few_and_in_many_packs(tmp_path: Path) -> None:
    store = create_store(tmp_path / "store", UUID)
    blobs = [b"%d" % number for number in range(ONE_BY_ONE + 5)]
    for count, blob in enumerate(blobs, 1):
        write_objects(store, [(Kind.BLOB, blob_id(blob), blob)])
        if count in (1, ONE_BY_ONE, len(blobs)):
            ids = {blob_id(held) for held in blobs[:count]}
            for digits in ("", "0", "f", blob_id(blob).hex()[:4], blob_id(blob).hex()):
                expected = sorted(oid for oid in ids if oid.hex().startswith(digits))
                assert find_ids(store, digits) == tuple((Kind.BLOB, oid) for oid in expected)

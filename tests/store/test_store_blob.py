import os
import random
from pathlib import Path

import pytest

from datagit.ids import blob_id
from datagit.objects.blob import read_blob
from datagit.store.store import Store
from datagit.store.store_blob import hash_open_file, store_blob, store_open_file


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 20 << 20])
def test_content_of_any_size_is_kept_once(store: Store, tmp_path: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    (tmp_path / "file").write_bytes(content)
    descriptor = os.open(tmp_path / "file", os.O_RDONLY)
    assert hash_open_file(descriptor) == blob_id(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    oid, packs = store_blob(store, content)
    assert oid == blob_id(content)
    assert len(packs) == (1 if size <= 1 << 20 else 2)
    assert read_blob(store, oid) == content
    assert store_blob(store, content) == (oid, ())
    assert store_open_file(store, descriptor) == oid
    os.close(descriptor)

from pathlib import Path

import pytest

from datagit.store.store import Store, create_store

UUID = "6f1c2a34-9d1e-4a56-8b7c-0123456789ab"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_store(tmp_path / "store", UUID)

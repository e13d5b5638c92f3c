"""What waits for the user is kept, and a damaged file is an error that names it."""

from pathlib import Path

import pytest

from datagit.ids import ObjectId
from datagit.index.operation import (
    MergeState,
    OperationDamagedError,
    clear_merge_state,
    load_merge_state,
    save_merge_state,
)

STATE = MergeState(
    kind="merge",
    head="refs/heads/main",
    orig_head=ObjectId(bytes(range(32))),
    merge_heads=(ObjectId(bytes(32)), ObjectId(b"\xff" * 32)),
    message="Merge branch 'x'\n\nwith an é\n",
    conflicts=(b"a", b"not utf-8 \xff", "한글".encode()),
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "state/merge"
    assert load_merge_state(folder) is None
    save_merge_state(STATE, folder)
    assert load_merge_state(folder) == STATE
    clear_merge_state(folder)
    assert load_merge_state(folder) is None
    clear_merge_state(folder)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"v": 2}', b"[" * 100_000])
def test_damage_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "operation.json").write_bytes(content)
    with pytest.raises(OperationDamagedError, match=r"operation\.json"):
        load_merge_state(tmp_path)

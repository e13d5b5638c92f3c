import re
from pathlib import Path

from datagit.storage.memory import MemoryStorage
from datagit.store.hint import Hint, read_hint, write_hint

PAGE = Path(__file__).parents[2] / "docs/format/hint.md"


def test_a_hint_is_read_back_and_its_bytes_are_documented() -> None:
    storage = MemoryStorage()
    assert read_hint(storage) == Hint(0, 0)
    write_hint(storage, Hint(0, 16))
    write_hint(storage, Hint(64, 71))
    assert read_hint(storage) == Hint(64, 71)
    assert re.findall(r"```json\n(.*?)\n```", PAGE.read_text())[0].encode() == storage.read("HINT")


def test_nonsense_hints_at_nothing() -> None:
    for content in (b"", b"7", b'{"checkpoint":71,"seq":64}', b'{"checkpoint":0,"seq":1,"x":1}', b" " * 300, b"\xff"):
        storage = MemoryStorage()
        storage.replace("HINT", content)
        assert read_hint(storage) == Hint(0, 0)

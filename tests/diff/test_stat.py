from typing import Any

from datagit.diff.contents import StoredContents
from datagit.diff.stat import FileStat, StatKind, StatTotal, add_up, file_stat
from datagit.ids import blob_id
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects


def stat_of(old: bytes | None, new: bytes | None) -> FileStat:
    objects = MemoryObjects()
    row: dict[str, Any] = {"path": b"x", "old_path": None, "status": "M"}
    for side, content in (("old", old), ("new", new)):
        oid = blob_id(content) if content is not None else None
        if content is not None and oid is not None:
            objects.put(Kind.BLOB, oid, content)
        row |= {f"{side}_id": oid, f"{side}_size": None if content is None else len(content)}
    return file_stat(row, StoredContents(objects), StoredContents(objects))


def test_lines_are_counted_in_text() -> None:
    assert stat_of(b"a\nb\nc\n", b"a\nB\nc\nd") == FileStat(b"x", None, StatKind.TEXT, 2, 1)
    assert stat_of(None, b"a\nb") == FileStat(b"x", None, StatKind.TEXT, 2, 0)
    assert stat_of(b"a\nb", None) == FileStat(b"x", None, StatKind.TEXT, 0, 2)
    assert stat_of(b"", b"") == FileStat(b"x", None, StatKind.TEXT, 0, 0)


def test_bytes_are_counted_in_what_is_no_text_on_either_side() -> None:
    assert stat_of(b"a\0", b"text\n") == FileStat(b"x", None, StatKind.BINARY, 5, 2)
    assert stat_of(None, b"\0" * 9) == FileStat(b"x", None, StatKind.BINARY, 9, 0)
    assert stat_of(b"\0", b"\0") == FileStat(b"x", None, StatKind.BINARY, 0, 0)


def test_totals_leave_out_what_is_unmerged_and_count_binary_files_without_lines() -> None:
    stats = [
        FileStat(b"a", None, StatKind.TEXT, 3, 1),
        FileStat(b"b", None, StatKind.BINARY, 100, 50),
        FileStat(b"c", None, StatKind.UNMERGED, 0, 0),
    ]
    assert add_up(stats) == StatTotal(2, 3, 1)

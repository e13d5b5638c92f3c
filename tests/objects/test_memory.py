import pytest

from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.reader import ObjectMissingError

ONE, TWO, THREE = (ObjectId(bytes([number]) * 32) for number in (1, 2, 3))


def test_objects_are_found_by_kind_and_id_here_and_behind() -> None:
    behind = MemoryObjects()
    behind.put(Kind.BLOB, ONE, b"behind")
    objects = MemoryObjects(behind)
    objects.put(Kind.BLOB, TWO, b"here")
    assert objects.read(Kind.BLOB, ONE) == b"behind"
    assert objects.has(Kind.BLOB, ONE)
    assert objects.has(Kind.BLOB, TWO)
    assert not objects.has(Kind.COMMIT, TWO)
    assert dict(objects.read_many(Kind.BLOB, [ONE, TWO, ONE])) == {ONE: b"behind", TWO: b"here"}
    assert objects.kept() == [(Kind.BLOB, TWO, b"here")]


def test_what_is_nowhere_is_missing() -> None:
    for objects in (MemoryObjects(), MemoryObjects(MemoryObjects())):
        with pytest.raises(ObjectMissingError):
            objects.read(Kind.BLOB, THREE)
        with pytest.raises(ObjectMissingError):
            list(objects.read_many(Kind.BLOB, [THREE]))

import pytest

from datagit.diff.wildmatch import Case
from datagit.objects.memory import MemoryObjects
from datagit.porcelain.ref_list import RefFilter, RefObjects, clear_name, list_refs, short_name
from tests.store.places import oid

HEADS = {
    name: oid(number)
    for number, name in enumerate(
        ["refs/heads/main", "refs/heads/a/b", "refs/heads/v1", "refs/tags/v1", "refs/remotes/origin/main"]
    )
}
KNOWN = RefObjects(MemoryObjects())


def names(prefix: str, wanted: RefFilter) -> list[str]:
    return [ref.name for ref in list_refs(KNOWN, HEADS, (prefix,), wanted)]


def test_a_plain_list_is_sorted_and_reads_no_object() -> None:
    assert names("refs/heads/", RefFilter()) == ["refs/heads/a/b", "refs/heads/main", "refs/heads/v1"]
    assert names("refs/notes/", RefFilter()) == []


@pytest.mark.parametrize(
    ("patterns", "found"),
    [(["m*"], ["main"]), (["*"], ["a/b", "main", "v1"]), (["a"], []), (["a/?", "v[0-9]"], ["a/b", "v1"]), (["M*"], [])],
)
def test_patterns_match_the_whole_short_name(patterns: list[str], found: list[str]) -> None:
    assert [short_name(name) for name in names("refs/heads/", RefFilter(patterns))] == found


def test_patterns_may_leave_case_aside() -> None:
    assert names("refs/heads/", RefFilter(["M*"], Case.FOLDED)) == ["refs/heads/main"]


def test_a_clear_name_means_no_other_ref() -> None:
    assert clear_name("refs/heads/main", HEADS) == "main"
    assert clear_name("refs/heads/v1", HEADS) == "heads/v1"
    assert clear_name("refs/tags/v1", HEADS) == "tags/v1"
    assert clear_name("refs/remotes/origin/main", HEADS) == "origin/main"

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datagit.store.refs import (
    RefNameError,
    Refs,
    check_branch_name,
    check_head,
    check_ref_name,
    check_tag_name,
    find_clash,
)
from tests.store.places import oid

GOOD = ["main", "a/b", "feature/x-1", "v1.0", "a@b", "ä", "画像", "a.b", "a{", "HEAD2", "x/HEAD"]
BAD = [
    "",
    ".",
    "..",
    "a..b",
    ".a",
    "a/.b",
    "a.lock",
    "a.lock/b",
    "a/",
    "/a",
    "a//b",
    "a b",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[b",
    "a\\b",
    "a.",
    "a@{b",
    "a\x01",
    "a\x7f",
    "-rf",
    "\udcff",
]


@pytest.mark.parametrize("name", GOOD)
def test_names_that_git_allows(name: str) -> None:
    assert check_branch_name(name) == f"refs/heads/{name}"
    assert check_tag_name(name) == f"refs/tags/{name}"
    assert check_ref_name(f"refs/remotes/origin/{name}") == f"refs/remotes/origin/{name}"


@pytest.mark.parametrize("name", BAD)
def test_names_that_git_refuses(name: str) -> None:
    for check in (check_branch_name, check_tag_name):
        with pytest.raises(RefNameError) as caught:
            check(name)
        assert caught.value.code == "name-invalid"
    with pytest.raises(RefNameError):
        check_ref_name(f"refs/heads/{name}")


@pytest.mark.parametrize(
    "name",
    ["main", "refs", "refs/", "refs/heads", "refs/heads/", "HEAD", "../x", "refs/../heads/x", "refs/.x/y", "refs/-x/y"],
)
def test_a_full_name_lies_below_refs(name: str) -> None:
    with pytest.raises(RefNameError):
        check_ref_name(name)


def test_a_full_name_has_at_most_244_bytes() -> None:
    assert check_ref_name("refs/heads/" + "x" * 233)
    with pytest.raises(RefNameError):
        check_ref_name("refs/heads/" + "x" * 234)
    assert check_branch_name("ä" * 116)
    with pytest.raises(RefNameError):
        check_branch_name("ä" * 117)


def test_no_branch_is_called_head() -> None:
    with pytest.raises(RefNameError, match="'@' is not a valid branch name"):
        check_branch_name("@")
    with pytest.raises(RefNameError, match="'HEAD' is not a valid branch name"):
        check_branch_name("HEAD")
    with pytest.raises(RefNameError, match="'HEAD' is not a valid tag name"):
        check_tag_name("HEAD")


@pytest.mark.skipif(shutil.which("git") is None, reason="compares with git")
@settings(max_examples=60, deadline=None)
@given(name=st.text(st.sampled_from("ab./@{-~\\ *:?[^\x7flock"), min_size=1, max_size=9))
def test_the_rules_are_those_of_git(name: str) -> None:
    done = subprocess.run(["git", "check-ref-format", f"refs/heads/{name}"], check=False)
    try:
        check_ref_name(f"refs/heads/{name}")
    except RefNameError:
        assert done.returncode != 0 or name.startswith("-")
    else:
        assert done.returncode == 0


def test_head_is_a_branch_or_a_commit() -> None:
    assert check_head("refs/heads/main")
    assert check_head("ab" * 32)
    for head in ("main", "refs/tags/v1", "AB" * 32, "refs/heads/../x", "ab"):
        with pytest.raises(RefNameError):
            check_head(head)


def test_files_and_folders_of_refs_exclude_each_other() -> None:
    heads = ["refs/heads/a/b", "refs/heads/c", "refs/tags/a"]
    assert find_clash([*heads, "refs/heads/a"], ["refs/heads/a"]) == ("refs/heads/a", "refs/heads/a/b")
    assert find_clash([*heads, "refs/heads/c/d/e"], ["refs/heads/c/d/e"]) == ("refs/heads/c/d/e", "refs/heads/c")
    assert find_clash([*heads, "refs/heads/ab", "refs/heads/a/c"], ["refs/heads/ab", "refs/heads/a/c"]) is None
    assert find_clash(heads, []) is None


def test_head_says_what_is_checked_out() -> None:
    on_branch = Refs(1, b"", {"refs/heads/a/b": oid(7)}, "refs/heads/a/b")
    assert (on_branch.branch, on_branch.target_of_head()) == ("a/b", oid(7))
    unborn = Refs(1, b"", {}, "refs/heads/main")
    assert (unborn.branch, unborn.target_of_head()) == ("main", None)
    detached = Refs(1, b"", {}, oid(9).hex())
    assert (detached.branch, detached.target_of_head()) == (None, oid(9))

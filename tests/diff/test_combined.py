import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.diff.combined import combine

LINES = st.lists(st.sampled_from(["a", "b", "c", "  d", "e", "f"]), max_size=14)


EDITS = st.tuples(st.integers(0, 2), st.integers(0, 13), st.sampled_from("xyabz-"))


class GitMerges:
    """Makes merge commits of any contents in a real repository, and shows them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made = 0
        self.run("init", "-q", "-b", "main")

    def run(self, *words: str, given: bytes = b"") -> bytes:
        environment = {
            "PATH": "/usr/bin:/bin",
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(self.root),
            **{f"GIT_{role}_{part}": "a@b" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")},
        }
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=environment, input=given, capture_output=True, check=True
        )
        return done.stdout

    def commit(self, content: bytes, *parents: str) -> str:
        blob = self.run("hash-object", "-w", "--stdin", given=content).decode().strip()
        tree = self.run("mktree", given=f"100644 blob {blob}\tf\n".encode()).decode().strip()
        options = [word for parent in parents for word in ("-p", parent)]
        self.made += 1  # equal commits would be one parent
        return self.run("commit-tree", tree, *options, "-m", str(self.made)).decode().strip()

    def hunks(self, parents: list[bytes], result: bytes, context: int) -> bytes:
        tips = [self.commit(parent) for parent in parents]
        shown = self.run("show", "--format=", f"-U{context}", self.commit(result, *tips))
        start = shown.find(b"\n@@@")
        return shown[start + 1 :] if start >= 0 else b""


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> GitMerges:
    return GitMerges(tmp_path_factory.mktemp("git"))


def rendered(parents: list[bytes], result: bytes, context: int) -> bytes:
    out = []
    for hunk in combine(parents, result, context):
        fence = b"@" * (len(parents) + 1)
        spans = [b"-%d,%d" % span for span in hunk.old_spans] + [b"+%d,%d" % hunk.new_span]
        out.append(b" ".join([fence, *spans, fence]) + (b" " + hunk.heading if hunk.heading else b""))
        out += [marks + line for marks, line in hunk.lines]
    return b"".join(line + b"\n" for line in out)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=LINES, edits=st.lists(EDITS, max_size=8))
def test_hunks_are_those_of_git(git: GitMerges, base: list[str], edits: list[tuple[int, int, str]]) -> None:
    versions = [list(base), list(base), list(base)]
    for side, place, letter in edits:
        if letter == "-":
            versions[side][place : place + 1] = []
        else:
            versions[side].insert(place, letter)
    ours, theirs, result = ("".join(f"{line}\n" for line in version).encode() for version in versions)
    assert rendered([ours, theirs], result, 3) == git.hunks([ours, theirs], result, 3)


@pytest.mark.parametrize("context", [1, 3])
def test_three_parents_and_far_apart_hunks(git: GitMerges, context: int) -> None:
    base = [f"line {number}" for number in range(40)]
    versions = [list(base) for _ in range(4)]
    versions[0][5] = "first"
    versions[1][5] = "second"
    versions[2][30:32] = ["third"]
    versions[3][5:6] = ["merged", "twice"]
    versions[3][20] = "evil"
    del versions[3][12]
    contents = ["".join(f"{line}\n" for line in version).encode() for version in versions]
    assert rendered(contents[:3], contents[3], context) == git.hunks(contents[:3], contents[3], context)


def test_a_result_that_one_parent_has_shows_nothing() -> None:
    assert combine([b"a\n", b"b\n"], b"a\n") == []
    assert combine([b"a\nb\n", b"b\n"], b"") != []

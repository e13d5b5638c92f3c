import subprocess
from pathlib import Path

import pytest

from datagit.diff.stat import StatTotal
from datagit.ui.summary import shortstat_line, show_move
from tests.invoke import plain_environment

MOVES = [
    ("a", "b"),
    ("a/x", "b/x"),
    ("x/a", "x/b"),
    ("a/b/c", "a/d/c"),
    ("a/c", "a/b/c"),
    ("a/b/c", "a/c"),
    ("c", "a/c"),
    ("a/c", "c"),
    ("a/a/c", "a/c"),
    ("ab/c", "ad/c"),
    ("a/b.jpg", "a/c.jpg"),
    ("a/x/b/y", "c/x/b/y"),
    ("a/b/x/c/d", "a/b/y/c/d"),
    ("x", "x/y"),
    ("x/y/x", "x/x"),
    ("a\nb", "c"),
    ("사진/a", "사진/b"),
    ("with space/a", "with space/b"),
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("git")
    subprocess.run(["git", "init", "-q"], cwd=root, env=plain_environment(root), check=True)
    return root


def write_tree(root: Path, path: str) -> str:
    def git(*words: str, given: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *words], cwd=root, env=plain_environment(root), input=given, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    blob = git("hash-object", "-w", "--stdin", given=b"moved\n")
    git("read-tree", "--empty")
    git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    return git("write-tree")


@pytest.mark.parametrize(("old", "new"), MOVES, ids=range(len(MOVES)))
def test_a_move_is_shown_as_git_shows_it(repository: Path, old: str, new: str) -> None:
    trees = write_tree(repository, old), write_tree(repository, new)
    words = ["git", "diff-tree", "-r", "-M", "--summary", *trees]
    shown = subprocess.run(words, cwd=repository, env=plain_environment(repository), capture_output=True, check=True)
    expected = shown.stdout.decode().removeprefix(" rename ").removesuffix(" (100%)\n")
    assert show_move(old.encode(), new.encode()).decode() == expected


@pytest.mark.parametrize(
    ("total", "line"),
    [
        ((1, 0, 0), " 1 file changed, 0 insertions(+), 0 deletions(-)"),
        ((2, 1, 0), " 2 files changed, 1 insertion(+)"),
        ((2, 0, 1), " 2 files changed, 1 deletion(-)"),
        ((3, 2, 2), " 3 files changed, 2 insertions(+), 2 deletions(-)"),
    ],
    ids=range(4),
)
def test_totals_read_as_gits(total: tuple[int, int, int], line: str) -> None:
    assert shortstat_line(StatTotal(*total)) == line

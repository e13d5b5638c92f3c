import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.diff.pathspec import EVERYTHING, literal_filter, parse_pathspecs
from datagit.diff.pathspec_word import PathspecInvalidError

NAMES = (
    "a B/c.txt b/c.txt b/d/e.txt b/d/f* b/dd f* fx/y sub/a sub/b/c.txt sub/.h sub/x[1] sub/x1 top.txt w/a/b/c w/b ä/ö"
)
PATHS = sorted([*NAMES.encode().split(), b"z\nz/q"])


@pytest.fixture(scope="module")
def git_repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("git")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    blob = subprocess.run(
        ["git", "-C", root, "hash-object", "-w", "--stdin"], input=b"", capture_output=True, check=True
    ).stdout.strip()
    lines = b"".join(b"100644 " + blob + b"\t" + path + b"\0" for path in PATHS)
    subprocess.run(["git", "-C", root, "update-index", "-z", "--index-info"], input=lines, check=True)
    for folder in (b"sub/b", b"b/d", b"w/a/b"):
        os.makedirs(os.path.join(os.fsencode(root), folder))
    return root


def chosen_by_git(repo: Path, folder: bytes, specs: list[bytes]) -> list[bytes] | None:
    asked = specs if any(not spec.startswith((b":!", b":^", b":(exclude")) for spec in specs) else None
    where = os.path.join(os.fsencode(repo), folder)
    words = [*specs] if asked is not None else [*specs, b":/"]
    listed = subprocess.run(
        [b"git", b"ls-files", b"-z", b"--full-name", b"--", *words], cwd=where, capture_output=True, check=False
    )
    return listed.stdout.split(b"\0")[:-1] if listed.returncode == 0 else None


def chosen_by_us(folder: bytes, specs: list[bytes], repo: Path) -> list[bytes] | None:
    try:
        paths = parse_pathspecs(specs, folder, os.fsencode(repo))
    except PathspecInvalidError:
        return None
    column = pa.array(PATHS, pa.binary())
    by_column = [path for path in column.filter(paths.matches(column)).to_pylist() if path is not None]
    assert by_column == [path for path in PATHS if paths.matches_one(path)]
    assert all(paths.may_hold(path.rpartition(b"/")[0]) for path in by_column)
    for path in by_column:
        assert any(root == b"" or path == root or path.startswith(root + b"/") for root in paths.roots)
    return by_column


MAGIC = [
    b"",
    b":(glob)",
    b":(icase)",
    b":(literal)",
    b":(top)",
    b":/",
    b":!",
    b":^",
    b":(exclude,icase)",
    b":(glob,icase)",
]
PIECES = [
    b"a",
    b"b",
    b"B",
    b"c",
    b"d",
    b"f",
    b"sub",
    b"w",
    b"x",
    b"z",
    b"*",
    b"**",
    b"?",
    b"/",
    b"/",
    b"../",
    b"./",
    b".",
]
PIECES += [b"[a-c]", b"[!a]", b"[[:alpha:]]", b"[^b/]", b"[", b"]", b"\\*", b"\\", b"1", b".txt", b"c.txt", b"\xc3\xa4"]
PIECES += [b"[1]", b"-", b"[]-a]", b"[b-]", b"\n"]


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    folder=st.sampled_from([b"", b"", b"sub", b"b/d"]),
    specs=st.lists(
        st.tuples(st.sampled_from(MAGIC), st.lists(st.sampled_from(PIECES), min_size=1, max_size=5)).map(
            lambda parts: parts[0] + b"".join(parts[1])
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_pathspecs_choose_what_git_ls_files_lists(git_repo: Path, folder: bytes, specs: list[bytes]) -> None:
    assert chosen_by_us(folder, specs, git_repo) == chosen_by_git(git_repo, folder, specs)


@pytest.mark.parametrize(
    ("folder", "spec"),
    [
        (b"", b"b/*.txt"),
        (b"", b":(glob)b/*.txt"),
        (b"", b":(glob)**/*.txt"),
        (b"", b":(glob)w/**"),
        (b"", b":(glob)b**"),
        (b"", b":(glob)w**/c"),
        (b"", b":(glob)w/**/c"),
        (b"", b":(icase)b/c.TXT"),
        (b"", b"f*"),
        (b"sub", b":/b"),
        (b"sub", b"../b/d/"),
        (b"sub", b"."),
        (b"b/d", b".."),
        (b"b/d", b"../.."),
        (b"", b"top.txt/"),
        (b"", b"b/d/e.txt/"),
        (b"", b"./b//d"),
        (b"sub", b":(icase)A"),
        (b"", b":(icase)B"),
        (b"", b"*"),
        (b"", b"*/"),
        (b"sub", b"x[1]"),
        (b"", b":(literal)sub/x[1]"),
        (b"sub", b"../.."),
        (b"", b"/etc"),
        (b"", b":(nonsense)a"),
        (b"", b":(glob,literal)a"),
        (b"", b":(glob a"),
        (b"", b":@a"),
        (b"", b""),
    ],
)
def test_each_kind_of_pathspec_means_what_it_means_to_git(git_repo: Path, folder: bytes, spec: bytes) -> None:
    assert chosen_by_us(folder, [spec], git_repo) == chosen_by_git(git_repo, folder, [spec])


def test_an_absolute_path_inside_the_working_tree_is_understood(git_repo: Path) -> None:
    spec = os.path.join(os.fsencode(git_repo), b"b/d")
    assert chosen_by_us(b"sub", [spec], git_repo) == [b"b/d/e.txt", b"b/d/f*"]


def test_many_files_are_matched_like_few() -> None:
    specs = [b"no/%d" % n for n in range(40)] + [b"b/d", b"a", b"top.txt/", b"sub"]
    paths = parse_pathspecs(specs)
    column = pa.array(PATHS, pa.binary())
    chosen = column.filter(paths.matches(column)).to_pylist()
    assert chosen == [path for path in PATHS if path == b"a" or path.startswith((b"b/d/", b"sub/"))]
    assert chosen == [path for path in PATHS if paths.matches_one(path)]
    assert [spec.written for spec in paths.unmatched(column)] == [*specs[:40], b"top.txt/"]


def test_unmatched_looks_at_all_columns_and_ignores_exclusions() -> None:
    paths = parse_pathspecs([b"a", b"new", b"gone*", b":!zzz"])
    tracked, untracked = pa.array([b"a", b"b"], pa.binary()), pa.array([b"new/file"], pa.binary())
    assert [spec.written for spec in paths.unmatched(tracked, untracked)] == [b"gone*"]


def test_roots_hold_every_match_and_none_lies_below_another() -> None:
    paths = parse_pathspecs([b"images/*.png", b"labels.csv", b"images/deep", b":(icase)sub"], b"")
    assert paths.roots == (b"",)
    paths = parse_pathspecs([b"images/*.png", b"labels.csv", b"images/deep", b"img"])
    assert paths.roots == (b"images", b"img", b"labels.csv")
    assert paths.may_hold(b"")
    assert paths.may_hold(b"images/deep/er")
    assert not paths.may_hold(b"labels")
    assert parse_pathspecs([b"*.png"], b"images").roots == (b"images",)


def test_nothing_asked_is_everything() -> None:
    assert EVERYTHING.everything
    assert parse_pathspecs([b"."]).everything
    assert not parse_pathspecs([b":!x"]).everything
    assert EVERYTHING.matches(pa.array([b"x"], pa.binary())).to_pylist() == [True]


def test_literal_filter_has_no_magic() -> None:
    paths = literal_filter([b":!x", b"f*"])
    assert paths.matches_one(b"f*")
    assert paths.matches_one(b":!x/y")
    assert not paths.matches_one(b"fa")

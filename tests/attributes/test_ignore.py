import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datagit.attributes.ignore import GitIgnore, IgnoreRules, load_ignore
from datagit.attributes.patterns import PathKind
from datagit.storage.small_file import FileTooLargeError

FILES = [
    b"a", b"b", b"ab", b"abc", b"x.c", b".c", b"a b", b"d ", b"d", b"!n", b"#n", b"[", b"a]", b"a\\", b"*", b"-z", b"A",
    b"\xc3\xa9", b"\xff", b"q\t", b"deep/a", b"deep/b", b"deep/ab/a", b"deep/ab/x.c", b"deep/a b/b", b"deep/er/est/a",
    b"deep/er/est/b", b"deep/er/a/b/c", b"dir/a", b"dir/dir/a", b"dir/dir/dir/b", b"dir/x.c/b", b"aq/x/b", b"aq/b",
]  # fmt: skip


def parents(path: bytes) -> list[bytes]:
    parts = path.split(b"/")
    return [b"/".join(parts[:end]) for end in range(1, len(parts))]


FOLDERS = sorted({folder for file in FILES for folder in parents(file)})


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ignore")
    subprocess.run(["git", "init", "-q", root], check=True)
    for folder in FOLDERS:
        os.makedirs(os.path.join(os.fsencode(root), folder), exist_ok=True)
    for file in FILES:
        Path(os.fsdecode(os.path.join(os.fsencode(root), file))).write_bytes(b"")
    return root


def git_rules(root: Path, *options: str) -> dict[bytes, tuple[str, bytes, bytes]]:
    """Return what Git says about every path: source, line and pattern, or empty."""
    paths = b"\0".join([*FILES, *FOLDERS]) + b"\0"
    command = ["git", *options, "-C", str(root), "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin"]
    fields = subprocess.run(command, input=paths, capture_output=True, check=False).stdout.split(b"\0")[:-1]
    return {
        fields[start + 3]: (os.fsdecode(fields[start]), fields[start + 1], fields[start + 2])
        for start in range(0, len(fields), 4)
    }


def our_rules(rules: IgnoreRules) -> dict[bytes, tuple[str, bytes, bytes]]:
    answer = {}
    for path in [*FILES, *FOLDERS]:
        kind = PathKind.FOLDER if path in FOLDERS else PathKind.FILE
        rule = rules.matching_rule(path, kind)
        ignored = rules.is_ignored(path, kind)
        assert ignored == (rule is not None and rule.ignores)
        answer[path] = ("", b"", b"") if rule is None else (rule.source, b"%d" % rule.pattern.line, rule.pattern.shown)
    return answer


PIECES = [
    *["a", "b", "ab", "deep", "dir", "er", "*", "**", "/", "/", "?", "*.c", "x", "[a-c]", "[!a]", "[[:alpha:]]", "d"],
    *["[[:lower:]_-]", "[]a]", "[^]]", "\\", "\\*", "\\!", "é", "[b-a]", "[a\\]]", "[[:bad:]]", "q", "***", "[/]"],
    *[" ", "  ", "\\ "],
]
WHOLE = [
    *["deep/**", "**/a", "deep/**/a", "/a", "dir/", "/dir/dir/", "*", "*/", "!*/", "d/", "x/a**", "a**/b", "deep**"],
    *["dee*/a", "**/dir/**", "deep/er/**/b", "\\#n", "\\!n", "#n", "dir/dir", "dee*/**/b"],
]
GLOBS = st.one_of(
    st.text("ab*?/[]!-\\ .^dxc#\t:", min_size=1, max_size=7),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    st.sampled_from(WHOLE),
)
STARTS, ENDS = st.sampled_from(["", "", "!", "/", "!/"]), st.sampled_from(["", "", "/", " ", "\r", "\t"])
LINES = st.lists(st.tuples(STARTS, GLOBS, ENDS).map("".join), max_size=5)


@settings(max_examples=250, deadline=None)
@given(top=LINES, deep=LINES, inner=LINES)
@example(top=["deep/", "!deep/a"], deep=["!a"], inner=[])
@example(top=["*", "!*/", "!*.c"], deep=[], inner=["!a"])
@example(top=["\ufeff*.c", "d\\ ", "a b  ", "[a", "a\\", "!"], deep=["/a", "er/"], inner=["/a"])
@example(top=["deep/e/", "/deep/a/"], deep=[], inner=[])
def test_every_path_has_the_rule_that_git_finds(top: list[str], deep: list[str], inner: list[str], tree: Path) -> None:
    for folder, lines in (("", top), ("deep", deep), ("deep/er/est", inner)):
        (tree / folder / ".gitignore").write_bytes("\n".join(lines).encode())
    assert our_rules(load_ignore(tree, GitIgnore.READ)) == git_rules(tree)


def clear(tree: Path) -> None:
    for folder in ("", "deep", "deep/er/est", "dir"):
        for name in (".gitignore", ".dgignore"):
            (tree / folder / name).unlink(missing_ok=True)


def test_dgignore_alone_follows_the_same_rules(tree: Path) -> None:
    clear(tree)
    (tree / ".gitignore").write_text("*.c\n!deep/ab\n")
    expected = {path: rule[1:] for path, rule in git_rules(tree).items()}
    (tree / ".gitignore").rename(tree / ".dgignore")
    rules = load_ignore(tree, GitIgnore.SKIP)
    assert {path: rule[1:] for path, rule in our_rules(rules).items()} == expected
    assert our_rules(rules)[b"x.c"][0] == ".dgignore"


def test_dgignore_wins_over_gitignore_in_its_folder_only(tree: Path) -> None:
    clear(tree)
    (tree / ".gitignore").write_text("*.c\nb\n")
    (tree / ".dgignore").write_text("!x.c\n")
    (tree / "dir" / ".gitignore").write_text("x.c\n")
    rules = load_ignore(tree, GitIgnore.READ)
    assert not rules.is_ignored(b"x.c", PathKind.FILE)
    assert rules.is_ignored(b"b", PathKind.FILE)
    assert rules.is_ignored(b"dir/x.c", PathKind.FOLDER)
    assert rules.is_ignored(b"dir/x.c/anything/below", PathKind.FILE)
    assert not rules.is_ignored(b"deep/ab/x.c", PathKind.FILE)
    assert rules.is_ignored(b".c", PathKind.FILE)


def test_gitignore_can_be_turned_off(tree: Path) -> None:
    clear(tree)
    (tree / ".gitignore").write_text("*\n")
    assert not load_ignore(tree, GitIgnore.SKIP).is_ignored(b"a", PathKind.FILE)


def test_files_for_the_whole_tree_are_weakest(tree: Path, tmp_path: Path) -> None:
    clear(tree)
    weak, strong = tmp_path / "weak", tmp_path / "strong"
    weak.write_text("a\nb\nx.c\n")
    strong.write_text("!b\n/dir/dir\n")
    (tree / ".dgignore").write_text("!a\n")
    rules = load_ignore(tree, GitIgnore.READ, [weak, strong, tmp_path / "none"])
    assert not rules.is_ignored(b"a", PathKind.FILE)
    assert not rules.is_ignored(b"b", PathKind.FILE)
    assert rules.is_ignored(b"x.c", PathKind.FILE)
    assert rules.is_ignored(b"dir/dir/a", PathKind.FILE)
    rule = rules.matching_rule(b"deep/b", PathKind.FILE)
    assert rule is not None
    assert (rule.source, rule.pattern.line) == (str(strong), 1)


def test_patterns_are_not_read_through_links_nor_from_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("*\n")
    (tmp_path / ".dgignore").symlink_to("real")
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / ".dgignore").mkdir()
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / ".dgignore").write_text("*\n")
    (tmp_path / "link").symlink_to(outside)
    rules = load_ignore(tmp_path, GitIgnore.READ)
    for path in (b"real", b"folder/a", b"link/a"):
        assert not rules.is_ignored(path, PathKind.FILE)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".dgignore").write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(FileTooLargeError, match=r"\.dgignore"):
        load_ignore(tmp_path, GitIgnore.READ)


@pytest.mark.parametrize(
    "line",
    [
        b"**/" * 10_000 + b"a",
        b"a/**/" * 10_000 + b"a",
        b"*a" * 100_000 + b"b",
        b"*?" * 1_000 + b"b",
        b"[" * 500_000,
        b"[a" * 100_000,
        b"x" * 1_000_000,
        b"**/*a*a*a*a*a*a/**/*a*a*a*a*a*a*a/**/b",
        b"**\\/" * 1_000 + b"b",
        b"\\" * 100_001,
    ],
)
def test_no_pattern_takes_for_ever(line: bytes, tmp_path: Path) -> None:
    (tmp_path / ".dgignore").write_bytes(line + b"\n")
    rules = load_ignore(tmp_path, GitIgnore.READ)
    for path in (b"a" * 255, b"/".join([b"a" * 30] * 100), b"/".join([b"a"] * 2_000)):
        rules.is_ignored(path, PathKind.FILE)


def test_many_lines_and_deep_folders_are_no_problem(tmp_path: Path) -> None:
    (tmp_path / ".dgignore").write_bytes(b"".join(b"*%d.x\n" % number for number in range(100_000)))
    rules = load_ignore(tmp_path, GitIgnore.READ)
    assert rules.is_ignored(b"/".join([b"d"] * 2_000) + b"/99999.x", PathKind.FILE)
    assert not rules.is_ignored(b"99999.y", PathKind.FILE)

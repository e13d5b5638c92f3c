import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datagit.attributes.assign import AttributeRules, load_attributes, select_attributes, show_value

PATHS = [b"a", b"a.csv", b"deep/a", b"deep/a.csv", b"deep/er/x.csv", b"deep/er/a b", b"dir/a", b"q t"]
NAMES = ["text", "diff", "merge", "binary", "labels", "x"]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("attributes")
    subprocess.run(["git", "init", "-q", root], check=True)
    (root / "deep" / "er").mkdir(parents=True)
    return root


def git_attributes(root: Path) -> dict[bytes, list[tuple[str, str]]]:
    command = ["git", "-C", str(root), "check-attr", "-z", "--stdin", *NAMES]
    run = subprocess.run(command, input=b"\0".join(PATHS) + b"\0", capture_output=True, check=True)
    fields = run.stdout.split(b"\0")[:-1]
    answer: dict[bytes, list[tuple[str, str]]] = {path: [] for path in PATHS}
    for start in range(0, len(fields), 3):
        answer[fields[start]].append((fields[start + 1].decode(), fields[start + 2].decode()))
    return answer


def our_attributes(rules: AttributeRules) -> dict[bytes, list[tuple[str, str]]]:
    return {
        path: [(name, show_value(value)) for name, value in select_attributes(rules, path, NAMES)] for path in PATHS
    }


GLOBS = ["*", "a", "*.csv", "/a", "deep/a", "deep/**", "deep/", "er/*", "**/er/*", '"q t"', '"a b"', '"\\141"', "!a"]
FIELDS = ["text", "-text", "!text", "diff=x", "binary", "-binary", "!binary", "labels=coco", "labels", "merge=a=b", "x"]
LINES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(GLOBS), st.lists(st.sampled_from([*FIELDS, "-", "b%d"]), max_size=3)).map(
            lambda line: f"{line[0]} {' '.join(line[1])}"
        ),
        st.sampled_from(["# a text", "", "  a  text  ", "[attr]x labels=y -diff", "[attr]binary x", "a\ttext\r"]),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(top=LINES, deep=LINES, info=LINES)
@example(top=["[attr]x labels=y text", "* x"], deep=["a -x", "a.csv !labels"], info=["er/* -text"])
def test_every_path_has_the_attributes_that_git_finds(
    top: list[str], deep: list[str], info: list[str], tree: Path
) -> None:
    for name in (".gitattributes", ".dgattributes"):
        (tree / name).write_text("\n".join(top))
        (tree / "deep" / name).write_text("\n".join(deep))
    (tree / ".git" / "info" / "attributes").write_text("\n".join(info))
    assert our_attributes(load_attributes(tree, tree / ".git" / "info" / "attributes")) == git_attributes(tree)


def test_overlong_lines_are_passed_over() -> None:
    content = b"* labels=" + b"x" * 2048 + b"\n" + b"a text\n"
    rules = AttributeRules(lambda folder: content if folder == b"" else None)
    assert rules.attributes_of(b"a") == {"text": True}
    assert rules.attribute(b"a", "labels") is None

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.diff.lines import Algorithm
from datagit.merge.markers import ConflictStyle, Labels
from datagit.merge.text import Favour, Refining, TextMerge, TextStyle, merge_lines

OPTIONS = {
    (ConflictStyle.MERGE, Favour.NONE): [],
    (ConflictStyle.DIFF3, Favour.NONE): ["--diff3"],
    (ConflictStyle.ZDIFF3, Favour.NONE): ["--zdiff3"],
    (ConflictStyle.MERGE, Favour.OURS): ["--ours"],
    (ConflictStyle.MERGE, Favour.THEIRS): ["--theirs"],
    (ConflictStyle.MERGE, Favour.UNION): ["--union"],
}
LABELS = Labels(b"HEAD", b"night shift", b"0f3a")


def merge_by_git(folder: Path, base: bytes, ours: bytes, theirs: bytes, options: list[str]) -> TextMerge:
    for name, content in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(content)
    labels = ["-L", "HEAD", "-L", "0f3a", "-L", "night shift"]
    command = ["git", "merge-file", "-p", *labels, *options, "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return TextMerge(done.stdout, done.returncode)


def assert_as_git(folder: Path, base: bytes, ours: bytes, theirs: bytes) -> None:
    for (conflicts, favour), options in OPTIONS.items():
        style = TextStyle(LABELS, conflicts, favour, Algorithm.MYERS, Refining.SHORT_OR_BARE)
        assert merge_lines(base, ours, theirs, style) == merge_by_git(folder, base, ours, theirs, options), options


line = st.sampled_from(["a", "b", "c", "d", "", "--", "e\r"])
texts = st.tuples(st.lists(line, max_size=9), st.sampled_from(["", "\n", "\n", "\r\n"])).map(
    lambda parts: ("\n".join(parts[0]) + parts[1]).encode()
)


@settings(deadline=None, max_examples=70, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=texts, ours=texts, theirs=texts)
def test_small_texts_merge_as_git_merges_them(tmp_path: Path, base: bytes, ours: bytes, theirs: bytes) -> None:
    assert_as_git(tmp_path, base, ours, theirs)


def _edit(chance: random.Random, lines: list[bytes], end: bytes) -> list[bytes]:
    new = list(lines)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(new) + 1)
        if chance.random() < 0.4:
            del new[at : at + chance.randrange(1, 4)]
        else:
            new[at:at] = [b"%d" % chance.randrange(9) + end for _ in range(chance.randrange(1, 4))]
    return new


@pytest.mark.parametrize("seed", range(14))
def test_longer_texts_with_a_few_edits_merge_as_git_merges_them(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    end = chance.choice([b"\n", b"\r\n"])
    base = [b"%d" % chance.randrange(40) + end for _ in range(30)]
    ours, theirs = _edit(chance, base, end), _edit(chance, base, end)
    cut = chance.choice([0, 0, len(end)])
    texts = [b"".join(lines) for lines in (base, ours, theirs)]
    assert_as_git(tmp_path, *(text[: len(text) - cut] if chance.random() < 0.7 else text for text in texts))


@settings(deadline=None)
@given(base=texts, ours=texts)
def test_an_untouched_side_yields_to_the_other(base: bytes, ours: bytes) -> None:
    assert merge_lines(base, ours, base, TextStyle()) == TextMerge(ours, 0)
    assert merge_lines(base, base, ours, TextStyle()) == TextMerge(ours, 0)


@settings(deadline=None)
@given(base=texts, ours=texts)
def test_equal_sides_are_no_conflict(base: bytes, ours: bytes) -> None:
    assert merge_lines(base, ours, ours, TextStyle()) == TextMerge(ours, 0)


def test_the_same_rows_appended_twice_are_taken_once() -> None:
    merged = merge_lines(b"a\n", b"a\nb\n", b"a\nb\n", TextStyle())
    assert merged == TextMerge(b"a\nb\n", 0)


def test_a_conflict_names_both_sides() -> None:
    merged = merge_lines(b"a\n", b"b\n", b"c", TextStyle(LABELS))
    assert merged == TextMerge(b"<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> night shift\n", 1)

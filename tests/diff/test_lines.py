import itertools
import random
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.diff.lines import Algorithm, Change, diff_lines, is_binary, split_lines
from datagit.diff.slide import Sliding

HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
GIT_OPTIONS = {
    (Algorithm.MYERS, Sliding.BY_INDENT): ["--diff-algorithm=default"],
    (Algorithm.MYERS, Sliding.DOWN): ["--no-indent-heuristic"],
    (Algorithm.HISTOGRAM, Sliding.DOWN): ["--histogram", "--no-indent-heuristic"],
}


def changes_by_git(folder: Path, old: bytes, new: bytes, options: list[str]) -> list[Change]:
    (folder / "old").write_bytes(old)
    (folder / "new").write_bytes(new)
    command = ["git", "diff", "--no-index", "-U0", "--text", *options, "--", "old", "new"]
    shown = subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout
    changes = []
    for match in HUNK.finditer(shown):
        old_start, old_count, new_start, new_count = (1 if part is None else int(part) for part in match.groups())
        changes.append(
            Change(old_start - (old_count > 0), old_count, new_start - (new_count > 0), new_count)  # 0,0 is before all
        )
    return changes


def assert_as_git(folder: Path, old: bytes, new: bytes) -> None:
    for (algorithm, sliding), options in GIT_OPTIONS.items():
        ours = diff_lines(split_lines(old), split_lines(new), algorithm, sliding)
        assert ours == changes_by_git(folder, old, new, options), (algorithm, sliding)


def apply(old: list[bytes], new: list[bytes], changes: list[Change]) -> list[bytes]:
    made, row = [], 0
    for change in changes:
        made += old[row : change.old_start] + new[change.new_start : change.new_end]
        row = change.old_end
    return made + old[row:]


few_lines = st.lists(st.sampled_from(["a", "b", "c", "  d", "", "\te", "}", "  }"]), max_size=14)
texts = st.tuples(few_lines, st.sampled_from(["", "\n"])).map(lambda parts: ("\n".join(parts[0]) + parts[1]).encode())


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=texts, new=texts)
def test_small_texts_differ_where_git_says(tmp_path: Path, old: bytes, new: bytes) -> None:
    assert_as_git(tmp_path, old, new)


@pytest.mark.parametrize("seed", range(8))
def test_edited_programs_differ_where_git_says(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    old = _program(chance, 60)
    new = _edit(chance, old)
    assert_as_git(tmp_path, "".join(old).encode(), "".join(new).encode())


@pytest.mark.parametrize("seed", range(2))
def test_texts_too_different_for_an_exact_search_are_cut_where_git_cuts_them(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    old = [b"%d\n" % chance.randrange(700) for _ in range(3000)]
    new = [b"%d\n" % chance.randrange(700) for _ in range(3000)]
    block = [b"same %d\n" % row for row in range(400)]
    old[1000:1000] = block
    new[2200:2200] = block
    assert_as_git(tmp_path, b"".join(old), b"".join(new))


def test_lines_that_come_often_are_left_aside_as_in_git(tmp_path: Path) -> None:
    chance = random.Random(7)
    old = [chance.choice([b"x\n", b"\n", b"}\n", b"row %d\n" % chance.randrange(99)]) for _ in range(900)]
    new = [chance.choice([b"x\n", b"\n", b"}\n", b"row %d\n" % chance.randrange(99)]) for _ in range(900)]
    assert_as_git(tmp_path, b"".join(old), b"".join(new))


@settings(deadline=None)
@given(old=texts, new=texts, algorithm=st.sampled_from(Algorithm), sliding=st.sampled_from(Sliding))
def test_applying_a_difference_gives_the_new_text(
    old: bytes, new: bytes, algorithm: Algorithm, sliding: Sliding
) -> None:
    before, after = split_lines(old), split_lines(new)
    changes = diff_lines(before, after, algorithm, sliding)
    assert apply(before, after, changes) == after
    assert not any(earlier.old_end >= later.old_start for earlier, later in itertools.pairwise(changes))


def test_only_a_line_feed_ends_a_line() -> None:
    assert split_lines(b"a\r\nb\x0cc\n\nlast") == [b"a\r\n", b"b\x0cc\n", b"\n", b"last"]
    assert split_lines(b"") == []


def test_binary_is_a_nul_in_the_first_8000_bytes() -> None:
    assert is_binary(b"a" * 7999 + b"\0")
    assert not is_binary(b"a" * 8000 + b"\0")


def _program(chance: random.Random, length: int) -> list[str]:
    lines: list[str] = []
    while len(lines) < length:
        indent = "    " * chance.randrange(3)
        kind = chance.randrange(5)
        if kind == 0:
            lines += [f"{indent}def f{chance.randrange(6)}():\n", f"{indent}    return {chance.randrange(3)}\n", "\n"]
        elif kind == 1:
            lines += [f"{indent}if x{chance.randrange(2)}:\n", f"{indent}    y()\n", f"{indent}else:\n"]
        elif kind == 2:
            lines += ["\n"]
        elif kind == 3:
            lines += [f"{indent}{{\n", f"\t{indent}z = {chance.randrange(3)}\n", f"{indent}}}\n"]
        else:
            lines += [f"{indent}call({chance.randrange(5)})\n"]
    return lines


def _edit(chance: random.Random, lines: list[str]) -> list[str]:
    new = list(lines)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(new))
        kind = chance.randrange(3)
        if kind == 0:
            del new[at : at + chance.randrange(1, 7)]
        elif kind == 1:
            start = chance.randrange(len(lines))
            new[at:at] = lines[start : start + chance.randrange(1, 9)]
        else:
            new[at:at] = _program(chance, 5)
    return new or ["x\n"]

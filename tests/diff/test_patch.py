import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagit.diff.patch import format_hunk, make_hunks


def hunks_by_git(folder: Path, old: bytes, new: bytes, context: int) -> bytes:
    (folder / "old").write_bytes(old)
    (folder / "new").write_bytes(new)
    command = ["git", "diff", "--no-index", f"-U{context}", "--text", "--", "old", "new"]
    shown = subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout
    start = shown.find(b"\n@@ ")
    return shown[start + 1 :] if start >= 0 else b""


lines = st.lists(st.sampled_from(["a", "b", "  c", "", "def f():", "_x ", "é", "$ " + "y" * 90, "}\r"]), max_size=25)
texts = st.tuples(lines, st.sampled_from(["", "\n"])).map(lambda parts: ("\n".join(parts[0]) + parts[1]).encode())


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=texts, new=texts, context=st.sampled_from([0, 1, 3]))
def test_hunks_are_those_of_git(tmp_path: Path, old: bytes, new: bytes, context: int) -> None:
    ours = b"".join(format_hunk(hunk) for hunk in make_hunks(old, new, context))
    assert ours == hunks_by_git(tmp_path, old, new, context)


@pytest.mark.parametrize("seed", range(6))
def test_headings_are_searched_as_git_searches_them(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    old = [chance.choice([f"def f{chance.randrange(9)}():", "    x", "    y", "", "\tz"]) for _ in range(200)]
    new = list(old)
    for _ in range(8):
        new[chance.randrange(200)] = "    changed"
    before, after = "\n".join(old).encode(), "\n".join(new).encode()
    ours = b"".join(format_hunk(hunk) for hunk in make_hunks(before, after))
    assert ours == hunks_by_git(tmp_path, before, after, 3)

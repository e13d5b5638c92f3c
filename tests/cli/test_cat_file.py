import random
import re
from pathlib import Path

import pytest

from tests.cli.beside_git import Twins, new_twins
from tests.invoke import dg, git

_IDS = re.compile(rb"\b[0-9a-f]{40,64}\b")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    twins = new_twins(tmp_path_factory.mktemp("cat-file"))
    twins.write("a", "hello\n")
    twins.write("dir/b", "world\n")
    twins.write("dir/sub/odd \u00fcber", "x")
    twins.write("run", "#!\n", 0o755)
    twins.link("link", "a")
    twins.commit("first\n\nwith a body\n")
    twins.write("a", "changed\n")
    twins.commit("second")
    return twins


@pytest.mark.parametrize(
    "words",
    [
        *(
            [option, name]
            for option in ("-t", "-p", "-e")
            for name in (
                "HEAD",
                "HEAD~1",
                "HEAD^{tree}",
                "HEAD:a",
                "HEAD:dir",
                "HEAD:dir/sub",
                "HEAD:link",
                ":a",
                "main",
            )
        ),
        ["-s", "HEAD:a"],
        ["-s", "HEAD:link"],
        ["blob", "HEAD:a"],
        ["-p", "nosuch"],
        ["-e", "nosuch"],
        ["-t", "HEAD:nosuch"],
        ["blob", "HEAD"],
        ["foo", "HEAD"],
        [],
        ["-t"],
        ["-e"],
        ["-p"],
        ["HEAD"],
        ["-t", "HEAD", "HEAD~1"],
        ["-t", "-s", "HEAD"],
        ["-p", "--batch"],
        ["--batch-check", "HEAD"],
        ["--batch", "--batch-check"],
        ["--nonsense"],
    ],
)
def test_it_shows_and_returns_what_git_does(twins: Twins, words: list[str]) -> None:
    here, there = twins.run("cat-file", *words)
    assert (here.code, _IDS.sub(b"ID", here.out)) == (there.code, _IDS.sub(b"ID", there.out)), (here, there)


@pytest.mark.parametrize(
    "words",
    [
        ["--batch-check"],
        ["--batch"],
        ["--batch-check=%(objecttype)|%(objectsize)|%(rest)"],
        ["--batch=%(objecttype)"],
        ["--batch-check=%(objecttype) 100%%"],
        ["--batch-check=%(nonsense)"],
        ["--batch-check", "--buffer"],
    ],
)
def test_batches_answer_as_git_does(twins: Twins, words: list[str]) -> None:
    asked = b"HEAD:a\nnosuch\nHEAD:dir/b\nHEAD~1:a\n\nHEAD:nosuch\nHEAD:dir/b and more\nHEAD:link\n"
    here = dg(twins.ours, "cat-file", *words, stdin=asked)
    there = git(twins.theirs, "cat-file", *words, stdin=asked)
    assert (here.code, _IDS.sub(b"ID", here.out)) == (there.code, _IDS.sub(b"ID", there.out)), (here, there)


def test_sizes_are_those_of_what_is_shown(twins: Twins) -> None:
    for name in ("HEAD", "HEAD^{tree}", "HEAD:dir", "HEAD:a"):
        kind = dg(twins.ours, "cat-file", "-t", name).out.decode().strip()
        content = dg(twins.ours, "cat-file", kind, name).out
        assert dg(twins.ours, "cat-file", "-s", name).out == b"%d\n" % len(content)
        answer = dg(twins.ours, "cat-file", "--batch", stdin=name.encode() + b"\n").out
        assert answer.partition(b"\n")[2] == content + b"\n"


def test_an_id_that_is_not_here_is_no_error_for_e_alone(twins: Twins) -> None:
    lost = "12" * 32
    assert dg(twins.ours, "cat-file", "-e", lost).code == 1
    assert dg(twins.ours, "cat-file", "-t", lost).code == 128
    assert dg(twins.ours, "cat-file", "--batch-check", stdin=lost.encode()).out == lost.encode() + b" missing\n"


def test_names_may_end_with_nul(twins: Twins) -> None:
    answer = dg(twins.ours, "cat-file", "-z", "--batch-check=%(objecttype)", stdin=b"HEAD:a\0HEAD\0")
    assert answer.out == b"blob\ncommit\n"


def test_large_files_are_shown_in_bounded_pieces(tmp_path: Path) -> None:
    content = random.Random(2).randbytes(9 << 20)
    (tmp_path / "big").write_bytes(content)
    assert dg(tmp_path, "init", "-q").code == 0
    assert dg(tmp_path, "add", "big").code == 0
    assert dg(tmp_path, "cat-file", "blob", ":big").out == content
    assert dg(tmp_path, "cat-file", "-s", ":big").out == b"%d\n" % len(content)

import json
import re
from pathlib import Path

import pytest

from datagit.ids import blob_id
from tests.invoke import Answer, dg, git

FILES = {
    "a": "one",
    "b/1.jpg": "22",
    "b/c/d/deep": "333",
    "b/c/2.jpg": "4444",
    "b-side": "5",
    "새/사진": "6",
    "z\n": "7",
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a git and a dg repository with the same files."""
    folders = tmp_path_factory.mktemp("git"), tmp_path_factory.mktemp("dg")
    for folder, tool in zip(folders, (git, dg), strict=True):
        for name, content in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        (folder / "run").write_text("#!/bin/sh\n")
        (folder / "run").chmod(0o755)
        (folder / "link").symlink_to("b/c")
        assert tool(folder, "init").code == 0
        assert tool(folder, "add", "-A").code == 0
        assert tool(folder, "commit", "-m", "files").code == 0
    return folders


def masked(answer: Answer) -> tuple[int, bytes]:
    """Return exit code and output with ids of either length masked."""
    return answer.code, re.sub(rb"\b[0-9a-f]{64}\b|\b[0-9a-f]{40}\b", b"<id>", answer.out)


@pytest.mark.parametrize(
    "words",
    [
        "HEAD",
        "-r HEAD",
        "-t HEAD",
        "-r -t HEAD",
        "-d HEAD",
        "-d -r HEAD",
        "-l HEAD",
        "-r -l HEAD",
        "-z HEAD",
        "-r -z HEAD",
        "--name-only -r HEAD",
        "--name-status HEAD",
        "--object-only HEAD",
        "HEAD a",
        "HEAD b",
        "HEAD b/",
        "HEAD b/c b/1.jpg a",
        "HEAD b/c/2.jpg",
        "-t HEAD b/c/2.jpg",
        "-t HEAD b/c/",
        "-t -r HEAD b/c",
        "-r HEAD b/",
        "-r HEAD nowhere",
        "HEAD nowhere a",
        "-d HEAD b/",
        "HEAD:b",
        "-r HEAD:b",
        "HEAD:b c",
        "--full-tree HEAD",
        "HEAD^{tree}",
    ],
)
def test_the_listing_is_gits(pair: tuple[Path, Path], words: str) -> None:
    expected, got = git(pair[0], "ls-tree", *words.split()), dg(pair[1], "ls-tree", *words.split())
    assert masked(got) == masked(expected), got.err


@pytest.mark.parametrize(
    "words", ["HEAD", "-r HEAD", "HEAD .", "HEAD ./", "HEAD ../a", "HEAD c", "HEAD ..", "--full-name HEAD"]
)
def test_a_folder_lists_itself(pair: tuple[Path, Path], words: str) -> None:
    expected, got = git(pair[0] / "b", "ls-tree", *words.split()), dg(pair[1] / "b", "ls-tree", *words.split())
    assert masked(got) == masked(expected), got.err


@pytest.mark.parametrize("words", ["", "nowhere", "HEAD:a", "HEAD:nowhere", "HEAD ../x", "--bogus HEAD"])
def test_what_cannot_be_listed_gives_gits_exit_code(pair: tuple[Path, Path], words: str) -> None:
    expected, got = git(pair[0], "ls-tree", *words.split()), dg(pair[1], "ls-tree", *words.split())
    assert (got.code, got.out) == (expected.code, expected.out)


def test_equal_folders_have_equal_ids_wherever_they_are(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "other" / "place" / "d").mkdir(parents=True)
    (tmp_path / "other" / "place" / "d" / "deep").write_text("333")
    (tmp_path / "other" / "place" / "2.jpg").write_text("4444")
    for words in (["init"], ["add", "."], ["commit", "-m", "copy"]):
        assert dg(tmp_path, *words).code == 0
    here = dg(pair[1], "ls-tree", "--object-only", "HEAD", "b/c").out
    there = dg(tmp_path, "ls-tree", "--object-only", "HEAD", "other/place").out
    assert here == there != b""


def test_json_tells_what_the_lines_tell(pair: tuple[Path, Path]) -> None:
    document = json.loads(dg(pair[1], "ls-tree", "--json", "HEAD", "a", "b").out)
    assert document["version"] == 1
    file, folder = document["entries"]
    assert file == {"mode": "100644", "type": "blob", "object": blob_id(b"one").hex(), "size": 3, "path": "a"}
    assert (folder["mode"], folder["type"], folder["size"], folder["path"]) == ("040000", "tree", None, "b")


def test_ids_are_shortened_on_demand(pair: tuple[Path, Path]) -> None:
    assert (
        dg(pair[1], "ls-tree", "--abbrev", "HEAD", "a").out
        == b"100644 blob %s\ta\n" % blob_id(b"one").hex()[:12].encode()
    )
    assert (
        dg(pair[1], "ls-tree", "--abbrev=5", "HEAD", "a").out
        == b"100644 blob %s\ta\n" % blob_id(b"one").hex()[:5].encode()
    )
    assert dg(pair[1], "ls-tree", "--abbrev=x", "HEAD", "a").code != 0

import json
import re
from pathlib import Path

import pytest

from datagit.ids import blob_id
from tests.invoke import Answer, dg, git

_ID = re.compile(rb"\b[0-9a-f]{7,64}\b")


def masked(answer: Answer) -> tuple[int, bytes]:
    return answer.code, _ID.sub(b"<id>", answer.out)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a git and a dg repository with the same history: edits, a move, a mode, a merge, tags of everything."""
    folders = tmp_path_factory.mktemp("git"), tmp_path_factory.mktemp("dg")
    for root, tool in zip(folders, (git, dg), strict=True):

        def run(*words: str, root: Path = root, tool: object = tool) -> None:
            answer = tool(root, *words)  # type: ignore[operator]  # git or dg
            assert answer.code == 0, (words, answer)

        run("init", "-b", "main")
        (root / "folder").mkdir()
        (root / "a").write_text("".join(f"line {number}\n" for number in range(20)))
        (root / "folder" / "b").write_text("b\n")
        (root / "binary").write_bytes(b"\0\1\2")
        (root / "link").symlink_to("a")
        run("add", ".")
        run("commit", "-m", "first\n\nwith a body")
        run("tag", "light")
        (root / "a").write_text("".join(f"line {number}{'!' * (number == 10)}\n" for number in range(20)))
        (root / "binary").write_bytes(b"\0\1\2\3")
        (root / "folder" / "b").rename(root / "folder" / "c")
        run("add", "-A")
        run("commit", "-m", "second")
        run("tag", "-a", "noted", "-m", "one\ntwo")
        run("tag", "-a", "nested", "noted", "-m", "of a tag")
        run("tag", "-a", "of-a-file", "HEAD:a", "-m", "a file")
        run("checkout", "-b", "side", "light")
        (root / "side").write_text("side\n")
        (root / "link").unlink()
        run("add", "-A")
        run("commit", "-m", "side")
        run("checkout", "main")
        run("merge", "--no-ff", "-m", "join", "side")
        run("commit", "--allow-empty", "-m", "empty")
        run("checkout", "-b", "other", "light")
        (root / "a").write_text("".join(f"line {number}{'?' * (number == 10)}\n" for number in range(20)))
        (root / "binary").write_bytes(b"\0\1\2\4")
        (root / "gone").write_text("gone\n")
        run("add", ".")
        run("commit", "-m", "other")
        run("checkout", "-b", "settle", "main")
        assert tool(root, "merge", "other").code == 1
        (root / "a").write_text("".join(f"line {number}{'!?' * (number == 10)}\n" for number in range(21)))
        (root / "binary").write_bytes(b"\0\1\2\3\4")
        (root / "new").write_text("evil\n")
        (root / "a").chmod(0o755)
        run("add", ".")
        run("commit", "-m", "settle")
        run("tag", "settled")
        run("checkout", "main")
    return folders


@pytest.mark.parametrize(
    "words",
    [
        "",
        "HEAD~2",
        "main~1^2",
        "light",
        "noted",
        "nested",
        "of-a-file",
        "HEAD:a",
        "HEAD:folder",
        "HEAD^{tree}",
        "HEAD:a HEAD~2 HEAD:folder noted",
        "noted HEAD:a HEAD~2",
        "-s HEAD~2",
        "-s noted nested light",
        "--stat HEAD~2",
        "--stat -p HEAD~2",
        "--shortstat HEAD~2",
        "--numstat HEAD~2",
        "--summary HEAD~2",
        "--name-status HEAD~2",
        "--name-only HEAD~2",
        "--name-only -z HEAD~2",
        "--no-renames --name-status HEAD~2",
        "--oneline HEAD~2",
        "--oneline -s HEAD~2 noted side",
        "--oneline --stat noted",
        "--format=%s HEAD~2",
        "--format= HEAD~2",
        "--format=fuller noted",
        "--format=short -s noted HEAD",
        "--date=iso -s noted HEAD",
        "-U0 HEAD~2",
        "HEAD~2 -- a",
        "--stat HEAD~2 -- folder",
        "light..side",
        "-s light..main",
        "-m --first-parent --stat HEAD~1",
        "HEAD HEAD",
        "-s HEAD~1",
        "--abbrev-commit -s HEAD~2",
        "settled",
        "-U1 settled",
        "-s settled",
        "--stat settled",
        "--stat -p settled",
        "--name-only settled",
        "--name-status settled",
        "--name-status -z settled",
        "--oneline settled",
        "--oneline --name-status settled",
        "--shortstat settled",
        "--numstat settled",
        "--summary settled",
        "-m --first-parent settled",
        "settled -- a",
        "settled -- folder",
        "HEAD~2 -- nowhere",
        "--stat HEAD~2 -- nowhere",
        "-s HEAD~2 -- nowhere",
        "-s settled -- folder",
        "--stat settled -- folder",
        "--oneline --stat settled",
        "--name-only -z settled",
        "--raw settled",
        "HEAD~2 settled -- a",
        "noted settled -- nowhere",
    ],
)
def test_objects_are_shown_as_git_shows_them(pair: tuple[Path, Path], words: str) -> None:
    expected, got = git(pair[0], "show", *words.split()), dg(pair[1], "show", *words.split())
    assert masked(got) == masked(expected), got.err


@pytest.mark.parametrize("words", ["nowhere", "HEAD:nowhere", "HEAD~99", "--format=nonsense"])
def test_what_cannot_be_shown_gives_gits_exit_code(pair: tuple[Path, Path], words: str) -> None:
    expected, got = git(pair[0], "show", *words.split()), dg(pair[1], "show", *words.split())
    assert (got.code, got.out) == (expected.code, expected.out), got.err


def test_a_folder_shows_paths_from_itself(pair: tuple[Path, Path]) -> None:
    for words in (["HEAD:./c"], ["HEAD~2", "--", "c"], ["--stat", "HEAD~2", "--", "."]):
        expected, got = git(pair[0] / "folder", "show", *words), dg(pair[1] / "folder", "show", *words)
        assert masked(got) == masked(expected), got.err


def test_the_bytes_of_a_file_come_as_they_are(tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    (tmp_path / "large").write_bytes(content)
    for words in (["init"], ["add", "large"], ["commit", "-m", "large"]):
        assert dg(tmp_path, *words).code == 0
    assert dg(tmp_path, "show", "HEAD:large").out == content


def test_json_tells_all_kinds(pair: tuple[Path, Path]) -> None:
    document = json.loads(dg(pair[1], "show", "--json", "noted", "HEAD:a", "HEAD:folder").out)
    tag, commit, file, folder = document["objects"]
    assert document["version"] == 1
    assert [one["type"] for one in (tag, commit, file, folder)] == ["tag", "commit", "blob", "tree"]
    assert (tag["name"], tag["message"], tag["object"]) == ("noted", "one\ntwo\n", commit["id"])
    assert [change["status"] for change in commit["changes"]] == ["M", "M", "R"]
    assert commit["message"] == "second\n"
    assert file["path"] == "a"
    assert file["id"] == blob_id((pair[1] / "a").read_bytes()).hex()
    assert [entry["path"] for entry in folder["entries"]] == ["folder/c"]


def test_what_is_not_there_is_said_in_gits_words(pair: tuple[Path, Path], tmp_path: Path) -> None:
    theirs, ours = pair
    for line in ("show HEAD:nope", "diff HEAD:nope", "log HEAD:nope", "ls-tree nope", "cat-file -t nope"):
        here, there = dg(ours, *line.split()), git(theirs, *line.split())
        assert (here.code, here.err.splitlines()[0]) == (there.code, there.err.splitlines()[0]), line
    folders = tmp_path / "dg", tmp_path / "git"
    for folder, run in zip(folders, (dg, git), strict=True):
        folder.mkdir()
        run(folder, "init", "-q", "-b", "main")
    here, there = dg(folders[0], "show"), git(folders[1], "show")
    assert (here.code, here.err.splitlines()[0]) == (there.code, there.err.splitlines()[0])

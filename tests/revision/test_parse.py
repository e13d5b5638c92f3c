import subprocess
from collections.abc import Sequence

import pyarrow as pa
import pytest

from datagit.ids import ObjectId, blob_id
from datagit.objects.commit import Signature
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.tag import Tag, encode_tag, tag_id
from datagit.objects.tree import build_tree
from datagit.revision.merge_base import merge_bases
from datagit.revision.parse import parse_range, peel, resolve, resolve_commit, resolve_tree, split_range
from datagit.revision.reader import (
    AmbiguousRevisionError,
    PathEntry,
    PathNotInRevisionError,
    RevisionReader,
    UnknownRevisionError,
)
from datagit.store.refs import Refs
from tests.revision.histories import History, build_history, put_commit

SHAPE = [
    ((), 0),  # 0
    ((1,), 1),  # 1: 0
    ((2,), 2),  # 2: 0
    ((1, 2), 3),  # 3: 2, 1
    ((1,), 4),  # 4: 3
    ((3, 1), 5),  # 5: 2, 4
    ((), 6),  # 6
    ((2, 1), 7),  # 7: 5, 6
]
BRANCHES = {
    "refs/heads/main": 7,
    "refs/heads/topic": 4,
    "refs/heads/x": 1,
    "refs/tags/x": 2,
    "refs/remotes/origin/main": 5,
    "refs/remotes/origin/HEAD": 5,
    "refs/tags/v1.0": 3,
    "refs/heads/a@b": 6,
    "refs/heads/beef": 2,
}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    made = build_history(SHAPE, tmp_path_factory.mktemp("parse") / "git")
    for number in range(len(SHAPE)):
        made.git("update-ref", "-d", f"refs/heads/c{number}")
    made.git("config", "core.logAllRefUpdates", "always")
    for name, number in BRANCHES.items():
        made.git("update-ref", name, made.git_ids[number])
    made.git("symbolic-ref", "HEAD", "refs/heads/main")
    return made


@pytest.fixture(scope="module")
def reader(history: History) -> RevisionReader:
    heads = {name: history.ids[number] for name, number in BRANCHES.items()}

    def find_ids(digits: str) -> Sequence[tuple[Kind, ObjectId]]:
        return [(kind, oid) for kind, oid, _ in history.objects.kept() if oid.hex().startswith(digits)]

    return RevisionReader(history.objects, Refs(1, bytes(32), heads, "refs/heads/main"), find_ids=find_ids)


TEXTS = """
HEAD @ main topic x v1.0 heads/main refs/heads/main tags/x origin origin/main remotes/origin/main a@b
beef heads/x HEAD~ HEAD^ HEAD~1 HEAD^1 HEAD^2 HEAD^3 HEAD~0 HEAD^0 HEAD~2 HEAD~3 HEAD~4 HEAD~9 HEAD^^
HEAD^^2 HEAD^2^ HEAD~1^2 @~2 @^2~1 main^{} main^{commit} main^{object} main^{commit}~1
main~1^{commit}^2 main^{tag} main^{nonsense} main@{0} @{0} HEAD@{0} :/c3 :/nothing :/^c[45]$
main^{/c2} main^{/^c1$}~1 main^{/!-c} topic^{/} :/!!x nope nope~1 main^{ main@{ ~1 ^1 main~x main~-1
main..topic @{u} topic@{upstream} main@{9} @{-1} refs/heads refs/heads/ -main main^{}^{commit}
main~1~1 main^@ @@ main~99999999999999999999 heads main: main^{/(} v1 v1.0-3-gdeadbeef
"""


@pytest.mark.parametrize("text", TEXTS.split())
def test_a_name_stands_for_what_git_says(text: str, history: History, reader: RevisionReader) -> None:
    command = ["git", "--git-dir", str(history.git_dir), "rev-parse", "--verify", "-q", "--end-of-options", text]
    git = subprocess.run(command, capture_output=True, check=False, text=True)
    answer = git.stdout.strip()
    if text == "main:":
        assert resolve(reader, text).kind is Kind.NODE
    elif git.returncode or not answer:
        with pytest.raises(UnknownRevisionError):
            resolve(reader, text)
    else:
        found = resolve(reader, text)
        assert found.kind is Kind.COMMIT
        assert history.numbers([found.oid]) == history.git_numbers(answer)


def test_ids_may_be_short_unless_they_are_ambiguous(history: History, reader: RevisionReader) -> None:
    oid = history.ids[4]
    for digits in (4, 12, 63, 64):
        assert resolve_commit(reader, oid.hex()[:digits]) == oid
    assert resolve_commit(reader, oid.hex()[:8].upper() + "~1") == history.ids[3]
    assert resolve_commit(reader, f"v1.0-1-g{oid.hex()[:10]}") == oid
    with pytest.raises(UnknownRevisionError):
        resolve(reader, oid.hex()[:3])
    crowd = RevisionReader(
        history.objects, reader.refs, find_ids=lambda _: [(Kind.COMMIT, oid), (Kind.COMMIT, history.ids[0])]
    )
    with pytest.raises(AmbiguousRevisionError) as caught:
        resolve(crowd, "abcd")
    assert caught.value.code == "ambiguous-revision"
    assert oid.hex()[:12] in caught.value.hint
    files = RevisionReader(
        history.objects, reader.refs, find_ids=lambda _: [(Kind.COMMIT, oid), (Kind.BLOB, blob_id(b""))]
    )
    assert resolve(files, "abcd").oid == oid
    unknown = "00" * 32
    assert resolve(reader, unknown).kind is None
    with pytest.raises(UnknownRevisionError, match=r"bad object"):
        resolve_commit(reader, unknown)


@pytest.mark.parametrize(
    "arguments",
    [["main"], ["main", "^topic"], ["topic..main"], ["topic...main"], ["..topic"], ["x.."], ["main^@"], ["main^!"],
     ["main^-"], ["main^-2"], ["main", "topic", "^x"], ["v1.0^{commit}..main"], ["main~1^@", "^x"], ["...topic"],
     ["^main", "a@b"]],
)  # fmt: skip
def test_a_range_is_git_s(arguments: list[str], history: History, reader: RevisionReader) -> None:
    found = parse_range(reader, arguments)
    lines = history.git("rev-parse", *arguments).split()
    assert {history.git_ids[n] for n in history.numbers(found.include)} == {
        line for line in lines if not line.startswith("^")
    }
    assert {history.git_ids[n] for n in history.numbers(found.exclude)} == {
        line[1:] for line in lines if line.startswith("^")
    }
    if arguments == ["topic...main"]:
        assert found.left == (reader.refs.heads["refs/heads/topic"],)
        assert found.exclude == merge_bases(history.objects, found.include[0], found.include[1])


def test_ranges_are_told_from_names_and_paths() -> None:
    assert split_range("a..b") == ("a", "..", "b")
    assert split_range("a...") == ("a", "...", "HEAD")
    assert split_range("..b") == ("HEAD", "..", "b")
    assert split_range("HEAD:a..b") is None
    assert split_range("main^{/a..b}") is None
    assert split_range("..") is None
    assert split_range("a.b") is None


@pytest.fixture
def filed() -> RevisionReader:
    objects = MemoryObjects()
    rows = [{"path": path, "mode": 0, "size": 1, "id": blob_id(path)} for path in (b"a", b"d/b", b"d/e/c", b"z:y")]
    root = objects.keep(build_tree(pa.Table.from_pylist(rows, LEAF_SCHEMA)))
    commit = put_commit(objects, [], 0, "c", root)
    tag = encode_tag(Tag(commit, "commit", "v1", Signature("A", "a@b.c", 0, 0), "m"))
    objects.put(Kind.TAG, tag_id(tag), tag)
    outer = encode_tag(Tag(tag_id(tag), "tag", "v2", Signature("A", "a@b.c", 0, 0), "m"))
    objects.put(Kind.TAG, tag_id(outer), outer)
    heads = {"refs/heads/main": commit, "refs/tags/v1": tag_id(tag), "refs/tags/v2": tag_id(outer)}
    staged = {(b"a", 0): blob_id(b"new"), (b"d/b", 2): blob_id(b"ours")}

    def find_staged(path: bytes, stage: int) -> PathEntry | None:
        oid = staged.get((path, stage))
        return None if oid is None else PathEntry(path, 0, 3, oid)

    return RevisionReader(
        objects,
        Refs(1, bytes(32), heads, "refs/heads/main"),
        find_staged=find_staged,
        find_upstream={"main": "refs/tags/v1"}.get,
        prefix=b"d/",
    )


def test_paths_are_found_in_versions(filed: RevisionReader) -> None:
    for text, path in {
        "HEAD:a": b"a",
        "v2:d/e/c": b"d/e/c",
        "HEAD:./b": b"d/b",
        "HEAD:../a": b"a",
        "@:z:y": b"z:y",
    }.items():
        found = resolve(filed, text)
        assert (found.kind, found.oid, found.path, found.mode) == (Kind.BLOB, blob_id(path), path, 0)
    root = resolve_tree(filed, "HEAD")
    for text, folder in {
        "HEAD:d": b"d",
        "HEAD:d/": b"d",
        "HEAD:d/e": b"d/e",
        "HEAD:": b"",
        "HEAD^{tree}:./e": b"d/e",
    }.items():
        found = resolve(filed, text)
        assert (found.kind, found.oid, found.path) == (Kind.NODE, root, folder)
    for text in ("HEAD:b", "HEAD:d/x", "HEAD:zz", "HEAD:../../a", "HEAD:a/b"):
        with pytest.raises(PathNotInRevisionError) as caught:
            resolve(filed, text)
        assert caught.value.code == "path-not-found"
    with pytest.raises(UnknownRevisionError):
        resolve(filed, "nope:a")
    with pytest.raises(UnknownRevisionError, match=r"is a blob, not a commit"):
        resolve_commit(filed, "HEAD:a")


def test_paths_are_found_in_the_index(filed: RevisionReader) -> None:
    assert resolve(filed, ":a").oid == blob_id(b"new")
    assert resolve(filed, ":0:a").oid == blob_id(b"new")
    assert resolve(filed, ":2:./b").oid == blob_id(b"ours")
    with pytest.raises(PathNotInRevisionError, match=r"is in the index, but not at stage 1"):
        resolve(filed, ":1:d/b")
    with pytest.raises(PathNotInRevisionError, match=r"is not in the index"):
        resolve(filed, ":nope")


def test_tags_are_peeled(filed: RevisionReader) -> None:
    commit = filed.refs.heads["refs/heads/main"]
    assert resolve(filed, "v2").kind is Kind.TAG
    assert resolve(filed, "v2^{tag}").oid == filed.refs.heads["refs/tags/v2"]
    assert resolve(filed, "v2^{object}").oid == filed.refs.heads["refs/tags/v2"]
    assert {resolve_commit(filed, text) for text in ("v2", "v2^{}", "v1^0", "v2~0", "v1^{commit}")} == {commit}
    assert resolve(filed, "v2^{tree}").oid == resolve_tree(filed, "main")
    assert peel(filed, resolve(filed, "v2"), Kind.NODE, "v2").kind is Kind.NODE


def test_an_upstream_is_followed(filed: RevisionReader) -> None:
    assert resolve(filed, "@{u}").ref == "refs/tags/v1"
    assert resolve_commit(filed, "main@{upstream}^0") == filed.refs.heads["refs/heads/main"]
    with pytest.raises(UnknownRevisionError, match=r"no such branch"):
        resolve(filed, "nope@{u}")


def test_a_branch_without_commits_is_no_revision_yet() -> None:
    reader = RevisionReader(MemoryObjects(), Refs(0, bytes(32), {}, "refs/heads/main"))
    with pytest.raises(UnknownRevisionError) as caught:
        resolve(reader, "HEAD")
    assert "no commit yet" in caught.value.hint

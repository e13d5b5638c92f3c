from pathlib import Path

import pytest

from datagit.porcelain.revisions import open_revisions
from datagit.repository import Sources, open_repository
from datagit.revision.parse import resolve, resolve_commit
from datagit.revision.reader import PathNotInRevisionError, RevisionReader, UnknownRevisionError
from tests.invoke import dg


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One commit on main, two more on topic, back on main with another; a change staged."""
    dg(tmp_path, "init", "-q")
    for number, words in enumerate([[], ["switch", "-q", "-c", "topic"], [], ["switch", "-q", "main"]]):
        if words:
            assert dg(tmp_path, *words).code == 0
        (tmp_path / "file").write_text(f"{number}\n")
        dg(tmp_path, "add", "file")
        assert dg(tmp_path, "commit", "-q", "-m", f"c{number}").code == 0
    (tmp_path / "file").write_text("staged\n")
    dg(tmp_path, "add", "file")
    return tmp_path


def reader(folder: Path) -> RevisionReader:
    return open_revisions(open_repository(folder, Sources()))


def subject(folder: Path, text: str) -> str:
    return dg(folder, "log", "-1", "--format=%s", text).out.decode().strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HEAD", "c3"),
        ("HEAD@{0}", "c3"),
        ("HEAD@{1}", "c0"),  # back on main
        ("HEAD@{2}", "c2"),
        ("HEAD@{4}", "c0"),  # when topic was made
        ("@{1}", "c0"),
        ("main@{0}", "c3"),
        ("main@{1}", "c0"),
        ("topic@{1}", "c1"),
        ("topic@{2}", "c0"),
        ("@{-1}", "c2"),
        ("@{-1}~1", "c1"),
        ("@{-2}", "c3"),  # main again, where it is now
        (":/c1", "c1"),
    ],
)
def test_where_refs_were_before_is_known(folder: Path, text: str, expected: str) -> None:
    assert subject(folder, text) == expected


def test_there_is_an_end_to_what_is_known(folder: Path) -> None:
    with pytest.raises(UnknownRevisionError, match=r"log for 'main' only has 2 entries"):
        resolve(reader(folder), "main@{5}")
    with pytest.raises(UnknownRevisionError):
        resolve(reader(folder), "@{-9}")


def test_short_ids_and_the_index_are_looked_up(folder: Path) -> None:
    here = reader(folder)
    oid = resolve_commit(here, "topic")
    assert resolve_commit(here, oid.hex()[:8]) == oid
    staged = resolve(here, ":file")
    assert staged.oid != resolve(here, "HEAD:file").oid
    assert staged.size == len("staged\n")
    with pytest.raises(PathNotInRevisionError):
        resolve(here, ":1:file")


def test_an_upstream_is_read_from_the_settings(folder: Path) -> None:
    dg(folder, "config", "branch.main.remote", ".")
    dg(folder, "config", "branch.main.merge", "refs/heads/topic")
    assert resolve(reader(folder), "@{u}").ref == "refs/heads/topic"
    assert subject(folder, "main@{upstream}~1") == "c1"


def test_a_merge_in_progress_has_a_name(folder: Path) -> None:
    dg(folder, "commit", "-q", "-m", "c4")
    assert dg(folder, "merge", "topic").code == 1
    assert resolve_commit(reader(folder), "MERGE_HEAD") == resolve_commit(reader(folder), "topic")
    assert resolve(reader(folder), ":2:file").oid == resolve(reader(folder), "HEAD:file").oid
    assert resolve(reader(folder), ":3:file").oid == resolve(reader(folder), "topic:file").oid

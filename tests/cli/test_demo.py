import re
from pathlib import Path

from tests.invoke import dg, plain_environment

TOUR = ("init", "add", "commit", "switch", "status", "diff", "merge", "log")


def test_the_tour_runs_to_its_end_and_leaves_a_clean_repository(tmp_path: Path) -> None:
    done = dg(tmp_path, "demo", "mine")
    assert done.code == 0, done
    shown = done.out.decode()
    typed = re.findall(r"^\$ dg (\S+)", shown, re.MULTILINE)
    assert typed[0] == "init"
    assert set(TOUR) <= set(typed)
    assert "fatal:" not in shown
    assert "Merge branch 'better-labels'" in shown
    assert "nothing to commit, working tree clean" in shown
    assert shown.rstrip().splitlines()[-6].strip() == "cd mine"

    root = tmp_path / "mine"
    table = (root / "pictures.csv").read_text()
    assert table.count("\n") == 313
    assert "trian," not in table
    assert len(list((root / "images").rglob("*.png"))) == 312
    log = dg(root, "log", "--format=%P").out.decode().split("\n")[:-1]
    assert sorted(len(parents.split()) for parents in log) == [0, 1, 1, 2]


def test_what_the_tour_suggests_works(tmp_path: Path) -> None:
    assert dg(tmp_path, "demo").code == 0
    root = tmp_path / "dg-demo"
    log = dg(root, "log", "-p", "--", "pictures.csv")
    assert (log.code, log.out.count(b"+images/0007.png,train")) == (0, 1)
    assert b"14 files changed" in dg(root, "diff", "--stat", "HEAD~1").out
    for picture in (root / "images").rglob("*.png"):
        picture.unlink()
    assert dg(root, "restore", ".").code == 0
    assert dg(root, "status", "--porcelain").out == b""


def test_a_reader_without_a_name_gets_one_for_the_demo_alone(tmp_path: Path) -> None:
    stranger = {name: value for name, value in plain_environment(tmp_path).items() if not name.startswith("GIT_")}
    done = dg(tmp_path, "demo", environment=stranger | {"GIT_CONFIG_NOSYSTEM": "1"})
    assert done.code == 0, done
    assert b"$ dg config user.name" in done.out
    assert "Demo Reader" in (tmp_path / "dg-demo" / ".dg" / "config").read_text()


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    done = dg(tmp_path, "demo", ".")
    assert (done.code, done.out) == (1, b"")
    assert b"is not an empty folder" in done.err
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]

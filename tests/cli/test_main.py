import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from datagit.cli.commands import COMMANDS
from datagit.cli.similar import absent_words
from tests.invoke import dg, git

START = [sys.executable, "-m", "datagit"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-h"],
        ["--help"],
        ["--version"],
        ["-v"],
        ["no-such-command"],
        ["-C"],
        ["-C", "no-such-folder", "version"],
        ["-c"],
        ["--no-such-option"],
        ["version"],
        ["version", "-h"],
        ["version", "--no-such-option"],
        ["version", "-x"],
        ["version", "--build-options"],
        ["version", "--build-opt"],
        ["version", "--build-options=3"],
        ["-C", ".", "--no-pager", "version"],
    ],
)
def test_exit_codes_are_gits(tmp_path: Path, words: list[str]) -> None:
    assert dg(tmp_path, *words).code == git(tmp_path, *words).code


def test_an_unknown_command_names_the_similar_ones_as_git_does(tmp_path: Path) -> None:
    answer = dg(tmp_path, "statsu")
    expected = "dg: 'statsu' is not a dg command. See 'dg --help'.\n\nThe most similar command is\n\tstatus\n"
    assert (answer.code, answer.out, answer.err.decode()) == (1, b"", expected)


@pytest.mark.parametrize(
    "name", ["stash", "rebase", "reflog", "clone", "push", "gc", "fsck", "for-each-ref", "worktree"]
)
def test_a_command_of_gits_that_is_not_there_is_called_so(tmp_path: Path, name: str) -> None:
    answer = dg(tmp_path, name, "--any", "words")
    expected = f"dg: git's '{name}' is not in dg yet. See 'dg --help' for what is.\n"
    assert (answer.code, answer.out, answer.err.decode()) == (1, b"", expected)


def test_a_planned_command_is_not_there_yet_either(tmp_path: Path) -> None:
    assert dg(tmp_path, "undo").err == b"dg: 'undo' is not in dg yet. See 'dg --help' for what is.\n"


def test_what_is_there_is_not_called_absent() -> None:
    assert [name for name in COMMANDS if absent_words(name)] == []


def test_json_may_stand_before_the_command(tmp_path: Path) -> None:
    dg(tmp_path, "init", "-q")
    assert dg(tmp_path, "--json", "status").out == dg(tmp_path, "status", "--json").out
    refused = dg(tmp_path, "--json", "cat-file", "-t", "HEAD")
    assert refused.code == 129
    assert json.loads(refused.out)["error"]["message"] == "'dg cat-file' has no --json"


def test_json_counts_even_before_the_command_is_reached(tmp_path: Path) -> None:
    for words in (["-C", "nope", "status", "--json"], ["-C", "nope", "--json", "status"], ["stats", "--json"]):
        answer = dg(tmp_path, *words)
        assert json.loads(answer.out)["error"]["message"], words
    assert dg(tmp_path, "-C", "nope", "status").out == b""


def test_help_is_the_help_of_the_command(tmp_path: Path) -> None:
    assert dg(tmp_path, "help").out == dg(tmp_path, "--help").out
    assert dg(tmp_path, "help", "init").out == dg(tmp_path, "init", "--help").out
    answer = dg(tmp_path, "help", "inti")
    assert answer.code == 1
    assert b"\tinit\n" in answer.err


def test_a_pager_for_whatever_is_asked(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    with os.fdopen(follower, "wb") as terminal:
        environment = os.environ | {"DG_PAGER": f"cat > {tmp_path / 'paged'}"}
        for words in (["-p", "version"], ["version"], ["--no-pager", "version"]):
            (tmp_path / "paged").unlink(missing_ok=True)
            subprocess.run([*START, *words], cwd=tmp_path, env=environment, stdout=terminal, check=True)
            assert (tmp_path / "paged").exists() == (words == ["-p", "version"])
    os.close(leader)


def test_folders_add_up(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert dg(tmp_path, "-C", "a", "-C", "b", "version").code == 0
    assert dg(tmp_path, "-C", "", "version").code == 0
    answer = dg(tmp_path, "-C", "a", "-C", "c", "version")
    assert answer.err == b"fatal: cannot change to 'c': No such file or directory\n"


def test_even_a_usage_error_is_told_in_json(tmp_path: Path) -> None:
    answer = dg(tmp_path, "version", "--json", "--nonsense")
    told = json.loads(answer.out)
    assert told["version"] == 1
    assert told["error"]["code"] == "usage"
    assert told["error"]["operation"] == "version"
    assert set(told["error"]) == {"code", "message", "hint", "operation", "remote", "path", "object", "details"}
    assert answer.err.startswith(b"error: unknown option `nonsense'")


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    script = f"{sys.executable} -m datagit version --build-options | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=False)
    # the reader may be slower than dg
    assert done.returncode in (0, 141)
    assert done.stderr == b""


def test_nobody_at_the_other_end_of_stdout(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*START, "version"], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*START, "version"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 128
    assert b"No space left on device" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_process_as_it_ends_git(tmp_path: Path, number: signal.Signals) -> None:
    waiting = "import os, sys, datagit.cli.main as m\nos.write(1, b'.')\nsys.argv = ['dg', 'wait']\n"
    script = (
        f"{waiting}"
        "import time, types, click\n"
        "from datagit.cli.commands import COMMANDS, Row\n"
        "from datagit.cli.command import DgCommand\n"
        "def wait():\n    os.write(1, b'!')\n    time.sleep(60)\n"
        "sys.modules['waiting_room'] = types.SimpleNamespace(command=DgCommand('wait', callback=wait))\n"
        "COMMANDS['wait'] = Row('', 'waiting_room', '')\n"
        "m.main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.read(2) == b".!"
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (-number, b"")


def test_light_commands_load_neither_arrow_nor_fsspec(tmp_path: Path) -> None:
    script = (
        "import sys, io, pathlib\n"
        "from datagit.cli.main import run\n"
        "for words in (['--version'], ['version'], ['--help']):\n"
        "    streams = {name: io.BytesIO() for name in ('stdin', 'stdout', 'stderr')}\n"
        "    run(words, cwd=pathlib.Path.cwd(), environment={}, **streams)\n"
        "heavy = ('pyarrow', 'fsspec', 'rich', 'numpy', 'subprocess')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"

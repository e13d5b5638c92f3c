import json
from pathlib import Path

import pyarrow

import datagit
from tests.invoke import dg


def test_the_version_is_one_line(tmp_path: Path) -> None:
    for words in (["version"], ["--version"], ["-v"]):
        assert dg(tmp_path, *words).out == f"dg version {datagit.__version__}\n".encode()


def test_build_options_name_what_a_bug_report_needs(tmp_path: Path) -> None:
    told = dg(tmp_path, "version", "--build-options").out.decode()
    assert f"pyarrow: {pyarrow.__version__}\n" in told
    assert "platform: " in told


def test_the_same_for_scripts(tmp_path: Path) -> None:
    told = json.loads(dg(tmp_path, "version", "--json").out)
    assert (told["version"], told["dg"]) == (1, datagit.__version__)
    assert told["libraries"]["pyarrow"] == pyarrow.__version__

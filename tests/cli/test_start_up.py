"""What commands load: an import costs every user every time."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.invoke import dg, plain_environment

RUN = """
import io, os, pathlib, sys
from datagit.cli.main import run
streams = {name: io.BytesIO() for name in ('stdin', 'stdout', 'stderr')}
code = run(sys.argv[1:], cwd=pathlib.Path.cwd(), environment=dict(os.environ), **streams)
loaded = [name for name in ('pyarrow', 'pyarrow.compute', 'fsspec', 'rich', 'numpy') if name in sys.modules]
print(code, *loaded)
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits on main, the first one is also the branch old."""
    environment = plain_environment(tmp_path)
    folder = tmp_path / "repository"
    folder.mkdir()
    dg(folder, "init", "-q", environment=environment)
    for content in ("one", "two"):
        (folder / "file").write_text(content)
        for words in (["add", "."], ["commit", "-q", "-m", content], ["switch", "-q", "-c", f"at-{content}"]):
            assert dg(folder, *words, environment=environment).code == 0
    return folder


@pytest.mark.parametrize(
    ("words", "loaded"),
    [
        (["--version"], ""),
        (["log"], ""),
        (["branch"], ""),
        (["switch", "-"], " pyarrow"),
        (["switch", "at-one"], " pyarrow"),
        (["checkout", "at-one"], " pyarrow"),
        (["checkout", "HEAD~1", "--", "file"], " pyarrow"),
        (["restore", "file"], " pyarrow"),
        (["reset", "--hard", "HEAD~1"], " pyarrow"),
        (["add", "."], " pyarrow"),
        (["status"], " pyarrow"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, list) else "loads" + value.replace(" ", "_"),
)
def test_a_command_loads_no_more_than_it_needs(repository: Path, words: list[str], loaded: str) -> None:
    environment = plain_environment(repository.parent) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=repository, env=environment, capture_output=True, check=True
    )
    assert done.stdout.decode() == f"0{loaded}\n", done.stderr.decode()

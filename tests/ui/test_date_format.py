import itertools
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from datagit.ui.date_format import DateStyleUnknownError, format_date
from tests.invoke import plain_environment

NOW = 1_700_000_000
OFFSETS = [0, 330, -450, 1]
AGES_S = [
    0,
    1,
    89,
    90,
    5399,
    5400,
    86_400,
    129_599,
    129_600,
    2 * 86_400,
    4 * 86_400,
    13 * 86_400,
    14 * 86_400,
    69 * 86_400,
    70 * 86_400,
    364 * 86_400,
    366 * 86_400,
    700 * 86_400,
    1824 * 86_400,
    1826 * 86_400,
    19_000 * 86_400,
]
STYLES = [
    "default",
    "iso",
    "iso8601",
    "iso-strict",
    "rfc",
    "rfc2822",
    "short",
    "raw",
    "unix",
    "relative",
    "human",
    "format:%Y/%m/%d %H-%M %z %s %%",
    "default-local",
    "iso-local",
    "short-local",
]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository of git with a commit for each age and offset."""
    root = tmp_path_factory.mktemp("dates")
    environment = plain_environment(root)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=root, env=environment, check=True)
    stream = b""
    for age_s, offset in itertools.product(AGES_S, OFFSETS):
        zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}{abs(offset) % 60:02}"
        subject = f"{NOW - age_s} {offset}"
        who = f"Ada <ada@example.org> {NOW - age_s} {zone}"
        stream += f"commit refs/heads/main\ncommitter {who}\ndata {len(subject)}\n{subject}\n".encode()
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, env=environment, input=stream, check=True)
    return root


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_utc")
@pytest.mark.parametrize("style", STYLES)
def test_dates_look_as_git_writes_them(history: Path, style: str) -> None:
    environment = {**plain_environment(history), "GIT_TEST_DATE_NOW": str(NOW), "TZ": "UTC"}
    words = ["git", "log", f"--date={style}", "--format=%s|%ad"]
    lines = subprocess.run(words, cwd=history, env=environment, capture_output=True, check=True).stdout.decode()
    for line in lines.splitlines():
        moment, theirs = line.split("|")
        seconds, offset = map(int, moment.split())
        assert format_date(seconds, offset, style, now=NOW) == theirs, (style, moment)


def test_other_styles_are_refused() -> None:
    for style in ("nonsense", "iso:x", "relative:", "short-locale"):
        if style == "relative:":
            assert format_date(NOW, 0, style, now=NOW) == "0 seconds ago"
            continue
        with pytest.raises(DateStyleUnknownError):
            format_date(NOW, 0, style, now=NOW)


def test_the_future_is_not_measured() -> None:
    assert format_date(NOW + 5, 0, "relative", now=NOW) == "in the future"

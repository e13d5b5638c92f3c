import io
import subprocess
import sys

import pytest

from datagit.progress import Unit
from datagit.ui.console import Console
from datagit.ui.progress import BarProgress, ConsoleProgress, PlainProgress, ShowProgress, describe_bytes, make_progress


class Terminal(io.BytesIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_short_work_without_a_terminal_says_nothing() -> None:
    err = io.BytesIO()
    progress = make_progress(Console(io.BytesIO(), err), ShowProgress.AUTO)
    assert isinstance(progress, PlainProgress)
    progress.begin("hashing", total=3, unit=Unit.FILES)
    progress.advance(3)
    progress.finish()
    assert err.getvalue() == b""


def test_a_line_now_and_then_and_a_last_one() -> None:
    err = io.BytesIO()
    progress = PlainProgress(Console(io.BytesIO(), err), every_s=0.0, final_after_s=0.0)
    progress.begin("hashing", total=2048, unit=Unit.BYTES)
    progress.advance(1024)
    progress.begin("packing", total=None, unit=Unit.FILES)
    lines = err.getvalue().decode().splitlines()
    assert lines[0].startswith("hashing: 50% of 2.00 KiB, ")
    assert lines[0].endswith(" left")
    assert lines[-1].endswith(", done")


def test_the_work_is_summed_up_before_its_result_is_written() -> None:
    both = io.BytesIO()
    console = Console(both, both)
    progress = PlainProgress(console, every_s=60.0, final_after_s=0.0)
    progress.begin("hashing", total=1, unit=Unit.FILES)
    progress.advance(1)
    progress.warn("odd")
    console.line("result")
    console.say("said")
    console.flush()
    first, second, third, fourth = both.getvalue().decode().splitlines()
    assert (first, third, fourth) == ("warning: odd", "result", "said")
    assert second.endswith(", done")


def test_nobody_is_shown_what_nobody_wants() -> None:
    assert make_progress(Console(io.BytesIO(), Terminal()), ShowProgress.NEVER) is None


def test_a_terminal_gets_a_bar_that_leaves_no_trace() -> None:
    err = Terminal()
    console = Console(io.BytesIO(), err)
    progress = make_progress(console, ShowProgress.AUTO)
    assert isinstance(progress, BarProgress)
    progress.begin("hashing", total=10, unit=Unit.FILES)
    progress.begun -= 60  # it has been at work for a minute
    progress.advance(4)
    progress.warn("a.png changed while it was read")
    progress.warn("b.png changed while it was read")
    progress.advance(1)
    progress.finish()
    drawn = err.getvalue().decode()
    assert "hashing" in drawn
    assert "4/10" in drawn
    assert "warning: a.png changed while it was read\nwarning: b.png changed while it was read\n" in drawn
    assert "?/s" not in drawn
    assert "-:--" not in drawn
    assert drawn.endswith("\x1b[2K")
    assert console.drawing is None


def test_the_drawing_library_is_loaded_only_to_draw() -> None:
    script = "import sys, datagit.cli.main, datagit.ui.progress; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(("size", "text"), [(12, "12 bytes"), (1024, "1.00 KiB"), (1468006, "1.40 MiB")])
def test_sizes_read_as_git_writes_them(size: int, text: str) -> None:
    assert describe_bytes(size) == text


def test_a_stage_without_a_total_shows_its_counts() -> None:
    progress = ConsoleProgress(Console(io.BytesIO(), io.BytesIO()))
    progress.begin("scanning", total=None, unit=Unit.FILES)
    progress.advance(12345)
    assert progress.describe(progress.begun + 2.0) == "scanning: 12,345 files, 6,172/s, 2.0 s"

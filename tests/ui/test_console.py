import io
import os
import pty
import sys
from pathlib import Path

from datagit.ui.console import Advice, Colours, Console, Paint


def test_data_goes_out_in_order_with_what_is_said() -> None:
    both = io.BytesIO()
    console = Console(both, both)
    console.line("first")
    console.warning("second")
    console.line(b"third \xff")
    console.close()
    assert both.getvalue() == b"first\nwarning: second\nthird \xff\n"


def test_what_is_said_cannot_steer_the_terminal() -> None:
    err = io.BytesIO()
    Console(io.BytesIO(), err).error("bad name '\x1b[2J'")
    assert err.getvalue() == b"error: bad name '\\x1b[2J'\n"


def test_hints_have_a_prefix_on_every_line_and_can_be_turned_off() -> None:
    err = io.BytesIO()
    console = Console(io.BytesIO(), err)
    console.hint("one\ntwo")
    console.advice = Advice.HIDDEN
    console.hint("three")
    assert err.getvalue() == b"hint: one\nhint: two\n"


def test_colours_only_where_they_are_on() -> None:
    console = Console(io.BytesIO(), io.BytesIO())
    assert console.paint("main", Paint.ADDED) == "main"
    console.colours = Colours.ON
    assert console.paint("main", Paint.ADDED) == "\x1b[32mmain\x1b[m"


def test_the_pager_gets_what_a_terminal_would_have_got(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    try:
        with os.fdopen(follower, "wb") as terminal:
            console = Console(terminal, io.BytesIO())
            console.start_pager(f"cat > {tmp_path / 'paged'}; echo $LESS >> {tmp_path / 'paged'}", {}, tmp_path)
            console.line("long output")
            assert console.stdout_is_terminal
            console.close()
    finally:
        os.close(leader)
    assert (tmp_path / "paged").read_text() == "long output\nFRX\n"


def test_a_pager_that_cannot_run_costs_only_a_warning(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    try:
        err = io.BytesIO()
        with os.fdopen(follower, "wb", buffering=0) as terminal:
            console = Console(terminal, err)
            console.start_pager("no-such-pager-here", {}, tmp_path)
            console.line("still shown")
            console.close()
        assert os.read(leader, 100) == b"still shown\r\n"
    finally:
        os.close(leader)
    assert b"no pager" in err.getvalue()


def test_no_pager_without_a_terminal(tmp_path: Path) -> None:
    out = io.BytesIO()
    console = Console(out, io.BytesIO())
    console.start_pager(f"{sys.executable} -c 'raise SystemExit'", {}, tmp_path)
    console.line("straight")
    console.close()
    assert out.getvalue() == b"straight\n"

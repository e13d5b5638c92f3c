import errno
import io
import json
import os
from pathlib import Path

import pytest

from datagit.cli.failure import report_failure
from datagit.cli.options import Door, Output
from datagit.errors import DatagitError, RefusedError, StateError
from datagit.ui.console import Console


class LockedAwayError(StateError):
    """An error with all its parts."""

    code = "lock-timeout"

    def __init__(self) -> None:
        super().__init__("'\x1b[2J' is locked", hint="wait for it")
        self.path = b"images/\xff.png"
        self.details = {"pid": 42}


def report(error: BaseException, output: Output = Output.TEXT, trace: str = "") -> tuple[int, bytes, str]:
    out, err = io.BytesIO(), io.BytesIO()
    door = Door(Path("/"), {"DG_TRACE": trace}, io.BytesIO(), Console(out, err))
    door.operation, door.output = "add", output
    door.console.line("half a report")
    code = report_failure(door, error)
    door.close()
    return code, out.getvalue(), err.getvalue().decode()


@pytest.mark.parametrize(
    ("error", "code", "err"),
    [
        (RefusedError("nothing to commit"), 1, "error: nothing to commit\n"),
        (DatagitError("broken", hint="mend it"), 128, "fatal: broken\nhint: mend it\n"),
        (LockedAwayError(), 128, "fatal: '\\x1b[2J' is locked\nhint: wait for it\n"),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/x.pack"),
            128,
            "fatal: cannot write '/data/x.pack': No space left on device\nhint: free some space and try again\n",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "a.png"),
            128,
            "fatal: cannot access 'a.png': Permission denied\n",
        ),
        (
            OSError(errno.EIO, "Input/output error", "a.png"),
            128,
            "fatal: input or output failed: 'a.png': Input/output error\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_say_what_failed_and_the_way_out(error: BaseException, code: int, err: str) -> None:
    assert report(error) == (code, b"half a report\n", err)


def test_nobody_reads_so_nothing_is_said() -> None:
    assert report(BrokenPipeError()) == (141, b"", "")


def test_a_bug_is_no_traceback_but_can_be_one() -> None:
    code, _, err = report(ZeroDivisionError("division by zero"))
    assert code == 128
    assert err.startswith("fatal: internal error: ZeroDivisionError: division by zero\nhint: please report this")
    assert "Traceback" not in err
    assert report(ZeroDivisionError("division by zero"), trace="0")[2] == err
    assert "ZeroDivisionError: division by zero" in report(ZeroDivisionError("division by zero"), trace="1")[2]


def test_scripts_get_one_whole_document() -> None:
    code, out, err = report(LockedAwayError(), Output.JSON)
    assert code == 128
    assert json.loads(out) == {
        "version": 1,
        "error": {
            "code": "lock-timeout",
            "message": "'\x1b[2J' is locked",
            "hint": "wait for it",
            "operation": "add",
            "remote": None,
            "path": "images/\udcff.png",
            "object": None,
            "details": {"pid": 42},
        },
    }
    assert err.startswith("fatal: ")

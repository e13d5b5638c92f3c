"""Errors on their way out: the only place that catches them all, and decides on words and exit codes.

Exit codes are Git's: 1 refused, 128 fatal, 129 usage, 130 interrupted, 141 nobody reads, 143 told to end.
"""

import errno
import signal
from typing import NamedTuple

import click

from datagit.cli.late import late
from datagit.cli.options import Door
from datagit.errors import DatagitError, UsageError
from datagit.ui.quote import safe_line

FATAL_EXIT = 128
USAGE_EXIT = 129
INTERRUPTED_EXIT = 128 + signal.SIGINT
TERMINATED_EXIT = 128 + signal.SIGTERM
BROKEN_PIPE_EXIT = 141  # 128 + SIGPIPE, a signal that not every platform has

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_REPORT = "please report this, with the output of the same command under DG_TRACE=1"


class TerminatedError(BaseException):
    """SIGTERM came; not an Exception, so that only the clean-up sees it on its way out."""


class CommandUnknownError(UsageError):
    """The first word is no command; Git's exit code for it is 1."""

    exit_code = 1

    def __init__(self, name: str, close: tuple[str, ...], absent: str = "") -> None:
        lines = [absent or f"dg: '{name}' is not a dg command. See 'dg --help'."]
        if close:
            lines += ["", f"The most similar command{' is' if len(close) == 1 else 's are'}"]
            lines += [f"\t{similar}" for similar in close]
        super().__init__("\n".join(lines))
        self.close = close


class Report(NamedTuple):
    """An error in the terms of the error document."""

    code: str
    exit_code: int
    message: str
    hint: str = ""
    path: str | None = None
    error_object: str | None = None
    remote: str | None = None
    details: object = None


def report_failure(door: Door, error: BaseException) -> int:
    """Tell the user what went wrong and return the exit code.

    Raises:
        BaseException: error itself, if it is none that a program should catch.
    """
    if isinstance(error, BrokenPipeError):
        door.console.discard()
        return BROKEN_PIPE_EXIT
    report = _describe(error)
    if door.environment.get("DG_TRACE", "") not in ("", "0"):
        door.console.say("".join(late("traceback", "format_exception")(error)).rstrip())
    if door.json:
        _write_document(door, report)
    _write_lines(door, error, report)
    return report.exit_code


def _describe(error: BaseException) -> Report:
    match error:
        case DatagitError():
            return Report(
                error.code,
                error.exit_code,
                error.message,
                error.hint,
                _text_of(getattr(error, "path", None)),
                _text_of(getattr(error, "object", None)),
                _text_of(getattr(error, "remote", None)),
                getattr(error, "details", None),
            )
        case click.UsageError():
            return Report("usage", USAGE_EXIT, _lower_first(error.format_message().rstrip(".")))
        case KeyboardInterrupt():
            return Report("interrupted", INTERRUPTED_EXIT, "interrupted")
        case TerminatedError():
            return Report("interrupted", TERMINATED_EXIT, "terminated")
        case OSError():
            return _describe_os_error(error)
        case MemoryError():
            return Report("internal", FATAL_EXIT, "out of memory")
        case _:
            first = safe_line(str(error))[:500]
            return Report("internal", FATAL_EXIT, f"internal error: {type(error).__name__}: {first}", _REPORT)


def _describe_os_error(error: OSError) -> Report:
    path = _text_of(error.filename)
    reason = error.strerror or str(error) or type(error).__name__
    where = f"'{path}': " if path else ""
    if error.errno in _DISK_FULL:
        return Report("disk-full", FATAL_EXIT, f"cannot write {where}{reason}", "free some space and try again", path)
    if error.errno in _DENIED:
        return Report("permission-denied", FATAL_EXIT, f"cannot access {where}{reason}", "", path)
    return Report("io-error", FATAL_EXIT, f"input or output failed: {where}{reason}", "", path)


def _write_document(door: Door, report: Report) -> None:
    door.console.discard()  # half a report before the error document would make both unreadable
    fields = {
        "code": report.code,
        "message": report.message,
        "hint": report.hint or None,
        "operation": door.operation or None,
        "remote": report.remote,
        "path": report.path,
        "object": report.error_object,
        "details": report.details,
    }
    door.console.write(late("datagit.ui.json", "json_document")({"error": fields}))


def _write_lines(door: Door, error: BaseException, report: Report) -> None:
    console = door.console
    if isinstance(error, CommandUnknownError):
        console.say(report.message)
        return
    if isinstance(error, KeyboardInterrupt | TerminatedError):
        return
    if report.exit_code == FATAL_EXIT:
        console.fatal(report.message)
    else:
        console.error(report.message)
    console.hint(report.hint)
    if report.exit_code == USAGE_EXIT and door.operation:
        console.hint(f"see 'dg {door.operation} --help'")


def _text_of(value: object) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]

"""What this process and its own worker processes say to each other: pickled values with a length in front.

Both ends of the pipe are ours, and nobody else's bytes ever come through it.
"""

import contextlib
import pickle  # noqa: S403, RUF100 # between our own processes only
import struct
import subprocess
import sys
from typing import Any, BinaryIO, cast

from datagit import errors
from datagit.errors import DatagitError, StorageError

_LENGTH = struct.Struct("<Q")


class WorkerDiedError(StorageError):
    """A worker process ended without an answer."""

    code = "io-error"

    def __init__(self, status: int) -> None:
        super().__init__(f"a worker process ended with status {status}", hint="run the same command again")


class Worker:
    """A running worker process; it leaves when its pipe closes, so it never outlives this one."""

    def __init__(self, module: str) -> None:
        # -P: a file of the user's named like one of our modules, in the current folder, must not be imported
        command = (sys.executable, "-P", "-m", module)
        self.process = subprocess.Popen(  # noqa: S603 # our own interpreter, no shell, no words from outside
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.requests = cast("BinaryIO", self.process.stdin)
        self.replies = cast("BinaryIO", self.process.stdout)

    def send(self, value: object) -> None:
        """Send value; raise WorkerDiedError if nobody is there."""
        try:
            write_frame(self.requests, value)
        except BrokenPipeError as error:
            raise WorkerDiedError(self.process.wait()) from error

    def receive(self) -> Any:  # noqa: ANN401 # whatever the worker sends
        """Return the next answer; raise what the worker raised, or WorkerDiedError."""
        try:
            answer = read_frame(self.replies)
        except EOFError as error:
            raise WorkerDiedError(self.process.wait()) from error
        if isinstance(answer, Failure):
            raise answer.error()
        return answer

    def stop(self) -> None:
        """Close the pipe and wait until the process is gone."""
        with contextlib.suppress(BrokenPipeError):
            self.requests.close()
        self.replies.close()  # whoever is about to answer must not wait for a reader
        self.process.wait()


class Failure:
    """An error on its way to the parent process: what a user is to see, and the category."""

    def __init__(self, error: DatagitError) -> None:
        categories = (kind.__name__ for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
        self.category = next(categories)
        self.message, self.hint, self.code = error.message, error.hint, error.code

    def error(self) -> DatagitError:
        """Return an error of the same category, message, hint and code."""
        kind: type[DatagitError] = getattr(errors, self.category)
        return kind(self.message, hint=self.hint, code=self.code)


def write_frame(pipe: BinaryIO, value: object) -> None:
    """Send one value."""
    content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> Any:  # noqa: ANN401 # whatever was sent
    """Return the next value; raise EOFError if the other side is gone."""
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size))
    return pickle.loads(_read(pipe, length))  # noqa: S301 # sent by our own process


def _read(pipe: BinaryIO, length: int) -> bytes:
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content

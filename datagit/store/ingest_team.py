"""Worker processes side by side: slices are handed out as workers become free, and their rows come back."""

import contextlib
import selectors
import subprocess
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self, cast

from datagit.errors import StorageError
from datagit.progress import Progress
from datagit.store.ingest_frames import (
    FAILED,
    FINISH,
    OPEN,
    PACKS,
    ROWS,
    SLICE,
    decode_packs,
    decode_rows,
    encode_slice,
    failed_error,
    read_frame,
    write_frame,
)
from datagit.store.ingest_slice import SliceColumns
from datagit.store.layout import PackFile

Slice = tuple[list[bytes], bytes]
"""Paths, and one byte of mode for each."""

# -P: a file of the user's named like one of our modules, in the current folder, must not be imported
_COMMAND = (sys.executable, "-P", "-m", "datagit.store.ingest_worker")
_PATIENCE_S = 10.0


class WorkerDiedError(StorageError):
    """A worker process ended without an answer."""

    code = "io-error"


class WorkerTeam:
    """Running workers. Leaving the block ends them all, at once if something failed."""

    def __init__(self, count: int, opening: bytes) -> None:
        """Start count workers that all begin with the same OPEN frame."""
        self._processes: list[subprocess.Popen[bytes]] = []
        self.packs: tuple[PackFile, ...] = ()
        try:
            for _ in range(count):
                process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, no words from outside
                    _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                )
                self._processes.append(process)
                self._send(process, OPEN, opening)
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(self, slices: Iterator[Slice], progress: Progress) -> Iterator[tuple[int, SliceColumns]]:
        """Yield (number, rows) of each slice as it gets done; at the end ``packs`` are what was published.

        Raises:
            StorageError: what a worker could not write, or that it died.
        """
        numbers: dict[int, tuple[int, int]] = {}  # process id → the slice that it has, and its length
        waiting = enumerate(slices)
        with selectors.DefaultSelector() as selector:
            for process in self._processes:
                selector.register(_stdout(process), selectors.EVENT_READ, process)
                self._hand_out(process, waiting, numbers)
            while selector.get_map():
                for key, _ in selector.select():
                    process = key.data
                    kind, body = self._receive(process)
                    if kind == ROWS:
                        number, length = numbers[process.pid]
                        self._hand_out(process, waiting, numbers)
                        yield number, decode_rows(body)
                        progress.advance(length)
                    elif kind == PACKS:
                        self.packs += decode_packs(body)
                        selector.unregister(_stdout(process))
                    elif kind == FAILED:
                        raise failed_error(body)

    def _hand_out(
        self,
        process: "subprocess.Popen[bytes]",
        waiting: "enumerate[Slice]",
        numbers: dict[int, tuple[int, int]],
    ) -> None:
        following = next(waiting, None)
        if following is None:
            self._send(process, FINISH, b"")
        else:
            number, (paths, modes) = following
            numbers[process.pid] = (number, len(paths))
            self._send(process, SLICE, encode_slice(paths, modes))

    def _send(self, process: "subprocess.Popen[bytes]", kind: bytes, body: bytes) -> None:
        try:
            write_frame(cast("BinaryIO", process.stdin), kind, body)
        except BrokenPipeError:
            self._receive_failure(process)

    def _receive_failure(self, process: "subprocess.Popen[bytes]") -> None:
        kind, body = self._receive(process)
        if kind == FAILED:
            raise failed_error(body)
        raise _died(process)

    def _receive(self, process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes]:
        try:
            return read_frame(_stdout(process))
        except EOFError as error:
            raise _died(process) from error

    def _end(self) -> None:
        for process in self._processes:
            with contextlib.suppress(OSError):  # it may be gone already
                cast("BinaryIO", process.stdin).close()
        for process in self._processes:
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _stdout(process).close()


def _stdout(process: "subprocess.Popen[bytes]") -> BinaryIO:
    return cast("BinaryIO", process.stdout)


def _died(process: "subprocess.Popen[bytes]") -> WorkerDiedError:
    return WorkerDiedError(
        f"a worker process ended with status {process.wait()}", hint="run the same command again with '-j 1'"
    )

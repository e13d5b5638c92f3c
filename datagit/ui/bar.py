"""The bar itself: the only module that imports rich; loaded when the first bar is drawn."""

import io
from typing import BinaryIO

from rich.console import Console as RichConsole
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from datagit.progress import Unit
from datagit.ui.console import Console


class _CountSpeedColumn(ProgressColumn):
    """Files a second, which rich has only for bytes."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s", style="progress.data.speed")


class _ByteSpeedColumn(TransferSpeedColumn):
    """Says nothing while there is nothing to say."""

    def render(self, task: Task) -> Text:
        return Text() if task.speed is None and task.finished_speed is None else super().render(task)


class _TimeLeftColumn(TimeRemainingColumn):
    """Says nothing while there is nothing to say."""

    def render(self, task: Task) -> Text:
        return Text() if task.time_remaining is None else super().render(task)


class Bar:
    """One stage on the terminal, redrawn a few times a second, gone when it is closed."""

    def __init__(self, console: Console, stage: str, total: int | None, unit: Unit) -> None:
        stream = _Utf8(console.stderr)
        counts: list[ProgressColumn] = (
            [DownloadColumn(binary_units=True), _ByteSpeedColumn()]
            if unit is Unit.BYTES
            else [MofNCompleteColumn(), TextColumn(unit.value), _CountSpeedColumn()]
        )
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            *counts,
            _TimeLeftColumn(),
            console=RichConsole(file=stream, force_terminal=True),
            transient=True,
            refresh_per_second=8,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task(stage, total=total)
        self._is_away = False
        self._progress.start()

    def show(self, done: int) -> None:
        """Move the bar to done; drawn by rich's own clock."""
        if self._is_away:
            self._progress.start()
            self._is_away = False
        self._progress.update(self._task, completed=done)

    def clear(self) -> None:
        """Step aside for a line on stderr; the next show draws the bar again."""
        self._progress.stop()
        self._is_away = True

    def close(self) -> None:
        """Take the bar off the terminal."""
        self._progress.stop()


class _Utf8(io.StringIO):
    """Text that rich writes goes on to a stream of bytes at once."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def write(self, text: str, /) -> int:
        self._stream.write(text.encode("utf-8", "replace"))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

"""Progress as people see it: a bar on a terminal, else a plain line now and then."""

import enum
import importlib
import time
from typing import TYPE_CHECKING

from datagit.progress import Progress, Silent, Unit
from datagit.ui.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_LINE_S = 10.0
_BAR_DELAY_S = 0.5
_STEPS = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


class ShowProgress(enum.Enum):
    """What ``--progress`` and ``--no-progress`` ask for; AUTO looks whether stderr is a terminal."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def make_progress(console: Console, show: ShowProgress) -> "ConsoleProgress | None":
    """Return the progress for this console, or None where none is wanted."""
    if show is ShowProgress.NEVER:
        return None
    if console.stderr_is_terminal:
        return BarProgress(console)
    # --progress without a terminal shows a line for every stage, however short
    return PlainProgress(
        console, every_s=_FIRST_LINE_S, final_after_s=0.0 if show is ShowProgress.ALWAYS else _FIRST_LINE_S
    )


def describe_amount(amount: int, unit: Unit) -> str:
    """Return an amount for people: ``12,345 files`` or ``1.4 GiB``."""
    if unit is not Unit.BYTES:
        return f"{amount:,} {unit.value}"
    return describe_bytes(amount)


def describe_bytes(size_bytes: float) -> str:
    """Return a size for people in binary units, as Git writes them: ``1.40 MiB``, ``12 bytes``."""
    for step, name in _STEPS:
        if size_bytes >= step:
            return f"{size_bytes / step:.2f} {name}"
    return f"{size_bytes:.0f} bytes"


class ConsoleProgress:
    """What both kinds have in common: the stage, its counts and the clock."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.stage = ""
        self.total: int | None = None
        self.unit = Unit.FILES
        self.done = 0
        self.begun = 0.0

    def begin(self, stage: str, *, total: int | None, unit: Unit) -> None:
        self.finish()
        self.stage, self.total, self.unit, self.done = stage, total, unit, 0
        self.begun = time.monotonic()
        self.console.drawing = self

    def advance(self, amount: int) -> None:
        self.done += amount

    def warn(self, message: str) -> None:
        self.console.say_meanwhile(f"warning: {message}")

    def clear(self) -> None:
        """Step aside for a line on stderr."""

    def finish(self) -> None:
        """The stage is over: clear or sum up. The console calls it before results are written."""
        self.console.drawing = None
        self.stage = ""

    def describe(self, now: float) -> str:
        """Return one line on the stage: counts, rate and time left."""
        elapsed = max(now - self.begun, 1e-3)
        rate = self.done / elapsed
        words = [describe_amount(self.done, self.unit)]
        if self.total:
            words[0] = f"{100 * self.done // self.total}% of {describe_amount(self.total, self.unit)}"
        words.append(f"{describe_bytes(rate) if self.unit is Unit.BYTES else f'{rate:,.0f}'}/s")
        if self.total and 0 < self.done < self.total:
            words.append(f"{(self.total - self.done) / rate:,.0f} s left")
        else:
            words.append(f"{elapsed:.1f} s")
        return f"{self.stage}: {', '.join(words)}"


class PlainProgress(ConsoleProgress):
    """At most one line every ten seconds, and a last one for a stage that took long."""

    def __init__(self, console: Console, *, every_s: float, final_after_s: float) -> None:
        super().__init__(console)
        self._every_s = every_s
        self._final_after_s = final_after_s
        self._next = 0.0

    def begin(self, stage: str, *, total: int | None, unit: Unit) -> None:
        super().begin(stage, total=total, unit=unit)
        self._next = self.begun + self._every_s

    def advance(self, amount: int) -> None:
        super().advance(amount)
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._every_s
            self.console.say_meanwhile(self.describe(now))

    def finish(self) -> None:
        now = time.monotonic()
        if self.stage and self.done and now - self.begun >= self._final_after_s:
            self.console.say_meanwhile(f"{self.describe(now)}, done")
        super().finish()


class BarProgress(ConsoleProgress):
    """A bar drawn with rich; nothing, not even rich, is loaded for work that is over at once."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bar: _Bar | None = None

    def advance(self, amount: int) -> None:
        super().advance(amount)
        if self._bar is None:
            if time.monotonic() - self.begun < _BAR_DELAY_S:
                return
            draw: Callable[[Console, str, int | None, Unit], _Bar] = importlib.import_module("datagit.ui.bar").Bar
            self._bar = draw(self.console, self.stage, self.total, self.unit)
        self._bar.show(self.done)

    def clear(self) -> None:
        if self._bar is not None:
            self._bar.clear()

    def finish(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        super().finish()


if TYPE_CHECKING:
    from datagit.ui.bar import Bar as _Bar

    _promise: Callable[[Console], Progress] = BarProgress

__all__ = [
    "BarProgress",
    "PlainProgress",
    "ShowProgress",
    "Silent",
    "describe_amount",
    "describe_bytes",
    "make_progress",
]

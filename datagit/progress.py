"""How long work reports without knowing about terminals."""

import enum
from typing import Protocol


class Unit(enum.Enum):
    """What a stage counts."""

    FILES = "files"
    BYTES = "bytes"
    OBJECTS = "objects"


class Progress(Protocol):
    """Listens to long work. Calls come from one thread, are cheap, and never raise."""

    def begin(self, stage: str, *, total: int | None, unit: Unit) -> None:
        """A new stage starts and replaces the one before; total is None where it is not known."""

    def advance(self, amount: int) -> None:
        """Amount more units of the current stage are done."""

    def warn(self, message: str) -> None:
        """Something worth telling that does not stop the work; lower case, no full stop."""


class Silent:
    """Progress that nobody watches."""

    def begin(self, stage: str, *, total: int | None, unit: Unit) -> None: ...

    def advance(self, amount: int) -> None: ...

    def warn(self, message: str) -> None: ...

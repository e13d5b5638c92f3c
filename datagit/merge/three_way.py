"""The one rule of every three-way merge: who changed nothing yields, and the same change is no conflict."""

import enum
from typing import TypeVar

Value = TypeVar("Value")


class Settled(enum.Enum):
    """Whose value a merge takes without looking inside."""

    OURS = "ours"
    THEIRS = "theirs"
    NOT = "not"


def settle(base: Value, ours: Value, theirs: Value) -> Settled:
    """Return whose value holds when ours and theirs both came from base; equal changes are ours."""
    if ours == theirs or theirs == base:
        return Settled.OURS
    if ours == base:
        return Settled.THEIRS
    return Settled.NOT

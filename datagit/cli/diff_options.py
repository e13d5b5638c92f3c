"""The options of ``dg diff`` that say how a difference is told; ``show`` and ``log`` may read them the same way."""

import string

from datagit.cli.options import Door
from datagit.errors import InvalidInputError, UsageError
from datagit.porcelain.diff import Renames
from datagit.ui.diff import DiffStyle, Ending, Format
from datagit.ui.diffstat import WIDTH
from datagit.ui.patch import PatchStyle
from datagit.ui.quote import Quoting

_LETTERS = frozenset("ACDMRTUXB")


def read_style(
    door: Door, formats: frozenset[Format], *, nul: bool, context: int | None, stat: str | None, patch: PatchStyle
) -> DiffStyle:
    """Return how to tell a difference.

    Args:
        door: knows the settings.
        formats: those asked for; none means a patch.
        nul: whether ``-z`` was given.
        context: from ``-U``; it asks for a patch.
        stat: the value of ``--stat``, empty for none.
        patch: how a patch is to look, but for what the settings say.
    """
    if context is not None:
        formats |= {Format.PATCH}
        if context < 0:
            message = f"option `unified' expects a non-negative integer value, got {context}"
            raise InvalidInputError(message, code="usage")
    lines = context if context is not None else door.settings.get_int("diff.context", 3)
    quoting = Quoting.ALL if door.settings.get_bool("core.quotePath", default=True) else Quoting.ASCII_ONLY
    style = PatchStyle(lines, patch.old_prefix, patch.new_prefix, quoting, patch.full_ids, patch.all_text)
    width = _read_width(stat) if stat else WIDTH
    return DiffStyle(formats or frozenset({Format.PATCH}), Ending.NUL if nul else Ending.LINE, style, width)


def read_renames(door: Door, find: str | None, *, no_renames: bool) -> Renames:
    """Return whether moves are paired: unless ``--no-renames`` or ``diff.renames`` say otherwise."""
    if find is not None:
        return Renames.PAIR
    wish = door.settings.get("diff.renames")
    wanted = wish in ("copies", "copy") or door.settings.get_bool("diff.renames", default=True)
    return Renames.IGNORE if no_renames or not wanted else Renames.PAIR


def read_filter(text: str | None) -> frozenset[str] | None:
    """Return the status letters that ``--diff-filter`` keeps; None for all. Lower case leaves letters out."""
    if text is None:
        return None
    if not text or set(text.upper()) - _LETTERS - {"*"} or not set(text) <= set(string.ascii_letters + "*"):
        message = f"unknown change class in --diff-filter={text}"
        raise UsageError(message)
    kept = {letter for letter in text if letter.isupper()}
    without = {letter.upper() for letter in text if letter.islower()}
    return frozenset((kept or _LETTERS) - without)


def _read_width(text: str) -> int:
    first = text.partition(",")[0]
    if not first.isascii() or not first.isdigit():
        message = f"invalid --stat value: {text}"
        raise InvalidInputError(message, code="usage")
    return int(first) or WIDTH

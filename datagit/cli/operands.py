"""Operands that may be revisions or paths, told apart as Git does: what a revision is called first, then paths."""

import os
from collections.abc import Callable, Sequence

from datagit.cli.options import Door
from datagit.errors import NotFoundError
from datagit.revision.reader import AmbiguousRevisionError, PathNotInRevisionError

_HOW = "use '--' to separate paths from revisions, like this:\n'dg <command> [<revision>...] -- [<file>...]'"


class ArgumentAmbiguousError(NotFoundError):
    """An operand is no revision and no path, or both at once."""

    code = "ambiguous-revision"


def split_operands(
    door: Door, operands: Sequence[str], paths: Sequence[str] | None, is_revision: Callable[[str], bool]
) -> tuple[tuple[str, ...], tuple[bytes, ...]]:
    """Return the revisions and the paths among the operands of a command.

    Args:
        door: knows the current folder.
        operands: what stood before ``--``.
        paths: what stood behind it; None if there was none, so that operands may hold paths, too.
        is_revision: whether a text names a revision or a range.

    Raises:
        ArgumentAmbiguousError: an operand without ``--`` is neither a revision nor an existing path, or is both.
    """
    if paths is not None:
        return tuple(operands), tuple(map(os.fsencode, paths))
    for position, operand in enumerate(operands):
        if _is_revision(door, operand, is_revision):
            if not operand.startswith((":", "^")) and _exists(door, operand):
                message = f"ambiguous argument '{operand}': both revision and filename"
                raise ArgumentAmbiguousError(message, hint=_HOW)
            continue
        rest = operands[position:]
        for path in rest:
            _check_path(door, path, is_revision)
        return tuple(operands[:position]), tuple(map(os.fsencode, rest))
    return tuple(operands), ()


def _is_revision(door: Door, text: str, is_revision: Callable[[str], bool]) -> bool:
    try:
        return is_revision(text)
    except PathNotInRevisionError:
        # Git says that the version lacks the path, unless the whole text is a path or a pattern itself
        if _looks_like_pattern(text) or _exists(door, text):
            return False
        raise


def unknown_argument(text: str) -> ArgumentAmbiguousError:
    """Return the error for an operand that is neither."""
    message = f"ambiguous argument '{text}': unknown revision or path not in the working tree."
    return ArgumentAmbiguousError(message, hint=_HOW, code="unknown-revision")


def names_revision(check: Callable[[str], object]) -> Callable[[str], bool]:
    """Return a function that says whether check accepts a text.

    A text that several ids begin with is an error at once, and so is a path that a known version does not have.
    """

    def is_revision(text: str) -> bool:
        try:
            check(text)
        except (AmbiguousRevisionError, PathNotInRevisionError):
            raise
        except NotFoundError:
            return False
        return True

    return is_revision


def _check_path(door: Door, path: str, is_revision: Callable[[str], bool]) -> None:
    if _looks_like_pattern(path) or _exists(door, path):
        return
    if _is_revision(door, path, is_revision):
        message = f"ambiguous argument '{path}': both revision and filename"
        raise ArgumentAmbiguousError(message, hint=_HOW)
    raise unknown_argument(path)


def _looks_like_pattern(path: str) -> bool:
    return path.startswith((":(", ":/", ":!", ":^")) or any(character in path for character in "*?[\\")


def _exists(door: Door, path: str) -> bool:
    return bool(path) and os.path.lexists(door.resolve(path))

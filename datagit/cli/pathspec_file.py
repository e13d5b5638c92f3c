"""``--pathspec-from-file`` and ``--pathspec-file-nul``, for all commands that take pathspecs."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from datagit.cli.options import Door
from datagit.errors import InvalidInputError, NotFoundError
from datagit.ui.quote import unquote_path

_F = TypeVar("_F", bound=Callable[..., Any])


def pathspec_file_options(function: _F) -> _F:
    """Add both options; the command gets ``pathspec_from_file`` and ``pathspec_file_nul`` for read_pathspecs."""
    nul = click.option("--pathspec-file-nul", is_flag=True, help="Pathspecs in the file end with NUL.")
    file = click.option("--pathspec-from-file", metavar="FILE", help="Read pathspecs from FILE; '-' is stdin.")
    return file(nul(function))


def read_pathspecs(door: Door, operands: Sequence[str], file: str | None, nul: object) -> list[bytes]:
    """Return the pathspecs of the command line, or those in file.

    Raises:
        InvalidInputError: both are given, or NUL without a file; with git's exit code, 128.
        NotFoundError: there is no such file.
    """
    if file is None:
        if nul:
            message = "the option '--pathspec-file-nul' requires '--pathspec-from-file'"
            raise InvalidInputError(message, code="usage")
        return [os.fsencode(word) for word in operands]
    if operands:
        message = "'--pathspec-from-file' and pathspec arguments cannot be used together"
        raise InvalidInputError(message, code="usage")
    content = door.read_stdin() if file == "-" else _read_file(door.resolve(file))
    if nul:
        return [word for word in content.split(b"\0") if word]
    return [_unquoted(line.removesuffix(b"\r")) for line in content.split(b"\n") if line]


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"could not open '{path}' for reading: {error.strerror}"
        raise NotFoundError(message) from error


def _unquoted(line: bytes) -> bytes:
    try:
        return unquote_path(line)
    except ValueError as error:
        message = f"line is badly quoted: {line.decode(errors='backslashreplace')}"
        raise InvalidInputError(message, code="path-invalid") from error

"""Read and change settings, level by level.

Reading here refuses no key: whoever gets a repository with forbidden ones must be able to look at them and drop them.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagit.config.refused import check_repository_setting
from datagit.config.settings import Level, Setting, read_level
from datagit.config.syntax import (
    LARGEST_FILE,
    BadConfigError,
    canonical_key,
    decode_config,
    encode_config,
    parse_bool,
    parse_int,
)
from datagit.progress import Progress
from datagit.repository import Repository, Sources, locked
from datagit.storage.durable import make_folder, write_replacing
from datagit.storage.small_file import Links, read_small_file

Edit = Callable[[str], str]
"""Turns the text of a configuration file into another; see config/edit.py."""


class KeyInvalidError(BadConfigError):
    """What was given as a key is none; the exit code is Git's."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file of settings, and whose it is."""

    path: Path
    level: Level


def check_key(key: str) -> str:
    """Return key in its canonical form; raise KeyInvalidError if it is none."""
    try:
        return canonical_key(key)
    except BadConfigError as error:
        raise KeyInvalidError(error.message, hint=error.hint) from error


def read_settings(sources: Sources, repository: Path | None) -> tuple[Setting, ...]:
    """Return the settings of all levels, weakest first; repository is the path of its own file.

    Raises:
        BadConfigError: a line or key does not parse.
    """
    files = ((sources.system, Level.SYSTEM), (sources.user, Level.USER), (repository, Level.REPOSITORY))
    found = [entry for path, level in files if path is not None for entry in read_level(path, level)]
    found += (Setting(canonical_key(key), value, Level.ENVIRONMENT) for key, value in sources.environment)
    found += (Setting(canonical_key(key), value, Level.COMMAND) for key, value in sources.overrides)
    return tuple(found)


def read_settings_of(file: ConfigFile) -> tuple[Setting, ...]:
    """Return the settings of one file, none if it is not there; raise BadConfigError if a line does not parse."""
    return read_level(file.path, file.level)


def edit_settings(file: ConfigFile, edit: Edit, repo: Repository | None, progress: Progress) -> None:
    """Change one file, which may be new; it is replaced as a whole, or not at all.

    Args:
        file: where to write.
        edit: makes the new text.
        repo: the repository whose file it is, to be locked meanwhile; None for other levels.
        progress: told whom we wait for.

    Raises:
        BadConfigError: the file does not parse.
        StorageError: it cannot be written.
    """
    waiting = contextlib.nullcontext() if repo is None else locked(repo, "dg config", progress)
    with waiting:
        path = file.path if file.level is Level.REPOSITORY else Path(os.path.realpath(file.path))
        content = read_small_file(path, LARGEST_FILE, Links.REFUSE) or b""
        edited = encode_config(edit(decode_config(content)))
        if edited != content:
            for folder in _missing_folders(path.parent):
                make_folder(folder)
            write_replacing(path, edited)


def check_new_setting(file: ConfigFile, key: str, value: str) -> None:
    """Raise ConfigRefusedError if file is a repository's and may not hold the key."""
    if file.level is Level.REPOSITORY:
        check_repository_setting(canonical_key(key), value, str(file.path))


def convert_value(value: str | None, key: str, kind: str, home: str) -> str:
    """Return value in the one spelling of its kind: ``bool``, ``int``, ``bool-or-int``, ``path``, or as it is.

    Raises:
        BadConfigError: value is nothing of that kind.
    """
    match kind:
        case "bool":
            return "true" if parse_bool(value, key) else "false"
        case "int":
            return str(parse_int(value, key))
        case "bool-or-int":
            try:
                return str(parse_int(value, key))
            except BadConfigError:
                return "true" if parse_bool(value, key) else "false"
        case "path" if value is not None and (value == "~" or value.startswith("~/")):
            return home + value[1:]
        case _:
            return value or ""


def select_settings(
    settings: Sequence[Setting], key: Callable[[str], bool], value: Callable[[str], bool]
) -> Iterator[Setting]:
    """Yield the settings whose key and value are wanted, in their order."""
    for entry in settings:
        if key(entry.key) and value(entry.value or ""):
            yield entry


def _missing_folders(folder: Path) -> Iterator[Path]:
    missing = [above for above in (folder, *folder.parents) if not above.exists()]
    yield from reversed(missing)

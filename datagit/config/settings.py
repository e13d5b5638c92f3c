"""Settings: every configured value with the level and place it comes from.

Levels, weakest first: system, user, repository, environment, command line. The environment's are
``DG_CONFIG_COUNT=n`` with ``DG_CONFIG_KEY_0``, ``DG_CONFIG_VALUE_0`` and so on, as Git has them.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datagit.config.refused import check_repository_setting
from datagit.config.syntax import (
    LARGEST_FILE,
    BadConfigError,
    Variable,
    canonical_key,
    decode_config,
    parse_bool,
    parse_config,
    parse_int,
)
from datagit.storage.small_file import Links, read_small_file


class Level(enum.Enum):
    """Who made a setting; the values are Git's names of scopes."""

    SYSTEM = "system"
    USER = "global"
    REPOSITORY = "local"
    ENVIRONMENT = "environment"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of one key.

    Attributes:
        key: canonical: section and name in lower case.
        value: None where the file has the key without ``=``, which means true.
        level: who made it.
        source: path of the file, empty for environment and command line.
        line: in that file, from 1.
    """

    key: str
    value: str | None
    level: Level
    source: str = ""
    line: int = 0


class Settings:
    """All settings that are in force, weakest first; the last value of a key wins."""

    __slots__ = ("_by_key", "entries")

    def __init__(self, entries: Iterable[Setting] = ()) -> None:
        self.entries = tuple(entries)
        self._by_key: dict[str, list[Setting]] = {}
        for entry in self.entries:
            self._by_key.setdefault(entry.key, []).append(entry)

    def __iter__(self) -> Iterator[Setting]:
        return iter(self.entries)

    def find(self, key: str) -> Setting | None:
        """Return the setting that wins for key, with its origin."""
        found = self._by_key.get(canonical_key(key))
        return found[-1] if found else None

    def find_all(self, key: str) -> tuple[Setting, ...]:
        """Return every setting of key, weakest first."""
        return tuple(self._by_key.get(canonical_key(key), ()))

    def get(self, key: str) -> str | None:
        """Return the value of key; None if nobody set it. A key without ``=`` has the value ``true``."""
        found = self.find(key)
        return None if found is None else "true" if found.value is None else found.value

    def get_all(self, key: str) -> tuple[str, ...]:
        """Return all values of key, weakest first."""
        return tuple("true" if entry.value is None else entry.value for entry in self.find_all(key))

    def get_bool(self, key: str, default: bool) -> bool:  # noqa: FBT001 - a default value, not a mode
        """Return a boolean; default if nobody set it; BadConfigError for anything but Git's words and numbers."""
        found = self.find(key)
        return default if found is None else parse_bool(found.value, found.key)

    def get_int(self, key: str, default: int) -> int:
        """Return an integer; default if nobody set it; BadConfigError if it is none."""
        found = self.find(key)
        return default if found is None else parse_int(found.value, found.key)

    def with_values(self, pairs: Iterable[tuple[str, str | None]], level: Level = Level.COMMAND) -> "Settings":
        """Return these settings with pairs on top of them."""
        return Settings((*self.entries, *(Setting(canonical_key(key), value, level) for key, value in pairs)))


def read_level(path: Path, level: Level) -> tuple[Setting, ...]:
    """Return what one file says, in its order; nothing if it is not there.

    A repository's file is not followed through a symbolic link; its program and credential keys are not checked here.

    Raises:
        BadConfigError: a line does not parse.
        FileTooLargeError: the file is larger than 1 MiB.
    """
    links = Links.REFUSE if level is Level.REPOSITORY else Links.FOLLOW
    content = read_small_file(path, LARGEST_FILE, links)
    if content is None:
        return ()
    return tuple(
        Setting(token.key, token.value, level, str(path), token.line)
        for token in parse_config(decode_config(content), str(path))
        if isinstance(token, Variable)
    )


def load_settings(
    *,
    system: Path | None = None,
    user: Path | None = None,
    repository: Path | None = None,
    environment: Sequence[tuple[str, str | None]] = (),
    overrides: Sequence[tuple[str, str | None]] = (),
) -> Settings:
    """Return the settings of all levels; environment and overrides are (key, value) pairs.

    Raises:
        ConfigRefusedError: the repository's file holds a key that names a program, an endpoint or a credential.
        BadConfigError: a line or key does not parse.
        FileTooLargeError: a file is larger than 1 MiB.
    """
    entries: list[Setting] = []
    for path, level in ((system, Level.SYSTEM), (user, Level.USER), (repository, Level.REPOSITORY)):
        if path is not None:
            entries += read_level(path, level)
    for entry in entries:
        if entry.level is Level.REPOSITORY:
            check_repository_setting(entry.key, entry.value, f"{entry.source}:{entry.line}")
    entries += (Setting(canonical_key(key), value, Level.ENVIRONMENT) for key, value in environment)
    entries += (Setting(canonical_key(key), value, Level.COMMAND) for key, value in overrides)
    return Settings(entries)


def environment_pairs(environment: Mapping[str, str]) -> tuple[tuple[str, str | None], ...]:
    """Return the pairs of ``DG_CONFIG_COUNT``, ``DG_CONFIG_KEY_n`` and ``DG_CONFIG_VALUE_n``.

    Raises:
        BadConfigError: the count is no number, or a key or value is missing.
    """
    count = environment.get("DG_CONFIG_COUNT", "").strip() or "0"
    if not count.isascii() or not count.isdigit() or int(count) > 10_000:
        message = f"bogus count in DG_CONFIG_COUNT: '{count}'"
        raise BadConfigError(message, hint="it is the number of DG_CONFIG_KEY_n that follow")
    pairs = []
    for number in range(int(count)):
        for name in (f"DG_CONFIG_KEY_{number}", f"DG_CONFIG_VALUE_{number}"):
            if name not in environment:
                message = f"missing environment variable '{name}'"
                raise BadConfigError(message, hint=f"DG_CONFIG_COUNT promises {count} pairs")
        pairs.append((environment[f"DG_CONFIG_KEY_{number}"], environment[f"DG_CONFIG_VALUE_{number}"]))
    return tuple(pairs)


def parse_override(text: str) -> tuple[str, str | None]:
    """Return (canonical key, value) of ``-c key=value``; without ``=`` the value is None, which means true."""
    key, equals, value = text.partition("=")
    return canonical_key(key), value if equals else None


@dataclass(frozen=True, slots=True)
class ConfigFiles:
    """Where the files of the levels above the repository are; None where that level is turned off."""

    system: Path | None
    user: Path | None


def find_config_files(environment: Mapping[str, str]) -> ConfigFiles:
    """Return the files that an environment asks for.

    ``DG_CONFIG_SYSTEM`` and ``DG_CONFIG_GLOBAL`` name other files, ``DG_CONFIG_NOSYSTEM`` turns the first one off;
    ``XDG_CONFIG_HOME`` stands in for ``~/.config``.
    """
    system: Path | None = Path(environment.get("DG_CONFIG_SYSTEM") or "/etc/datagit/config")
    if parse_bool(environment.get("DG_CONFIG_NOSYSTEM", "false"), "DG_CONFIG_NOSYSTEM"):
        system = None
    if named := environment.get("DG_CONFIG_GLOBAL"):
        return ConfigFiles(system, Path(named))
    base, home = environment.get("XDG_CONFIG_HOME"), environment.get("HOME")
    folder = Path(base) if base else Path(home, ".config") if home else None
    return ConfigFiles(system, folder / "datagit" / "config" if folder else None)

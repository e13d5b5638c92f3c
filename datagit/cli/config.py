"""``dg config``."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from datagit.cli.command import dg_command, json_option, pass_door
from datagit.cli.options import Door
from datagit.config.edit import (
    add_value,
    remove_section,
    rename_section,
    replace_values,
    set_value,
    unset_value,
    unset_values,
)
from datagit.config.settings import Level, Setting, Settings
from datagit.errors import InvalidInputError, NotFoundError, UsageError
from datagit.porcelain.config import (
    ConfigFile,
    Edit,
    check_key,
    check_new_setting,
    convert_value,
    edit_settings,
    read_settings,
    read_settings_of,
    select_settings,
)
from datagit.repository import NotARepositoryError, Repository, check_owner, find_repository
from datagit.store.layout import CONFIG
from datagit.store.store import open_store
from datagit.ui.json import json_document

_ACTIONS = (
    *("get", "get_all", "get_regexp", "list_all", "add", "replace_all"),
    *("unset", "unset_all", "rename_section", "remove_section"),
)
_OPERANDS = {
    "get": (1, 2),
    "get_all": (1, 2),
    "get_regexp": (1, 2),
    "list_all": (0, 0),
    "add": (2, 2),
    "replace_all": (2, 3),
    "set": (2, 3),
    "unset": (1, 2),
    "unset_all": (1, 2),
    "rename_section": (2, 2),
    "remove_section": (1, 1),
}
_BAD_PATTERN_EXIT = 6


class PatternInvalidError(InvalidInputError):
    """What was given to choose keys or values is no regular expression."""

    code = "usage"
    exit_code = _BAD_PATTERN_EXIT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """What was given on the command line; the fields are the options' names."""

    system: bool
    user: bool
    local: bool
    file: str | None
    get: bool
    get_all: bool
    get_regexp: bool
    list_all: bool
    add: bool
    replace_all: bool
    unset: bool
    unset_all: bool
    rename_section: bool
    remove_section: bool
    kind: str | None
    fixed_value: bool
    default: str | None
    show_origin: bool
    show_scope: bool
    name_only: bool
    null: bool


@dg_command(
    "config",
    usage="[OPTIONS] [NAME [VALUE [VALUE-PATTERN]]]",
    examples="""
        dg config user.name                            # the value that is in force
        dg config --global user.name "Jane Doe"        # for you, in all repositories
        dg config core.gitignore false                 # for this repository
        dg config --list --show-origin                 # everything, and where it comes from
        dg config --unset core.gitignore
    """,
)
@click.option("--system", is_flag=True, help="Use the settings of the whole machine.")
@click.option("--global", "user", is_flag=True, help="Use your own settings, ~/.config/datagit/config.")
@click.option("--local", is_flag=True, help="Use the repository's settings, .dg/config.")
@click.option("-f", "--file", metavar="FILE", help="Use the settings in FILE.")
@click.option("--get", is_flag=True, help="Show the value of NAME; exit 1 if it has none.")
@click.option("--get-all", is_flag=True, help="Show all values of NAME.")
@click.option("--get-regexp", is_flag=True, help="Show names and values of all names that fit NAME, a pattern.")
@click.option("-l", "--list", "list_all", is_flag=True, help="Show everything that is set.")
@click.option("--add", is_flag=True, help="Add a value to those that NAME has.")
@click.option("--replace-all", is_flag=True, help="Put VALUE in the place of all values of NAME.")
@click.option("--unset", is_flag=True, help="Remove the value of NAME.")
@click.option("--unset-all", is_flag=True, help="Remove all values of NAME.")
@click.option("--rename-section", is_flag=True, help="Give a section another name.")
@click.option("--remove-section", is_flag=True, help="Remove a section.")
@click.option("--type", "kind", metavar="TYPE", help="Check and show values as bool, int, bool-or-int or path.")
@click.option("--bool", "kind", flag_value="bool", help="The same as --type=bool.")
@click.option("--int", "kind", flag_value="int", help="The same as --type=int.")
@click.option("--bool-or-int", "kind", flag_value="bool-or-int", help="The same as --type=bool-or-int.")
@click.option("--path", "kind", flag_value="path", help="The same as --type=path.")
@click.option("--fixed-value", is_flag=True, help="Take VALUE-PATTERN as the value itself.")
@click.option("--default", metavar="VALUE", help="With --get, show VALUE if there is none.")
@click.option("--show-origin", is_flag=True, help="Show the file of each value.")
@click.option("--show-scope", is_flag=True, help="Show the level of each value.")
@click.option("--name-only", is_flag=True, help="Show names without values.")
@click.option("-z", "--null", is_flag=True, help="End values with NUL instead of a newline.")
@json_option
@click.argument("words", metavar="[NAME [VALUE [VALUE-PATTERN]]]", nargs=-1)
@click.pass_context
@pass_door
def command(door: Door, ctx: click.Context, /, words: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401 see _Options
    """Get and set options of the repository or of you.

    With a NAME alone, shows its value; with a VALUE, sets it, by default in the repository's own settings. Keys that
    name programs, endpoints or credentials are yours alone: a repository's settings may not hold them.
    """
    options = _Options(**given)
    action = _choose_action(options, words)
    low, high = _OPERANDS[action]
    if not low <= len(words) <= high:
        message = "wrong number of arguments, should be " + (str(low) if low == high else f"from {low} to {high}")
        raise UsageError(message, hint="see 'dg config --help'")
    if options.kind not in (None, "bool", "int", "bool-or-int", "path"):
        message = f"unrecognized --type argument, {options.kind}"
        raise InvalidInputError(message, hint="one of bool, int, bool-or-int, path", code="usage")
    if options.default is not None and action != "get":
        message = "--default is only applicable to --get"
        raise UsageError(message)
    if action in ("get", "get_all", "get_regexp", "list_all"):
        ctx.exit(_show(door, options, action, words))
    _change(door, options, action, words)


def _choose_action(options: _Options, words: Sequence[str]) -> str:
    chosen = [name for name in _ACTIONS if getattr(options, name)]
    if len(chosen) > 1:
        message = "only one action at a time"
        raise UsageError(message, hint="see 'dg config --help'")
    if chosen:
        return chosen[0]
    if not words:
        message = "no action specified"
        raise UsageError(message, hint="see 'dg config --help'")
    return "get" if len(words) == 1 else "set"


def _find_repository(door: Door) -> Path | None:
    """Return the repository's folder, whatever its settings say."""
    try:
        folder = door.dg_dir or find_repository(door.cwd)[0]
    except NotARepositoryError:
        return None
    check_owner(folder, door.sources.settings())
    return folder


def _choose_file(door: Door, options: _Options) -> ConfigFile | None:
    """Return the file that an option names; None if none does."""
    chosen = [name for name in ("system", "user", "local", "file") if getattr(options, name)]
    if len(chosen) > 1:
        message = "only one config file at a time"
        raise UsageError(message)
    if options.file is not None:
        return ConfigFile(door.resolve(options.file), Level.COMMAND)
    if options.system or options.user:
        level = Level.SYSTEM if options.system else Level.USER
        path = door.sources.system if options.system else door.sources.user
        if path is None:
            message = "$HOME not set" if options.user else "the machine's settings are turned off"
            raise NotFoundError(message)
        return ConfigFile(path, level)
    if options.local:
        folder = _find_repository(door)
        if folder is None:
            message = "--local can only be used inside a dg repository"
            raise NotFoundError(message, code="not-a-repository")
        return ConfigFile(folder / CONFIG, Level.REPOSITORY)
    return None


def _all_settings(door: Door, options: _Options) -> tuple[Setting, ...]:
    file = _choose_file(door, options)
    if file is None:
        folder = _find_repository(door)
        return read_settings(door.sources, None if folder is None else folder / CONFIG)
    if options.file is not None and not file.path.is_file():
        if not options.list_all:
            return ()
        message = f"unable to read config file '{options.file}': No such file or directory"
        raise NotFoundError(message)
    return read_settings_of(file)


def _show(door: Door, options: _Options, action: str, words: Sequence[str]) -> int:
    """Show what is asked for; return Git's exit code, 1 if there is nothing."""
    wanted_key = _key_filter(action, words)
    wanted_value = _value_filter(words[1] if len(words) > 1 else None, options)
    found = list(select_settings(_all_settings(door, options), wanted_key, wanted_value))
    if action == "get":
        found = found[-1:]
        if not found and options.default is not None:
            found = [Setting(words[0], options.default, Level.COMMAND)]
    home = door.environment.get("HOME", "")
    kind = options.kind or ""
    values = [convert_value(entry.value, entry.key, kind, home) if kind else entry.value for entry in found]
    if door.json:
        fields = [
            {"key": entry.key, "value": value, "scope": entry.level.value, "file": entry.source or None,
             "line": entry.line or None}
            for entry, value in zip(found, values, strict=True)
        ]  # fmt: skip
        door.console.write(json_document({"settings": fields}))
    else:
        with_keys = action in ("list_all", "get_regexp")
        divider = "\n" if options.null else "=" if action == "list_all" else " "
        for entry, value in zip(found, values, strict=True):
            door.console.write(_line(door, options, entry, value, divider if with_keys else None))
    return 0 if found or action == "list_all" else 1


def _line(door: Door, options: _Options, entry: Setting, value: str | None, divider: str | None) -> bytes:
    tab = "\0" if options.null else "\t"
    text = (
        f"{entry.level.value if entry.level is not Level.ENVIRONMENT else 'command'}{tab}" if options.show_scope else ""
    )
    if options.show_origin:
        text += (f"file:{_shown_path(door, entry)}" if entry.source else "command line:") + tab
    if divider is not None:
        text += entry.key
    if not options.name_only and value is not None:
        text += (divider or "") + value
    return (text + ("\0" if options.null else "\n")).encode("utf-8", "surrogateescape")


def _shown_path(door: Door, entry: Setting) -> str:
    path = Path(entry.source)
    inside = entry.level is Level.REPOSITORY and path.is_relative_to(door.cwd)
    return str(path.relative_to(door.cwd)) if inside else entry.source


def _key_filter(action: str, words: Sequence[str]) -> Callable[[str], bool]:
    if action == "list_all":
        return lambda _key: True
    if action == "get_regexp":
        section, dot, rest = words[0].partition(".")
        middle, last_dot, name = rest.rpartition(".")
        pattern = _compile(section.lower() + dot + middle + last_dot + name.lower())
        return lambda key: pattern.search(key) is not None
    wanted = check_key(words[0])
    return lambda key: key == wanted


def _value_filter(text: str | None, options: _Options) -> Callable[[str], bool]:
    if text is None:
        return lambda _value: True
    if options.fixed_value:
        return lambda value: value == text
    pattern = _compile(text.removeprefix("!"))
    negated = text.startswith("!")
    return lambda value: (pattern.search(value) is None) == negated


def _compile(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        message = f"invalid pattern: {text}"
        raise PatternInvalidError(message, hint=str(error)) from error


def _change(door: Door, options: _Options, action: str, words: Sequence[str]) -> None:
    file = _choose_file(door, options)
    if file is None:
        folder = _find_repository(door)
        if folder is None:
            message = "not in a dg directory"
            raise NotFoundError(message, hint="for your own settings, use --global", code="not-a-repository")
        file = ConfigFile(folder / CONFIG, Level.REPOSITORY)
    edit = _edit(door, options, action, words, file)
    repo = None
    if file.level is Level.REPOSITORY:
        # its settings are not read: they may be what has to be mended
        folder = file.path.parent
        repo = Repository(folder, None, open_store(folder), Settings())
    edit_settings(file, edit, repo, door.progress())


def _edit(door: Door, options: _Options, action: str, words: Sequence[str], file: ConfigFile) -> Edit:
    name = words[0]
    if action == "remove_section":
        return lambda text: remove_section(text, name)
    if action == "rename_section":
        return lambda text: rename_section(text, name, words[1])
    key = check_key(name)
    if action in ("unset", "unset_all"):
        chosen = _value_filter(words[1] if len(words) > 1 else None, options)
        remove = unset_value if action == "unset" else unset_values
        return lambda text: remove(text, key, chosen)
    value = convert_value(words[1], key, options.kind, "") if options.kind not in (None, "path") else words[1]
    check_new_setting(file, key, value)
    if action == "add":
        return lambda text: add_value(text, name, value)
    chosen = _value_filter(words[2] if len(words) > 2 else None, options)
    put = set_value if action == "set" else replace_values
    return lambda text: put(text, name, value, chosen)

"""Command lines as Git reads them, put into the one form that click reads the same way.

Git's rules that click does not have: long options abbreviate where that is unambiguous, an optional value is only
what is attached (``--porcelain=v2``, ``-uno``), ``-5`` may mean ``-n 5``, and its own words for what is wrong.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import click

from datagit.cli.late import late
from datagit.errors import UsageError


class OptionalValueOption(click.Option):
    """An option whose value may be left out; only an attached value is its own, as in ``--porcelain=v2``."""

    def __init__(self, param_decls: Sequence[str], *, bare: str, **attributes: object) -> None:
        super().__init__(param_decls, **attributes)  # type: ignore[arg-type]  # click checks its own attributes
        self.bare = bare


class LastValueOption(OptionalValueOption):
    """An option that takes the next word as its value and may do without only at the end: ``--contains [COMMIT]``."""


class DigitsOption(click.Option):
    """An option that may be written as its number alone: ``-5`` for ``-n 5``."""


class Arguments(NamedTuple):
    """A command line, sorted out.

    Attributes:
        options: options in their order, each with its value attached or as the next word.
        operands: everything else, in order.
        before_dashes: how many operands stood before ``--``; None without it.
        names: the options given, by their first long name (or short one).
    """

    options: tuple[str, ...]
    operands: tuple[str, ...]
    before_dashes: int | None
    names: frozenset[str]


class _Table:
    """The options of one command by name."""

    def __init__(self, params: Iterable[click.Parameter]) -> None:
        self.long: dict[str, click.Option] = {}
        self.short: dict[str, click.Option] = {}
        self.digits: click.Option | None = None
        for param in params:
            if isinstance(param, click.Option):
                if isinstance(param, DigitsOption):
                    self.digits = param
                for name in (*param.opts, *param.secondary_opts):
                    (self.long if name.startswith("--") else self.short)[name.lstrip("-")] = param

    def find_long(self, name: str) -> str:
        """Return the full name that name is, or abbreviates."""
        if name in self.long:
            return name
        found = sorted(full for full in self.long if full.startswith(name))
        # --no-c for both --no-commit and its other spelling is one option, so it is not ambiguous
        if (
            found
            and len({self.long[full] for full in found}) == 1
            and len({_polarity(self.long[f], f) for f in found}) == 1
        ):
            return found[0]
        if found:
            others = " or ".join(f"--{full}" for full in found)
            message = f"ambiguous option: {name} (could be {others})"
            raise UsageError(message)
        close = late("datagit.cli.similar", "similar_words")(name, self.long, 1)
        message = f"unknown option `{name}'"
        raise UsageError(message, hint=f"did you mean '--{close[0]}'?" if close else "")


def sort_arguments(params: Iterable[click.Parameter], words: Sequence[str]) -> Arguments:
    """Return the words of a command line as options and operands.

    Raises:
        UsageError: an option is unknown, ambiguous, lacks its value or has one too many.
    """
    table = _Table(params)
    options: list[str] = []
    operands: list[str] = []
    names: set[str] = set()
    before_dashes: int | None = None
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        if word == "--":
            before_dashes = len(operands)
            operands += reversed(rest)
            break
        if word.startswith("--"):
            _take_long(table, word[2:], rest, options, names)
        elif word.startswith("-") and word != "-":
            _take_short(table, word[1:], rest, options, names)
        else:
            operands.append(word)
    return Arguments(tuple(options), tuple(operands), before_dashes, frozenset(names))


def _take_long(table: _Table, word: str, rest: list[str], options: list[str], names: set[str]) -> None:
    given, equals, value = word.partition("=")
    name = table.find_long(given)
    option = table.long[name]
    names.add(_first_name(option))
    if not _takes_value(option):
        if equals:
            message = f"option `{name}' takes no value"
            raise UsageError(message)
        options.append(f"--{name}")
        return
    if not equals:
        if isinstance(option, OptionalValueOption) and not (isinstance(option, LastValueOption) and rest):
            value = option.bare
        elif rest:
            value = rest.pop()
        else:
            message = f"option `{name}' requires a value"
            raise UsageError(message)
    options.append(f"--{name}={value}")


def _take_short(table: _Table, letters: str, rest: list[str], options: list[str], names: set[str]) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        option = table.short.get(letter)
        if option is None and letter.isdigit() and table.digits is not None:
            digits = letter + letters[: len(letters) - len(letters.lstrip("0123456789"))]
            letters = letters[len(digits) - 1 :]
            names.add(_first_name(table.digits))
            options += (table.digits.opts[0], digits)
            continue
        if option is None:
            message = f"unknown switch `{letter}'"
            raise UsageError(message)
        names.add(_first_name(option))
        if not _takes_value(option):
            options.append(f"-{letter}")
            continue
        if letters:
            value, letters = letters, ""
        elif isinstance(option, OptionalValueOption):
            value = option.bare
        elif rest:
            value = rest.pop()
        else:
            message = f"switch `{letter}' requires a value"
            raise UsageError(message)
        # two words, not one: an empty value cannot be attached to a letter
        options += (f"-{letter}", value)


def _takes_value(option: click.Option) -> bool:
    return not option.is_flag and not option.count


def _first_name(option: click.Option) -> str:
    return max(option.opts, key=lambda name: name.startswith("--"))


def _polarity(option: click.Option, name: str) -> str:
    return "off" if f"--{name}" in option.secondary_opts else "on"

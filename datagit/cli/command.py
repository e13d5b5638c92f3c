"""What every command is made of: a click command with Git's reading of options, help with examples, and common options.

A command's module has one public name, ``command``::

    @dg_command("switch", examples='''
        dg switch main               # go to a branch
        dg switch -c night-shift     # make one and go there
    ''')
    @click.argument("branch")
    @pass_door
    def command(door: Door, branch: str) -> None:
        \"\"\"Switch branches.\"\"\"
"""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from datagit.cli.arguments import DigitsOption, LastValueOption, OptionalValueOption, sort_arguments
from datagit.cli.options import Door, Output, Verbosity
from datagit.errors import UsageError
from datagit.ui.progress import ShowProgress

_F = TypeVar("_F", bound=Callable[..., Any])

_DASHES = "datagit.before_dashes"
_USAGE_EXIT = 129
_COLOUR_WISHES = ("always", "never", "auto")
_WIDTH = 100
_OPTIONS = "[OPTIONS]"

pass_door = click.make_pass_decorator(Door)
"""Hands the Door to a command as its first argument."""


class DgCommand(click.Command):
    """A command that reads its options as Git does and shows examples in its help."""

    def __init__(self, name: str | None, *, examples: str = "", **attributes: Any) -> None:  # noqa: ANN401 click checks its own attributes
        attributes.setdefault("add_help_option", False)
        super().__init__(name, **attributes)
        self.examples = textwrap.dedent(examples).strip("\n")
        self.context_settings = {"terminal_width": _WIDTH, "max_content_width": _WIDTH, **self.context_settings}
        self.params.append(_make_help_option(self.params))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read args as Git would; ``-h`` alone shows the help and is, as in Git, a usage error to scripts."""
        door = ctx.find_object(Door)
        if args == ["-h"] and not any("-h" in param.opts for param in self.params if param.name != "show_help"):
            _write_help(ctx)
            ctx.exit(_USAGE_EXIT)
        if door is not None and "--json" in _options_of(args):
            door.output = Output.JSON  # at once, so that even a usage error is told in JSON
        sorted_out = sort_arguments(self.params, args)
        ctx.meta[_DASHES] = sorted_out.before_dashes
        return super().parse_args(ctx, [*sorted_out.options, "--", *sorted_out.operands])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what follows the name in the usage line: all of it as it was written, where the command says so."""
        pieces = super().collect_usage_pieces(ctx)
        return pieces if self.options_metavar == _OPTIONS else pieces[:1]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the examples as they were written."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            formatter.write(f"\nExamples:\n{textwrap.indent(self.examples, '  ')}\n")


class DgGroup(click.Group):
    """A command made of subcommands, such as ``dg op log``."""

    command_class = DgCommand

    def __init__(self, name: str | None = None, *, examples: str = "", **attributes: Any) -> None:  # noqa: ANN401 click checks its own attributes
        attributes.setdefault("add_help_option", False)
        super().__init__(name, **attributes)
        self.examples = textwrap.dedent(examples).strip("\n")
        self.context_settings = {"terminal_width": _WIDTH, "max_content_width": _WIDTH, **self.context_settings}
        self.params.append(_make_help_option(self.params))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the examples as they were written."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            formatter.write(f"\nExamples:\n{textwrap.indent(self.examples, '  ')}\n")


def dg_command(name: str, *, examples: str, usage: str = _OPTIONS) -> Callable[[Callable[..., None]], click.Command]:
    """Return a decorator that makes a command of a function; its docstring is the help, its first line the table's.

    Args:
        name: as typed.
        examples: lines to paste, each with a comment if it needs one; shown under the help.
        usage: what stands for the options in the usage line.
    """
    return click.command(name, cls=DgCommand, examples=examples, options_metavar=usage)


def dg_group(name: str, *, examples: str) -> Callable[[Callable[..., None]], DgGroup]:
    """Return a decorator that makes a group of subcommands of a function."""
    return click.group(name, cls=DgGroup, examples=examples)


def optional_value(
    *names: str,
    bare: str,
    help: str,  # noqa: A002 click's own word
    **attributes: Any,  # noqa: ANN401 click checks its own attributes
) -> Callable[[_F], _F]:
    """Return a decorator for an option whose value may be left out, and then is bare; None where it is not given."""
    return click.option(*names, cls=OptionalValueOption, bare=bare, help=help, default=None, **attributes)


def last_value(
    *names: str,
    bare: str,
    help: str,  # noqa: A002 click's own word
    **attributes: Any,  # noqa: ANN401 click checks its own attributes
) -> Callable[[_F], _F]:
    """Return a decorator for an option that means bare where it is the last word, and takes the next one otherwise."""
    return click.option(*names, cls=LastValueOption, bare=bare, help=help, **attributes)


def number_option(
    *names: str,
    help: str,  # noqa: A002 click's own word
    **attributes: Any,  # noqa: ANN401 click checks its own attributes
) -> Callable[[_F], _F]:
    """Return a decorator for an option with a number that may be written alone: ``-5``."""
    return click.option(*names, cls=DigitsOption, type=int, help=help, default=None, **attributes)


def json_option(function: _F) -> _F:
    """Add ``--json``; the command then looks at ``door.json`` and writes one document."""
    return click.option(
        "--json", "as_json", is_flag=True, expose_value=False, callback=_set_json, help="Report as one JSON document."
    )(function)


def quiet_option(function: _F) -> _F:
    """Add ``-q``/``--quiet``; the command then looks at ``door.quiet``."""
    return click.option(
        "-q", "--quiet", is_flag=True, expose_value=False, callback=_set_quiet, help="Say nothing but errors."
    )(function)


def verbose_option(function: _F) -> _F:
    """Add ``-v``/``--verbose``; the command then looks at ``door.verbose``."""
    return click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=_set_verbose, help="Say more.")(
        function
    )


def progress_option(function: _F) -> _F:
    """Add ``--progress``/``--no-progress``; the command passes ``door.progress()`` down."""
    return click.option(
        "--progress/--no-progress",
        "show_progress",
        default=None,
        expose_value=False,
        callback=_set_progress,
        help="Show progress, or not; by default on a terminal.",
    )(function)


def colour_option(function: _F) -> _F:
    """Add ``--color[=WHEN]`` and ``--no-color``, which win over ``color.ui`` and the environment."""
    attributes: dict[str, Any] = {"expose_value": False, "callback": _set_colour}
    words = "Colour the output: always, never, or auto, on a terminal."
    colour = optional_value("--color", "colour", bare="always", metavar="WHEN", help=words, **attributes)
    plain = click.option("--no-color", "colour", flag_value="never", help="The same as --color=never.", **attributes)
    return colour(plain(function))


def split_at_dashes(ctx: click.Context, operands: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Return the operands before and after ``--``; the second is None where no ``--`` was given."""
    count: int | None = ctx.meta.get(_DASHES)
    if count is None:
        return tuple(operands), None
    return tuple(operands[:count]), tuple(operands[count:])


def refuse_together(**given: object) -> None:
    """Raise Git's usage error if two of the options given are set; keywords are names with ``_`` for ``-``.

    Raises:
        UsageError: say which two exclude each other.
    """
    names = [name.replace("_", "-") for name, value in given.items() if value not in (None, False, (), 0)]
    if len(names) > 1:
        shown = [f"-{name}" if len(name) == 1 else f"--{name}" for name in names]
        message = f"options '{shown[0]}' and '{shown[1]}' cannot be used together"
        raise UsageError(message)


def _options_of(args: Sequence[str]) -> Sequence[str]:
    return args[: args.index("--")] if "--" in args else args


def _make_help_option(params: Sequence[click.Parameter]) -> click.Option:
    names = ["--help"] if any("-h" in param.opts for param in params) else ["-h", "--help"]
    return click.Option(
        [*names, "show_help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
        help="Show this help.",
    )


def _show_help(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if value:
        _write_help(ctx)
        ctx.exit(0)


def _write_help(ctx: click.Context) -> None:
    door = ctx.find_object(Door)
    if door is not None:
        door.console.line(ctx.get_help())


def _set_json(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if value:
        ctx.ensure_object(Door).output = Output.JSON


def _set_quiet(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if value:
        ctx.ensure_object(Door).verbosity = Verbosity.QUIET


def _set_verbose(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if value:
        ctx.ensure_object(Door).verbosity = Verbosity.VERBOSE


def _set_colour(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if value is None:
        return
    if value not in _COLOUR_WISHES:
        message = 'option `color\' expects "always", "auto", or "never"'
        raise UsageError(message)
    ctx.ensure_object(Door).colour_wish = str(value)


def _set_progress(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    if value is not None:
        ctx.ensure_object(Door).show_progress = ShowProgress.ALWAYS if value else ShowProgress.NEVER

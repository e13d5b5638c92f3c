"""``dg help``."""

import click

from datagit.cli.command import dg_command, pass_door
from datagit.cli.late import late
from datagit.cli.options import Door


@dg_command(
    "help",
    examples="""
        dg help            # all commands
        dg help switch     # one of them; the same as 'dg switch --help'
    """,
)
@click.argument("name", metavar="[COMMAND]", required=False)
@pass_door
@click.pass_context
def command(ctx: click.Context, door: Door, *, name: str | None) -> None:
    """Show what dg, or one of its commands, does."""
    top = ctx.find_root()
    if name is None:
        door.console.line(top.get_help())
        return
    door.operation = ""
    found = late("datagit.cli.main", "find_command")(name)
    with click.Context(found, info_name=name, parent=top) as inner:
        door.console.line(inner.get_help())

"""``dg merge-base``."""

import click

from datagit.cli.command import dg_command, json_option, pass_door, refuse_together
from datagit.cli.options import Door
from datagit.errors import UsageError
from datagit.porcelain.revisions import open_revisions
from datagit.revision.merge_base import is_ancestor, merge_bases_of, octopus_bases, without_reachable
from datagit.revision.parse import resolve_commit
from datagit.ui.json import json_document


@dg_command(
    "merge-base",
    examples="""
        dg merge-base main topic                  # where two branches parted
        dg merge-base --all main topic            # all of the best answers, after a criss-cross
        dg merge-base --is-ancestor v1.0 main     # exit 0 if main has v1.0, else 1
    """,
)
@click.option("-a", "--all", "every", is_flag=True, help="Show all merge bases, not just one.")
@click.option("--is-ancestor", "ancestor", is_flag=True, help="Exit 0 if the second has the first, else 1.")
@click.option("--octopus", is_flag=True, help="Show the best common ancestors of all commits.")
@click.option("--independent", is_flag=True, help="Show those commits that no other one reaches.")
@json_option
@click.argument("commits", metavar="COMMIT...", nargs=-1)
@click.pass_context
@pass_door
def command(
    door: Door,
    ctx: click.Context,
    /,
    *,
    every: bool,
    ancestor: bool,
    octopus: bool,
    independent: bool,
    commits: tuple[str, ...],
) -> None:
    """Find the best common ancestors of commits.

    With more than two, those of the first and of a merge of all others. Exits with 1 if there are none.
    """
    refuse_together(is_ancestor=ancestor, octopus=octopus, independent=independent)
    refuse_together(is_ancestor=ancestor, all=every)
    if len(commits) < (1 if octopus or independent else 2) or (ancestor and len(commits) != 2):
        message = "--is-ancestor takes exactly two commits" if ancestor else "merge-base takes two commits or more"
        raise UsageError(message, hint="see 'dg merge-base --help'")
    reader = open_revisions(door.repository())
    ids = [resolve_commit(reader, text) for text in commits]
    if ancestor:
        ctx.exit(0 if is_ancestor(reader.objects, ids[0], ids[1]) else 1)
    if independent:
        found = without_reachable(reader.objects, list(dict.fromkeys(ids)))
        every = True
    else:
        found = octopus_bases(reader.objects, ids) if octopus else merge_bases_of(reader.objects, ids[0], ids[1:])
    shown = found if every else found[:1]
    if door.json:
        door.console.write(json_document({"bases": [oid.hex() for oid in shown]}))
    else:
        for oid in shown:
            door.console.line(oid.hex())
    ctx.exit(0 if found else 1)

"""``dg demo``: a small dataset with real pixels and a tour of the commands, run before your eyes."""

import io
from collections.abc import Mapping
from pathlib import Path

import click

from datagit.cli.command import dg_command, pass_door
from datagit.cli.identity import IdentityError
from datagit.cli.main import run
from datagit.cli.options import Door
from datagit.errors import DatagitError
from datagit.porcelain.demo import open_demo_folder
from datagit.porcelain.demo_tour import SUGGESTIONS, TOUR, Step
from datagit.ui.demo import render_step, render_suggestions

_STRANGER = (
    Step("Commits carry a name. You have not told yours yet, so the demo takes one for this repository alone."),
    Step("", ("config", "user.name", "Demo Reader")),
    Step("", ("config", "user.email", "reader@example.org")),
)


class TourFailedError(DatagitError):
    """A command of the tour ended with another exit code than 0."""

    def __init__(self, argv: tuple[str, ...], code: int) -> None:
        super().__init__(f"the tour stopped: 'dg {' '.join(argv)}' ended with {code}", hint="see above what it said")


@dg_command(
    "demo",
    usage="[DIR]",
    examples="""
        dg demo              # write the dataset to 'dg-demo' and walk through it
        dg demo my-shapes    # the same in another new folder
    """,
)
@click.argument("folder", metavar="[DIR]", default="dg-demo")
@pass_door
def command(door: Door, folder: str) -> None:
    """Write a small dataset and walk through a tour of it.

    The dataset has some 300 pictures of coloured shapes with their boxes (COCO) and a table (CSV). The tour runs the
    real commands: init, add, commit, switch, status, diff, merge, log. The repository stays for you to play in.
    """
    root = door.resolve(folder)
    open_demo_folder(root)
    door.console.line(f"A dataset of coloured shapes goes to '{folder}'.")
    first, *others = TOUR
    take_step(door, root, first)
    for step in (*introduction(door), *others):
        take_step(door, root, step)
    render_suggestions(door.console, Path(folder), SUGGESTIONS)


def introduction(door: Door) -> tuple[Step, ...]:
    """Return the steps that give the reader a name, none if they have one."""
    try:
        door.signature("AUTHOR")
    except IdentityError:
        return _STRANGER
    return ()


def take_step(door: Door, root: Path, step: Step) -> None:
    """Change the files, say what is going on, and run the command with the reader's own terminal.

    Raises:
        TourFailedError: the command did not succeed.
    """
    if step.edit is not None:
        step.edit(root)
    render_step(door.console, step)
    if not step.argv:
        return
    code = run(
        step.argv,
        cwd=root,
        environment=tour_environment(door.environment),
        stdin=io.BytesIO(),
        stdout=door.console.stdout,
        stderr=door.console.stdout,  # one stream, so that a transcript keeps the order
    )
    if code:
        raise TourFailedError(step.argv, code)


def tour_environment(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the reader's environment, but without a pager, and for this repository alone."""
    elsewhere = {"DG_DIR", "DG_WORK_TREE"}
    return {name: value for name, value in environment.items() if name not in elsewhere} | {"DG_PAGER": "cat"}

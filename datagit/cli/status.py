"""``dg status``."""

import enum
import importlib
import os
from typing import TYPE_CHECKING

import click

from datagit.cli.command import dg_command, json_option, optional_value, pass_door
from datagit.cli.options import Door
from datagit.errors import InvalidInputError, UsageError
from datagit.porcelain.clean_status import clean_status
from datagit.porcelain.status_result import Renames, Status, StatusOptions
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.ui.console import Colours
from datagit.ui.long_status import console_form, write_long
from datagit.ui.quote import Quoting
from datagit.ui.status import Paths, write_json, write_short, write_short_branch, write_v2, write_v2_branch
from datagit.worktree.untracked import Ignored, Untracked

if TYPE_CHECKING:
    from datagit.diff.pathspec import PathFilter


class Form(enum.Enum):
    """Whom the lines are for."""

    LONG = "long"
    SHORT = "short"
    V1 = "v1"
    V2 = "v2"


_VERSIONS = {"v1": Form.V1, "1": Form.V1, "v2": Form.V2, "2": Form.V2}
_YES = {"true": "normal", "yes": "normal", "on": "normal", "1": "normal", "false": "no", "off": "no", "0": "no"}


@dg_command(
    "status",
    usage="[OPTIONS] [--] [PATHSPEC]...",
    examples="""
        dg status                    # what is staged, changed, untracked
        dg status -s -b              # a line for each path, and the branch
        dg status -uall --ignored    # every untracked file, and what is ignored
        dg status --porcelain=v2 -z  # for scripts
    """,
)
@click.option("-s", "--short", is_flag=True, help="One line for each path.")
@click.option("-b", "--branch/--no-branch", "branch", default=None, help="Show the branch in short forms, too.")
@optional_value("--porcelain", bare="v1", metavar="VERSION", help="A form that never changes, for scripts: v1 or v2.")
@click.option("--long", "long_form", is_flag=True, help="The long form, which is the default.")
@click.option("-z", "nul", is_flag=True, help="End lines with NUL, and quote nothing.")
@optional_value(
    "-u", "--untracked-files", bare="all", metavar="MODE", help="Untracked files: no, normal (folders) or all."
)
@optional_value("--ignored", bare="traditional", metavar="MODE", help="Show ignored files: traditional, matching, no.")
@click.option("--renames/--no-renames", "renames", default=None, help="Show files that moved as one entry, or not.")
@json_option
@click.argument("pathspec", nargs=-1)
@pass_door
def command(
    door: Door,
    *,
    short: bool,
    branch: bool | None,
    porcelain: str | None,
    long_form: bool,
    nul: bool,
    untracked_files: str | None,
    ignored: str | None,
    renames: bool | None,
    pathspec: tuple[str, ...],
) -> None:
    """Show the working tree status.

    What the next commit would hold, what is changed but not staged, and what is not tracked.
    """
    repo = door.repository()
    form = _form(door, short=short, porcelain=porcelain, long_form=long_form, nul=nul)
    options = StatusOptions(
        untracked=_untracked(door, untracked_files),
        ignored=_ignored(ignored),
        renames=_renames(door, renames),
        paths=_paths(door, pathspec) if pathspec else None,
    )
    if options.ignored is Ignored.MATCHING and options.untracked is Untracked.NONE:
        message = "Unsupported combination of ignored and untracked-files arguments"
        raise UsageError(message)
    found = clean_status(repo, options, repo.store.refs()) or _look_closely(repo, options, door.progress())
    _show(door, found, form, with_branch=_wants_branch(door, branch, form), end=b"\0" if nul else b"\n")


def _look_closely(repo: Repository, options: StatusOptions, progress: Progress) -> Status:
    """Return the status of a tree that is not plainly clean; only this loads pyarrow."""
    found: Status = importlib.import_module("datagit.porcelain.status").status(repo, options, progress)
    return found


def _paths(door: Door, pathspec: tuple[str, ...]) -> "PathFilter":
    specs = [os.fsencode(spec) for spec in pathspec]
    parse = importlib.import_module("datagit.diff.pathspec").parse_pathspecs
    paths: PathFilter = parse(specs, door.prefix(), os.fsencode(door.repository().root()))
    return paths


def _quoting(door: Door) -> Quoting:
    return Quoting.ALL if door.settings.get_bool("core.quotePath", default=True) else Quoting.ASCII_ONLY


def _form(door: Door, *, short: bool, porcelain: str | None, long_form: bool, nul: bool) -> Form:
    if porcelain is not None:
        if porcelain not in _VERSIONS:
            message = f"unsupported porcelain version '{porcelain}'"
            raise InvalidInputError(message, code="usage")
        return _VERSIONS[porcelain]
    if short:
        return Form.SHORT
    if nul:
        return Form.V1
    if not long_form and door.settings.get_bool("status.short", default=False):
        return Form.SHORT
    return Form.LONG


def _untracked(door: Door, wish: str | None) -> Untracked:
    word = wish or door.settings.get("status.showUntrackedFiles") or "normal"
    try:
        return Untracked(_YES.get(word, word))
    except ValueError as error:
        message = f"Invalid untracked files mode '{word}'"
        raise InvalidInputError(message, code="usage") from error


def _ignored(wish: str | None) -> Ignored:
    try:
        return Ignored(wish or "no")
    except ValueError as error:
        message = f"Invalid ignored mode '{wish}'"
        raise InvalidInputError(message, code="usage") from error


def _renames(door: Door, wish: bool | None) -> Renames:  # noqa: FBT001 # click's answer: yes, no or not asked
    if wish is None:
        setting = door.settings.get("status.renames") or door.settings.get("diff.renames") or "true"
        wish = setting.lower() not in ("false", "no", "off", "0")
    return Renames.PAIR if wish else Renames.APART


def _wants_branch(door: Door, wish: bool | None, form: Form) -> bool:  # noqa: FBT001 # click's answer, as above
    if wish is not None:
        return wish
    return form is Form.SHORT and door.settings.get_bool("status.branch", default=False)


def _show(door: Door, found: Status, form: Form, *, with_branch: bool, end: bytes) -> None:
    console = door.console
    for problem in found.problems:
        console.warning(problem.message)
    if door.json:
        write_json(console, found)
        return
    relative = form is not Form.V1 and end != b"\0" and door.settings.get_bool("status.relativePaths", default=True)
    paths = Paths(_quoting(door), door.prefix() if relative else b"", end)
    if form in (Form.V1, Form.V2):
        console.colours = Colours.OFF
    if form is Form.LONG:
        write_long(console_form(console, paths), found)
    elif form is Form.V2:
        if with_branch:
            write_v2_branch(console, found, paths)
        write_v2(console, found, paths)
    else:
        if with_branch:
            write_short_branch(console, found, paths)
        write_short(console, found, paths)

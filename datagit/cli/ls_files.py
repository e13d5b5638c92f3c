"""``dg ls-files``."""

import enum
import os

import click

from datagit.cli.command import dg_command, json_option, pass_door
from datagit.cli.options import Door
from datagit.cli.switching import quoting_of
from datagit.diff.pathspec import parse_pathspecs
from datagit.objects.mode import git_mode
from datagit.porcelain.ls_files import Exclude, Group, Listed, LsFilesOptions, LsFilesResult, Only, ls_files
from datagit.ui.json import json_document
from datagit.ui.status import Paths


class Detail(enum.Flag):
    """What a line tells besides the path."""

    PATH = 0
    STAGE = enum.auto()
    TAG = enum.auto()


@dg_command(
    "ls-files",
    usage="[OPTIONS] [--] [PATHSPEC]...",
    examples="""
        dg ls-files                       # all tracked files below this folder
        dg ls-files -s labels.csv         # with mode, id and stage
        dg ls-files -o --exclude-standard # files that could be added
        dg ls-files -u                    # what a merge left to you
        dg ls-files --error-unmatch a.png # is it tracked?
    """,
)
@click.option("-c", "--cached", is_flag=True, help="Tracked files, which is the default.")
@click.option("-s", "--stage", is_flag=True, help="Show mode, id and stage.")
@click.option("-u", "--unmerged", is_flag=True, help="Only files with conflicts, with their stages.")
@click.option("-m", "--modified", is_flag=True, help="Tracked files that were changed or deleted.")
@click.option("-d", "--deleted", is_flag=True, help="Tracked files that are gone.")
@click.option("-o", "--others", is_flag=True, help="Files that are not tracked.")
@click.option("-i", "--ignored", is_flag=True, help="Only ignored files; with -o or -c, and --exclude-standard.")
@click.option("--exclude-standard", is_flag=True, help="Mind the ignore rules.")
@click.option("-t", "tags", is_flag=True, help="Show a letter for each file: H tracked, M conflict, R, C, ?.")
@click.option("-z", "nul", is_flag=True, help="End lines with NUL, and do not quote paths.")
@click.option("--error-unmatch", is_flag=True, help="Fail if a PATHSPEC matches no tracked file.")
@click.option("--full-name", is_flag=True, help="Show paths from the root of the repository.")
@json_option
@click.argument("pathspec", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    cached: bool,
    stage: bool,
    unmerged: bool,
    modified: bool,
    deleted: bool,
    others: bool,
    ignored: bool,
    exclude_standard: bool,
    tags: bool,
    nul: bool,
    error_unmatch: bool,
    full_name: bool,
    pathspec: tuple[str, ...],
) -> None:
    """List files in the index and the working tree."""
    repo = door.repository()
    prefix = b"" if repo.worktree is None else door.prefix()
    wishes = {Group.DELETED: deleted, Group.MODIFIED: modified, Group.OTHERS: others, Group.UNMERGED: unmerged}
    groups = {group for group, wish in wishes.items() if wish}
    if cached or (stage and not unmerged) or not (groups or ignored):
        groups.add(Group.CACHED)
    specs = [os.fsencode(spec) for spec in pathspec] or ([b"."] if prefix else [])
    root = b"" if repo.worktree is None else os.fsencode(repo.worktree)
    options = LsFilesOptions(
        groups=frozenset(groups - ({Group.CACHED} if unmerged else set())),
        exclude=Exclude.STANDARD if exclude_standard else Exclude.NOTHING,
        only=Only.IGNORED if ignored else Only.ALL,
        paths=parse_pathspecs(specs, prefix, root),
    )
    result = ls_files(repo, options, door.progress())
    detail = (Detail.STAGE if stage or unmerged else Detail.PATH) | (Detail.TAG if tags else Detail.PATH)
    _show(door, result, detail, Paths(quoting_of(door), b"" if full_name else prefix, b"\0" if nul else b"\n"))
    if error_unmatch and result.unmatched:
        for spec in result.unmatched:
            shown = spec.written.decode(errors="backslashreplace")
            door.console.error(f"pathspec '{shown}' did not match any file(s) known to dg")
        door.console.say("Did you forget to 'dg add'?")
        ctx.exit(1)


def _show(door: Door, result: LsFilesResult, detail: Detail, paths: Paths) -> None:
    if door.json:
        door.console.write(json_document({"files": [_fields(listed) for listed in result.files]}))
        return
    for listed in result.files:
        line = f"{listed.group.value} ".encode() if Detail.TAG in detail else b""
        if Detail.STAGE in detail and listed.mode is not None and listed.oid is not None:
            line += f"{git_mode(listed.mode)} {listed.oid.hex()} {listed.stage}\t".encode()
        shown = paths.relative(listed.path) if paths.end == b"\0" else paths.plain(listed.path)
        door.console.write(line + shown + paths.end)


def _fields(listed: Listed) -> dict[str, object]:
    fields: dict[str, object] = {"path": listed.path, "tag": listed.group.value}
    if listed.mode is not None and listed.oid is not None:
        fields |= {"mode": git_mode(listed.mode), "id": listed.oid.hex(), "stage": listed.stage}
    return fields

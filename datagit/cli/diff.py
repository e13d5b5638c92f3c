"""``dg diff``."""

import os
from collections.abc import Callable
from typing import TypeAlias

import click

from datagit.cli.command import colour_option, dg_command, json_option, optional_value, pass_door, split_at_dashes
from datagit.cli.diff_options import read_filter, read_renames, read_style
from datagit.cli.diff_sides import Sides, find_blob_diff, find_diff, find_sides, is_revision_or_range
from datagit.cli.operands import split_operands
from datagit.cli.options import Door
from datagit.diff.pathspec import PathFilter, parse_pathspecs
from datagit.errors import UsageError
from datagit.porcelain.diff import Diff, DiffOptions, Direction, Place, Stage
from datagit.porcelain.diff_conflicts import conflicted_files
from datagit.porcelain.revisions import open_revisions
from datagit.ui.combined import combined_patch
from datagit.ui.diff import DiffStyle, Format, diff_json, diff_json_lines, show_diff
from datagit.ui.patch import PatchStyle

TellConflict: TypeAlias = Callable[[bytes], bytes | None]
"""Returns the patch of a file with conflicts; None if one side of the merge has no such file."""


@dg_command(
    "diff",
    usage="[OPTIONS] [REVISION]... [--] [PATHSPEC]...",
    examples="""
        dg diff                       # what you changed and did not stage
        dg diff --cached              # what the next commit will change
        dg diff HEAD                  # both
        dg diff main night-shift      # two versions
        dg diff main...night-shift    # what night-shift changed since it left main
        dg diff --stat v1.0 -- labels # how much changed below a folder since a version
    """,
)
@click.option("--cached", "--staged", "cached", is_flag=True, help="Compare the index with HEAD, or with REVISION.")
@click.option("-p", "-u", "--patch", is_flag=True, help="Show a patch; the default.")
@click.option("-s", "--no-patch", is_flag=True, help="Show nothing; for --exit-code.")
@click.option("-U", "--unified", type=int, metavar="N", help="Lines of context in a patch; 3 if not given.")
@click.option("--raw", is_flag=True, help="Show modes, ids, a status letter and the path.")
@click.option("--name-only", is_flag=True, help="Show only paths.")
@click.option("--name-status", is_flag=True, help="Show a status letter and the path.")
@optional_value("--stat", bare="", metavar="WIDTH", help="Show how many lines, or bytes, changed in each file.")
@click.option("--numstat", is_flag=True, help="Show added and deleted lines as numbers.")
@click.option("--shortstat", is_flag=True, help="Show only the totals.")
@click.option("--summary", is_flag=True, help="Show what came, went, moved or changed its mode.")
@click.option("--patch-with-stat", is_flag=True, help="The same as -p --stat.")
@click.option("-z", "nul", is_flag=True, help="End paths with NUL, and do not quote them.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are differences.")
@click.option("--quiet", is_flag=True, help="Show nothing, and exit with 1 if there are differences.")
@click.option("-R", "reverse", is_flag=True, help="Swap the two sides.")
@optional_value("-M", "--find-renames", bare="", metavar="N", help="Pair moved files with equal content; the default.")
@click.option("--no-renames", is_flag=True, help="Show a moved file as one that went and one that came.")
@click.option("--diff-filter", "letters", metavar="LETTERS", help="Keep these kinds of changes: A D M R T U.")
@click.option("-a", "--text", is_flag=True, help="Compare all files line by line.")
@click.option("--full-index", is_flag=True, help="Show whole ids in patches.")
@click.option("--abbrev/--no-abbrev", default=True, help="Shorten ids, or not.")
@click.option("--no-prefix", is_flag=True, help="Show no a/ and b/ before names.")
@click.option("-1", "--base", "stage", flag_value="base", help="Compare files with conflicts with the common ancestor.")
@click.option("-2", "--ours", "stage", flag_value="ours", help="Compare them with our version.")
@click.option("-3", "--theirs", "stage", flag_value="theirs", help="Compare them with the version of the other side.")
@click.option("--merge-base", is_flag=True, help="Compare with where the two histories met.")
@colour_option
@click.option("--jsonl", is_flag=True, help="Report one JSON object per file, a line each.")
@json_option
@click.argument("operands", metavar="[REVISION]... [PATHSPEC]...", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    cached: bool,
    patch: bool,
    no_patch: bool,
    unified: int | None,
    raw: bool,
    name_only: bool,
    name_status: bool,
    stat: str | None,
    numstat: bool,
    shortstat: bool,
    summary: bool,
    patch_with_stat: bool,
    nul: bool,
    exit_code: bool,
    quiet: bool,
    reverse: bool,
    find_renames: str | None,
    no_renames: bool,
    letters: str | None,
    text: bool,
    full_index: bool,
    abbrev: bool,
    no_prefix: bool,
    stage: str | None,
    merge_base: bool,
    jsonl: bool,
    operands: tuple[str, ...],
) -> None:
    """Show changes between commits, the index and the working tree.

    Text is compared line by line; of other files you see that they differ and their sizes.
    """
    repo = door.repository()
    asked = {
        Format.PATCH: patch or patch_with_stat,
        Format.RAW: raw,
        Format.NAME_ONLY: name_only,
        Format.NAME_STATUS: name_status,
        Format.STAT: stat is not None or patch_with_stat,
        Format.NUMSTAT: numstat,
        Format.SHORTSTAT: shortstat,
        Format.SUMMARY: summary,
    }
    prefixes = (b"", b"") if no_prefix else (b"a/", b"b/")
    style = read_style(
        door,
        frozenset(form for form, wanted in asked.items() if wanted),
        nul=nul,
        context=unified,
        stat=stat,
        patch=PatchStyle(
            old_prefix=prefixes[1 if reverse else 0],
            new_prefix=prefixes[0 if reverse else 1],
            full_ids=full_index or not abbrev,
            all_text=text,
        ),
    )
    reader = open_revisions(repo, prefix=door.prefix() if repo.worktree is not None else b"")
    words, specs = split_operands(door, *split_at_dashes(ctx, operands), is_revision_or_range(reader))
    prefix, root = (door.prefix(), os.fsencode(repo.worktree)) if repo.worktree is not None else (b"", b"")
    options = DiffOptions(
        parse_pathspecs(specs, prefix, root),
        read_renames(door, find_renames, no_renames=no_renames),
        Direction.REVERSED if reverse else Direction.FORWARD,
        read_filter(letters),
        Stage[stage.upper()] if stage else Stage.OURS,
    )
    progress = door.progress()
    found = None if cached or merge_base else find_blob_diff(repo, reader, words, options, progress)
    sides = find_sides(reader, () if found else words, Sides.CACHED if cached else Sides.FREE, merge_base=merge_base)
    if stage is not None and (found or sides.old is not Place.INDEX):
        message = f"--{stage} compares files with stages of the index, and takes no versions"
        raise UsageError(message)
    diff = found or find_diff(repo, sides, options, progress)
    if not quiet and not no_patch:
        tell = _tell_conflict(door, options.paths, style) if sides.old is Place.INDEX and not (found or stage) else None
        _show(door, diff, style, tell, jsonl=jsonl)
    ctx.exit(1 if (exit_code or quiet) and diff.changes.num_rows else 0)


def _show(door: Door, diff: Diff, style: DiffStyle, tell: TellConflict | None, *, jsonl: bool) -> None:
    if jsonl:
        for line in diff_json_lines(diff):
            door.console.write(line)
    elif door.json:
        door.console.write(diff_json(diff))
    else:
        door.page()
        show_diff(door.console, diff, style, *(() if tell is None else (tell,)))


def _tell_conflict(door: Door, paths: PathFilter, style: DiffStyle) -> TellConflict:
    """Return what tells a file with conflicts against both sides of the merge."""
    files, contents = conflicted_files(door.repository(), paths)

    def tell(path: bytes) -> bytes | None:
        file = files.get(path)
        return None if file is None else combined_patch(file, contents, style.patch, door.console)

    return tell

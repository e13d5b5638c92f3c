"""``dg show``."""

import os
from collections.abc import Iterable
from dataclasses import replace

import click

from datagit.cli.command import colour_option, dg_command, json_option, optional_value, pass_door, split_at_dashes
from datagit.cli.diff_options import read_renames, read_style
from datagit.cli.operands import names_revision, split_operands
from datagit.cli.options import Door
from datagit.diff.contents import StoredContents
from datagit.diff.pathspec import parse_pathspecs
from datagit.errors import NotFoundError
from datagit.objects.blob import blob_size
from datagit.objects.kind import Kind
from datagit.porcelain.cat_file import FoundObject, object_parts
from datagit.porcelain.decorations import find_decorations
from datagit.porcelain.diff import DiffOptions
from datagit.porcelain.log import Logged
from datagit.porcelain.revisions import open_revisions
from datagit.porcelain.show import Shown, ShownBlob, ShownTag, ShownTree, changes_of_commit, is_merge, show
from datagit.porcelain.show_merge import combined_files
from datagit.repository import Repository
from datagit.revision.parse import parse_range, resolve, split_range
from datagit.revision.reader import RevisionReader
from datagit.ui.combined import combined_patch, show_combined_list
from datagit.ui.diff import DiffStyle, Ending, Format, diff_fields, show_diff
from datagit.ui.json import json_document
from datagit.ui.log import LogStyle, LogWriter, commit_fields, parse_style
from datagit.ui.patch import PatchStyle
from datagit.ui.show import blob_fields, tag_fields, tree_fields, write_tag, write_tree

_FULL, _SHORT = 64, 12


@dg_command(
    "show",
    usage="[OPTIONS] [OBJECT]... [--] [PATH]...",
    examples="""
        dg show                             # the last commit and what it changed
        dg show --stat v1.0                 # a tag, its commit, and how much changed
        dg show main~2 -- labels.csv        # what a commit did to one file
        dg show HEAD~1:labels.csv > old.csv # a file as it was
        dg show main:images                 # what is in a folder
    """,
)
@click.option("-p", "-u", "--patch", is_flag=True, help="Show the changed lines; the default.")
@click.option("-s", "--no-patch", is_flag=True, help="Show only the commit itself.")
@click.option("-U", "--unified", type=int, metavar="N", help="Lines of context in a patch; 3 if not given.")
@click.option("--raw", is_flag=True, help="Show modes, ids, a status letter and the path of changed files.")
@click.option("--name-only", is_flag=True, help="Show the names of changed files.")
@click.option("--name-status", is_flag=True, help="Show the names of changed files, and A, M, D, R or T.")
@optional_value("--stat", bare="", metavar="WIDTH", help="Show how much each file changed.")
@click.option("--numstat", is_flag=True, help="Show how much each file changed, for programs.")
@click.option("--shortstat", is_flag=True, help="Show how much changed in all.")
@click.option("--summary", is_flag=True, help="Show what came, went, moved or changed its mode.")
@click.option("-z", "nul", is_flag=True, help="End paths with NUL, and do not quote them.")
@optional_value("-M", "--find-renames", bare="", metavar="N", help="Pair moved files with equal content; the default.")
@click.option("--no-renames", is_flag=True, help="Show moves as a file that went and one that came.")
@click.option("-m", "each_parent", is_flag=True, help="Show what a merge changes against its first parent.")
@click.option("--first-parent", is_flag=True, help="The same as -m.")
@click.option("--oneline", is_flag=True, help="One line for each commit.")
@optional_value(
    "--format",
    "--pretty",
    "pretty",
    bare="medium",
    metavar="FORMAT",
    help="oneline, short, medium, full, fuller, reference, raw, or text with placeholders such as %h and %s.",
)
@click.option("--date", metavar="STYLE", help="iso, iso-strict, short, relative, rfc, raw, unix, local, format:…")
@click.option("--abbrev-commit/--no-abbrev-commit", default=None, help="Show short ids.")
@optional_value("--decorate", bare="short", metavar="[=short|auto|no]", help="Show the names of commits.")
@colour_option
@json_option
@click.argument("operands", metavar="[OBJECT]... [PATH]...", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
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
    nul: bool,
    find_renames: str | None,
    no_renames: bool,
    each_parent: bool,
    first_parent: bool,
    oneline: bool,
    pretty: str | None,
    date: str | None,
    abbrev_commit: bool | None,
    decorate: str | None,
    operands: tuple[str, ...],
) -> None:
    """Show commits, tags, or the bytes of a file.

    A commit is shown with what it changed, a tag with what it names, a folder as the list of what is in it, and
    a file byte for byte.
    """
    repo = door.repository()
    refs = repo.store.refs()
    prefix = b"" if repo.worktree is None or not door.cwd.is_relative_to(repo.worktree) else door.prefix()
    reader = open_revisions(repo, refs, prefix)
    texts, behind = split_at_dashes(ctx, operands)
    names, specs = split_operands(door, texts, behind, names_revision(lambda text: _check_name(reader, text)))
    if not names and refs.target_of_head() is None:
        message = f"your current branch '{refs.branch}' does not have any commits yet"
        raise NotFoundError(message, hint="make one with 'dg commit'", code="unknown-revision")
    paths = parse_pathspecs(specs, prefix, b"" if repo.worktree is None else os.fsencode(repo.worktree))
    asked = {
        Format.PATCH: patch,
        Format.RAW: raw,
        Format.NAME_ONLY: name_only,
        Format.NAME_STATUS: name_status,
        Format.STAT: stat is not None,
        Format.NUMSTAT: numstat,
        Format.SHORTSTAT: shortstat,
        Format.SUMMARY: summary,
    }
    formats = frozenset(form for form, wanted in asked.items() if wanted)
    diff_style = read_style(door, formats, nul=nul, context=unified, stat=stat, patch=PatchStyle())
    options = DiffOptions(paths, read_renames(door, find_renames, no_renames=no_renames))
    shown = show(reader, names or ("HEAD",), paths, prefix)
    if door.json:
        documents = [_fields(repo, one, options) for one in shown]
        door.console.write(json_document({"objects": documents}))
        return
    style = _find_style(door, pretty, date, oneline=oneline, abbrev_commit=abbrev_commit)
    wishes = decorate or door.settings.get("log.decorate") or "auto"
    named = wishes in ("short", "full", "true") or (wishes == "auto" and door.console.stdout_is_terminal)
    placeholders = "%d" in style.template or "%D" in style.template
    writer = LogWriter(door.console, style, find_decorations(repo.store, refs) if named or placeholders else {})
    door.page()
    merges = each_parent or first_parent
    _write(door, repo, shown, writer, style, None if no_patch else diff_style, options, merges=merges)


def _write(
    door: Door,
    repo: Repository,
    shown: Iterable[Shown],
    writer: LogWriter,
    style: LogStyle,
    diff_style: DiffStyle | None,
    options: DiffOptions,
    *,
    merges: bool,
) -> None:
    console = door.console
    for one in shown:
        match one:
            case ShownTag():
                writer.put_apart()
                write_tag(console, one.tag, style)
            case ShownTree():
                writer.put_apart()
                write_tree(console, one)
            case ShownBlob():
                for part in object_parts(repo.store, FoundObject(Kind.BLOB, one.oid, one.oid)):
                    console.write(part)
            case Logged():
                writer.write(one)
                if diff_style is not None and (merges or not is_merge(one)):
                    _write_changes(door, repo, one, style, diff_style, options)
                elif diff_style is not None:
                    _write_merge(door, repo, one, style, diff_style, options)


def _write_changes(
    door: Door, repo: Repository, shown: Logged, style: LogStyle, diff_style: DiffStyle, options: DiffOptions
) -> None:
    diff = changes_of_commit(repo, shown, options)
    if not diff.changes.num_rows:
        return
    if (style.name or style.template) and style.name != "oneline":
        both = {Format.PATCH, Format.STAT} <= diff_style.formats
        door.console.line("---" if both else "")
    show_diff(door.console, diff, diff_style)


def _write_merge(
    door: Door, repo: Repository, shown: Logged, style: LogStyle, diff_style: DiffStyle, options: DiffOptions
) -> None:
    """Write what a merge changed: counts against its first parent, lists and patches against all of them."""
    console = door.console
    parts: list[bytes] = []
    files = combined_files(repo, shown, options)
    contents = StoredContents(repo.store)
    if Format.PATCH in diff_style.formats:
        parts = [combined_patch(file, contents, diff_style.patch, console) for file in files]
    listed = files if diff_style.formats & {Format.RAW, Format.NAME_ONLY, Format.NAME_STATUS} else []
    counts = diff_style.formats & {Format.STAT, Format.NUMSTAT, Format.SHORTSTAT, Format.SUMMARY}
    diff = changes_of_commit(repo, shown, options) if counts else None
    if not listed and not any(parts) and (diff is None or not diff.changes.num_rows):
        return
    if style.name or style.template:
        console.write(b"\0" if diff_style.ending is Ending.NUL else b"\n")
    show_combined_list(console, listed, diff_style)
    if diff is not None:
        show_diff(console, diff, replace(diff_style, formats=counts))
        if any(parts):
            console.line()
    for part in parts:
        console.write(part)


def _find_style(
    door: Door, pretty: str | None, date: str | None, *, oneline: bool, abbrev_commit: bool | None
) -> LogStyle:
    text = pretty if pretty is not None else "oneline" if oneline else door.settings.get("format.pretty") or "medium"
    short = abbrev_commit
    if short is None:
        short = oneline or door.settings.get_bool("log.abbrevCommit", default=False)
    date_style = date or door.settings.get("log.date") or "default"
    oid_digits = _SHORT if short else _FULL
    return parse_style(text, oid_digits=oid_digits, digits=_SHORT, date_style=date_style, now=door.now())


def _check_name(reader: RevisionReader, text: str) -> None:
    if split_range(text) is not None or text.startswith("^"):
        parse_range(reader, [text])
    else:
        resolve(reader, text)


def _fields(repo: Repository, shown: Shown, options: DiffOptions) -> dict[str, object]:
    match shown:
        case ShownTag():
            return tag_fields(shown)
        case ShownTree():
            return tree_fields(shown)
        case ShownBlob():
            return blob_fields(shown, blob_size(repo.store, shown.oid))
    return {"type": "commit", **commit_fields(shown), "changes": diff_fields(changes_of_commit(repo, shown, options))}

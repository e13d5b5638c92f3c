"""``dg log``. Loads neither pyarrow nor fsspec, unless paths or changes are asked for."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from datagit.cli.command import (
    colour_option,
    dg_command,
    json_option,
    number_option,
    optional_value,
    pass_door,
    split_at_dashes,
)
from datagit.cli.late import late
from datagit.cli.log_options import LogOptions, choose_style, choose_tips, wants_names, with_options
from datagit.cli.operands import names_revision, split_operands
from datagit.cli.options import Door
from datagit.ids import ObjectId
from datagit.porcelain.decorations import Decoration, find_decorations
from datagit.porcelain.log import Grep, log
from datagit.porcelain.revisions import open_revisions
from datagit.revision.parse import parse_range
from datagit.revision.walk import Order
from datagit.ui.graph import Graph
from datagit.ui.log import LogWriter, log_document

_CHANGES = "datagit.cli.log_changes"  # loads pyarrow


@dg_command(
    "log",
    usage="[OPTIONS] [REVISION | RANGE]... [--] [PATH]...",
    examples="""
        dg log --oneline --graph --all    # every branch, drawn
        dg log -3 --stat                  # the last three commits and what they changed
        dg log main..night-shift          # what a branch has that main has not
        dg log --since="2 weeks ago" --author=jane
        dg log --format="%h %an %s" -- labels/
    """,
)
@click.option("--oneline", is_flag=True, help="One line for each commit.")
@click.option("--graph", is_flag=True, help="Draw the lines of history on the left.")
@optional_value("--decorate", bare="short", metavar="[=short|full|auto|no]", help="Show the names of commits.")
@click.option("--no-decorate", "decorate", flag_value="no", help="Do not show them.")
@click.option("--all", "all_refs", is_flag=True, help="Start from all refs and HEAD.")
@click.option("--branches", is_flag=True, help="Start from all branches.")
@click.option("--tags", is_flag=True, help="Start from all tags.")
@click.option("--remotes", is_flag=True, help="Start from all branches of remotes.")
@number_option("-n", "--max-count", metavar="NUMBER", help="Show at most NUMBER commits; -5 is the same as -n 5.")
@click.option("--skip", type=int, default=0, metavar="NUMBER", help="Pass over the first NUMBER commits.")
@click.option("--since", "--after", metavar="DATE", help="Only commits from DATE on, such as '2 weeks ago'.")
@click.option("--until", "--before", metavar="DATE", help="Only commits up to DATE.")
@click.option("--author", "authors", multiple=True, metavar="PATTERN", help="Only commits by an author who fits.")
@click.option("--committer", "committers", multiple=True, metavar="PATTERN", help="The same for the committer.")
@click.option("--grep", "messages", multiple=True, metavar="PATTERN", help="Only commits whose message fits.")
@click.option("-i", "--regexp-ignore-case", "fold", is_flag=True, help="Let patterns ignore case.")
@click.option("-F", "--fixed-strings", "literal", is_flag=True, help="Take patterns as plain text.")
@click.option("-E", "--extended-regexp", is_flag=True, help="Take patterns as regular expressions; they always are.")
@click.option("--all-match", "grep", flag_value=Grep.ALL, help="Let all patterns of --grep fit, not just one.")
@click.option("--invert-grep", "grep", flag_value=Grep.NONE, help="Let no pattern of --grep fit.")
@click.option("--first-parent", is_flag=True, help="Follow only the first parent of merges.")
@click.option("--merges", is_flag=True, help="Only merges.")
@click.option("--no-merges", is_flag=True, help="No merges.")
@click.option("--min-parents", type=int, metavar="NUMBER", help="Only commits with so many parents at least.")
@click.option("--max-parents", type=int, metavar="NUMBER", help="Only commits with so many parents at most.")
@click.option("--reverse", is_flag=True, help="Oldest first.")
@click.option("--topo-order", "order", flag_value=Order.TOPO, help="Children before parents, lines not mixed.")
@click.option("--date-order", "order", flag_value=Order.DATE_TOPO, help="Children before parents, then by date.")
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
@click.option("--abbrev", type=int, metavar="DIGITS", help="Digits of short ids.")
@click.option("-p", "-u", "--patch", is_flag=True, help="Show the changed lines.")
@click.option("-s", "--no-patch", is_flag=True, help="Show no changes, whatever else is asked for.")
@click.option("-U", "--unified", type=int, metavar="N", help="Lines of context in a patch; 3 if not given.")
@click.option("--raw", is_flag=True, help="Show modes, ids, a status letter and the path of changed files.")
@optional_value("--stat", bare="", metavar="WIDTH", help="Show how much each file changed.")
@click.option("--shortstat", is_flag=True, help="Show how much changed in all.")
@click.option("--numstat", is_flag=True, help="Show how much each file changed, for programs.")
@click.option("--name-only", is_flag=True, help="Show the names of changed files.")
@click.option("--name-status", is_flag=True, help="Show the names of changed files, and A, M, D, R or T.")
@click.option("--summary", is_flag=True, help="Show what came, went, moved or changed its mode.")
@click.option("--diff-filter", metavar="LETTERS", help="Show only changes with these status letters.")
@optional_value("-M", "--find-renames", bare="", metavar="N", help="Pair moved files with equal content; the default.")
@click.option("--no-renames", is_flag=True, help="Show moves as a file that went and one that came.")
@colour_option
@json_option
@click.argument("operands", metavar="[REVISION | PATH]...", nargs=-1)
@click.pass_context
@pass_door
def command(door: Door, ctx: click.Context, /, operands: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401 LogOptions
    """Show commit logs.

    Lists the commits that a revision reaches, HEAD by default, latest first; with paths, those that change one of them.
    """
    options = LogOptions(**given)
    repo = door.repository()
    refs = repo.store.refs()
    prefix = b"" if repo.worktree is None or not door.cwd.is_relative_to(repo.worktree) else door.prefix()
    reader = open_revisions(repo, refs, prefix)
    texts, behind = split_at_dashes(ctx, operands)
    revisions, paths = split_operands(door, texts, behind, names_revision(lambda text: parse_range(reader, [text])))
    query = with_options(choose_tips(reader, revisions, options), options, door.now())
    worktree = b"" if repo.worktree is None else os.fsencode(repo.worktree)
    query = replace(query, paths=paths, prefix=prefix, worktree=worktree)
    if door.json:
        fields = late(_CHANGES, "change_fields")(door, repo, query, options) if options.shows_changes else None
        door.console.write(log_document(log(repo, query), find_decorations(repo.store, refs), fields))
        return
    style = choose_style(options, door.settings, door.now())
    names: Mapping[ObjectId, tuple[Decoration, ...]] = {}
    if wants_names(options, style, door):
        names = find_decorations(repo.store, refs)
    changes = late(_CHANGES, "change_text")(door, repo, query, options) if options.shows_changes else None
    door.page()
    graph = Graph() if options.graph else None
    writer = LogWriter(door.console, style, names, graph=graph, changes=changes, divider=options.divider)
    for logged in log(repo, query):
        if changes is None or options.diff_filter is None or changes(logged):
            writer.write(logged)

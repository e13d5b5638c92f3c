"""What each commit of ``dg log`` changes, told as ``dg diff`` tells it. Loads pyarrow: imported when it is needed."""

import io
from collections.abc import Callable

from datagit.cli.diff_options import read_filter, read_renames, read_style
from datagit.cli.log_options import LogOptions
from datagit.cli.options import Door
from datagit.diff.pathspec import EVERYTHING, parse_pathspecs
from datagit.porcelain.diff import Diff, DiffOptions
from datagit.porcelain.log import Logged, LogQuery
from datagit.porcelain.show import changes_of_commit, is_merge
from datagit.repository import Repository
from datagit.revision.walk import Parents
from datagit.ui.console import Console
from datagit.ui.diff import DiffStyle, Format, diff_fields, show_diff
from datagit.ui.patch import PatchStyle


def change_text(door: Door, repo: Repository, query: LogQuery, options: LogOptions) -> Callable[[Logged], bytes]:
    """Return a function that tells what a commit changes; nothing for a merge, unless it is to be shown."""
    find = _finder(door, repo, query, options)
    style = _read_style(door, options)

    def tell(logged: Logged) -> bytes:
        diff = find(logged)
        if diff is None:
            return b""
        text = io.BytesIO()
        console = Console(text, text)
        console.colours = door.console.colours
        show_diff(console, diff, style)
        console.flush()
        return text.getvalue()

    return tell


def change_fields(door: Door, repo: Repository, query: LogQuery, options: LogOptions) -> Callable[[Logged], object]:
    """Return a function that says what a commit changes, for JSON; null for a merge."""
    find = _finder(door, repo, query, options)

    def tell(logged: Logged) -> object:
        diff = find(logged)
        return None if diff is None else diff_fields(diff)

    return tell


def _finder(door: Door, repo: Repository, query: LogQuery, options: LogOptions) -> Callable[[Logged], Diff | None]:
    paths = parse_pathspecs(query.paths, query.prefix, query.worktree) if query.paths else EVERYTHING
    renames = read_renames(door, options.find_renames, no_renames=options.no_renames)
    asked = DiffOptions(paths, renames, letters=read_filter(options.diff_filter))
    merges = query.parents is Parents.FIRST

    def find(logged: Logged) -> Diff | None:
        return changes_of_commit(repo, logged, asked) if merges or not is_merge(logged) else None

    return find


def _read_style(door: Door, options: LogOptions) -> DiffStyle:
    asked = {
        Format.PATCH: options.patch,
        Format.RAW: options.raw,
        Format.NAME_ONLY: options.name_only,
        Format.NAME_STATUS: options.name_status,
        Format.STAT: options.stat is not None,
        Format.NUMSTAT: options.numstat,
        Format.SHORTSTAT: options.shortstat,
        Format.SUMMARY: options.summary,
    }
    formats = frozenset(form for form, wanted in asked.items() if wanted)
    names = formats & {Format.NAME_ONLY, Format.NAME_STATUS}
    return read_style(door, names or formats, nul=False, context=options.unified, stat=options.stat, patch=PatchStyle())

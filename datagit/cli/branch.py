"""``dg branch``."""

import re
from collections.abc import Sequence

import click

from datagit.cli.branch_listing import ListOptions, show_branches
from datagit.cli.command import (
    dg_command,
    json_option,
    last_value,
    optional_value,
    pass_door,
    quiet_option,
    refuse_together,
)
from datagit.cli.options import Door
from datagit.cli.ref_options import read_names
from datagit.diff.wildmatch import Case
from datagit.errors import InvalidInputError, NotFoundError, StateError, UsageError
from datagit.objects.kind import Kind
from datagit.porcelain.branch import (
    CreatedBranch,
    DeletedBranches,
    Existing,
    Side,
    Start,
    Unmerged,
    check_new_branch,
    copy_branch,
    create_branch,
    delete_branches,
    rename_branch,
)
from datagit.porcelain.branch_config import Tracking, check_born, follow_branch, unfollow_branch
from datagit.porcelain.branch_list import Shown
from datagit.porcelain.ref_list import short_name
from datagit.revision.parse import peel, resolve
from datagit.revision.reader import RevisionReader, UnknownRevisionError
from datagit.store.refs import HEADS
from datagit.ui.json import json_document
from datagit.ui.ref_format import SHORT

_MOST_NAMES = 2
_HEX = 64
_PREVIOUS = re.compile(r"@\{-\d+\}|@\{(u|upstream)\}")
_PLACES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_TRACKING = {"direct": Tracking.DIRECT, "inherit": Tracking.INHERIT}


@dg_command(
    "branch",
    examples="""
        dg branch                       # list the branches, '*' marks the current one
        dg branch night-shift           # make one here; go there with 'dg switch night-shift'
        dg branch fix v1.0              # make one at a tag
        dg branch -d night-shift        # delete it, if it is merged
        dg branch -m label-fixes        # rename the current one
        dg branch -vv                   # with commits and what each branch follows
        dg branch --contains 3f1c9a02   # which branches have this commit
    """,
)
@click.option("-a", "--all", "everything", is_flag=True, help="List branches of remotes, too.")
@click.option("-r", "--remotes", is_flag=True, help="List or delete (with -d) branches fetched from remotes.")
@click.option("-l", "--list", "as_list", is_flag=True, help="List; names are then patterns.")
@click.option("-v", "--verbose", count=True, help="Show commit and subject; twice, also what the branch follows.")
@click.option("--show-current", is_flag=True, help="Print the name of the current branch, or nothing.")
@last_value("--contains", bare="HEAD", multiple=True, metavar="[COMMIT]", help="List those that have the commit.")
@last_value("--no-contains", bare="HEAD", multiple=True, metavar="[COMMIT]", help="List those that do not.")
@last_value("--merged", bare="HEAD", multiple=True, metavar="[COMMIT]", help="List those that the commit reaches.")
@last_value("--no-merged", bare="HEAD", multiple=True, metavar="[COMMIT]", help="List those that it does not reach.")
@click.option("--points-at", multiple=True, metavar="OBJECT", help="List those at the object.")
@click.option("--sort", multiple=True, metavar="KEY", help="Sort by a field, '-' before it to descend.")
@click.option("--format", "format_", metavar="FORMAT", help="Write each branch so: '%(refname:short) %(subject)'.")
@click.option("-i", "--ignore-case", is_flag=True, help="Sort and match without regard to case.")
@optional_value("--abbrev", bare=str(SHORT), metavar="[=N]", help="Show ids with so many digits.")
@click.option("--no-abbrev", is_flag=True, help="Show whole ids.")
@click.option("-d", "--delete", is_flag=True, help="Delete merged branches.")
@click.option("-D", "delete_anyway", is_flag=True, help="Delete branches, merged or not.")
@click.option("-m", "--move", is_flag=True, help="Rename a branch, by default the current one.")
@click.option("-M", "move_anyway", is_flag=True, help="Rename a branch, even over another.")
@click.option("-c", "--copy", is_flag=True, help="Copy a branch, with its settings.")
@click.option("-C", "copy_anyway", is_flag=True, help="Copy a branch, even over another.")
@click.option("-f", "--force", is_flag=True, help="Move a branch that exists; with -d, -m, -c: as -D, -M, -C.")
@click.option("-u", "--set-upstream-to", "upstream", metavar="UPSTREAM", help="Let the branch follow another.")
@click.option("--unset-upstream", is_flag=True, help="Let the branch follow nothing.")
@optional_value(
    "-t", "--track", bare="direct", metavar="[=direct|inherit]", help="Let the new branch follow its start."
)
@click.option("--no-track", is_flag=True, help="Let the new branch follow nothing.")
@quiet_option
@json_option
@click.argument("names", metavar="[NAME [START]]", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    everything: bool,
    remotes: bool,
    as_list: bool,
    verbose: int,
    show_current: bool,
    contains: tuple[str, ...],
    no_contains: tuple[str, ...],
    merged: tuple[str, ...],
    no_merged: tuple[str, ...],
    points_at: tuple[str, ...],
    sort: tuple[str, ...],
    format_: str | None,
    ignore_case: bool,
    abbrev: str | None,
    no_abbrev: bool,
    delete: bool,
    delete_anyway: bool,
    move: bool,
    move_anyway: bool,
    copy: bool,
    copy_anyway: bool,
    force: bool,
    upstream: str | None,
    unset_upstream: bool,
    track: str | None,
    no_track: bool,
    names: tuple[str, ...],
) -> None:
    """List, create, or delete branches."""
    deletes, moves, copies = delete or delete_anyway, move or move_anyway, copy or copy_anyway
    filtered = bool(contains or no_contains or merged or no_merged or points_at)
    acts = deletes or moves or copies or upstream is not None or unset_upstream or show_current
    lists = as_list or (not acts and (filtered or not names))
    refuse_together(
        delete=deletes,
        move=moves,
        copy=copies,
        set_upstream_to=upstream is not None,
        unset_upstream=unset_upstream,
        show_current=show_current,
        list=lists,
    )
    existing = Existing.REPLACE if force or move_anyway or copy_anyway else Existing.KEEP
    if show_current:
        _show_current(door)
    elif lists:
        shown = Shown.ALL if everything else Shown.REMOTE if remotes else Shown.LOCAL
        case = Case.FOLDED if ignore_case else Case.EXACT
        digits = _HEX if no_abbrev else _read_digits(abbrev)
        filters = (contains, no_contains, merged, no_merged, points_at)
        show_branches(door, ListOptions(shown, names, case, *filters, sort, format_, verbose, digits))
    elif deletes:
        side = Side.REMOTE if remotes else Side.LOCAL
        unmerged = Unmerged.DELETE if delete_anyway or force else Unmerged.KEEP
        ctx.exit(_delete(door, names, side, unmerged))
    elif moves or copies:
        _rename_or_copy(door, names, existing, "rename" if moves else "copy")
    elif upstream is not None:
        _follow(door, upstream, names)
    elif unset_upstream:
        _unfollow(door, names)
    else:
        if everything or remotes:
            message = "the -a, and -r, options to 'dg branch' do not take a branch name"
            raise InvalidInputError(message, hint="did you mean: dg branch -a|-r --list PATTERN", code="name-invalid")
        _create(door, names, existing, _read_tracking(track, Tracking.NEVER if no_track else Tracking.AUTO))


def _read_digits(text: str | None) -> int:
    if text is None:
        return SHORT
    if not text.isdigit():
        message = "option `abbrev' expects a numerical value"
        raise UsageError(message)
    return min(_HEX, max(4, int(text))) if int(text) else _HEX


def _read_tracking(text: str | None, otherwise: Tracking) -> Tracking:
    if text is None:
        return otherwise
    if text not in _TRACKING:
        message = 'option `--track\' expects "direct" or "inherit"'
        raise UsageError(message)
    return _TRACKING[text]


def _show_current(door: Door) -> None:
    branch = door.repository().store.refs().branch
    if door.json:
        door.console.write(json_document({"branch": branch}))
    elif branch is not None:
        door.console.line(branch)


def _create(door: Door, names: Sequence[str], existing: Existing, tracking: Tracking) -> None:
    if len(names) > _MOST_NAMES:
        message = "too many arguments"
        raise UsageError(message)
    repo = door.repository()
    reader = read_names(door, repo)
    name = _branch_name(door, names[0])
    text = names[1] if len(names) > 1 else None
    spelled = text or reader.refs.branch or "HEAD"
    check_new_branch(repo, reader.refs, name, existing)
    _check_one_meaning(reader, spelled)
    try:
        found = resolve(reader, text or "HEAD")
    except NotFoundError as error:
        message = f"not a valid object name: '{spelled}'"
        hint = ""
        if tracking in (Tracking.DIRECT, Tracking.INHERIT):
            message, hint = f"the requested upstream branch '{spelled}' does not exist", "see 'dg branch -a'"
        raise UnknownRevisionError(spelled, message, hint or getattr(error, "hint", "")) from error
    try:
        commit = peel(reader, found, Kind.COMMIT, spelled).oid
    except NotFoundError as error:
        message = f"not a valid branch point: '{spelled}'"
        raise UnknownRevisionError(spelled, message, "a branch begins at a commit") from error
    ref = reader.refs.head if found.ref == "HEAD" and reader.refs.branch is not None else found.ref
    start = Start(commit, spelled, ref)
    made = create_branch(
        repo, name, start, existing=existing, tracking=tracking, who=door.recorder(), progress=door.progress()
    )
    _show_created(door, made, tracking)


def _show_created(door: Door, made: CreatedBranch, tracking: Tracking) -> None:
    if door.json:
        fields = {
            "branch": made.name,
            "commit": made.commit.hex(),
            "old": None if made.old is None else made.old.hex(),
            "upstream": None if made.follows is None else made.follows.ref,
        }
        door.console.write(json_document(fields))
    elif made.follows is not None and not door.quiet:
        shown = short_name(made.follows.ref)
        if tracking is Tracking.INHERIT:
            shown = f"{made.follows.remote}/{short_name(made.follows.merge)}"
        door.console.line(f"branch '{made.name}' set up to track '{shown}'.")


def _delete(door: Door, names: Sequence[str], side: Side, unmerged: Unmerged) -> int:
    if not names:
        message = "branch name required"
        raise InvalidInputError(message, code="name-invalid")
    repo = door.repository()
    wanted = [_branch_name(door, name) if side is Side.LOCAL else name for name in names]
    result = delete_branches(repo, wanted, side, unmerged=unmerged, who=door.recorder(), progress=door.progress())
    _show_deleted(door, result, side)
    return 1 if result.problems else 0


def _show_deleted(door: Door, result: DeletedBranches, side: Side) -> None:
    for text in result.warnings:
        door.console.warning(text)
    for problem in result.problems:
        door.console.error(problem.message)
        door.console.hint(problem.hint)
    if door.json:
        fields = {
            "deleted": [{"branch": gone.name, "commit": gone.commit.hex()} for gone in result.deleted],
            "problems": [{"code": problem.code, "message": problem.message} for problem in result.problems],
        }
        door.console.write(json_document(fields))
    elif not door.quiet:
        what = "branch" if side is Side.LOCAL else "remote-tracking branch"
        for gone in result.deleted:
            door.console.line(f"Deleted {what} {gone.name} (was {gone.commit.hex()[:SHORT]}).")


def _rename_or_copy(door: Door, names: Sequence[str], existing: Existing, verb: str) -> None:
    if not names:
        message = "branch name required"
        raise InvalidInputError(message, code="name-invalid")
    if len(names) > _MOST_NAMES:
        message = (
            "too many arguments for a rename operation"
            if verb == "rename"
            else "too many branches for a copy operation"
        )
        raise InvalidInputError(message, code="name-invalid")
    act = rename_branch if verb == "rename" else copy_branch
    old = _branch_name(door, names[0]) if len(names) > 1 else None
    act(door.repository(), old, names[-1], existing=existing, who=door.recorder(), progress=door.progress())
    if door.json:
        door.console.write(json_document({"branch": names[-1], "from": old}))


def _follow(door: Door, upstream: str, names: Sequence[str]) -> None:
    repo = door.repository()
    if len(names) > 1:
        message = "too many arguments to set new upstream"
        raise InvalidInputError(message, code="name-invalid")
    reader = read_names(door, repo)
    branch = reader.refs.branch if _means_head(names) else _branch_name(door, names[0])
    if branch is None:
        message = f"could not set upstream of HEAD to {upstream} when it does not point to any branch."
        raise StateError(message, code="unknown-revision")
    check_born(reader.refs, branch)
    _check_one_meaning(reader, upstream)
    try:
        found = resolve(reader, upstream)
    except NotFoundError as error:
        message = f"the requested upstream branch '{upstream}' does not exist"
        raise UnknownRevisionError(upstream, message, "see 'dg branch -a'") from error
    ref = reader.refs.head if found.ref == "HEAD" and reader.refs.branch is not None else found.ref
    follow = follow_branch(repo, branch, ref, upstream, door.progress())
    if follow is None:
        door.console.warning(f"not setting branch '{branch}' as its own upstream")
    elif not door.quiet and not door.json:
        door.console.line(f"branch '{branch}' set up to track '{short_name(follow.ref)}'.")
    if door.json:
        door.console.write(json_document({"branch": branch, "upstream": None if follow is None else follow.ref}))


def _unfollow(door: Door, names: Sequence[str]) -> None:
    if len(names) > 1:
        message = "too many arguments to unset upstream"
        raise InvalidInputError(message, code="name-invalid")
    repo = door.repository()
    branch = repo.store.refs().branch if _means_head(names) else _branch_name(door, names[0])
    if branch is None:
        message = "could not unset upstream of HEAD when it does not point to any branch."
        raise StateError(message, code="unknown-revision")
    unfollow_branch(repo, branch, door.progress())
    if door.json:
        door.console.write(json_document({"branch": branch, "upstream": None}))


def _check_one_meaning(reader: RevisionReader, text: str) -> None:
    """Refuse a name that is, say, both a tag's and a branch's: which of them is to be followed must be clear."""
    if sum(place.format(text) in reader.refs.heads for place in _PLACES) > 1:
        message = f"ambiguous object name: '{text}'"
        raise UnknownRevisionError(text, message, f"say which one: 'heads/{text}' or 'tags/{text}'")


def _means_head(names: Sequence[str]) -> bool:
    return not names or names[0] == "HEAD"


def _branch_name(door: Door, text: str) -> str:
    """Return text, or the short name of the branch that ``@{-1}`` and the like stand for."""
    if not _PREVIOUS.search(text):
        return text
    found = resolve(read_names(door, door.repository()), text)
    if found.ref is not None and found.ref.startswith(HEADS):
        return found.ref.removeprefix(HEADS)
    return found.oid.hex()

"""The list of ``dg branch``: what its options say, as text, format or JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

from datagit.cli.options import Door
from datagit.cli.ref_options import make_context, make_filter, make_writer, read_names
from datagit.diff.wildmatch import Case
from datagit.porcelain.branch_list import Followed, ListedBranch, Shown, followed_by, list_branches
from datagit.porcelain.ref_fields import field_value
from datagit.porcelain.ref_list import RefObjects, short_name
from datagit.ui.branch import track_brief, track_full, write_details, write_names
from datagit.ui.json import json_document
from datagit.ui.ref_format import parse_format, write_ref


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What the options say of the list."""

    shown: Shown
    patterns: Sequence[str]
    case: Case
    contains: Sequence[str]
    no_contains: Sequence[str]
    merged: Sequence[str]
    no_merged: Sequence[str]
    points_at: Sequence[str]
    sort: Sequence[str]
    format: str | None
    verbose: int
    digits: int


def show_branches(door: Door, options: ListOptions) -> None:
    """Write the list; raises what its names and formats can be refused for."""
    repo = door.repository()
    reader = read_names(door, repo)
    refs = reader.refs
    wanted = make_filter(
        reader,
        options.patterns,
        options.case,
        contains=options.contains,
        no_contains=options.no_contains,
        merged=options.merged,
        no_merged=options.no_merged,
        points_at=options.points_at,
    )
    known = RefObjects(repo.store)
    context = make_context(repo, refs, known)
    parts = None if options.format is None else parse_format(options.format)
    keys = options.sort or repo.settings.get_all("branch.sort")
    branches = list_branches(repo, refs, context, options.shown, wanted, keys)

    def subject(branch: ListedBranch) -> str:
        return str(field_value(context, branch.ref, "subject"))

    def track(branch: ListedBranch) -> str:
        followed = followed_by(repo, refs, branch)
        return track_brief(followed) if options.verbose == 1 else track_full(followed, refs.heads)

    if door.json:
        rows = [_fields(branch, subject(branch), followed_by(repo, refs, branch)) for branch in branches]
        door.console.write(json_document({"branches": rows}))
        return
    door.page()
    if parts is not None:
        writer = make_writer(door, context)
        for branch in branches:
            door.console.line(write_ref(parts, branch.ref, writer))
    elif options.verbose:
        write_details(
            door.console, branches, short=lambda oid: oid.hex()[: options.digits], subject=subject, track=track
        )
    else:
        write_names(door.console, branches)


def _fields(branch: ListedBranch, subject: str, followed: Followed | None) -> dict[str, object]:
    distance = None if followed is None else followed.distance
    is_detached = branch.ref.name.startswith("(")
    return {
        "name": None if is_detached else short_name(branch.ref.name),
        "ref": None if is_detached else branch.ref.name,
        "commit": branch.ref.oid.hex(),
        "current": branch.is_current,
        "upstream": None if followed is None else followed.upstream.ref,
        "ahead": None if distance is None else distance.ahead,
        "behind": None if distance is None else distance.behind,
        "subject": subject,
    }

"""Lists of branches, as ``git branch`` writes them."""

from collections.abc import Callable, Container, Sequence

from datagit.ids import ObjectId
from datagit.porcelain.branch_list import Followed, ListedBranch
from datagit.porcelain.ref_list import clear_name
from datagit.ui.console import Console, Paint
from datagit.ui.quote import safe_line
from datagit.ui.ref_format import display_width, pad, track_text


def write_names(console: Console, branches: Sequence[ListedBranch]) -> None:
    """Write one branch a line, the current one with a star."""
    for branch in branches:
        console.line(f"{_mark(branch)} {_paint(console, branch, branch.text)}")


def write_details(
    console: Console,
    branches: Sequence[ListedBranch],
    *,
    short: Callable[[ObjectId], str],
    subject: Callable[[ListedBranch], str],
    track: Callable[[ListedBranch], str],
) -> None:
    """Write a line with commit, distance and subject for each branch, the columns below each other.

    Args:
        console: where to.
        branches: what to write.
        short: shortens an id.
        subject: the first line of a branch's commit.
        track: what stands before the subject in brackets, with the space behind it; or nothing.
    """
    width = max((display_width(branch.text) for branch in branches), default=0)
    for branch in branches:
        name = _paint(console, branch, pad(branch.text, width))
        console.line(f"{_mark(branch)} {name} {short(branch.ref.oid)} {track(branch)}{safe_line(subject(branch))}")


def track_brief(followed: Followed | None) -> str:
    """Return ``[ahead 1]`` and a space, or nothing if the branch is level or follows nothing; for ``-v``."""
    text = "" if followed is None else _distance(followed)
    return f"[{text}] " if text else ""


def track_full(followed: Followed | None, heads: Container[str]) -> str:
    """Return ``[origin/main: ahead 1]`` and a space, or nothing if the branch follows nothing; for ``-vv``."""
    if followed is None:
        return ""
    text = _distance(followed)
    return f"[{clear_name(followed.upstream.ref, heads)}{': ' if text else ''}{text}] "


def _distance(followed: Followed) -> str:
    return "gone" if followed.distance is None else track_text(followed.distance.ahead, followed.distance.behind)


def _mark(branch: ListedBranch) -> str:
    return "*" if branch.is_current else " "


def _paint(console: Console, branch: ListedBranch, text: str) -> str:
    if branch.is_current:
        return console.paint(text, Paint.BRANCH)
    return console.paint(text, Paint.REMOTE) if branch.is_remote else text

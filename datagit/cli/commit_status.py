"""The status of a repository as it will be after a commit: shown when there is nothing to commit, and in the editor."""

import enum
from collections.abc import Callable
from dataclasses import replace

from datagit.cli.options import Door
from datagit.cli.switching import quoting_of
from datagit.porcelain.commit import CommitPlan
from datagit.porcelain.status import status_of_index
from datagit.porcelain.status_result import Status, StatusOptions
from datagit.repository import Repository
from datagit.store.refs import Refs
from datagit.ui.console import Paint
from datagit.ui.long_status import LongForm, write_long
from datagit.ui.status import Paths, write_short


class Form(enum.Enum):
    """How the status is written."""

    LONG = "long"
    SHORT = "short"
    PORCELAIN = "porcelain"


def show_status(door: Door, repo: Repository, plan: CommitPlan, form: Form) -> None:
    """Write to stdout what plan would commit, and what it would not."""
    found = find_status(door, repo, plan)
    prefix = b"" if form is Form.PORCELAIN else door.prefix()
    paths = Paths(quoting_of(door), prefix)
    if form is Form.LONG:
        write_long(_long_form(plan, paths, door.console.line, door.console.paint), found)
    else:
        write_short(door.console, found, paths)


def describe_status(door: Door, repo: Repository, plan: CommitPlan) -> str:
    """Return the long status, without hints, as it stands in the editor."""
    lines: list[bytes] = []

    def plain(text: str, _colour: Paint) -> str:
        return text

    form = _long_form(plan, Paths(quoting_of(door), door.prefix()), lines.append, plain)
    write_long(replace(form, advice=False), find_status(door, repo, plan))
    return "".join(line.decode("utf-8", "surrogateescape") + "\n" for line in lines)


def find_status(door: Door, repo: Repository, plan: CommitPlan) -> Status:
    """Return how things stand once plan is carried out, compared with the parent of the commit to come."""
    return status_of_index(repo, plan.shown, StatusOptions(), door.progress(), _seen_from_parent(plan))


def _long_form(
    plan: CommitPlan, paths: Paths, write: Callable[[bytes], None], paint: Callable[[str, Paint], str]
) -> LongForm:
    return LongForm(paths, write, paint, before_commit=True, amends=plan.amended is not None)


def _seen_from_parent(plan: CommitPlan) -> Refs:
    """Return refs whose HEAD is the first parent of the commit to come, which an amended commit is not."""
    refs = plan.refs
    if plan.amended is None or refs.branch is None:
        return refs if plan.amended is None or not plan.parents else replace(refs, head=plan.parents[0].hex())
    heads = {name: oid for name, oid in refs.heads.items() if name != refs.head}
    if plan.parents:
        heads[refs.head] = plan.parents[0]
    return replace(refs, heads=heads)

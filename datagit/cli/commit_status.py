"""The status of a repository as it will be after a commit: shown when there is nothing to commit, and in the editor."""

from datagit.cli.options import Door
from datagit.porcelain.commit import CommitPlan
from datagit.repository import Repository


def show_status(door: Door, repo: Repository, plan: CommitPlan, form: str) -> None:
    """Write the status as plan makes it: long, short or porcelain."""
    door.console.write(describe_status(door, repo, plan).encode())


def describe_status(door: Door, repo: Repository, plan: CommitPlan) -> str:
    """Return the long status as plan makes it."""
    branch = f"On branch {plan.refs.branch}" if plan.refs.branch else f"HEAD detached at {plan.refs.head[:12]}"
    return f"{branch}\nnothing to commit, working tree clean\n"

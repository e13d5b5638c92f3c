"""``dg merge``."""

import click

from datagit.cli.command import (
    dg_command,
    json_option,
    pass_door,
    progress_option,
    quiet_option,
    verbose_option,
)
from datagit.cli.merging import (
    Step,
    Wishes,
    commit_edited,
    find_head,
    find_message,
    read_options,
    report,
    say_where_to,
    take_step,
    wants_editor,
)
from datagit.cli.options import Door
from datagit.cli.switching import describe_commit
from datagit.porcelain.in_the_way import LocalChangesError
from datagit.porcelain.merge import apply_merge_plan, load_settled_index, plan_merge, preview_merge
from datagit.porcelain.merge_options import Finish, Histories, LocalChangesForbidMergeError
from datagit.porcelain.revisions import open_revisions
from datagit.repository import locked


@dg_command(
    "merge",
    usage="[OPTIONS] [COMMIT]",
    examples="""
        dg merge night-shift             # join a branch into this one
        dg merge --dry-run night-shift   # say what would happen
        dg merge -X theirs night-shift   # where both changed the same lines, theirs win
        dg merge --abort                 # give up after conflicts
    """,
)
@click.option("--ff", "fast_forward", flag_value="allow", help="Only move the branch if that is enough; the default.")
@click.option("--no-ff", "fast_forward", flag_value="never", help="Make a merge commit in any case.")
@click.option("--ff-only", "fast_forward", flag_value="only", help="Refuse if moving the branch is not enough.")
@click.option("--squash/--no-squash", default=None, help="Change index and files only, for a commit with one parent.")
@click.option("--commit/--no-commit", default=None, help="Commit a merge without conflicts, or stop before.")
@click.option("-m", "--message", "messages", multiple=True, metavar="TEXT", help="The message of the merge commit.")
@click.option("-e", "--edit/--no-edit", "edit", default=None, help="Edit the message, or take it as it is.")
@click.option("-X", "--strategy-option", "favour", metavar="SIDE", help="ours or theirs: who wins where both changed.")
@click.option("-s", "--strategy", default="ort", metavar="NAME", help="ort, or ours: keep our files, whatever theirs.")
@click.option("--stat/--no-stat", default=None, help="Show a diffstat at the end, or not.")
@click.option("-n", "no_stat", is_flag=True, help="The same as --no-stat.")
@click.option("--allow-unrelated-histories", is_flag=True, help="Merge without a common ancestor.")
@click.option("--abort", "step", flag_value="abort", help="Give up the merge, and go back to where it began.")
@click.option("--continue", "step", flag_value="continue", help="Commit the merge after its conflicts are resolved.")
@click.option("--quit", "step", flag_value="quit", help="Forget the merge, and leave index and files as they are.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@quiet_option
@verbose_option
@progress_option
@json_option
@click.argument("heads", metavar="[COMMIT]", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    fast_forward: str | None,
    squash: bool | None,
    commit: bool | None,
    messages: tuple[str, ...],
    edit: bool | None,
    favour: str | None,
    strategy: str,
    stat: bool | None,
    no_stat: bool,
    allow_unrelated_histories: bool,
    step: str | None,
    dry_run: bool,
    heads: tuple[str, ...],
) -> None:
    """Join another line of history into this branch.

    Files that only one side changed are taken from it. Text that both changed is merged line by line; where that does
    not work, markers show both versions. Other files, and label files, keep your version until you decide: all
    versions are in the index. Exit code 1 means conflicts, 2 that local changes forbid the merge.
    """
    repo = door.repository()
    repo.root()
    if step is not None:
        take_step(ctx, door, repo, Step(step), heads)
        return
    histories = Histories.ANY if allow_unrelated_histories else Histories.RELATED
    options = read_options(door, fast_forward, squash, commit, favour, strategy, histories)
    shows_stat = stat if stat is not None else not no_stat and door.settings.get_bool("merge.stat", default=True)
    wishes = Wishes(messages, edit, shows_stat)
    edits = options.finish is Finish.COMMIT and not dry_run and wants_editor(door, wishes)
    with locked(repo, "dg merge", door.progress()):
        refs = repo.store.refs()
        reader = open_revisions(repo, refs)
        load_settled_index(repo)  # what waits is said first, as in Git, whatever is to be merged
        head = find_head(door, reader, heads)
        if door.verbose:
            door.console.say(f"Merging {describe_commit(repo, head.commit)}")
        try:
            plan = plan_merge(repo, refs, head, options, door.progress())
        except LocalChangesError as error:
            if not isinstance(error, LocalChangesForbidMergeError):
                say_where_to(door, refs.target_of_head(), head)
            raise
        edits = edits and plan.makes_commit
        if dry_run:
            report(door, repo, plan, preview_merge(repo, plan), wishes)
            ctx.exit(1 if plan.conflicts else 0)
        text = find_message(door, reader, plan, wishes)
        result = apply_merge_plan(
            repo,
            plan.stopping() if edits else plan,
            text,
            author=door.signature("AUTHOR"),
            committer=door.signature("COMMITTER"),
            progress=door.progress(),
        )
    if edits:
        result = commit_edited(door, repo, result, text)
    report(door, repo, plan, result, wishes)
    ctx.exit(1 if plan.conflicts else 0)

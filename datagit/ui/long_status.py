"""The status as Git tells it to people: sections with a hint each, and what to do next."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from datagit.porcelain.status_result import Entry, Status
from datagit.ui.console import Console, Paint
from datagit.ui.status import Paths, upstream_name
from datagit.worktree.untracked import Ignored, Untracked

_CHANGES = {"A": "new file:", "D": "deleted:", "M": "modified:", "R": "renamed:", "T": "typechange:"}
_CHANGE_WIDTH = 12
_CONFLICTS = {
    1: "both deleted:",
    2: "added by us:",
    3: "deleted by them:",
    4: "added by them:",
    5: "deleted by us:",
    6: "both added:",
    7: "both modified:",
}
_CONFLICT_WIDTH = 17
_BOTH_DELETED = 1
_ONE_DELETED = (3, 5)


@dataclass(frozen=True, slots=True)
class LongForm:
    """How the long form is written.

    Attributes:
        paths: how paths are shown.
        write: takes each line, without its end.
        paint: colours a text.
        advice: whether the hints in brackets are shown.
        before_commit: "Initial commit" takes the place of "No commits yet", as in the editor of a commit.
        amends: the commit to come replaces one, so that "No changes" is all there is to say if there are none.
    """

    paths: Paths
    write: Callable[[bytes], None]
    paint: Callable[[str, Paint], str]
    advice: bool = True
    before_commit: bool = False
    amends: bool = False

    def line(self, text: str = "") -> None:
        """Write one line."""
        self.write(text.encode("utf-8", "surrogateescape"))

    def hint(self, text: str) -> None:
        """Write a hint, if they are wanted."""
        if self.advice:
            self.line(f"  ({text})")

    def path(self, label: str, path: bytes, colour: Paint) -> None:
        """Write one indented path with what happened to it."""
        shown = label + path.decode("utf-8", "surrogateescape")
        self.line("\t" + self.paint(shown, colour))


def console_form(console: Console, paths: Paths) -> LongForm:
    """Return the long form as it goes to stdout."""
    return LongForm(paths, console.line, console.paint)


def write_long(form: LongForm, status: Status) -> None:
    """Write the whole status for people."""
    _write_branch(form, status)
    staged = [entry for entry in status.entries if entry.staged != "."]
    unstaged = [entry for entry in status.entries if entry.unstaged != "."]
    merging = status.operation is not None
    if staged:
        form.line("Changes to be committed:")
        _hint_unstage(form, status)
        for entry in staged:
            form.path(_CHANGES[entry.staged].ljust(_CHANGE_WIDTH), _staged_path(form.paths, entry), Paint.ADDED)
        form.line()
    if status.unmerged:
        _write_unmerged(form, status)
    if unstaged:
        form.line("Changes not staged for commit:")
        verb = "add/rm" if any(entry.unstaged == "D" for entry in unstaged) else "add"
        form.hint(f'use "dg {verb} <file>..." to update what will be committed')
        form.hint('use "dg restore <file>..." to discard changes in working directory')
        for entry in unstaged:
            label = _CHANGES[entry.unstaged].ljust(_CHANGE_WIDTH)
            form.path(label, form.paths.plain(entry.path), Paint.CHANGED)
        form.line()
    if status.options.untracked is not Untracked.NONE:
        _write_others(form, "Untracked files", "add", status.untracked)
        if status.options.ignored is not Ignored.NONE:
            _write_others(form, "Ignored files", "add -f", status.ignored)
    elif staged:
        wish = " (use -u option to show untracked files)" if form.advice else ""
        form.line(f"Untracked files not listed{wish}")
    if not staged and not (merging and not status.unmerged):
        _write_conclusion(form, status, unstaged)


def _write_branch(form: LongForm, status: Status) -> None:
    branch = status.refs.branch
    if branch is not None:
        form.line(f"On branch {branch}")
    else:
        form.line(form.paint(str(status.detached or "Not currently on any branch."), Paint.CHANGED))
    for line in tracking_lines(status):
        form.line(line)
    if status.operation is not None:
        if status.unmerged:
            form.line("You have unmerged paths.")
            form.hint('fix conflicts and run "dg commit"')
            form.hint('use "dg merge --abort" to abort the merge')
        else:
            form.line("All conflicts fixed but you are still merging.")
            form.hint('use "dg commit" to conclude merge')
        form.line()
    if status.commit is None:
        form.line()
        form.line("Initial commit" if form.before_commit else "No commits yet")
        form.line()


def tracking_lines(status: Status) -> Iterable[str]:
    """Yield how the branch stands to what it follows, and an empty line; nothing if it follows nothing."""
    if status.upstream is None or status.commit is None:
        return
    name = upstream_name(status)
    if status.distance is None:
        yield f"Your branch is based on '{name}', but the upstream is gone."
        yield '  (use "dg branch --unset-upstream" to fixup)'
    else:
        ahead, behind = status.distance.ahead, status.distance.behind
        if not ahead and not behind:
            yield f"Your branch is up to date with '{name}'."
        elif not behind:
            yield f"Your branch is ahead of '{name}' by {_commits(ahead)}."
            yield '  (use "dg push" to publish your local commits)'
        elif not ahead:
            yield f"Your branch is behind '{name}' by {_commits(behind)}, and can be fast-forwarded."
            yield '  (use "dg pull" to update your local branch)'
        else:
            yield f"Your branch and '{name}' have diverged,"
            yield f"and have {ahead} and {behind} different commits each, respectively."
            yield '  (use "dg pull" to merge the remote branch into yours)'
    yield ""


def _commits(count: int) -> str:
    return f"{count} commit" + ("" if count == 1 else "s")


def _staged_path(paths: Paths, entry: Entry) -> bytes:
    if entry.old_path is None:
        return paths.plain(entry.path)
    return paths.plain(entry.old_path) + b" -> " + paths.plain(entry.path)


def _hint_unstage(form: LongForm, status: Status) -> None:
    if status.operation is not None:
        return
    if status.commit is None:
        form.hint('use "dg rm --cached <file>..." to unstage')
    else:
        source = "--source=HEAD^1 " if form.amends else ""
        form.hint(f'use "dg restore {source}--staged <file>..." to unstage')


def _write_unmerged(form: LongForm, status: Status) -> None:
    form.line("Unmerged paths:")
    _hint_unstage(form, status)
    masks = {conflict.mask for conflict in status.unmerged}
    if masks == {_BOTH_DELETED}:
        form.hint('use "dg rm <file>..." to mark resolution')
    elif masks.isdisjoint((_BOTH_DELETED, *_ONE_DELETED)):
        form.hint('use "dg add <file>..." to mark resolution')
    else:
        form.hint('use "dg add/rm <file>..." as appropriate to mark resolution')
    for conflict in status.unmerged:
        label = _CONFLICTS[conflict.mask].ljust(_CONFLICT_WIDTH)
        form.path(label, form.paths.plain(conflict.path), Paint.CHANGED)
    form.line()


def _write_others(form: LongForm, title: str, verb: str, found: Sequence[bytes]) -> None:
    if not found:
        return
    form.line(f"{title}:")
    form.hint(f'use "dg {verb} <file>..." to include in what will be committed')
    for path in found:
        form.path("", form.paths.plain(path), Paint.CHANGED)
    form.line()


def _write_conclusion(form: LongForm, status: Status, unstaged: Sequence[Entry]) -> None:
    if form.amends:
        form.line("No changes")
    elif unstaged or status.unmerged:
        form.line(_with(form, "no changes added to commit", 'use "dg add" and/or "dg commit -a"'))
    elif status.untracked:
        text = "nothing added to commit but untracked files present"
        form.line(_with(form, text, 'use "dg add" to track'))
    elif status.commit is None:
        form.line(_with(form, "nothing to commit", 'create/copy files and use "dg add" to track'))
    elif status.options.untracked is Untracked.NONE:
        form.line(_with(form, "nothing to commit", "use -u to show untracked files"))
    else:
        form.line("nothing to commit, working tree clean")


def _with(form: LongForm, text: str, hint: str) -> str:
    return f"{text} ({hint})" if form.advice else text

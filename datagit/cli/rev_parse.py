"""``dg rev-parse``. Its words are read from left to right, each under the options before it, as in Git."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from datagit.cli.command import DgCommand, pass_door
from datagit.cli.late import late
from datagit.cli.operands import unknown_argument
from datagit.cli.options import Door, Output
from datagit.cli.rev_parse_places import ANSWERS, folder_of_repository
from datagit.errors import DatagitError, NotFoundError, UsageError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.porcelain.revisions import open_revisions
from datagit.revision.merge_base import merge_bases
from datagit.revision.names import HEAD, find_ref
from datagit.revision.parse import parse_range, resolve, resolve_commit, split_range
from datagit.revision.reader import RevisionReader
from datagit.store.refs import HEADS, REMOTES, TAGS
from datagit.ui.json import json_document

_SHORT, _LEAST, _FULL = 12, 4, 64
_PARENTS = re.compile(r"\^(?:[@!]|-[0-9]*)\Z")


class _RevParseCommand(DgCommand):
    """A command whose words keep their order, options among operands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args in (["-h"], ["--help"]):
            return super().parse_args(ctx, args)
        ctx.params["words"] = tuple(args)
        return []


@dataclass(slots=True)
class _Session:
    """What the options so far have asked for, and what was answered."""

    door: Door
    verify: bool = False
    quiet: bool = False
    digits: int = 0
    names: str = ""
    reversed: bool = False
    only_revisions: bool = False
    default: str | None = None
    lines: list[str] = field(default_factory=list)
    found: int = 0
    _reader: RevisionReader | None = None

    @property
    def reader(self) -> RevisionReader:
        """The revisions of the repository, opened when the first one is named."""
        if self._reader is None:
            repo = self.door.repository()
            inside = repo.worktree is not None and self.door.cwd.is_relative_to(repo.worktree)
            self._reader = open_revisions(repo, None, self.door.prefix() if inside else b"")
        return self._reader


class SingleRevisionError(NotFoundError):
    """``--verify`` was not given exactly one revision that exists."""

    code = "unknown-revision"

    def __init__(self) -> None:
        super().__init__("Needed a single revision")


@click.command(
    "rev-parse",
    cls=_RevParseCommand,
    options_metavar="[OPTIONS]",
    examples="""
        dg rev-parse HEAD                   # the id of a revision
        dg rev-parse --verify -q v1.0       # exit 1 and say nothing if there is none
        dg rev-parse --abbrev-ref HEAD      # the current branch
        dg rev-parse --show-toplevel        # the root of the working tree
    """,
)
@click.option("--verify", is_flag=True, help="Take exactly one revision, or fail.")
@click.option("-q", "--quiet", is_flag=True, help="With --verify, fail without a word.")
@click.option("--short", metavar="[=DIGITS]", help="Show short ids.")
@click.option("--abbrev-ref", is_flag=True, help="Show short names of refs instead of ids.")
@click.option("--symbolic-full-name", is_flag=True, help="Show full names of refs instead of ids.")
@click.option("--symbolic", is_flag=True, help="Show revisions as they were written.")
@click.option("--not", is_flag=True, help="Show what follows as left out, and the other way round.")
@click.option("--all", is_flag=True, help="Show all refs; also --branches, --tags, --remotes.")
@click.option("--revs-only", is_flag=True, help="Leave out what is no revision.")
@click.option("--default", metavar="REVISION", help="Show REVISION if no other is given.")
@click.option("--show-toplevel", is_flag=True, help="Show the root of the working tree.")
@click.option("--show-prefix", is_flag=True, help="Show the current folder, seen from that root.")
@click.option("--show-cdup", is_flag=True, help="Show the way from here to that root.")
@click.option("--dg-dir", "--git-dir", is_flag=True, help="Show the repository's folder; also --absolute-git-dir.")
@click.option("--is-inside-work-tree", is_flag=True, help="Show true or false; also --is-inside-git-dir.")
@click.option("--is-bare-repository", is_flag=True, help="Show true or false.")
@click.option("--json", is_flag=True, help="Report as one JSON document.")
@click.argument("words", metavar="[REVISION]...", nargs=-1)
@pass_door
def command(door: Door, words: tuple[str, ...]) -> None:
    """Turn names of revisions into ids.

    Tells scripts where the repository is, too. Words that are no option of its own are shown as they are, as Git does,
    unless --revs-only is given.
    """
    if "--json" in words:
        door.output = Output.JSON
        words = tuple(word for word in words if word != "--json")
    session = _Session(door)
    try:
        _read_words(session, words)
    finally:
        if not door.json:
            for line in session.lines:
                door.console.line(line)
    if door.json:
        door.console.write(json_document({"lines": session.lines}))


def _read_words(session: _Session, words: Sequence[str]) -> None:
    waiting = list(reversed(words))
    only_names = False
    while waiting:
        word = waiting.pop()
        if word == "--end-of-options":
            only_names = True
        elif word == "--" and not session.verify:
            if not session.only_revisions:
                session.lines += [word, *reversed(waiting)]
            break
        elif word == "--default":
            if not waiting:
                message = "--default requires an argument"
                raise UsageError(message)
            session.default = waiting.pop()
        elif word == "--git-path":
            session.lines.append(str(Path(folder_of_repository(session.door)) / waiting.pop()))
        elif word.startswith("-") and word != "-" and not only_names:
            _read_option(session, word)
        else:
            _read_revision(session, word)
    if not session.found and session.default is not None:
        _read_revision(session, session.default)
    if session.verify and session.found != 1:
        _fail_verify(session)


def _read_option(session: _Session, word: str) -> None:
    name, _, value = word.partition("=")
    if name in _SWITCHES:
        _SWITCHES[name](session, value)
    elif name in ANSWERS:
        session.lines.append(ANSWERS[name](session.door))
    elif word == "--all":
        _show_refs(session, "refs/")
    elif name in _GROUPS:
        _show_refs(session, _GROUPS[name])
    elif session.verify:
        _fail_verify(session)
    elif not session.only_revisions:
        session.lines.append(word)  # scripts let rev-parse sort other commands' options


def _set_short(session: _Session, value: str) -> None:
    session.digits = max(_LEAST, min(_FULL, int(value))) if value.isdigit() else _SHORT
    session.verify = True  # as in Git


def _set_names(style: str) -> Callable[[_Session, str], None]:
    def switch(session: _Session, value: str) -> None:
        if value not in ("", "strict", "loose"):
            message = f"unknown mode for --abbrev-ref: {value}"
            raise UsageError(message)
        session.names = style

    return switch


def _set_flag(name: str) -> Callable[[_Session, str], None]:
    def switch(session: _Session, _value: str) -> None:
        setattr(session, name, not session.reversed if name == "reversed" else True)

    return switch


_SWITCHES: dict[str, Callable[[_Session, str], None]] = {
    "--verify": _set_flag("verify"),
    "-q": _set_flag("quiet"),
    "--quiet": _set_flag("quiet"),
    "--not": _set_flag("reversed"),
    "--revs-only": _set_flag("only_revisions"),
    "--short": _set_short,
    "--abbrev-ref": _set_names("short"),
    "--symbolic-full-name": _set_names("full"),
    "--symbolic": _set_names("as-written"),
}
_GROUPS = {"--branches": HEADS, "--tags": TAGS, "--remotes": REMOTES}


def _show_refs(session: _Session, prefix: str) -> None:
    heads = session.reader.refs.heads
    for name in sorted(heads):
        if name.startswith(prefix):
            _show(session, heads[name], name, name)


def _read_revision(session: _Session, word: str) -> None:
    try:
        shown = list(_expand(session.reader, word))
    except DatagitError as error:
        if not isinstance(error, NotFoundError):
            raise
        if session.verify:
            _fail_verify(session)
        if session.only_revisions:
            return
        if error.code == "ambiguous-revision":
            raise
        session.lines.append(word)
        if not os.path.lexists(session.door.resolve(word)):
            raise unknown_argument(word) from error
        return
    if session.verify and len(shown) > 1:
        _fail_verify(session)
    for oid, text, ref, left_out in shown:
        session.found += 1
        if session.verify and session.found > 1:
            session.lines.clear()
            _fail_verify(session)
        _show(session, oid, text, ref, "^" if left_out != session.reversed else "")


def _expand(reader: RevisionReader, word: str) -> Iterator[tuple[ObjectId, str, str | None, bool]]:
    """Yield (id, as written, full name of the ref, whether it is left out) for a revision or the parts of a range."""
    sides = split_range(word)
    if sides is not None:
        ours, theirs = resolve_commit(reader, sides[0]), resolve_commit(reader, sides[2])
        symmetric = sides[1] == "..."
        yield resolve(reader, sides[2]).oid, sides[2], find_ref(reader, sides[2]), False
        yield resolve(reader, sides[0]).oid, sides[0], find_ref(reader, sides[0]), not symmetric
        if symmetric:
            for base in merge_bases(reader.objects, ours, theirs):
                yield base, base.hex(), None, True
    elif _PARENTS.search(word):
        found = parse_range(reader, [word])
        for oid in found.include:
            yield oid, oid.hex(), None, False
        for oid in found.exclude:
            yield oid, oid.hex(), None, True
    else:
        text = word[1:] if word.startswith("^") else word
        resolved = resolve(reader, text)
        oid = resolved.oid
        if resolved.kind is Kind.NODE and resolved.path:
            oid = late("datagit.objects.folder_id", "folder_id")(reader.objects, oid, resolved.path)
        yield oid, text, resolved.ref, word.startswith("^")


def _show(session: _Session, oid: ObjectId, text: str, ref: str | None, sign: str = "") -> None:
    if session.names == "as-written":
        session.lines.append(sign + text)
    elif session.names:
        if ref == HEAD and session.reader.refs.branch is not None:
            ref = session.reader.refs.head
        if ref is not None:
            session.lines.append(sign + (_shorten(session.reader, ref) if session.names == "short" else ref))
    else:
        session.lines.append(sign + oid.hex()[: session.digits or _FULL])


def _shorten(reader: RevisionReader, ref: str) -> str:
    """Return the shortest name by which ref is found, and nothing else is."""
    for prefix in (HEADS, TAGS, REMOTES, "refs/"):
        if ref.startswith(prefix):
            short = ref.removeprefix(prefix)
            if prefix == REMOTES and short.endswith("/HEAD"):
                short = short.removesuffix("/HEAD")
            rivals = {place + short for place in ("refs/", HEADS, TAGS, REMOTES)} & reader.refs.heads.keys()
            if rivals <= {ref}:
                return short
    return ref.removeprefix("refs/")


def _fail_verify(session: _Session) -> None:
    session.lines.clear()
    if session.quiet:
        raise click.exceptions.Exit(1)
    raise SingleRevisionError

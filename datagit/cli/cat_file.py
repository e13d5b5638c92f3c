"""``dg cat-file``."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click

from datagit.cli.command import dg_command, optional_value, pass_door
from datagit.cli.options import Door
from datagit.errors import InvalidInputError, NotFoundError, UsageError
from datagit.objects.commit import decode_commit
from datagit.objects.kind import Kind
from datagit.objects.tag import decode_tag
from datagit.porcelain.cat_file import (
    FoundObject,
    ObjectNameError,
    find_object,
    list_found_tree,
    object_parts,
    object_size,
)
from datagit.porcelain.revisions import open_revisions
from datagit.repository import Repository
from datagit.revision.parse import peel, resolve
from datagit.revision.reader import AmbiguousRevisionError, RevisionReader
from datagit.ui.plain_objects import render_commit, render_tag, render_tree

_DEFAULT_FORMAT = "%(objectname) %(objecttype) %(objectsize)"
_ATOM = re.compile(r"%\(([^)]*)\)|%%")
_KINDS = {"blob": Kind.BLOB, "commit": Kind.COMMIT, "tag": Kind.TAG, "tree": Kind.NODE}


@dataclass(frozen=True, slots=True)
class _Batch:
    """How ``--batch`` and ``--batch-check`` answer: the format, and how names on stdin end."""

    form: str
    contents: bool
    end: bytes


@dg_command(
    "cat-file",
    usage="(-t | -s | -p | -e | TYPE) OBJECT | (--batch | --batch-check)[=FORMAT]",
    examples="""
        dg cat-file -t HEAD                          # commit
        dg cat-file -p HEAD                          # who, when, why
        dg cat-file -s HEAD:images/0001.jpg          # its size in bytes
        dg cat-file blob v1.0:labels.csv > old.csv
        echo HEAD:labels.csv | dg cat-file --batch-check
    """,
)
@click.option("-t", "kind_only", is_flag=True, help="Show the type.")
@click.option("-s", "size_only", is_flag=True, help="Show the size in bytes.")
@click.option("-p", "pretty", is_flag=True, help="Show the content for people.")
@click.option("-e", "exists", is_flag=True, help="Say nothing; exit with 1 if there is no such object.")
@optional_value("--batch", bare=_DEFAULT_FORMAT, metavar="FORMAT", help="Answer names on stdin with the content.")
@optional_value("--batch-check", bare=_DEFAULT_FORMAT, metavar="FORMAT", help="Answer names on stdin without it.")
@click.option("--buffer", "buffered", is_flag=True, help="Do not flush after each answer.")
@click.option("-z", "nul", is_flag=True, help="Names on stdin end with NUL.")
@click.argument("operands", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    kind_only: bool,
    size_only: bool,
    pretty: bool,
    exists: bool,
    batch: str | None,
    batch_check: str | None,
    buffered: bool,
    nul: bool,
    operands: tuple[str, ...],
) -> None:
    """Show the type, size or content of objects.

    The size and content of a tree are those of its listing; commits and tags are canonical JSON.
    """
    modes = [name for name, on in (("t", kind_only), ("s", size_only), ("p", pretty), ("e", exists)) if on]
    form = batch if batch is not None else batch_check
    _check_usage(modes, [batch, batch_check], operands)
    repo = door.repository()
    reader = open_revisions(repo, prefix=b"" if repo.worktree is None else door.prefix())
    if form is not None:
        end = b"\0" if nul else b"\n"
        answer = _Batch(form, batch is not None, end)
        _answer_all(door, repo, reader, answer, door.console.flush if not buffered else _wait)
    elif modes == ["e"]:
        try:
            find_object(reader, operands[0])
        except ObjectNameError:
            ctx.exit(1)
    elif modes:
        _show(door, repo, find_object(reader, operands[0]), modes[0])
    else:
        _show_as(door, repo, reader, *operands)


def _wait() -> None:
    """Leave the answer in the buffer."""


def _check_usage(modes: list[str], batches: list[str | None], operands: tuple[str, ...]) -> None:
    batch_count = sum(1 for batch in batches if batch is not None)
    if batch_count > 1 or (batch_count and modes):
        message = "batch modes exclude each other and the options -t, -s, -p and -e"
        raise UsageError(message)
    if batch_count and operands:
        message = "batch modes take no arguments"
        raise UsageError(message)
    if len(modes) > 1:
        message = f"options '-{modes[0]}' and '-{modes[1]}' cannot be used together"
        raise UsageError(message)
    if not batch_count and len(operands) != (1 if modes else 2):
        message = f"<object> required with '-{modes[0]}'" if modes and not operands else "expected <type> <object>"
        raise UsageError("too many arguments" if modes and operands else message)


def _show(door: Door, repo: Repository, found: FoundObject, mode: str) -> None:
    console = door.console
    if mode == "t":
        console.line(found.word)
    elif mode == "s":
        console.line(str(_size(repo, found)))
    elif found.kind is Kind.COMMIT:
        console.write(render_commit(decode_commit(repo.store.read(Kind.COMMIT, found.oid))))
    elif found.kind is Kind.TAG:
        console.write(render_tag(decode_tag(repo.store.read(Kind.TAG, found.oid))))
    else:
        for part in _parts(repo, found):
            console.write(part)


def _show_as(door: Door, repo: Repository, reader: RevisionReader, word: str, text: str) -> None:
    kind = _KINDS.get(word)
    if kind is None:
        message = f'invalid object type "{word}"'
        raise InvalidInputError(message)
    found = find_object(reader, text)
    if found.kind is not kind:
        peeled = peel(reader, resolve(reader, text), kind, text)
        found = FoundObject(kind, peeled.oid, peeled.oid)
    for part in _parts(repo, found):
        door.console.write(part)


def _size(repo: Repository, found: FoundObject) -> int:
    if found.kind is Kind.NODE:
        return len(render_tree(list_found_tree(repo.store, found)))
    return object_size(repo.store, found)


def _parts(repo: Repository, found: FoundObject) -> Iterator[bytes]:
    if found.kind is Kind.NODE:
        yield render_tree(list_found_tree(repo.store, found))
    else:
        yield from object_parts(repo.store, found)


def _answer_all(
    door: Door, repo: Repository, reader: RevisionReader, batch: _Batch, finish: Callable[[], None]
) -> None:
    for name in _names(door, batch.end):
        text, rest = name, ""
        if "%(rest)" in batch.form:
            text, _, rest = name.partition(" ")
        try:
            found = find_object(reader, text)
        except AmbiguousRevisionError:
            door.console.line(os.fsencode(f"{text} ambiguous"))
        except NotFoundError:
            door.console.line(os.fsencode(f"{text} missing"))
        else:
            door.console.line(os.fsencode(_format(repo, found, batch.form, rest)))
            if batch.contents:
                for part in _parts(repo, found):
                    door.console.write(part)
                door.console.write(b"\n")
        finish()


def _names(door: Door, end: bytes) -> Iterator[str]:
    if end == b"\0":
        names = door.read_stdin().split(b"\0")
        yield from (os.fsdecode(name) for name in (names[:-1] if names[-1] == b"" else names))
    else:
        for line in door.stdin:
            yield os.fsdecode(line.removesuffix(b"\n"))


def _format(repo: Repository, found: FoundObject, form: str, rest: str) -> str:
    def value(match: re.Match[str]) -> str:
        match match[1]:
            case None:
                return "%"
            case "objectname":
                return found.oid.hex()
            case "objecttype":
                return found.word
            case "objectsize":
                return str(_size(repo, found))
            case "rest":
                return rest
        message = f"unknown format element: {match[1]}"
        raise InvalidInputError(message)

    return _ATOM.sub(value, form)

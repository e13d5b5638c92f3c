"""``dg ls-tree``."""

import os

import click

from datagit.cli.command import dg_command, json_option, optional_value, pass_door
from datagit.cli.options import Door
from datagit.diff.pathspec_word import PathspecInvalidError, parse_word
from datagit.errors import InvalidInputError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.porcelain.cat_file import resolve_object
from datagit.porcelain.ls_tree import Depth, FolderIds, Listing, Show, TreeEntry, ls_tree
from datagit.porcelain.revisions import open_revisions
from datagit.revision.parse import peel
from datagit.ui.json import json_document
from datagit.ui.quote import quote_path


@dg_command(
    "ls-tree",
    usage="[OPTIONS] TREE-ISH",
    examples="""
        dg ls-tree HEAD                 # what is in the root
        dg ls-tree -r HEAD images/      # all files below a folder
        dg ls-tree -l v1.0 labels.csv   # with the size
        dg ls-tree HEAD:images          # a folder, named as a tree
    """,
)
@click.option("-r", "recurse", is_flag=True, help="Go into folders.")
@click.option("-t", "trees_too", is_flag=True, help="Show folders even when going into them.")
@click.option("-d", "only_trees", is_flag=True, help="Show only folders.")
@click.option("-l", "--long", "sizes", is_flag=True, help="Show the size of files.")
@click.option("-z", "nul", is_flag=True, help="End lines with NUL, and do not quote paths.")
@click.option("--name-only", "--name-status", is_flag=True, help="Show only paths.")
@click.option("--object-only", is_flag=True, help="Show only ids.")
@click.option("--full-name", is_flag=True, help="Show paths from the root of the repository.")
@click.option("--full-tree", is_flag=True, help="List the whole tree, whatever the current folder.")
@optional_value("--abbrev", bare="12", metavar="N", help="Show the first N digits of ids.")
@json_option
@click.argument("tree")
@click.argument("paths", nargs=-1)
@pass_door
def command(
    door: Door,
    *,
    recurse: bool,
    trees_too: bool,
    only_trees: bool,
    sizes: bool,
    nul: bool,
    name_only: bool,
    object_only: bool,
    full_name: bool,
    full_tree: bool,
    abbrev: str | None,
    tree: str,
    paths: tuple[str, ...],
) -> None:
    """List the contents of a tree.

    The id of a folder is that of the tree its files would make on their own: equal folders have equal ids, but the id
    cannot be looked up.
    """
    repo = door.repository()
    prefix = b"" if full_tree or repo.worktree is None else door.prefix()
    reader = open_revisions(repo, prefix=prefix)
    found = resolve_object(reader, tree)
    if found.kind is Kind.BLOB:
        message = "not a tree object"
        raise InvalidInputError(message, code="unknown-revision")
    root = found.oid if found.kind is Kind.NODE else peel(reader, found, Kind.NODE, tree).oid
    base = found.path + b"/" if found.kind is Kind.NODE and found.path else b""
    show = Show.FOLDERS if only_trees else Show.FOLDERS_TOO if trees_too else Show.ENTRIES
    ids = FolderIds.SKIP if name_only and not door.json else FolderIds.DERIVE
    listing = Listing(repo.store, root, Depth.RECURSIVE if recurse else Depth.LEVEL, show, ids)
    wanted = [base + _from_root(prefix, os.fsencode(path)) for path in paths] or [base + prefix]
    hidden = base if full_name or full_tree else base + prefix
    entries = ls_tree(listing, wanted)
    if door.json:
        door.console.write(json_document({"tree": root.hex(), "entries": [_fields(entry, base) for entry in entries]}))
        return
    digits = _find_digits(abbrev)
    for entry in entries:
        path = _relative(entry.path, hidden)
        shown = path if nul else quote_path(path)
        end = b"\0" if nul else b"\n"
        if name_only:
            door.console.write(shown + end)
        elif object_only:
            door.console.write(_shown_id(entry.oid, digits).encode() + end)
        else:
            door.console.write(_head(entry, digits, with_size=sizes).encode() + b"\t" + shown + end)


def _head(entry: TreeEntry, digits: int, *, with_size: bool) -> str:  # `-l` of the command line, already a choice
    head = f"{entry.mode} {entry.kind} {_shown_id(entry.oid, digits)}"
    return f"{head} {'-' if entry.size is None else entry.size:>7}" if with_size else head


def _shown_id(oid: ObjectId | None, digits: int) -> str:
    return "" if oid is None else oid.hex()[:digits]


def _find_digits(abbrev: str | None) -> int:
    if abbrev is None:
        return 64
    if not abbrev.isdecimal():
        message = "option `abbrev' expects a numerical value"
        raise InvalidInputError(message, code="usage")
    return min(max(int(abbrev), 4), 64) if int(abbrev) else 64


def _fields(entry: TreeEntry, base: bytes) -> dict[str, object]:
    return {
        "mode": entry.mode,
        "type": entry.kind,
        "object": None if entry.oid is None else entry.oid.hex(),
        "size": entry.size,
        "path": entry.path.removeprefix(base),
    }


def _from_root(prefix: bytes, path: bytes) -> bytes:
    """Return a path of the command line from the root; a "/" at its end stays. As in Git, there are no patterns."""
    spec = parse_word(path, prefix, b"")
    for word in sorted(spec.magic - {b"top", b"literal"}):
        shown = path.decode(errors="backslashreplace")
        message = f"{shown}: pathspec magic not supported by this command: '{word.decode()}'"
        raise PathspecInvalidError(message)
    return spec.path


def _relative(path: bytes, hidden: bytes) -> bytes:
    """Return path as seen from the folder hidden, which ends in '/'."""
    if path.startswith(hidden):
        return path[len(hidden) :]
    if path + b"/" == hidden:
        return b"./"
    here, there = hidden.split(b"/")[:-1], path.split(b"/")
    shared = 0
    while shared < len(here) and shared < len(there) and here[shared] == there[shared]:
        shared += 1
    return b"../" * (len(here) - shared) + b"/".join(there[shared:])

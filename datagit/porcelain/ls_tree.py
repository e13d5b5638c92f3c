"""List what a version holds, as ``git ls-tree`` does."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datagit.ids import ObjectId
from datagit.objects.folder_id import folder_id
from datagit.objects.mode import GIT_TREE_MODE, git_mode
from datagit.objects.reader import ObjectReader
from datagit.objects.tree import find_row, list_folder, read_tree


class Depth(enum.Enum):
    """How far a listing goes."""

    LEVEL = "level"
    RECURSIVE = "recursive"


class Show(enum.Enum):
    """What is listed."""

    ENTRIES = "entries"
    """Files, and the folders that are not entered."""
    FOLDERS_TOO = "folders too"
    """``-t``: also the folders that are entered."""
    FOLDERS = "folders"
    """``-d``: nothing but folders."""


class FolderIds(enum.Enum):
    """Whether folders get their ids, which cost a read of all that is below them."""

    DERIVE = "derive"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file or folder of a version.

    Attributes:
        path: from the root of the version.
        kind: 'blob' or 'tree'.
        mode: six octal digits, as Git shows them.
        oid: id of the content; of a folder see folder_id; None if it was not asked for.
        size: bytes of a file, None for a folder.
    """

    path: bytes
    kind: str
    mode: str
    oid: ObjectId | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list, and of which tree."""

    objects: ObjectReader
    root: ObjectId
    depth: Depth = Depth.LEVEL
    show: Show = Show.ENTRIES
    ids: FolderIds = FolderIds.DERIVE


def ls_tree(listing: Listing, paths: Sequence[bytes]) -> Iterator[TreeEntry]:
    """Yield the entries that paths name, in the order of the tree.

    Args:
        listing: what to list.
        paths: from the root; a folder with '/' at its end stands for what is in it, b"" for what is in the root.
            A path that is not there names nothing.
    """
    if len(paths) == 1:
        yield from _entries_at(listing, paths[0])
        return
    found = {entry.path: entry for path in paths for entry in _entries_at(listing, path)}
    yield from sorted(found.values(), key=lambda entry: entry.path + (b"/" if entry.kind == "tree" else b""))


def _entries_at(listing: Listing, path: bytes) -> Iterator[TreeEntry]:
    bare = path.rstrip(b"/")
    recursive = listing.depth is Depth.RECURSIVE
    if bare:
        row = find_row(listing.objects, listing.root, bare)
        if row is None and not list_folder(listing.objects, listing.root, bare).num_rows:
            return
        if listing.show is Show.FOLDERS_TOO or (listing.show is Show.FOLDERS and recursive):
            yield from (_folder(listing, above) for above in _folders_above(bare))
        if row is not None:
            if listing.show is not Show.FOLDERS and not path.endswith(b"/"):
                yield TreeEntry(bare, "blob", git_mode(row.mode), row.oid, row.size)
            return
        entered = recursive or path.endswith(b"/")
        if not entered or listing.show is Show.FOLDERS_TOO or (listing.show is Show.FOLDERS and recursive):
            yield _folder(listing, bare)
        if not entered:
            return
    yield from _all_below(listing, bare) if recursive else _directly_in(listing, bare)


def _directly_in(listing: Listing, folder: bytes) -> Iterator[TreeEntry]:
    prefix = folder + b"/" if folder else b""
    for row in list_folder(listing.objects, listing.root, folder).to_pylist():
        if row["kind"] == "tree":
            yield _folder(listing, prefix + row["name"])
        elif listing.show is not Show.FOLDERS:
            yield TreeEntry(prefix + row["name"], "blob", git_mode(row["mode"]), row["id"], row["size"])


def _all_below(listing: Listing, folder: bytes) -> Iterator[TreeEntry]:
    prefix = folder + b"/" if folder else b""
    entered = b""
    for row in read_tree(listing.objects, listing.root, prefix).to_pylist():
        path: bytes = row["path"]
        above = path.rpartition(b"/")[0]
        if listing.show is not Show.ENTRIES and above != entered:
            known = _folders_above(entered + b"/")
            yield from (_folder(listing, new) for new in _folders_above(path) if new not in known and new > folder)
            entered = above
        if listing.show is not Show.FOLDERS:
            yield TreeEntry(path, "blob", git_mode(row["mode"]), row["id"], row["size"])


def _folder(listing: Listing, path: bytes) -> TreeEntry:
    skip = listing.ids is FolderIds.SKIP
    oid = None if skip else folder_id(listing.objects, listing.root, path)
    return TreeEntry(path, "tree", GIT_TREE_MODE, oid, None)


def _folders_above(path: bytes) -> list[bytes]:
    parts = path.split(b"/")
    return [b"/".join(parts[:count]) for count in range(1, len(parts))]

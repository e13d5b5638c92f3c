"""A slice of a checkout, written file by file: the part that worker processes share. No pyarrow here."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from datagit.ids import Bytes, ObjectId
from datagit.objects.blob import blob_parts
from datagit.objects.chunks import LARGEST_WHOLE
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.kind import Kind
from datagit.objects.mode import Mode
from datagit.objects.path import show_path
from datagit.objects.reader import ObjectReader
from datagit.worktree.files import Folders, Seen, StatResult, write_file, write_link

_BATCH_FILES = 8192


class Wanted(NamedTuple):
    """A file or link to write.

    Attributes:
        path: from the root.
        mode: FILE, EXECUTABLE or SYMLINK.
        size: bytes of the content.
        oid: the blob.
        seen: what the plan saw at path; None for nothing.
    """

    path: bytes
    mode: int
    size: int
    oid: ObjectId
    seen: Seen | None


class WrittenColumns:
    """The stat data of files that were written, in the order that they were asked for."""

    __slots__ = ("ctime_ns", "inode", "mtime_ns")

    def __init__(self, count: int) -> None:
        self.mtime_ns = array("q", bytes(8 * count))
        self.ctime_ns = array("q", bytes(8 * count))
        self.inode = array("Q", bytes(8 * count))

    def put(self, number: int, found: StatResult) -> None:
        """Note lstat of the file asked for as this number."""
        self.mtime_ns[number] = found.st_mtime_ns
        self.ctime_ns[number] = found.st_ctime_ns
        self.inode[number] = found.st_ino

    @classmethod
    def joined(cls, parts: Sequence["WrittenColumns"]) -> "WrittenColumns":
        """Return the rows of all parts, one part after the other."""
        whole = cls(0)
        for part in parts:
            whole.mtime_ns += part.mtime_ns
            whole.ctime_ns += part.ctime_ns
            whole.inode += part.inode
        return whole


class WrongSizeError(InvalidObjectError):
    """A tree says another size than the file's content has; whoever built that tree did not use datagit."""

    def __init__(self, path: bytes) -> None:
        super().__init__(f"the tree gives {show_path(path)} a size that is not that of its content")


def write_slice(
    root_path: bytes,
    objects: ObjectReader,
    wanted: Sequence[Wanted],
    columns: WrittenColumns,
    advance: Callable[[int], None],
) -> None:
    """Write files and links, and note the lstat of each.

    Args:
        root_path: the working tree.
        objects: where the blobs are.
        wanted: sorted by path.
        columns: takes the stat data, a row for each of wanted.
        advance: hears of files as they are written.

    Raises:
        PathChangedError: something stands there that the plan did not see; it stays.
        ObjectMissingError, ObjectCorruptError: a blob cannot be had.
        WrongSizeError: a blob is not as long as its tree says; it is not written.
    """
    with Folders(root_path) as folders:
        for start in range(0, len(wanted), _BATCH_FILES):
            whole: dict[ObjectId, list[int]] = {}
            for number in range(start, min(start + _BATCH_FILES, len(wanted))):
                want = wanted[number]
                if want.size > LARGEST_WHOLE and want.mode != Mode.SYMLINK:
                    folder = folders.make(want.path.rpartition(b"/")[0])
                    parts = _of_size(blob_parts(objects, want.oid), want)
                    found = write_file(folder, want.path, parts, want.mode, want.seen, want.oid)
                    columns.put(number, found)
                    advance(1)
                else:
                    whole.setdefault(want.oid, []).append(number)
            # read_many holds a window of its packs and not the batch, so memory stays bounded
            for oid, content in objects.read_many(Kind.BLOB, list(whole)):
                for number in whole[oid]:
                    columns.put(number, _write_whole(folders, wanted[number], content))
                    advance(1)


def _write_whole(folders: Folders, want: Wanted, content: bytes) -> StatResult:
    if len(content) != want.size:
        raise WrongSizeError(want.path)
    folder = folders.make(want.path.rpartition(b"/")[0])
    if want.mode == Mode.SYMLINK:
        return write_link(folder, want.path, content, want.seen)
    return write_file(folder, want.path, (content,), want.mode, want.seen, None)


def _of_size(parts: Iterable[Bytes], want: Wanted) -> Iterator[Bytes]:
    """Yield parts, and raise WrongSizeError if together they have not the size that the tree says."""
    size = 0
    for part in parts:
        size += len(part)
        yield part
    if size != want.size:
        raise WrongSizeError(want.path)

"""A slice of a checkout, written file by file: the part that worker processes share. No pyarrow here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from datagit.ids import ObjectId
from datagit.objects.blob import blob_parts
from datagit.objects.chunks import LARGEST_WHOLE
from datagit.objects.kind import Kind
from datagit.objects.mode import Mode
from datagit.objects.reader import ObjectReader
from datagit.worktree.files import Folders, Seen, StatResult, write_file, write_link

_BATCH_FILES = 512
_BATCH_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
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


def write_slice(
    root_path: bytes, objects: ObjectReader, wanted: Sequence[Wanted], advance: Callable[[int], None]
) -> Iterator[tuple[bytes, StatResult]]:
    """Write files and links, and yield (path, lstat) of each; the order is what is cheapest to read.

    Args:
        root_path: the working tree.
        objects: where the blobs are.
        wanted: sorted by path.
        advance: hears of files as they are written.

    Raises:
        PathChangedError: something stands there that the plan did not see; it stays.
        ObjectMissingError, ObjectCorruptError: a blob cannot be had.
    """
    with Folders(root_path) as folders:
        for batch in _batches(wanted):
            whole: dict[ObjectId, list[Wanted]] = {}
            for want in batch:
                if want.size > LARGEST_WHOLE and want.mode != Mode.SYMLINK:
                    folder = folders.make(want.path.rpartition(b"/")[0])
                    parts = blob_parts(objects, want.oid)
                    yield want.path, write_file(folder, want.path, parts, Mode(want.mode), want.seen, want.oid)
                    advance(1)
                else:
                    whole.setdefault(want.oid, []).append(want)
            for oid, content in objects.read_many(Kind.BLOB, list(whole)):
                for want in whole[oid]:
                    yield want.path, _write_whole(folders, want, content)
                    advance(1)


def _write_whole(folders: Folders, want: Wanted, content: bytes) -> StatResult:
    folder = folders.make(want.path.rpartition(b"/")[0])
    if want.mode == Mode.SYMLINK:
        return write_link(folder, want.path, content, want.seen)
    return write_file(folder, want.path, (content,), Mode(want.mode), want.seen, None)


def _batches(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    """Yield wanted in pieces of bounded size, so that memory stays bounded."""
    batch: list[Wanted] = []
    size = 0
    for want in wanted:
        batch.append(want)
        size += min(want.size, LARGEST_WHOLE)
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

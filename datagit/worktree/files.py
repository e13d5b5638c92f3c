"""Files of the working tree, reached by folder handles: nothing here follows a link or replaces what it did not expect.

Every folder is opened from its parent's handle, so that a folder swapped for a link is met as such. A file appears
under its name whole, with its final mode, or not at all.
"""

import contextlib
import enum
import errno
import itertools
import os
import re
import secrets
import stat
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple, NoReturn, Protocol

from datagit.errors import RefusedError
from datagit.ids import Bytes, ObjectId, blob_hasher
from datagit.objects.invalid import InvalidObjectError
from datagit.objects.mode import Mode
from datagit.objects.path import show_path
from datagit.storage.rename import UnsafeFilesystemError, exchange, rename_to_new_name
from datagit.worktree.stat_columns import row_mode

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CREATE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCKED = frozenset({errno.ENOTDIR, errno.ELOOP})
_OPEN_HANDLES = 128

_NAME_START = b".tmp-" + secrets.token_hex(4).encode()
_NAME_NUMBERS = itertools.count()

TEMPORARY = re.compile(rb"\.tmp-[0-9a-f]{16}")
"""Names of files that are being written."""

ASIDE = re.compile(rb"\.tmp-aside-[0-9a-f]{16}")
"""Names that hold, for a moment, what stood where a file was written or removed."""
_LONGEST_LINK = 4096


class PathChangedError(RefusedError):
    """Between the plan and the writing somebody else changed what stands at a path; theirs stays."""

    code = "files-in-the-way"

    def __init__(self, path: bytes) -> None:
        super().__init__(
            f"{show_path(path)} changed while it was about to be written",
            hint="nothing of it is lost; run the same command again",
        )
        self.path = path


class Seen(NamedTuple):
    """What the plan saw at a path: enough to know the same file again."""

    mode: int
    size: int
    mtime_ns: int
    inode: int


class Replace(enum.Enum):
    """Whether a rename may replace what is there."""

    ALLOWED = "allowed"
    REFUSED = "refused"


class StatResult(Protocol):
    """The part of os.stat_result that an index row keeps."""

    @property
    def st_mode(self) -> int: ...
    @property
    def st_size(self) -> int: ...
    @property
    def st_mtime_ns(self) -> int: ...
    @property
    def st_ctime_ns(self) -> int: ...
    @property
    def st_ino(self) -> int: ...


class Folders:
    """Handles of folders below a root, the latest kept open. A context manager."""

    def __init__(self, root: bytes) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._handles: OrderedDict[bytes, int] = OrderedDict()

    def __enter__(self) -> "Folders":
        return self

    def __exit__(self, *_: object) -> None:
        self.forget_all()
        os.close(self._root)

    def open(self, folder: bytes) -> int:
        """Return the handle of folder ("" is the root, no '/' at the end); it stays valid until the next call.

        Raises:
            FileNotFoundError: it is not there.
            PathChangedError: a link or a file stands in its place or above it.
        """
        return self._open(folder, _enter)

    def make(self, folder: bytes) -> int:
        """Return the handle of folder, which is made, with those above it, where it is missing; raises as open."""
        return self._open(folder, _enter_or_make)

    def forget_all(self) -> None:
        """Close all handles but the root's; to be called when folders were removed."""
        while self._handles:
            os.close(self._handles.popitem()[1])

    def _open(self, folder: bytes, step: Callable[[int, bytes, bytes], int]) -> int:
        if not folder:
            return self._root
        handle = self._handles.get(folder)
        if handle is not None:
            self._handles.move_to_end(folder)
            return handle
        # down from the nearest folder that is open, without recursion
        end = folder.rfind(b"/")
        while end > 0 and folder[:end] not in self._handles:
            end = folder.rfind(b"/", 0, end)
        handle = self._handles[folder[:end]] if end > 0 else self._root
        while end < len(folder):
            start = end + 1 if end > 0 else 0
            end = folder.find(b"/", start)
            end = len(folder) if end < 0 else end
            handle = step(handle, folder[start:end], folder[:end])
            self._keep(folder[:end], handle)
        return handle

    def _keep(self, folder: bytes, handle: int) -> None:
        self._handles[folder] = handle
        while len(self._handles) > _OPEN_HANDLES:
            oldest = next(iter(self._handles))
            if oldest == folder:
                break
            os.close(self._handles.pop(oldest))


def _enter(parent: int, name: bytes, path: bytes) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except OSError as error:
        if error.errno in _BLOCKED:
            raise PathChangedError(path) from error
        raise


def _enter_or_make(parent: int, name: bytes, path: bytes) -> int:
    try:
        return _enter(parent, name, path)
    except FileNotFoundError:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, dir_fd=parent)
        return _enter(parent, name, path)


def lstat_in(folder: int, name: bytes) -> os.stat_result | None:
    """Return lstat of a name in an open folder, None if nothing is there."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def write_file(
    folder: int, path: bytes, parts: Iterable[Bytes], mode: int, seen: Seen | None, expect: ObjectId | None
) -> os.stat_result:
    """Give a file its content in place of what the plan saw, and return its lstat.

    Args:
        folder: open handle of the folder that path lies in.
        path: of the file, from the root.
        parts: the content, piece by piece.
        mode: FILE or EXECUTABLE; the umask takes its share.
        seen: what the plan saw at path; None for nothing.
        expect: id that the parts together must have; None if their id is proven already.

    Raises:
        PathChangedError: something else stands there now; it stays.
        InvalidObjectError: the parts are not the blob; nothing is written.
    """
    name = path[path.rfind(b"/") + 1 :]
    temporary = _temporary_name()
    handle = os.open(temporary, _CREATE, 0o777 if mode == Mode.EXECUTABLE else 0o666, dir_fd=folder)
    try:
        hasher = None if expect is None else blob_hasher()
        for part in parts:
            if hasher is not None:
                hasher.update(part)
            _write_all(handle, part)
        if hasher is not None and hasher.digest() != expect:
            _refuse_content(path)
        _put_in_place(folder, temporary, name, path, seen)
        return os.fstat(handle)  # after the rename, which moves ctime
    except BaseException:
        _unlink(folder, temporary)
        raise
    finally:
        os.close(handle)


def _refuse_content(path: bytes) -> NoReturn:
    message = f"the content for {show_path(path)} is not what its id says"
    raise InvalidObjectError(message, code="object-corrupt")


def write_link(folder: int, path: bytes, target: bytes, seen: Seen | None) -> os.stat_result:
    """Make path a symbolic link to target in place of what the plan saw; returns and raises as write_file."""
    if not target or b"\0" in target or len(target) > _LONGEST_LINK:
        message = f"the target of the symbolic link {show_path(path)} cannot be written"
        raise InvalidObjectError(message)
    name = path[path.rfind(b"/") + 1 :]
    temporary = _temporary_name()
    os.symlink(target, temporary, dir_fd=folder)
    try:
        _put_in_place(folder, temporary, name, path, seen)
    except BaseException:
        _unlink(folder, temporary)
        raise
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def remove_file(folder: int, path: bytes, seen: Seen) -> None:
    """Remove the file or link that the plan saw; one that is gone already is fine.

    Raises:
        PathChangedError: something else stands there now; it stays.
    """
    name = path[path.rfind(b"/") + 1 :]
    now = lstat_in(folder, name)
    if now is None:
        return
    if not is_same(now, seen):
        raise PathChangedError(path)
    temporary = _aside_name()
    try:
        # aside first: whoever changes it between the look and the unlink gets it back
        rename_to_new_name(name, temporary, source_folder=folder, target_folder=folder)
    except FileNotFoundError:
        return
    except UnsafeFilesystemError:
        os.unlink(name, dir_fd=folder)
        return
    moved = lstat_in(folder, temporary)
    if moved is not None and not is_same(moved, seen):
        rename_to_new_name(temporary, name, source_folder=folder, target_folder=folder)
        raise PathChangedError(path)
    _unlink(folder, temporary)


def move_file(root: bytes, source: bytes, target: bytes, replace: Replace) -> tuple[os.stat_result, os.stat_result]:
    """Rename a file or folder below root, and return its lstat before and after.

    Raises:
        OSError: the system refuses; FileExistsError if something is at target that is not to be replaced.
    """
    with Folders(root) as folders:
        above, _, name = source.rpartition(b"/")
        to_above, _, to_name = target.rpartition(b"/")
        # duplicates, since a handle is only good until the next one is asked for
        here = os.dup(folders.open(above))
        try:
            there = folders.open(to_above)
            before = os.stat(name, dir_fd=here, follow_symlinks=False)
            if replace is Replace.ALLOWED:
                os.rename(name, to_name, src_dir_fd=here, dst_dir_fd=there)
            else:
                rename_to_new_name(name, to_name, source_folder=here, target_folder=there)
            return before, os.stat(to_name, dir_fd=there, follow_symlinks=False)
        finally:
            os.close(here)


def is_same(now: StatResult, seen: Seen) -> bool:
    """Return whether lstat shows the very file that the plan saw, unchanged."""
    return (row_mode(now.st_mode), now.st_size, now.st_mtime_ns, now.st_ino) == seen


def hash_file(folder: int, name: bytes) -> tuple[ObjectId, os.stat_result] | None:
    """Return the blob id of a file or link in an open folder with its lstat; None if there is neither."""
    now = lstat_in(folder, name)
    if now is None:
        return None
    hasher = blob_hasher()
    if stat.S_ISLNK(now.st_mode):
        hasher.update(os.readlink(name, dir_fd=folder))
    elif stat.S_ISREG(now.st_mode):
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        with open(handle, "rb", buffering=0) as file:
            while part := file.read(1 << 20):
                hasher.update(part)
    else:
        return None
    return ObjectId(hasher.digest()), now


def _put_in_place(folder: int, temporary: bytes, name: bytes, path: bytes, seen: Seen | None) -> None:
    if seen is not None:
        try:
            _swap_in(folder, temporary, name, path, seen)
        except FileNotFoundError:
            pass  # the user removed it meanwhile, and nothing is lost
        else:
            return
    try:
        rename_to_new_name(temporary, name, source_folder=folder, target_folder=folder)
    except FileExistsError as error:
        raise PathChangedError(path) from error
    except UnsafeFilesystemError:
        try:
            os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except FileExistsError as error:
            raise PathChangedError(path) from error
        _unlink(folder, temporary)


def _swap_in(folder: int, temporary: bytes, name: bytes, path: bytes, seen: Seen) -> None:
    now = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not is_same(now, seen):
        raise PathChangedError(path)
    # another name first: after a kill, whoever clears up must tell an unfinished file from a displaced one
    aside = _aside_name()
    os.rename(temporary, aside, src_dir_fd=folder, dst_dir_fd=folder)
    try:
        exchange(aside, name, one_folder=folder, other_folder=folder)
    except (UnsafeFilesystemError, FileNotFoundError) as error:
        os.rename(aside, temporary, src_dir_fd=folder, dst_dir_fd=folder)
        if isinstance(error, FileNotFoundError):
            raise
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        return
    displaced = os.stat(aside, dir_fd=folder, follow_symlinks=False)
    if not is_same(displaced, seen):
        exchange(aside, name, one_folder=folder, other_folder=folder)
        _unlink(folder, aside)
        raise PathChangedError(path)
    _unlink(folder, aside)


def _temporary_name() -> bytes:
    """Return a fresh name that TEMPORARY matches; chance is asked once, since a large checkout needs many."""
    return b"%s%08x" % (_NAME_START, next(_NAME_NUMBERS) & 0xFFFFFFFF)


def _aside_name() -> bytes:
    return b".tmp-aside-" + secrets.token_hex(8).encode()


def _write_all(handle: int, content: Bytes) -> None:
    done = os.write(handle, content)
    if done < len(content):
        view = memoryview(content)
        while done < len(view):
            done += os.write(handle, view[done:])


def _unlink(folder: int, name: bytes) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)

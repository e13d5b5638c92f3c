"""Renaming that never replaces: for file systems without hard links, and for files whose name must be free.

ctypes is loaded by the first call, because start-up must not pay for it.
"""

import errno
import functools
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from datagit.errors import StorageError

_AT_FDCWD = -100 if sys.platform == "linux" else -2
_LINUX_NOREPLACE = 1
_LINUX_EXCHANGE = 2
_MACOS_SWAP = 2
_MACOS_EXCLUSIVE = 4
_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})

_Rename = Callable[[int, bytes, int, bytes, int], int]


class UnsafeFilesystemError(StorageError):
    """The file system has no way to take a name only if it is free."""

    code = "unsafe-filesystem"

    def __init__(self, path: Path | bytes | str) -> None:
        super().__init__(
            f"the file system of '{os.fsdecode(path)}' has neither hard links nor renames that do not replace",
            hint="keep the repository on a local disk",
        )


def rename_to_new_name(
    source: Path | bytes | str,
    target: Path | bytes | str,
    *,
    source_folder: int = _AT_FDCWD,
    target_folder: int = _AT_FDCWD,
) -> None:
    """Rename source to target, both relative to open folders if given.

    Raises:
        FileExistsError: target exists; nothing changed.
        UnsafeFilesystemError: the system cannot do it atomically.
        OSError: anything else.
    """
    flag = _LINUX_NOREPLACE if sys.platform == "linux" else _MACOS_EXCLUSIVE
    _rename_with_flag(source, target, source_folder, target_folder, flag)


def exchange(
    one: Path | bytes | str,
    other: Path | bytes | str,
    *,
    one_folder: int = _AT_FDCWD,
    other_folder: int = _AT_FDCWD,
) -> None:
    """Swap two names in one step; raises UnsafeFilesystemError or OSError as rename_to_new_name does."""
    flag = _LINUX_EXCHANGE if sys.platform == "linux" else _MACOS_SWAP
    _rename_with_flag(one, other, one_folder, other_folder, flag)


def _rename_with_flag(
    source: Path | bytes | str, target: Path | bytes | str, source_folder: int, target_folder: int, flag: int
) -> None:
    code = _system_rename()(source_folder, os.fsencode(source), target_folder, os.fsencode(target), flag)
    if code in _UNSUPPORTED:
        raise UnsafeFilesystemError(target)
    if code:
        raise OSError(code, os.strerror(code), os.fsdecode(target))


@functools.cache
def _system_rename() -> _Rename:
    ctypes = importlib.import_module("ctypes")
    library = ctypes.CDLL(None, use_errno=True)
    native = getattr(library, "renameat2" if sys.platform == "linux" else "renameatx_np", None)

    def rename(source_folder: int, source: bytes, target_folder: int, target: bytes, flag: int) -> int:
        if native is None:
            return errno.ENOSYS
        while native(source_folder, source, target_folder, target, ctypes.c_uint(flag)) != 0:
            code: int = ctypes.get_errno()
            if code != errno.EINTR:
                return code
        return 0

    return rename

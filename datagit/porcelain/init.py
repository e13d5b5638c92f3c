"""Begin: make a folder a repository; done twice, it does no harm."""

import enum
from dataclasses import dataclass
from pathlib import Path

from datagit.errors import StorageError
from datagit.repository import DG_FOLDER, Layout, Sources, init_repository
from datagit.storage.durable import make_folder
from datagit.storage.local import LocalStorage
from datagit.store.layout import FORMAT, read_format
from datagit.store.log_entry import Actor


class Begun(enum.Enum):
    """Whether a repository was made or had been there."""

    NEW = "new"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class InitResult:
    """Where the repository is, ``.dg`` or the whole of a bare one, and whether it is new."""

    dg_dir: Path
    begun: Begun


def init(folder: Path, sources: Sources, *, branch: str, layout: Layout, actor: Actor, time: int) -> InitResult:
    """Make folder, and those above it, a repository with the unborn branch checked out; leave one that is there alone.

    Raises:
        RefNameError: branch is no name for a branch.
        FormatTooNewError: a later version made the repository that is there.
        StorageError: a file is in the way, or rights are missing.
    """
    dg_dir = folder / DG_FOLDER if layout is Layout.WORKTREE else folder
    if (dg_dir / FORMAT).exists():
        read_format(LocalStorage(dg_dir))
        return InitResult(dg_dir, Begun.AGAIN)
    if folder.exists() and not folder.is_dir():
        message = f"cannot mkdir {folder}: File exists"
        raise StorageError(message)
    _make_folders(folder)
    init_repository(folder, sources, branch=branch, layout=layout, actor=actor, time=time)
    return InitResult(dg_dir, Begun.NEW)


def _make_folders(folder: Path) -> None:
    missing = [above for above in (folder, *folder.parents) if not above.exists()]
    for above in reversed(missing):
        make_folder(above)

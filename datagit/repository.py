"""Opens the rooms of a repository; holds no verbs."""

import enum
import importlib
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from datagit.config.settings import Settings, load_settings
from datagit.errors import NotFoundError, StateError
from datagit.index.operation import clear_concluded
from datagit.objects.commit import decode_commit
from datagit.objects.kind import Kind
from datagit.progress import Progress
from datagit.storage.durable import make_folder, write_new, write_replacing
from datagit.storage.lock import LockHolder, hold_lock
from datagit.storage.small_file import FileTooLargeError, Links, read_small_file
from datagit.store.append import Proposal, append_entry
from datagit.store.layout import CACHE, CONFIG, FORMAT, HEAD, INDEX, LOCK, STATE, TEMPORARY
from datagit.store.log_entry import Actor
from datagit.store.refs import HEADS, check_ref_name
from datagit.store.store import Store, create_store, open_store

DG_FOLDER = ".dg"
_GIT_RULES = ".gitignore"
"""Keeps a Git that shares the working tree from offering, or adding, our packs."""
_JOURNAL = "operation.json"
_LONGEST_HEAD = 4096
_MERGE = "merge"
# both load pyarrow, and are needed only after a command was killed
_RECOVER_CHECKOUT = "datagit.worktree.journal"
_SALVAGE = "datagit.store.salvage"


class NotARepositoryError(NotFoundError):
    """Neither the folder nor any above it holds a repository."""

    code = "not-a-repository"

    def __init__(self, start: Path) -> None:
        super().__init__(
            f"not a dg repository (or any of the parent directories): {DG_FOLDER}",
            hint="make one with 'dg init'",
        )
        self.start = start


class NoWorktreeError(StateError):
    """The verb needs a working tree, and the repository is bare."""

    code = "not-a-repository"

    def __init__(self) -> None:
        super().__init__("this operation must be run in a work tree")


class UnsafeOwnerError(StateError):
    """The repository belongs to another user, who could have prepared it."""

    code = "unsafe-owner"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"detected dubious ownership in repository at '{folder}'",
            hint=f"if you trust it: dg config --global --add safe.directory {folder}",
        )


@dataclass(frozen=True, slots=True)
class Sources:
    """Where settings beyond the repository's own come from; the command line's door reads them once."""

    system: Path | None = None
    user: Path | None = None
    environment: Sequence[tuple[str, str | None]] = ()
    overrides: Sequence[tuple[str, str | None]] = ()

    def settings(self, repository: Path | None = None) -> Settings:
        """Return the settings of all levels; repository is the path of its own file."""
        return load_settings(
            system=self.system,
            user=self.user,
            repository=repository,
            environment=self.environment,
            overrides=self.overrides,
        )


@dataclass(frozen=True, slots=True)
class Repository:
    """A store with the working tree, index and settings that belong to it.

    Attributes:
        dg_dir: the folder ``.dg``, or the whole of a bare repository.
        worktree: root of the user's files; None in a bare repository.
        store: the objects and the ref log.
        settings: all levels together.
    """

    dg_dir: Path
    worktree: Path | None
    store: Store
    settings: Settings = field(default_factory=Settings)

    @property
    def index(self) -> Path:
        """Where the index lies; the verb loads it if it needs it."""
        return self.dg_dir / INDEX

    @property
    def state(self) -> Path:
        """The folder of journals and of operations in progress."""
        return self.dg_dir / STATE

    @property
    def config(self) -> Path:
        """The repository's own file of settings."""
        return self.dg_dir / CONFIG

    def root(self) -> Path:
        """Return the root of the working tree; raise NoWorktreeError in a bare repository."""
        if self.worktree is None:
            raise NoWorktreeError
        return self.worktree


def find_repository(start: Path) -> tuple[Path, Path | None]:
    """Return the repository's folder and the root of its working tree, looking in start and then upwards.

    Raises:
        NotARepositoryError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / DG_FOLDER / FORMAT).is_file():
            return folder / DG_FOLDER, folder
        if (folder / FORMAT).is_file() and (folder / HEAD).is_file():
            if folder.name == DG_FOLDER:
                return folder, folder.parent
            return folder, None
    raise NotARepositoryError(start)


def check_owner(dg_dir: Path, settings: Settings) -> None:
    """Raise UnsafeOwnerError if the folder belongs to another user whom no setting of ours trusts."""
    if not hasattr(os, "geteuid") or dg_dir.stat().st_uid == os.geteuid():
        return
    trusted = settings.get_all("safe.directory")
    if "*" not in trusted and str(dg_dir) not in trusted and str(dg_dir.parent) not in trusted:
        raise UnsafeOwnerError(dg_dir)


def open_repository(
    start: Path, sources: Sources | None = None, *, dg_dir: Path | None = None, worktree: Path | None = None
) -> Repository:
    """Return the repository that start lies in; dg_dir and worktree name its parts outright.

    Raises:
        NotARepositoryError: there is none.
        UnsafeOwnerError: it belongs to somebody else.
        FormatTooNewError: a later version of datagit wrote it.
    """
    sources = sources or Sources()
    if dg_dir is None:
        dg_dir, found = find_repository(start)
    elif (dg_dir / FORMAT).is_file():
        found = dg_dir.parent if dg_dir.name == DG_FOLDER else (None if worktree is None else worktree)
    else:
        raise NotARepositoryError(dg_dir)
    check_owner(dg_dir, sources.settings())
    settings = sources.settings(dg_dir / CONFIG)
    bare = settings.get_bool("core.bare", default=False)
    return Repository(dg_dir, worktree or (None if bare else found), open_store(dg_dir), settings)


class Layout(enum.Enum):
    """Whether a repository has files beside it."""

    WORKTREE = "worktree"
    BARE = "bare"


def init_repository(
    folder: Path, sources: Sources, *, branch: str, layout: Layout, actor: Actor, time: int
) -> Repository:
    """Make folder a repository whose unborn branch is checked out; the first log entry says so.

    Raises:
        RefNameError: branch is no name for a branch.
        NameTakenError: folder is a repository already.
        StorageError: the folder cannot be made or written.
    """
    head = check_ref_name(HEADS + branch)
    dg_dir = folder / DG_FOLDER if layout is Layout.WORKTREE else folder
    make_folder(dg_dir)
    bare = "true" if layout is Layout.BARE else "false"
    store = create_store(dg_dir, str(uuid.uuid4()))
    if not (dg_dir / CONFIG).exists():
        write_new(dg_dir / CONFIG, f"[core]\n\tbare = {bare}\n".encode(), mode=0o644)
    if layout is Layout.WORKTREE and not (dg_dir / _GIT_RULES).exists():
        write_new(dg_dir / _GIT_RULES, b"*\n", mode=0o644)
    append_entry(store, Proposal("init", (), head, actor, time))
    copy_head(dg_dir, head)
    return open_repository(folder, sources, dg_dir=dg_dir, worktree=folder if layout is Layout.WORKTREE else None)


def copy_head(dg_dir: Path, head: str) -> None:
    """Write the file HEAD, a copy for shells of what the log says."""
    write_replacing(dg_dir / HEAD, (f"ref: {head}\n" if head.startswith("refs/") else f"{head}\n").encode())


@contextmanager
def locked(repo: Repository, command: str, progress: Progress) -> Iterator[None]:
    """Be the repository's only writer while the block runs; what a killed command left is put right first.

    Args:
        repo: the repository to write to.
        command: what to show whoever waits, such as ``dg add``.
        progress: told whom we wait for, after a second.

    Raises:
        LockTimeoutError: another process held the lock longer than core.lockTimeout seconds (30).
    """

    def waiting(holder: LockHolder) -> None:
        progress.warn(f"waiting for '{holder.command}' (pid {holder.pid} on {holder.host}) to finish")

    timeout_s = float(repo.settings.get_int("core.lockTimeout", 30))
    with hold_lock(repo.dg_dir / LOCK, command=command, timeout_s=timeout_s, waiting=waiting):
        recover(repo, progress)
        yield


def recover(repo: Repository, progress: Progress) -> None:
    """Finish or undo what a killed command left half done; cheap where there is nothing. The lock must be held."""
    for name in (TEMPORARY, STATE, CACHE):  # empty folders get lost in copies and archives
        make_folder(repo.dg_dir / name)
    if any((repo.dg_dir / TEMPORARY).iterdir()):
        salvage: Callable[[Store, Progress], None] = importlib.import_module(_SALVAGE).salvage_packs
        salvage(repo.store, progress)
    if (repo.state / _JOURNAL).exists():
        journal = importlib.import_module(_RECOVER_CHECKOUT)
        place = journal.Place(repo.state, repo.index, repo.root())
        journal.recover_checkout(place, repo.store, seq=repo.store.refs().seq, progress=progress)
    refs = repo.store.refs()
    if _head_file(repo.dg_dir) != refs.head:
        copy_head(repo.dg_dir, refs.head)
    tip = refs.target_of_head()
    if tip is not None and (repo.state / _MERGE).is_dir():
        # a commit that was killed after its log entry leaves the merge that it concluded
        clear_concluded(repo.state / _MERGE, decode_commit(repo.store.read(Kind.COMMIT, tip)).parents)


def _head_file(dg_dir: Path) -> str:
    try:
        content = read_small_file(dg_dir / HEAD, _LONGEST_HEAD, Links.REFUSE) or b""
    except FileTooLargeError:
        return ""
    return content.decode("ascii", "replace").strip().removeprefix("ref: ")

"""Move: rename files and folders, in the working tree and in the index."""

import enum
import os
import stat
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datagit.errors import InvalidInputError, NotFoundError, StorageError
from datagit.index.index import Index, drop_paths, load_index, put_rows, save_index
from datagit.objects import compute as pc
from datagit.objects.path import PathInvalidError, check_path
from datagit.progress import Progress
from datagit.repository import Repository, locked
from datagit.worktree.files import Replace, move_file
from datagit.worktree.stat_columns import row_mode


class Existing(enum.Enum):
    """What happens if the target is there already."""

    REFUSE = "refuse"
    OVERWRITE = "overwrite"


class Failing(enum.Enum):
    """What happens to a source that cannot be moved."""

    STOP = "stop"
    SKIP = "skip"


class Run(enum.Enum):
    """Whether anything is done."""

    REAL = "real"
    DRY = "dry"


class How(enum.Enum):
    """Whether a path was named, or goes with the folder that it is in."""

    NAMED = "named"
    WITH_FOLDER = "with-folder"


@dataclass(frozen=True, slots=True)
class MvOptions:
    """How to move."""

    existing: Existing = Existing.REFUSE
    failing: Failing = Failing.STOP
    run: Run = Run.REAL


@dataclass(frozen=True, slots=True)
class Move:
    """One rename.

    Attributes:
        source: where it is.
        target: where it goes.
        on_disk: whether it is renamed itself, rather than with the folder that it is in.
        in_index: whether it is a row of the index; folders are not.
        overwrites: whether another file is lost.
    """

    source: bytes
    target: bytes
    on_disk: bool
    in_index: bool
    overwrites: bool = False


@dataclass(frozen=True, slots=True)
class MvPlan:
    """The moves in the order in which they happen, and the pairs that were looked at."""

    checked: Sequence[tuple[bytes, bytes]]
    moves: Sequence[Move]


class CannotMoveError(InvalidInputError):
    """A source cannot go where it should.

    Attributes:
        checked: the pairs of source and target that were looked at, this one last.
    """

    code = "path-invalid"
    checked: tuple[tuple[bytes, bytes], ...] = ()

    def __init__(self, why: str, source: bytes, target: bytes) -> None:
        super().__init__(
            f"{why}, source={source.decode(errors='backslashreplace')}, "
            f"destination={target.decode(errors='backslashreplace')}"
        )


class NoFolderError(NotFoundError):
    """Several sources need a folder to go to."""

    code = "path-not-found"

    def __init__(self, written: str) -> None:
        super().__init__(f"destination '{written}' is not a directory")


class RenameFailedError(StorageError):
    """The system refused to rename.

    Attributes:
        tried: the moves up to the one that failed.
    """

    code = "io-error"

    def __init__(self, source: bytes, reason: str, tried: Sequence[Move]) -> None:
        self.tried = tuple(tried)
        super().__init__(f"renaming '{source.decode(errors='backslashreplace')}' failed: {reason}")


def mv(
    repo: Repository, sources: Sequence[bytes], target: bytes, written: str, options: MvOptions, progress: Progress
) -> MvPlan:
    """Move sources to target, files first and the index last, and return what was done, or would be.

    Args:
        repo: the repository.
        sources: paths from the root, without '/' at the end.
        target: path from the root; '/' at the end means a folder.
        written: target as the user wrote it, for messages.
        options: how.
        progress: told about long work.

    Raises:
        CannotMoveError: a source cannot be moved, without Failing.SKIP; nothing was moved.
        NoFolderError: several sources, and target is no folder.
        RenameFailedError: the system refused; earlier moves are in the index.
        NoWorktreeError: the repository is bare.
    """
    root = os.fsencode(repo.root())
    with locked(repo, "dg mv", progress):
        index = load_index(repo.index)
        plan = _Planner(root, index, options).plan(sources, target, written)
        if options.run is Run.REAL:
            _apply(repo, index, root, plan, options)
        return plan


class _Planner:
    """Looks at each source in turn; what a folder holds follows after all that was named."""

    def __init__(self, root: bytes, index: Index, options: MvOptions) -> None:
        self.root, self.options = root, options
        paths: list[Any] = index.rows["path"].to_pylist()
        self.paths: list[bytes] = paths
        self.stages: list[Any] = index.rows["stage"].to_pylist()
        self.targets: set[bytes] = set()

    def plan(self, sources: Sequence[bytes], target: bytes, written: str) -> MvPlan:
        bare = target.rstrip(b"/")
        if not bare or self._is_folder(bare):
            pairs = [(source, _join(bare, source.rpartition(b"/")[2])) for source in sources]
        elif len(sources) > 1:
            raise NoFolderError(written)
        else:
            pairs = [(sources[0], bare if self._is_folder(sources[0]) else target)]
        # the list grows while it is walked: what a folder holds is looked at after everything named, as git does
        waiting = [(source, goal, How.NAMED) for source, goal in pairs]
        checked: list[tuple[bytes, bytes]] = []
        moves: list[Move] = []
        for source, goal, how in waiting:
            checked.append((source, goal))
            try:
                move = self._check(source, goal, how)
            except CannotMoveError as error:
                error.checked = tuple(checked)
                if self.options.failing is Failing.STOP:
                    raise
                continue
            moves.append(move)
            if not move.in_index:
                start = len(source) + 1
                waiting += [(path, _join(goal, path[start:]), How.WITH_FOLDER) for path in self._below(source)]
        return MvPlan(checked, moves)

    def _check(self, source: bytes, target: bytes, how: How) -> Move:
        found = self._lstat(source)
        if found is None:
            raise CannotMoveError("bad source", source, target)
        if target == source or target.startswith(source + b"/"):
            raise CannotMoveError("can not move directory into itself", source, target)
        there = self._lstat(target.rstrip(b"/"))
        if stat.S_ISDIR(found.st_mode):
            if there is not None:
                raise CannotMoveError("cannot move directory over file", source, target)
            if next(self._below(source), None) is None:
                raise CannotMoveError("source directory is empty", source, target)
            return Move(source, target.rstrip(b"/"), on_disk=True, in_index=False)
        place = bisect_left(self.paths, source)
        if place == len(self.paths) or self.paths[place] != source:
            raise CannotMoveError("not under version control", source, target)
        if self.stages[place]:
            raise CannotMoveError("conflicted", source, target)
        overwrites = False
        if there is not None:
            if self.options.existing is Existing.REFUSE:
                raise CannotMoveError("destination exists", source, target)
            if not stat.S_ISREG(there.st_mode) and not stat.S_ISLNK(there.st_mode):
                raise CannotMoveError("Cannot overwrite", source, target)
            overwrites = True
        elif target in self.targets:
            raise CannotMoveError("multiple sources for the same target", source, target)
        elif target.endswith(b"/"):
            raise CannotMoveError("destination directory does not exist", source, target)
        try:
            check_path(target)
        except PathInvalidError as error:
            raise CannotMoveError(f"invalid path ({error.message})", source, target) from error
        self.targets.add(target)
        return Move(source, target, on_disk=how is How.NAMED, in_index=True, overwrites=overwrites)

    def _lstat(self, path: bytes) -> os.stat_result | None:
        try:
            return os.lstat(os.path.join(self.root, path))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _is_folder(self, path: bytes) -> bool:
        found = self._lstat(path)
        return found is not None and stat.S_ISDIR(found.st_mode)

    def _below(self, folder: bytes) -> Iterator[bytes]:
        place = bisect_left(self.paths, folder + b"/")
        before = b""
        while place < len(self.paths) and self.paths[place].startswith(folder + b"/"):
            if self.paths[place] != before:
                yield self.paths[place]
            before = self.paths[place]
            place += 1


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name


def _apply(repo: Repository, index: Index, root: bytes, plan: MvPlan, options: MvOptions) -> None:
    """Rename on disk, then save the index with what was renamed, also if a rename fails half way."""
    done: list[Move] = []
    moved_folders: list[bytes] = []
    stats: dict[bytes, tuple[os.stat_result, os.stat_result]] = {}
    try:
        for move in plan.moves:
            if move.on_disk:
                try:
                    replace = Replace.ALLOWED if move.overwrites else Replace.REFUSED
                    stats[move.source] = move_file(root, move.source, move.target, replace)
                except OSError as error:
                    if options.failing is Failing.SKIP:
                        continue
                    raise RenameFailedError(move.source, error.strerror or str(error), [*done, move]) from error
                if not move.in_index:
                    moved_folders.append(move.source + b"/")
            elif not move.source.startswith(tuple(moved_folders)):
                continue
            done.append(move)
    finally:
        moves = [move for move in done if move.in_index]
        if moves:
            save_index(_renamed(index, moves, stats), repo.index)


def _renamed(index: Index, moves: Sequence[Move], stats: dict[bytes, tuple[os.stat_result, os.stat_result]]) -> Index:
    """Return index with the rows of moves under their new paths; a renamed file that was clean stays known as clean."""
    targets = {move.source: move.target for move in moves}
    rows = pc.filter(index.rows, pc.is_in(index.rows["path"], value_set=pa.array(list(targets), pa.binary())))
    moved: list[dict[str, Any]] = rows.to_pylist()
    for row in moved:
        source = row["path"]
        row["path"] = targets[source]
        if source in stats:
            before, after = stats[source]
            known = (row["mode"], row["size"], row["mtime_ns"], row["ctime_ns"], row["inode"])
            seen = (row_mode(before.st_mode), before.st_size, before.st_mtime_ns, before.st_ctime_ns, before.st_ino)
            if known == seen:  # a rename moves ctime, and nothing else
                row["ctime_ns"] = after.st_ctime_ns
    return put_rows(drop_paths(index, list(targets)), pa.Table.from_pylist(moved, schema=index.rows.schema))

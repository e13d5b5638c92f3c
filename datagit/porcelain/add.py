"""Add: take what files hold now into the store and the index."""

import enum
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from datagit.attributes.ignore import IgnoreRules
from datagit.attributes.patterns import PathKind
from datagit.diff.pathspec import PathFilter, Pathspec, PathspecUnmatchedError
from datagit.errors import InvalidInputError, StorageError
from datagit.index.index import INDEX_SCHEMA, Index, drop_paths, load_index, put_rows, save_index
from datagit.objects import compute as pc
from datagit.objects.columns import Column
from datagit.porcelain.ignoring import repository_rules
from datagit.progress import Progress, Unit
from datagit.repository import Repository, locked
from datagit.store.ingest import Ingested, hash_files, ingest_files
from datagit.store.ingest_slice import IngestFailure
from datagit.worktree.scan import Scan, scan_worktree
from datagit.worktree.status import find_suspects
from datagit.worktree.untracked import Untracked

_MANY_PREFIXES = 64
_CANDIDATE = ["path", "mode", "size"]


class Scope(enum.Enum):
    """Which files add looks at, among those that the pathspecs choose."""

    ALL = "all"
    TRACKED = "tracked"
    """``-u``: only what the index has."""


class Removal(enum.Enum):
    """What add makes of tracked files that are gone."""

    RECORD = "record"
    IGNORE = "ignore"
    """``--ignore-removal``: they stay in the index."""


class IgnoredFiles(enum.Enum):
    """What add makes of ignored files."""

    LEAVE = "leave"
    ADD = "add"
    """``-f``."""


class Unreadable(enum.Enum):
    """What add makes of files that cannot be read."""

    STOP = "stop"
    SKIP = "skip"
    """``--ignore-errors``: the others are added."""


class Run(enum.Enum):
    """Whether add does it, or only says what it would do."""

    REAL = "real"
    DRY = "dry"


@dataclass(frozen=True, slots=True)
class AddOptions:
    """How to add; the defaults are those of ``dg add``."""

    scope: Scope = Scope.ALL
    removal: Removal = Removal.RECORD
    ignored: IgnoredFiles = IgnoredFiles.LEAVE
    unreadable: Unreadable = Unreadable.STOP
    run: Run = Run.REAL
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class AddResult:
    """What add did, or would do.

    Attributes:
        updated: tracked paths whose content or mode is new in the index.
        removed: tracked paths that are gone from it.
        added: paths that the index did not have.
        ignored: paths that were named, but are ignored, and stayed out.
        embedded: folders, with '/' at the end, that are repositories of their own, and stayed out.
        special: sockets, pipes and devices that stayed out.
        failures: files that could not be read.
    """

    updated: Column
    removed: Column
    added: Column
    ignored: tuple[bytes, ...] = ()
    embedded: tuple[bytes, ...] = ()
    special: tuple[bytes, ...] = ()
    failures: tuple[IngestFailure, ...] = ()


class AddFailedError(StorageError):
    """Files could not be read, and nothing was added to the index."""

    code = "io-error"

    def __init__(self, failures: Sequence[IngestFailure]) -> None:
        lines = "".join(f"\n  {failure.message}" for failure in failures)
        super().__init__(
            f"adding files failed, the index is unchanged:{lines}",
            hint="add all others with 'dg add --ignore-errors'",
            code=failures[0].code if len({failure.code for failure in failures}) == 1 else "",
        )
        self.failures = tuple(failures)
        self.path = failures[0].path


class NotAddableError(InvalidInputError):
    """A path was named that can never be in a dataset."""

    code = "path-invalid"


def add(repo: Repository, paths: PathFilter, options: AddOptions, progress: Progress) -> AddResult:
    """Make the index hold what the files that paths chooses hold now; their blobs are in the store before it is saved.

    Raises:
        PathspecUnmatchedError: a pathspec matches nothing, here or in the index.
        AddFailedError: files could not be read; without Unreadable.SKIP the index stays as it was.
        NotAddableError: a pathspec names a socket, a pipe, a device, or something in a repository of its own.
        NoWorktreeError: the repository is bare.
    """
    with locked(repo, "dg add", progress):
        result, index = stage_files(repo, load_index(repo.index), paths, options, progress)
        if options.run is Run.REAL and index is not None:
            save_index(index, repo.index)
        return result


def stage_files(
    repo: Repository, index: Index, paths: PathFilter, options: AddOptions, progress: Progress
) -> tuple[AddResult, Index | None]:
    """Return what adding to index does, and the index that it makes, None if that is the same; saves nothing.

    With Run.REAL the blobs are in the store; the lock must be held until the index is saved. Raises as add does.
    """
    root = repo.root()
    rules = repository_rules(repo)
    known = pc.unique(index.rows["path"])
    progress.begin("scanning", total=None, unit=Unit.FILES)
    scan = scan_worktree(
        root,
        tracked=known,
        is_ignored=None if options.ignored is IgnoredFiles.ADD else rules.is_ignored,
        untracked=Untracked.NONE if options.scope is Scope.TRACKED else Untracked.FILES,
        prefixes=_prefixes(paths),
        jobs=options.jobs or os.cpu_count() or 1,
    )
    new = _chosen(scan.untracked, paths)
    _check_matched(root, paths, known, new["path"])
    _check_addable(scan, paths)
    ignored = () if options.ignored is IgnoredFiles.ADD else _ignored_by_name(root, paths, rules, known)
    suspects = find_suspects(index, scan)
    changed = _chosen(suspects.found, paths)
    conflicted = pc.unique(index.unmerged["path"])
    settled = _chosen(pc.filter(scan.found, pc.is_in(scan.found["path"], value_set=conflicted)), paths)
    gone = _gone(scan, paths) if options.removal is Removal.RECORD else known[:0]
    candidates = pa.concat_tables([table.select(_CANDIDATE) for table in (changed, settled, new)])
    candidates = pc.take(candidates, pc.sort_indices(candidates["path"])).combine_chunks()
    if options.run is Run.REAL:
        read = ingest_files(repo.store, root, candidates, jobs=options.jobs, progress=progress)
    else:
        read = hash_files(root, candidates, jobs=options.jobs, progress=progress)
    failures = _scan_failures(scan, paths) + read.failures
    if failures and options.unreadable is Unreadable.STOP:
        raise AddFailedError(failures)
    result = AddResult(
        updated=_really_changed(index, read),
        removed=gone,
        added=pc.filter(read.rows["path"], pc.invert(pc.is_in(read.rows["path"], value_set=known))),
        ignored=ignored,
        embedded=tuple(folder for folder in scan.folders if paths.matches_one(folder[:-1])),
        special=tuple(path for path in scan.special if paths.matches_one(path)),
        failures=failures,
    )
    return result, _edited(repo, index, read, gone) if read.rows.num_rows or len(gone) else None


def _edited(repo: Repository, index: Index, read: Ingested, gone: Column) -> Index:
    rows = read.rows.append_column("stage", pa.repeat(pa.scalar(0, pa.uint8()), read.rows.num_rows))
    edited = put_rows(drop_paths(index, gone) if len(gone) else index, rows.select(INDEX_SCHEMA.names))
    return replace(edited, store=repo.store.uuid, seq=repo.store.refs().seq)


def _prefixes(paths: PathFilter) -> tuple[bytes, ...]:
    return paths.roots if len(paths.roots) <= _MANY_PREFIXES else (b"",)


def _chosen(rows: pa.Table, paths: PathFilter) -> pa.Table:
    return rows if paths.everything else pc.filter(rows, paths.matches(rows["path"]))


def _gone(scan: Scan, paths: PathFilter) -> Column:
    missing = scan.missing_paths
    return missing if paths.everything else pc.filter(missing, paths.matches(missing))


def _really_changed(index: Index, read: Ingested) -> Column:
    """Return the paths among those read that the index has with another content or mode, or unmerged."""
    staged = index.staged
    places = pc.index_in(read.rows["path"], value_set=staged["path"].combine_chunks())
    same: Column = pc.and_(
        pc.equal(read.rows["id"], pc.take(staged["id"], places)),
        pc.equal(read.rows["mode"], pc.take(staged["mode"], places)),
    )
    tracked = pc.is_in(read.rows["path"], value_set=pc.unique(index.rows["path"]))
    same = pc.fill_null(same, False)  # noqa: FBT003 - a value, not a flag
    return pc.filter(read.rows["path"], pc.and_(tracked, pc.invert(same)))


def _scan_failures(scan: Scan, paths: PathFilter) -> tuple[IngestFailure, ...]:
    return tuple(
        IngestFailure(problem.path, problem.code, problem.message)
        for problem in scan.problems
        if paths.matches_one(problem.path.rstrip(b"/")) or paths.may_hold(problem.path.rstrip(b"/"))
    )


def _check_matched(root: Path, paths: PathFilter, *columns: Column) -> None:
    """Raise where a pathspec matches nothing and names nothing that is there, as git does."""
    for spec in paths.unmatched(*columns):
        if not spec.plain or not _exists(root, spec.path):
            raise PathspecUnmatchedError(spec.written)
        for folder in _folders_above(spec.path.rstrip(b"/")):
            if os.path.islink(os.path.join(os.fsencode(root), folder)):
                message = f"pathspec '{spec.written.decode(errors='backslashreplace')}' is beyond a symbolic link"
                raise NotAddableError(message)


def _check_addable(scan: Scan, paths: PathFilter) -> None:
    """Raise where a pathspec names what can never be added, rather than a folder that holds it."""
    for spec in paths.wanted:
        path = spec.path.rstrip(b"/")
        shown = spec.written.decode(errors="backslashreplace")
        if path in scan.special:
            message = f"'{shown}' is a socket, a pipe or a device, which a dataset cannot hold"
            raise NotAddableError(message)
        for folder in scan.folders:
            if path and (path + b"/").startswith(folder):
                message = f"'{shown}' is in a repository of its own, '{folder[:-1].decode(errors='backslashreplace')}'"
                raise NotAddableError(message, hint="move its '.dg' or '.git' away to add its files here")


def _ignored_by_name(root: Path, paths: PathFilter, rules: IgnoreRules, known: Column) -> tuple[bytes, ...]:
    """Return what the user named, or named something in, although it is ignored and not tracked."""
    found: dict[bytes, None] = {}
    for spec in paths.wanted:
        path = _named_and_ignored(root, spec, rules)
        if path is not None:
            found[path] = None
    if not found:
        return ()
    tracked = set(pc.filter(known, pc.is_in(known, value_set=pa.array(list(found), pa.binary()))).to_pylist())
    return tuple(sorted(found.keys() - tracked))


def _named_and_ignored(root: Path, spec: Pathspec, rules: IgnoreRules) -> bytes | None:
    literal = spec.path[: spec.literal]
    named = [*_folders_above(literal), *([literal.rstrip(b"/")] if spec.plain and literal else [])]
    for path in named:
        place = os.path.join(os.fsencode(root), path)
        if not os.path.lexists(place):
            return None
        kind = PathKind.FOLDER if os.path.isdir(place) and not os.path.islink(place) else PathKind.FILE
        if rules.is_ignored(path, kind):
            return path
    return None


def _folders_above(path: bytes) -> Iterator[bytes]:
    end = path.find(b"/")
    while end >= 0:
        yield path[:end]
        end = path.find(b"/", end + 1)


def _exists(root: Path, path: bytes) -> bool:
    return os.path.lexists(os.path.join(os.fsencode(root), path))

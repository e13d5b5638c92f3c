"""List files: what the index holds, and how the working tree stands to it."""

import enum
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from datagit.attributes.ignore import IgnoreRules
from datagit.attributes.patterns import PathKind
from datagit.diff.pathspec import EVERYTHING, PathFilter, Pathspec
from datagit.errors import InvalidInputError
from datagit.ids import ObjectId
from datagit.index.index import Index, load_index
from datagit.objects import compute as pc
from datagit.porcelain.ignoring import repository_rules
from datagit.porcelain.worktree_changes import file_hasher
from datagit.progress import Progress
from datagit.repository import Repository
from datagit.worktree.scan import Scan, scan_worktree
from datagit.worktree.status import compare_worktree
from datagit.worktree.untracked import Ignored, Untracked

_MANY_PREFIXES = 64


class Group(enum.Enum):
    """Which files are listed; the value is Git's letter for ``-t``."""

    CACHED = "H"
    UNMERGED = "M"
    DELETED = "R"
    MODIFIED = "C"
    OTHERS = "?"


class Exclude(enum.Enum):
    """Whether the ignore rules count."""

    NOTHING = "nothing"
    STANDARD = "standard"


class Only(enum.Enum):
    """Whether only what the ignore rules name is listed."""

    ALL = "all"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class LsFilesOptions:
    """What to list.

    Attributes:
        groups: CACHED, UNMERGED, DELETED, MODIFIED and OTHERS as asked for.
        exclude: whether ignored files stay out of OTHERS.
        only: IGNORED turns the choice round.
        paths: which paths.
    """

    groups: frozenset[Group]
    exclude: Exclude = Exclude.NOTHING
    only: Only = Only.ALL
    paths: PathFilter = EVERYTHING


class Listed(NamedTuple):
    """One line: an index row, or a file that is not tracked."""

    group: Group
    path: bytes
    mode: int | None = None
    oid: ObjectId | None = None
    stage: int = 0


@dataclass(frozen=True, slots=True)
class LsFilesResult:
    """What was found, and the pathspecs that match none of it."""

    files: Sequence[Listed]
    unmatched: Sequence[Pathspec]


def ls_files(repo: Repository, options: LsFilesOptions, progress: Progress) -> LsFilesResult:
    """Return the files asked for: others first, then the index in its order.

    Raises:
        InvalidInputError: only ignored files are wanted, but no rules, or neither tracked nor other files.
        NoWorktreeError: the repository is bare, and files are to be looked at.
    """
    groups = options.groups
    if options.only is Only.IGNORED:
        if not groups & {Group.OTHERS, Group.CACHED}:
            message = "ls-files -i must be used with either -o or -c"
            raise InvalidInputError(message, code="usage")
        if options.exclude is Exclude.NOTHING:
            message = "ls-files --ignored needs some exclude pattern"
            raise InvalidInputError(message, code="usage")
    index = load_index(repo.index)
    looks = bool(groups & {Group.OTHERS, Group.DELETED, Group.MODIFIED})
    rules = repository_rules(repo) if options.exclude is Exclude.STANDARD else None
    scan = _scan(repo, index, options, rules) if looks else None
    listed = list(_others(scan, options)) if scan is not None and Group.OTHERS in groups else []
    if groups - {Group.OTHERS}:
        states = _states(repo, index, scan, options, progress) if scan is not None else {}
        listed += _indexed(index, states, options, rules)
    known = index.rows["path"]
    columns = [known] if scan is None else [known, scan.untracked["path"]]
    return LsFilesResult(listed, options.paths.unmatched(*columns))


def _scan(repo: Repository, index: Index, options: LsFilesOptions, rules: IgnoreRules | None) -> Scan:
    others = Group.OTHERS in options.groups
    roots = options.paths.roots
    return scan_worktree(
        repo.root(),
        tracked=pc.unique(index.rows["path"]),
        is_ignored=None if rules is None else rules.is_ignored,
        untracked=Untracked.FILES if others else Untracked.NONE,
        ignored=Ignored.FOLDERS if options.only is Only.IGNORED else Ignored.NONE,
        prefixes=roots if len(roots) <= _MANY_PREFIXES else (b"",),
    )


def _others(scan: Scan, options: LsFilesOptions) -> Iterator[Listed]:
    paths = options.paths
    if options.only is Only.IGNORED:
        found = list(scan.ignored)
    else:
        files: Any = scan.untracked["path"].to_pylist()
        invalid = [problem.path for problem in scan.problems if problem.code == "path-invalid"]
        found = [*files, *scan.folders, *invalid]
    for path in sorted(found):
        if paths.matches_one(path.rstrip(b"/")):
            yield Listed(Group.OTHERS, path)


def _states(
    repo: Repository, index: Index, scan: Scan, options: LsFilesOptions, progress: Progress
) -> dict[bytes, tuple[Group, ...]]:
    """Return for each path whose file differs from the index how: DELETED, MODIFIED or both."""
    root = repo.root()
    changes = compare_worktree(index, scan, file_hasher(root, progress)).changes
    states: dict[bytes, tuple[Group, ...]] = {}
    path: Any
    for path, mode in zip(changes["path"].to_pylist(), changes["new_mode"].to_pylist(), strict=True):
        gone = mode is None and not _is_there(root, path)
        states[path] = (Group.DELETED, Group.MODIFIED) if gone else (Group.MODIFIED,)
    for path in pc.unique(index.unmerged["path"]).to_pylist():
        states[path] = (Group.MODIFIED,) if _is_there(root, path) else (Group.DELETED, Group.MODIFIED)
    return {path: tuple(group for group in both if group in options.groups) for path, both in states.items()}


def _is_there(root: Path, path: bytes) -> bool:
    return os.path.lexists(os.path.join(os.fsencode(root), path))


def _indexed(
    index: Index, states: dict[bytes, tuple[Group, ...]], options: LsFilesOptions, rules: IgnoreRules | None
) -> Iterator[Listed]:
    rows = index.rows
    if not options.paths.everything:
        rows = pc.filter(rows, options.paths.matches(rows["path"]))
    cached = Group.CACHED in options.groups
    columns: tuple[list[Any], ...] = tuple(rows[name].to_pylist() for name in ("path", "mode", "id", "stage"))
    for path, mode, oid, stage in zip(*columns, strict=True):
        if options.only is Only.IGNORED and rules is not None and not rules.is_ignored(path, PathKind.FILE):
            continue
        if cached or (stage and Group.UNMERGED in options.groups):
            yield Listed(Group.UNMERGED if stage else Group.CACHED, path, mode, oid, stage)
        for group in states.get(path, ()):
            yield Listed(group, path, mode, oid, stage)

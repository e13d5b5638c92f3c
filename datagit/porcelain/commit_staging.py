"""Staging on the way to a commit: all tracked files, or paths. Loaded only by commits that look at files."""

import os
from collections.abc import Sequence
from pathlib import Path

from datagit.diff.pathspec import EVERYTHING, PathFilter, literal_filter
from datagit.diff.staged import diff_staged
from datagit.diff.trees import choose_changes
from datagit.errors import RefusedError
from datagit.ids import ObjectId
from datagit.index.index import Index
from datagit.objects import compute as pc
from datagit.objects.columns import Column
from datagit.porcelain.add import AddOptions, IgnoredFiles, Run, Scope, stage_files
from datagit.porcelain.commit_options import Blobs
from datagit.progress import Progress
from datagit.repository import Repository

_RUNS = {Blobs.STORE: Run.REAL, Blobs.HASH: Run.DRY}


class PathsUnknownError(RefusedError):
    """A path to commit names no tracked file."""

    code = "no-match"

    def __init__(self, specs: Sequence[bytes]) -> None:
        lines = [f"pathspec '{spec.decode(errors='backslashreplace')}'" for spec in specs]
        super().__init__("\nerror: ".join(f"{line} did not match any file(s) known to dg" for line in lines))


def stage_tracked(repo: Repository, found: Index, blobs: Blobs, progress: Progress) -> Index | None:
    """Return found with all tracked files as they are now; None if that changes nothing."""
    return stage_files(repo, found, EVERYTHING, AddOptions(scope=Scope.TRACKED, run=_RUNS[blobs]), progress)[1]


def stage_known_paths(
    repo: Repository, found: Index, paths: PathFilter, blobs: Blobs, progress: Progress
) -> Index | None:
    """Return found with the chosen tracked files as they are now; as in Git, a path that is unknown does not matter."""
    tracked: Column = pc.unique(found.rows["path"])
    named: Column = tracked.filter(paths.matches(tracked))
    if not len(named):
        return None
    options = AddOptions(scope=Scope.TRACKED, run=_RUNS[blobs])
    return stage_files(repo, found, literal_filter(named.to_pylist()), options, progress)[1]


def stage_paths(
    repo: Repository, found: Index, root: ObjectId, paths: PathFilter, blobs: Blobs, progress: Progress
) -> Index | None:
    """Return found with the chosen tracked files as they are now; None if that changes nothing.

    What the tree at root has and the index has no more can be named, too, and comes back if its file is there.

    Raises:
        PathsUnknownError: a pathspec matches no tracked file.
    """
    changes = choose_changes(diff_staged(repo.store, root, found.rows), paths)
    gone: Column = pc.filter(changes["path"], pc.is_null(changes["new_id"]))
    unknown = paths.unmatched(pc.unique(found.rows["path"]), gone)
    if unknown:
        raise PathsUnknownError([spec.written for spec in unknown])
    options = AddOptions(scope=Scope.TRACKED, run=_RUNS[blobs])
    index = stage_files(repo, found, paths, options, progress)[1]
    back = [path for path in gone.to_pylist() if _is_there(repo.root(), path)]
    if not back:
        return index
    again = AddOptions(ignored=IgnoredFiles.ADD, run=_RUNS[blobs])
    return stage_files(repo, found if index is None else index, literal_filter(back), again, progress)[1]


def _is_there(root: Path, path: bytes) -> bool:
    return os.path.lexists(os.path.join(os.fsencode(root), path))

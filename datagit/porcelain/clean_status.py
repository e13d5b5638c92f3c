"""The status of a tree in which nothing tracked has changed: told from a few byte comparisons, without pyarrow.

What is not plainly clean is left to datagit.porcelain.status, which loads it all and looks closely.
"""

import contextlib
import importlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from datagit.errors import DatagitError
from datagit.ids import ObjectId, checksum
from datagit.index.boot import boot_id
from datagit.index.operation import MergeState, is_concluded, load_merge_state
from datagit.index.raw import RawIndex, read_raw_index
from datagit.objects.path import PathInvalidError, check_path
from datagit.porcelain.status_result import Status, StatusOptions
from datagit.repository import Repository
from datagit.revision.walk import read_commit
from datagit.storage.durable import write_derived
from datagit.store.refs import Refs
from datagit.worktree.untracked import FileRow, Question, ScanProblem, Strays, Untracked, place_strays
from datagit.worktree.walk import Bounds, Walk
from datagit.worktree.walkers import Walkers

if TYPE_CHECKING:
    from datagit.attributes.ignore import IgnoreRules
    from datagit.porcelain.detached import DetachedHead
    from datagit.porcelain.upstream import Distance, Upstream

_MERGE = "merge"
_INDEX_TREE = "index-tree.json"
_VERSION = 1


def clean_status(repo: Repository, options: StatusOptions, refs: Refs) -> Status | None:
    """Return the status if nothing tracked differs between HEAD, index and files; None if it might, or if in doubt."""
    commit = refs.target_of_head()
    if commit is None or options.paths is not None:
        return None
    with Walkers(os.fsencode(repo.root()), _size(repo)) as walkers:
        index = read_raw_index(repo.index)
        if index is None or index.columns["stage"].count(0) != len(index.paths) or index.notes["boot"] != boot_id():
            return None
        if _read_index_tree(repo, index.notes["sum"]) != read_commit(repo.store, commit).tree:
            return None
        try:
            walk = walkers.walk(index.paths, Bounds())
        except OSError:
            return None
    if not _is_unchanged(index, walk):
        return None
    standing = find_standing(repo, refs, options)
    if options.untracked is Untracked.NONE or not walk.strays:
        return standing
    rules: IgnoreRules = importlib.import_module("datagit.porcelain.ignoring").repository_rules(repo)
    question = Question(options.untracked, options.ignored, rules.is_ignored)
    strays = place_strays(os.fsencode(repo.root()), walk.strays, walk.stray_columns, question)
    return replace(
        standing,
        untracked=sorted([*(row[0] for row in strays.files), *strays.folders]),
        ignored=strays.ignored,
        problems=_problems(strays),
    )


def find_standing(repo: Repository, refs: Refs, options: StatusOptions) -> Status:
    """Return the part of the status that is about HEAD, its branch and what is in progress; no file differs."""
    commit = refs.target_of_head()
    upstream, distance = _find_upstream(repo, refs)
    return Status(
        refs=refs,
        commit=commit,
        detached=None if refs.branch is not None else _find_detached(repo, refs),
        upstream=upstream,
        distance=distance,
        operation=_waiting(repo, commit),
        entries=(),
        unmerged=(),
        untracked=(),
        ignored=(),
        options=options,
    )


# most often there is no need for the modules below, and every module costs a clean status its time


def _find_detached(repo: Repository, refs: Refs) -> "DetachedHead | None":
    known = importlib.import_module("datagit.porcelain.ref_list").RefObjects(repo.store)
    found: DetachedHead | None = importlib.import_module("datagit.porcelain.detached").find_detached(
        repo.store, refs, known
    )
    return found


def _find_upstream(repo: Repository, refs: Refs) -> "tuple[Upstream | None, Distance | None]":
    branch, commit = refs.branch, refs.target_of_head()
    if branch is None or not repo.settings.get(f"branch.{branch}.merge"):
        return None, None
    module = importlib.import_module("datagit.porcelain.upstream")
    upstream: Upstream | None = module.find_upstream(repo.settings, branch)
    if upstream is None or commit is None:
        return upstream, None
    distance: Distance | None = module.upstream_distance(repo.store, refs.heads, commit, upstream)
    return upstream, distance


def note_index_tree(repo: Repository, index_sum: str, tree: ObjectId) -> None:
    """Note, in the cache, that the index with this checksum holds exactly what tree does; a failure is no loss."""
    fields = {"store": repo.store.uuid, "sum": index_sum, "tree": tree.hex(), "v": _VERSION}
    if _read_index_tree(repo, index_sum) == tree:
        return
    with contextlib.suppress(OSError, DatagitError):
        write_derived(repo.store.cache / _INDEX_TREE, json.dumps(fields | {"check": _check(fields)}).encode())


def _read_index_tree(repo: Repository, index_sum: str) -> ObjectId | None:
    """Return the tree whose rows an index with this checksum has, if that was noted."""
    try:
        fields = json.loads((repo.store.cache / _INDEX_TREE).read_bytes())
        check = fields.pop("check")
        known = (fields["v"], fields["store"], fields["sum"]) == (_VERSION, repo.store.uuid, index_sum)
        return ObjectId(bytes.fromhex(fields["tree"])) if known and check == _check(fields) else None
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _check(fields: dict[str, object]) -> str:
    return f"{checksum(json.dumps(fields, sort_keys=True).encode()):016x}"


def _waiting(repo: Repository, commit: ObjectId | None) -> MergeState | None:
    """Return what waits for the user, if the commit at HEAD has not concluded it already."""
    state = load_merge_state(repo.state / _MERGE)
    if state is not None and commit is not None and is_concluded(state, read_commit(repo.store, commit).parents):
        return None
    return state


def _size(repo: Repository) -> int:
    try:
        return repo.index.stat().st_size
    except FileNotFoundError:
        return 0


def _is_unchanged(index: RawIndex, walk: Walk) -> bool:
    """Return whether every file is there, with the stat data of its row, and all of them are older than the index."""
    found, columns = walk.found, index.columns
    if walk.missing or bytes(found.mode) != columns["mode"]:
        return False
    for name in ("size", "mtime_ns", "ctime_ns", "inode"):
        if getattr(found, name).tobytes() != columns[name]:
            return False
    return max(found.mtime_ns, default=0) < index.saved_ns


def _problems(strays: Strays) -> tuple[ScanProblem, ...]:
    unreadable = (
        ScanProblem(folder, "permission-denied", f"cannot look into '{os.fsdecode(folder)}': {why}")
        for folder, why in strays.unreadable
    )
    return (*filter(None, map(_path_problem, strays.files)), *unreadable)


def _path_problem(row: FileRow) -> ScanProblem | None:
    try:
        check_path(row[0])
    except PathInvalidError as error:
        return ScanProblem(row[0], error.code, error.message)
    return None

"""Where the names of a repository's versions are looked up: its store, its log, its settings and its index."""

import importlib
from typing import TYPE_CHECKING

from datagit.ids import ObjectId, parse_id
from datagit.index.operation import load_merge_state
from datagit.porcelain.upstream import find_upstream
from datagit.repository import Repository
from datagit.revision.reader import PathEntry, RevisionReader
from datagit.store.refs import Refs
from datagit.store.short_ids import find_ids

if TYPE_CHECKING:
    from collections.abc import Callable

_MERGE_STATE = "merge"
_STAGED = "datagit.porcelain.staged_path"  # loads pyarrow


def open_revisions(repo: Repository, refs: Refs | None = None, prefix: bytes = b"") -> RevisionReader:
    """Return the reader of a repository's revisions.

    Args:
        repo: the repository.
        refs: where refs point, if the caller has read them already.
        prefix: current folder below the root, with ``/`` at the end; for ``REV:./path``.
    """

    def find_staged(path: bytes, stage: int) -> PathEntry | None:
        find: Callable[[Repository, bytes, int], PathEntry | None]
        find = importlib.import_module(_STAGED).find_staged
        return find(repo, path, stage)

    def follow(branch: str) -> str | None:
        upstream = find_upstream(repo.settings, branch)
        return None if upstream is None else upstream.ref

    return RevisionReader(
        objects=repo.store,
        refs=refs or repo.store.refs(),
        log=repo.store,
        find_ids=lambda digits: find_ids(repo.store, digits),
        find_upstream=follow,
        find_staged=find_staged,
        find_special=lambda name: find_special(repo, name),
        prefix=prefix,
    )


def find_special(repo: Repository, name: str) -> ObjectId | None:
    """Return the commit of ``MERGE_HEAD`` and ``ORIG_HEAD``; None if there is none."""
    state = load_merge_state(repo.state / _MERGE_STATE)
    if name == "MERGE_HEAD" and state is not None:
        return state.merge_heads[0] if state.merge_heads else None
    if name == "ORIG_HEAD":
        try:
            return parse_id((repo.dg_dir / name).read_text("ascii").strip())
        except (OSError, ValueError):
            return state.orig_head if state is not None else None
    return None

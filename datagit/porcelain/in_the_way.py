"""Why a verb that writes files goes no further: work that is in no commit, or conflicts that wait. In Git's words."""

from collections.abc import Sequence

from datagit.errors import RefusedError

_MOST_SHOWN = 1000


class LocalChangesError(RefusedError):
    """Going on would overwrite or remove work that is in no commit; nothing was touched."""

    code = "files-in-the-way"

    def __init__(
        self,
        verb: str,
        *,
        changed: Sequence[bytes] = (),
        folders: Sequence[bytes] = (),
        untracked: Sequence[bytes] = (),
        removed: Sequence[bytes] = (),
    ) -> None:
        """Say which paths are in the way.

        Args:
            verb: the word for what is going on: ``checkout``, ``merge`` or ``restore``.
            changed: tracked files with changes that would be overwritten.
            folders: folders with untracked files that would have to go.
            untracked: files that are not tracked and would be overwritten.
            removed: files that are not tracked and would be removed.
        """
        then = "switch branches" if verb == "checkout" else verb
        move = f"Please move or remove them before you {then}."
        parts = (
            (
                changed,
                f"Your local changes to the following files would be overwritten by {verb}:",
                f"Please commit your changes before you {then}.",
            ),
            (folders, "Updating the following directories would lose untracked files in them:", ""),
            (untracked, f"The following untracked working tree files would be overwritten by {verb}:", move),
            (removed, f"The following untracked working tree files would be removed by {verb}:", move),
        )
        texts = [_paragraph(paths, first, last) for paths, first, last in parts if paths]
        super().__init__("\nerror: ".join(texts) + "\nAborting")
        self.paths = (*changed, *folders, *untracked, *removed)
        self.details = {"paths": [show_path(path) for path in self.paths[:_MOST_SHOWN]]}


class UnmergedIndexError(RefusedError):
    """Conflicts wait in the index, and only what discards them may go on."""

    code = "conflict"

    def __init__(self, paths: Sequence[bytes]) -> None:
        super().__init__("you need to resolve your current index first")
        self.paths = tuple(paths)


def show_path(path: bytes) -> str:
    """Return a path for messages; bytes that are no UTF-8 are kept as surrogates."""
    return path.decode("utf-8", "surrogateescape")


def _paragraph(paths: Sequence[bytes], first: str, last: str) -> str:
    lines = [first, *(f"\t{show_path(path)}" for path in paths[:_MOST_SHOWN])]
    if len(paths) > _MOST_SHOWN:
        lines.append(f"\tand {len(paths) - _MOST_SHOWN:,} more")
    return "\n".join([*lines, last])

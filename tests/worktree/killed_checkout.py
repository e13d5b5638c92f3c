"""A checkout that kills its own process at a given call: run as a script by test_journal.py.

Arguments: root, state folder, index, the function at which to die, the number of the call, "before" or "after".
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datagit.index.index import Index, drop_paths, load_index, put_rows, save_index
from datagit.progress import Silent
from datagit.worktree import apply, files, journal
from tests.worktree.trees import Content, Tree

OLD: dict[bytes, Content | None] = {
    b"a": (0, b"a old"),
    b"b": (0, b"b old"),
    b"d/gone": (0, b"gone"),
    b"d/kept": (1, b"kept"),
    b"link": (2, b"a"),
    b"swap": (0, b"a file"),
}
NEW: dict[bytes, Content | None] = {
    b"a": (0, b"a new"),
    b"b": (1, b"b old"),
    b"d/gone": None,
    b"e/f/new": (0, b"new"),
    b"link": (2, b"b"),
    b"swap": None,
    b"swap/inside": (0, b"a folder"),
    b"z": (0, b"last"),
}


def new_tree(root: Path, index: Path) -> Tree:
    """Return a tree over root whose objects know all contents, with the index as saved."""
    tree = Tree(root)
    for content in (*OLD.values(), *NEW.values()):
        if content is not None:
            tree.keep(content[1])
    tree.index = load_index(index)
    return tree


def die_at(module: Any, name: str, number: int, when: str) -> None:  # noqa: ANN401 # any module
    """Make the given call of a function the last thing that this process does."""
    real: Callable[..., Any] = getattr(module, name)
    calls = 0

    def counting(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 # as the real one
        nonlocal calls
        calls += 1
        if calls == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*arguments, **named)
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(module, name, counting)


def move(tree: Tree, place: journal.Place) -> Index:
    """Check out NEW under a journal and save the index, as a verb does."""
    plan = tree.plan(NEW)
    with journal.checkout_journal(place, plan, op="switch", log_seq=lambda: 1, objects=tree.objects, progress=Silent()):
        rows = tree.apply(plan)
        gone = [path for path, content in NEW.items() if content is None]
        return save_index(put_rows(drop_paths(tree.index, gone), rows), place.index)


def main() -> None:
    root, state, index = (Path(argument) for argument in sys.argv[1:4])
    modules = {"apply": apply, "files": files, "journal": journal}
    owner, name = sys.argv[4].split(".")
    die_at(modules[owner], name, int(sys.argv[5]), sys.argv[6])
    move(new_tree(root, index), journal.Place(state, index, root))


if __name__ == "__main__":
    main()

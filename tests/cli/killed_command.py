"""A dg command that kills its own process at a given call: run as a script by test_restore_killed.py.

Arguments: the function of worktree.files at which to die, the number of the call, "before" or "after", the command.
"""

import sys
from pathlib import Path

from datagit.worktree import files
from tests.invoke import dg
from tests.worktree.killed_checkout import die_at


def main() -> None:
    die_at(files, sys.argv[1], int(sys.argv[2]), sys.argv[3])
    dg(Path.cwd(), *sys.argv[4:])


if __name__ == "__main__":
    main()

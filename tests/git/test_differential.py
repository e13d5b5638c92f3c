"""Play random histories in a git and in a dg repository and compare all that a user can see, after every step.

The short form runs with the other tests and always draws the same histories. The long form is for the hand:

    DG_DIFFERENTIAL_EXAMPLES=500 DG_DIFFERENTIAL_SEED=42 python -m pytest -m slow -s tests/git/test_differential.py
"""

import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.git import ops
from tests.git.compare import Twins, assert_same, assert_same_outcome, assert_same_state, new_twins, split, walk_files
from tests.git.differences import is_known, normalise
from tests.git.pair import Pair, clear_folder, flip_mode, new_pair, remove, write_file, write_link


class Histories(RuleBasedStateMachine):
    """Two repositories, one of each tool, that must never differ."""

    operations: ClassVar[int] = 0
    folder: Path
    pair: Pair
    twins: Twins
    moved: bool
    over: bool

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="dg-differential-"))
        self.pair = new_pair(self.folder)
        self.twins = new_twins(self.pair)
        self.moved = False  # git would follow a rename when it merges
        self.over = False  # the two parted for a known reason, and there is nothing more to compare

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize(contents=st.lists(st.sampled_from(ops.CONTENTS), min_size=4, max_size=4))
    def start_with_two_branches(self, contents: list[bytes]) -> None:
        for path, content in zip(("a.txt", "d/x.txt", "run.sh", "e.bin"), contents, strict=True):
            self.edit(ops.Edit("write", path, content))
        self.run("add", "-A")
        self.run("commit", "-m", "root")
        self.run("branch", "topic")

    @rule(edit=ops.edits())
    def change_a_file(self, edit: ops.Edit) -> None:
        self.edit(edit)
        self.compare()

    @rule(edit=ops.edits(), other=ops.edits(), argv=ops.commits())
    def change_files_and_record(self, edit: ops.Edit, other: ops.Edit, argv: ops.Argv) -> None:
        self.edit(edit)
        self.edit(other)
        self.run("add", "-A")
        self.run(*argv)

    @rule(
        here=st.lists(ops.edits(), min_size=1, max_size=3),
        there=st.lists(ops.edits(), min_size=1, max_size=3),
        argv=ops.merges_of("side"),
    )
    def part_and_meet(self, here: list[ops.Edit], there: list[ops.Edit], argv: ops.Argv) -> None:
        """Let a branch and the present one change something each, then merge: chance alone rarely gets that far."""
        self.run("switch", "-C", "side")
        self.change_all_and_commit(there)
        self.run("switch", "-")
        self.change_all_and_commit(here)
        self.run(*argv)

    def change_all_and_commit(self, edits: list[ops.Edit]) -> None:
        for edit in edits:
            self.edit(edit)
        self.run("add", "-A")
        self.run("commit", "-m", "changed")

    @rule(argv=ops.stagings(), folder=st.sampled_from(ops.FOLDERS))
    def stage(self, argv: ops.Argv, folder: str) -> None:
        self.run(*argv, folder=folder)

    @rule(argv=ops.commits())
    def record(self, argv: ops.Argv) -> None:
        self.run(*argv)

    @rule(argv=ops.branchings())
    def name(self, argv: ops.Argv) -> None:
        self.run(*argv)

    @rule(argv=ops.switches())
    def switch(self, argv: ops.Argv) -> None:
        self.run(*argv)

    @rule(argv=ops.restorings(), folder=st.sampled_from(ops.FOLDERS))
    def restore(self, argv: ops.Argv, folder: str) -> None:
        self.run(*argv, folder=folder)

    @rule(argv=ops.resets(), folder=st.sampled_from(ops.FOLDERS))
    def reset(self, argv: ops.Argv, folder: str) -> None:
        self.run(*argv, folder=folder)

    @rule(argv=ops.merges())
    def merge(self, argv: ops.Argv) -> None:
        self.run(*argv)

    @rule(argv=ops.conclusions())
    def conclude(self, argv: ops.Argv) -> None:
        self.run(*argv)

    @rule()
    def clean_up(self) -> None:
        """Leave a merge or a mess behind, or everything later is refused by both."""
        self.run("merge", "--abort")
        for side in (self.pair.git, self.pair.dg):
            clear_folder(side.root, side.private)
        self.run("checkout", "-f", "HEAD")

    @rule(argv=ops.questions(), folder=st.sampled_from(ops.FOLDERS))
    def ask(self, argv: ops.Argv, folder: str) -> None:
        if self.over or not self.has_folder(folder):
            return
        type(self).operations += 1
        theirs, ours = self.pair.run(argv, folder=folder)
        assert_same_outcome(theirs, ours)
        if theirs.code in (0, 1):
            said = normalise(self.twins.translate(theirs.out)), normalise(ours.out)
            assert_same("answers", split(said[0], b"\n"), split(said[1], b"\n"))

    def edit(self, edit: ops.Edit) -> None:
        type(self).operations += 1
        for side in (self.pair.git, self.pair.dg):
            match edit.verb:
                case "write":
                    write_file(side.root, edit.path, ops.distinct(edit))
                case "link":
                    write_link(side.root, edit.path, ops.distinct(edit).decode())
                case "flip":
                    flip_mode(side.root, edit.path)
                case _:
                    remove(side.root, edit.path)

    def run(self, *argv: str, folder: str = ".") -> None:
        if self.over or not self.has_folder(folder):
            return
        type(self).operations += 1
        found = walk_files(self.pair.git.root / folder, b"", b".git")
        argv = ops.fill_in(argv, [path.decode() for path, _, _ in sorted(found)])
        if argv[0] == "merge" and self.moved and argv not in ops.CONCLUSIONS:
            return
        theirs, ours = self.pair.run(argv, folder=folder)
        self.moved |= argv[0] == "mv" and theirs.code == 0
        note(f"exit {theirs.code}, {ours.code}: {' '.join(argv)}")
        if is_known(self.pair, theirs, ours):
            self.over = True
            return
        assert_same_outcome(theirs, ours)
        self.compare()

    def has_folder(self, folder: str) -> bool:
        path = self.pair.git.root / folder
        return path.is_dir() and path.resolve() == path

    def compare(self) -> None:
        if not self.over:
            assert_same_state(self.pair, self.twins)


def play(examples: int, steps: int, start: int) -> None:
    """Run the machine and say how much of it ran, also when it fails."""
    Histories.operations = 0
    seed(start)(Histories)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=False,
        phases=[Phase.generate],  # the state is compared after each step, so the last one is to blame
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Histories, settings=chosen)
    finally:
        sys.stderr.write(f"\n{Histories.operations} operations in both tools, seed {start}\n")


def test_random_histories_end_alike_in_git_and_dg() -> None:
    play(examples=8, steps=25, start=2)


@pytest.mark.slow
def test_many_random_histories_end_alike_in_git_and_dg() -> None:
    play(
        examples=int(os.environ.get("DG_DIFFERENTIAL_EXAMPLES", "300")),
        steps=50,
        start=int(os.environ.get("DG_DIFFERENTIAL_SEED") or random.SystemRandom().randrange(1 << 32)),
    )

"""Random histories, once as objects of ours and once in a real Git repository, commit by commit the same."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from datagit.ids import ObjectId
from datagit.objects.commit import Commit, Signature, commit_id, encode_commit
from datagit.objects.kind import Kind
from datagit.objects.memory import MemoryObjects

TREE = ObjectId(bytes(32))
START = 1_700_000_000


@dataclass
class History:
    """Commits by number: those of ours, their ids in Git, and back."""

    objects: MemoryObjects = field(default_factory=MemoryObjects)
    ids: list[ObjectId] = field(default_factory=list)
    git_ids: list[str] = field(default_factory=list)
    git_dir: Path = Path()

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "--git-dir", str(self.git_dir), *arguments], capture_output=True, check=False, text=True
        ).stdout

    def numbers(self, oids: Sequence[ObjectId]) -> list[int]:
        return [self.ids.index(oid) for oid in oids]

    def git_numbers(self, output: str) -> list[int]:
        return [self.git_ids.index(line) for line in output.split()]


Shape = Sequence[tuple[Sequence[int], int]]
"""For each commit how far back its parents are, and its date."""


def put_commit(
    objects: MemoryObjects, parents: Sequence[ObjectId], time: int, message: str, tree: ObjectId = TREE
) -> ObjectId:
    who = Signature("A", "a@b.c", time, 0)
    content = encode_commit(Commit(tree, tuple(parents), who, who, message))
    oid = commit_id(content)
    objects.put(Kind.COMMIT, oid, content)
    return oid


def build_history(shape: Shape, git_dir: Path) -> History:
    history = History(git_dir=git_dir)
    lines = []
    for number, (steps_back, time) in enumerate(shape):
        parents = list(dict.fromkeys(number - back for back in steps_back if 0 < back <= number))
        history.ids.append(
            put_commit(history.objects, [history.ids[parent] for parent in parents], START + time, f"c{number}")
        )
        message = f"c{number}"
        lines += [f"commit refs/heads/c{number}", f"mark :{number + 1}", f"committer A <a@b.c> {START + time} +0000"]
        lines += [f"data {len(message)}", message]
        lines += [f"{'merge' if place else 'from'} :{parent + 1}" for place, parent in enumerate(parents)]
        lines.append("")
    marks = git_dir / "marks"
    subprocess.run(["git", "init", "-q", "--bare", git_dir], check=True)
    command = ["git", "--git-dir", str(git_dir), "fast-import", "--quiet", f"--export-marks={marks}"]
    subprocess.run(command, input="\n".join(lines) + "\n", text=True, check=True)
    found = dict(line.split() for line in marks.read_text().splitlines())
    history.git_ids = [found[f":{number + 1}"] for number in range(len(shape))]
    return history


def shapes(times: st.SearchStrategy[int]) -> st.SearchStrategy[Shape]:
    """Histories of up to 25 commits; times are offsets of each commit's date."""
    parents = st.lists(st.integers(1, 6), max_size=3)
    return st.lists(st.tuples(parents, times), min_size=1, max_size=25)


@st.composite
def steady_shapes(draw: st.DrawFn) -> Shape:
    """Histories in which no commit is dated before its parents."""
    shape = draw(shapes(st.integers(0, 3)))
    time, steady = 0, []
    for parents, step in shape:
        time += step
        steady.append((parents, time))
    return steady

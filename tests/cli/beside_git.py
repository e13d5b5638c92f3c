"""A folder under git and its twin under dg: the same words to both, and the same answers expected."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from datagit.ids import ObjectId
from datagit.index.index import load_index
from datagit.objects.blob import read_blob
from datagit.objects.mode import Mode, git_mode
from datagit.store.log import read_refs
from datagit.store.store import open_store
from tests.invoke import Answer, dg, git, plain_environment

_IDS = re.compile(rb"\b(?=[a-f]*[0-9])[0-9a-f]{7,64}\b")
_ADVICE = re.compile(rb"You are in 'detached HEAD' state.*?advice.detachedHead[^\n]*\n", re.DOTALL)
_KEPT = re.compile(rb"hint: '[^\n]*' keeps your version;[^\n]*\n(?:hint: the same holds for[^\n]*\n)?")
_RENAMED = ((b"dg ", b"git "), (b"known to dg", b"known to git"), (b".dg", b".git"), (b"'-c/-C/", b"'-b/-B/"))
# what dg does not have yet, and a hint that git does not have
_DROPPED = (b" or stash them", b' or "git worktree add"', b"hint: take a side with '--ours' or '--theirs'\n")


@dataclass(slots=True)
class Twins:
    """Both folders, and a clock that both share."""

    ours: Path
    theirs: Path
    ticks: int = 0
    home: Path = field(default_factory=Path)

    def environment(self) -> dict[str, str]:
        moment = f"@{1_700_000_000 + 60 * self.ticks} +0200"
        return plain_environment(self.home) | {
            "GIT_AUTHOR_DATE": moment,
            "GIT_COMMITTER_DATE": moment,
            "GIT_MERGE_AUTOEDIT": "no",
        }

    def run(self, *words: str, folder: str = ".") -> tuple[Answer, Answer]:
        """Run the same words in both; return what dg and what git answered."""
        self.ticks += 1
        environment = self.environment()
        return (
            dg(self.ours / folder if folder != "." else self.ours, *words, environment=environment),
            git(self.theirs / folder, *words, environment=environment),
        )

    def agree(self, *words: str, folder: str = ".") -> Answer:
        """Run the same words in both and assert that code, both streams and everything left behind are the same."""
        here, there = self.run(*words, folder=folder)
        said = f"$ dg {' '.join(words)}\n{show(here)}\ngit says:\n{show(there)}"
        assert (here.code, tame(here.out), tame(here.err)) == (there.code, tame(there.out), tame(there.err)), said
        ours, theirs = self.state(self.ours), self.state(self.theirs)
        for part, found in ours.items():
            assert found == theirs[part], f"{said}\n{part}:\n{found}\ngit:\n{theirs[part]}"
        return here

    def agree_on_code(self, *words: str) -> Answer:
        """Run the same words in both and assert that the exit code and everything left behind are the same."""
        here, there = self.run(*words)
        assert here.code == there.code, (here, there)
        assert self.state(self.ours) == self.state(self.theirs)
        return here

    def write(self, path: str, content: str, mode: int = 0o644) -> None:
        """Write the same file in both."""
        for root in (self.ours, self.theirs):
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
            target.chmod(mode)

    def remove(self, path: str) -> None:
        for root in (self.ours, self.theirs):
            (root / path).unlink()

    def link(self, path: str, target: str) -> None:
        for root in (self.ours, self.theirs):
            (root / path).symlink_to(target)

    def commit(self, message: str) -> None:
        """Add everything and commit it in both."""
        for answer in (*self.run("add", "-A"), *self.run("commit", "-q", "-m", message)):
            assert answer.code == 0, answer

    def state(self, root: Path) -> dict[str, object]:
        """Return HEAD, the names of branches, the index with contents, and the files, in one form for both."""
        index = sorted(_our_index(root) if root == self.ours else _their_index(root))
        return {"head": self.head(root), "branches": self.branches(root), "index": index, "files": _files(root)}

    def head(self, root: Path) -> str:
        text = (root / (".dg" if root == self.ours else ".git") / "HEAD").read_text()
        return text if text.startswith("ref:") else "detached"

    def branches(self, root: Path) -> list[str]:
        if root == self.ours:
            return sorted(read_refs(open_store(root / ".dg")).heads)
        return git(root, "for-each-ref", "--format=%(refname)").out.decode().split()


def new_twins(folder: Path) -> Twins:
    """Return two fresh repositories with the branch main."""
    ours, theirs = folder / "ours", folder / "theirs"
    for root in (ours, theirs):
        root.mkdir()
    assert dg(ours, "init", "-q", "-b", "main").code == 0
    assert git(theirs, "init", "-q", "-b", "main").code == 0
    return Twins(ours, theirs, home=folder)


def show(answer: Answer) -> str:
    """Return an answer for people."""
    return f"{answer.out.decode()}{answer.err.decode()}[{answer.code}]"


def tame(text: bytes) -> bytes:
    """Return what is said without what differs by nature: ids, and the name of the tool."""
    for ours, theirs in _RENAMED:
        text = text.replace(ours, theirs)
    for words in _DROPPED:
        text = text.replace(words, b"")
    return _IDS.sub(b"ID", _ADVICE.sub(b"ADVICE\n", _KEPT.sub(b"", text)))


def _our_index(root: Path) -> Iterator[tuple[bytes, int, str, bytes]]:
    store = open_store(root / ".dg")
    rows = load_index(root / ".dg" / "index").rows
    columns = (rows[name].to_pylist() for name in ("path", "stage", "mode", "id"))
    for path, number, mode, oid in zip(*columns, strict=True):
        yield path, number, git_mode(Mode(mode)), read_blob(store, ObjectId(oid))


def _their_index(root: Path) -> Iterator[tuple[bytes, int, str, bytes]]:
    lines = git(root, "ls-files", "-s", "-z").out.split(b"\0")[:-1]
    rows = [(line.partition(b"\t")[2], *line.partition(b"\t")[0].split()) for line in lines]
    contents = git(root, "cat-file", "--batch", stdin=b"".join(row[2] + b"\n" for row in rows)).out if rows else b""
    position = 0
    for path, mode, _, number in rows:
        start = contents.index(b"\n", position) + 1
        size = int(contents[position : start - 1].split()[2])
        yield path, int(number), mode.decode(), contents[start : start + size]
        position = start + size + 1


def _files(root: Path) -> dict[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = {}
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in (".dg", ".git")]
        links = [name for name in names if (Path(folder) / name).is_symlink()]
        for name in (*files, *links):
            path = Path(folder) / name
            kind = path.lstat().st_mode
            if stat.S_ISLNK(kind):
                found[str(path.relative_to(root))] = "link", os.fsencode(path.readlink())
            else:
                found[str(path.relative_to(root))] = oct(kind & 0o100), path.read_bytes()
    return found

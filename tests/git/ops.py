"""Random operations: edits of files, and command lines that git and dg must answer alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

Argv: TypeAlias = tuple[str, ...]

PATHS = (
    "a.txt",
    "b.txt",
    "run.sh",
    "e.bin",
    "d/x.txt",
    "d/y.txt",
    "d/e/z.txt",
    # names that sort differently as folder and as file
    "d",
    "d.txt",
    "d-x/y.txt",
    "d/e",
    # folders where files are
    "a.txt/in.txt",
    "b.txt/deep/in.txt",
    # names that want quoting
    "한글 이름.txt",
    'q"uo\tte.txt',
)
FOUND = ("{0}", "{1}", "{2}", "{3}")
"""Stand for paths that exist when the command runs (fill_in), since most of PATHS do not."""

FOLDERS = (".", ".", ".", ".", "d", "d/e")
BRANCHES = ("main", "topic", "side", "feat/x")
TAGS = ("v1", "v2")


def fill_in(argv: Argv, found: Sequence[str]) -> Argv:
    """Return argv with the words of FOUND replaced by the first, second, … of the paths that were found."""
    chosen = dict(zip(FOUND, found, strict=False))
    return tuple(chosen.get(word, word) for word in argv)


def lines_of(top: str, middle: str, bottom: str) -> bytes:
    """Return a text with three places to edit, far enough apart to merge."""
    return "".join(f"{line}\n" for line in [top, *"abcd", middle, *"efgh", bottom]).encode()


TEXTS = tuple(lines_of(top, middle, bottom) for top in "12" for middle in "34" for bottom in "56")
CONTENTS = (
    *TEXTS,
    b"",
    b"no newline at the end",
    b"one\r\ntwo\r\n",
    b"\0binary\n1\n",
    b"\0binary\n2\n",
)
IGNORES = (b"", b"*.bin\n", b"d/\n", b"/a.txt\n!b.txt\n", b"d/*\n!d/e\n", b"*\n!*.txt\n!.gitignore\n")


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file without either tool; words name a function of tests.git.pair."""

    verb: str
    path: str
    content: bytes = b""


def distinct(edit: Edit) -> bytes:
    """Return what to write, so that no two paths ever hold alike content.

    Git 2.39 pairs renames when it merges, whatever merge.renames says, and dg does not.
    """
    path = edit.path.encode()
    if edit.verb == "link":
        return b"./" * (PATHS.index(edit.path) + 1) + edit.content
    if path.endswith(b".gitignore"):
        return edit.content + 4 * (b"# " + path + b"\n")
    if b"\n" not in edit.content:
        return edit.content and edit.content + path
    return edit.content.replace(b"\n", b" in " + path + b"\n")


def edits() -> st.SearchStrategy[Edit]:
    paths = st.sampled_from(PATHS)
    write = st.builds(Edit, st.just("write"), paths, st.sampled_from(CONTENTS))
    return st.one_of(
        write,
        write,
        write,
        st.builds(Edit, st.just("remove"), paths),
        st.builds(Edit, st.just("flip"), paths),
        st.builds(Edit, st.just("link"), paths, st.sampled_from([b"a.txt", b".", b"nowhere", b"../b.txt"])),
        st.builds(Edit, st.just("write"), st.sampled_from([".gitignore", "d/.gitignore"]), st.sampled_from(IGNORES)),
    )


def pathspecs() -> st.SearchStrategy[Argv]:
    magic = (".", "d/", "*.txt", "nothing", ":(exclude)d", ":/", ":(glob)*/*.txt", ":!a.txt")
    known = (*PATHS, *FOUND, *FOUND, *FOUND)
    return st.lists(st.sampled_from((*known, *magic)), min_size=1, max_size=3).map(tuple)


def revisions() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [*BRANCHES, *BRANCHES, *TAGS, "HEAD", "HEAD~1", "HEAD~2", "HEAD^2", "main~1", "@", "@{-1}", "nope"]
    )


def some(*options: Argv) -> st.SearchStrategy[Argv]:
    """Return none or one of these options."""
    return st.sampled_from([(), (), *options])


def words(*parts: st.SearchStrategy[Argv] | str) -> st.SearchStrategy[Argv]:
    """Return command lines put together from words and strategies of words."""
    drawn = [st.just((part,)) if isinstance(part, str) else part for part in parts]
    return st.tuples(*drawn).map(lambda pieces: tuple(word for piece in pieces for word in piece))


def one(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[Argv]:
    return strategy.map(lambda word: (word,))


PATH = one(st.sampled_from((*PATHS, *FOUND, *FOUND)))
BRANCH = one(st.sampled_from(BRANCHES))
REVISION = one(revisions())
PATHSPECS = pathspecs()
WAYS = some(
    (), (), ("--no-ff",), ("--ff-only",), ("--squash",), ("--no-commit",), ("--no-ff", "--no-commit"), ("-X", "ours"),
    ("-X", "theirs"), ("-s", "ours"), ("--allow-unrelated-histories",),
)  # fmt: skip
CONCLUSIONS: Sequence[Argv] = (
    ("merge", "--abort"), ("merge", "--continue"), ("merge", "--quit"), ("commit", "--no-edit"),
)  # fmt: skip
MESSAGE = one(st.sampled_from(["-mfirst", "-msecond line\n\nbody", "-m  spaces around  \n\n\n", "-m한글"]))


def stagings() -> st.SearchStrategy[Argv]:
    return st.one_of(
        st.just(("add", "-A")),
        words("add", some(("-n",), ("-f",), ("-A",), ("-u",), ("-v",)), "--", PATHSPECS),
        words("add", some(("-u",), ("-n",))),
        words("rm", some(("-f",), ("--cached",), ("-n",), ("-q",)), some(("-r",)), some(("-f",)), "--", PATHSPECS),
        words("mv", some(("-f",), ("-n",)), PATH, one(st.sampled_from([*PATHS, "new.txt", "d/"]))),
    )


def commits() -> st.SearchStrategy[Argv]:
    return st.one_of(
        words("commit", MESSAGE, some(("-a",), ("--allow-empty",), ("-q",))),
        words("commit", MESSAGE, "-a"),
        words("commit", "--amend", st.sampled_from([("--no-edit",), ("-m", "amended"), ("-a", "--no-edit")])),
        words("commit", MESSAGE, some(("-i",), ("-o",)), "--", PATHSPECS),
        words("commit", MESSAGE, "--dry-run"),
        words("commit", "--no-edit", some(("-a",))),
    )


def branchings() -> st.SearchStrategy[Argv]:
    return st.one_of(
        words("branch", some(("-f",)), BRANCH, st.one_of(st.just(()), REVISION)),
        words("branch", st.sampled_from([("-d",), ("-D",)]), BRANCH),
        words("branch", st.sampled_from([("-m",), ("-M",), ("-c",)]), BRANCH),
        words("branch", st.sampled_from([("-m",), ("-M",), ("-c",), ("-C",)]), BRANCH, BRANCH),
        words("tag", some(("-f",)), one(st.sampled_from(TAGS)), st.one_of(st.just(()), REVISION)),
        words("tag", some(("-f",)), "-a", "-m", "note", one(st.sampled_from(TAGS))),
        words("tag", "-d", one(st.sampled_from(TAGS))),
    )


def switches() -> st.SearchStrategy[Argv]:
    return st.one_of(
        words("switch", BRANCH),
        words("switch", BRANCH),
        words("switch", st.sampled_from([("-c",), ("-C",)]), BRANCH, st.one_of(st.just(()), REVISION)),
        words("switch", "--detach", st.one_of(st.just(()), REVISION)),
        words("switch", "-"),
        words("switch", st.sampled_from([("--discard-changes",), ("-f",)]), BRANCH),
        words("switch", "--orphan", BRANCH),
        words("checkout", some(("-f",)), REVISION),
        words("checkout", st.sampled_from([("-b",), ("-B",)]), BRANCH, st.one_of(st.just(()), REVISION)),
    )


def restorings() -> st.SearchStrategy[Argv]:
    source = st.one_of(st.just(()), REVISION.map(lambda words: ("--source", *words)))
    where = some(("--staged",), ("--worktree",), ("--staged", "--worktree"), ("--ours",), ("--theirs",))
    return st.one_of(
        words("restore", source, where, "--", PATHSPECS),
        words("restore", source, where, "--", PATHSPECS),
        words("checkout", "--", PATHSPECS),
        words("checkout", st.sampled_from([("--ours",), ("--theirs",), ("-f",)]), "--", PATHSPECS),
        words("checkout", REVISION, "--", PATHSPECS),
    )


def resets() -> st.SearchStrategy[Argv]:
    how = some(("--soft",), ("--mixed",), ("--hard",), ("--keep",), ("-q",))
    return st.one_of(
        words("reset", how),
        words("reset", how, REVISION),
        words("reset", some(("-q",)), st.one_of(st.just(()), REVISION), "--", PATHSPECS),
    )


def merges_of(branch: str) -> st.SearchStrategy[Argv]:
    return words("merge", WAYS, st.just((branch,)))


def merges() -> st.SearchStrategy[Argv]:
    return st.one_of(
        words("merge", WAYS, some(("-m", "joined"), ("-q",)), REVISION),
        words("merge", WAYS, BRANCH),
        words("merge", WAYS, BRANCH),
        words("merge", BRANCH),
    )


def conclusions() -> st.SearchStrategy[Argv]:
    return st.sampled_from(CONCLUSIONS)


def questions() -> st.SearchStrategy[Argv]:
    """Return command lines that change nothing and whose whole output is compared."""
    plain = ("--no-renames",)
    two = st.one_of(st.just(()), st.just(("--cached",)), REVISION, words(REVISION, REVISION), REVISION.map(dotted))
    paths = st.one_of(st.just(()), words("--", PATHSPECS))
    shape = st.sampled_from(
        [("--name-status",), ("--name-only",), ("--numstat",), ("--shortstat",), ("--stat",), ("-p",)]
    )
    history = st.one_of(st.just(()), REVISION, st.just(("--all",)), REVISION.map(dotted))
    order = some(("--topo-order",), ("--reverse",), ("--first-parent",), ("--merges",), ("--no-merges",), ("-n2",))
    places = one(st.sampled_from([":/", ":(top)d", ":(exclude)d", ":(icase)D", "*.txt"]))
    listing = st.sampled_from([("-r",), ("-r", "--name-only"), ("--name-only",), ("-r", "-l")])
    listed = st.sampled_from(["-m", "-d", "-s", "-u", "-c"]).map(lambda word: (word,))
    return st.one_of(
        words("diff", st.just(plain), shape, two, paths),
        words("diff", st.just(plain), st.sampled_from([("--exit-code",), ("--quiet",)]), two),
        words("log", "--format=%H %P%n%an %ae %at %cn %ct%n%s%n%b", order, history, paths),
        words("merge-base", some(("--all",), ("--is-ancestor",)), REVISION, REVISION),
        words(
            "rev-parse", "--verify", st.one_of(REVISION, one(st.sampled_from(["HEAD:a.txt", ":d/x.txt", ":2:a.txt"])))
        ),
        words("branch", some(("--show-current",), ("--merged",), ("--no-merged",), ("--contains", "HEAD"))),
        words("tag", some(("-l", "v*"), ("--contains", "HEAD"))),
        words("ls-files", listed, paths),
        words("ls-files", "-o", some(("--exclude-standard",), ("-i", "--exclude-standard"))),
        words("ls-tree", listing, REVISION, st.one_of(st.just(()), PATH, places)),
        words("status", "-s", some(("-b",), ("--ignored",), ("-uno",)), "--no-renames", paths),
        words("cat-file", st.sampled_from([("-t",), ("-e",)]), REVISION),
    )


def dotted(revision: Argv) -> Argv:
    return (f"main..{revision[0]}",)

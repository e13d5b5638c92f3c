"""What may stand at one name: the states that both sides of a merge start from and arrive at."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tests.git.ops import lines_of
from tests.git.pair import Side, clear_folder, write_file, write_link


@dataclass(frozen=True, slots=True)
class File:
    """A file of a shape, below the shape's name; an empty path is the name itself."""

    path: str
    content: bytes
    kind: str = "file"


Shape: TypeAlias = tuple[File, ...]

SHAPES: Mapping[str, Shape] = {
    "nothing": (),
    "text": (File("", lines_of("1", "3", "5")),),
    "top": (File("", lines_of("2", "3", "5")),),
    "bottom": (File("", lines_of("1", "3", "6")),),
    "other-top": (File("", lines_of("9", "3", "5")),),
    "ends": (File("", lines_of("2", "3", "6")),),
    "longer": (File("", lines_of("1", "3", "5") + b"7\n8"),),
    "crlf": (File("", lines_of("1", "3", "5").replace(b"\n", b"\r\n")),),
    "script": (File("", lines_of("1", "3", "5"), "script"),),
    "top-script": (File("", lines_of("2", "3", "5"), "script"),),
    "binary": (File("", b"\0one\n1\n2\n3\n"),),
    "other-binary": (File("", b"\0two\n1\n2\n3\n"),),
    "empty": (File("", b""),),
    "link": (File("", b"elsewhere", "link"),),
    "other-link": (File("", b"nowhere", "link"),),
    "folder": (File("/in", lines_of("1", "3", "5")),),
    "fuller-folder": (File("/in", lines_of("1", "3", "6")), File("/more", b"more\n1\n2\n3\n")),
    "deep-folder": (File("/in/deep", b"deep\n1\n2\n3\n"), File("/in/link", b"deep", "link")),
}
FEW = ("nothing", "text", "top", "other-top", "binary", "link")
"""For merge bases that clash: no folders, since git then pairs the file that it moved aside in the base as a rename."""


def write_shapes(side: Side, shapes: Iterable[tuple[str, str]]) -> None:
    """Make the working tree hold these (name, shape) and nothing else.

    Each path gets lines of its own: git 2.39 looks for renames in a merge whatever ``merge.renames`` says, and stops at
    an assertion of its own if it pairs a file with a link. They end with a hash, because the last characters are what
    counts for its measure of likeness.
    """
    clear_folder(side.root, side.private)
    for name, shape in shapes:
        for file in SHAPES[shape]:
            path = name + file.path
            content = b"".join(own_line(path, line) for line in file.content.splitlines(keepends=True))
            if file.kind == "link":
                write_link(side.root, path, content.decode())
            else:
                write_file(side.root, path, content)
            if file.kind == "script":
                (side.root / (name + file.path)).chmod(0o755)


def own_line(path: str, line: bytes) -> bytes:
    bare = line.rstrip(b"\r\n")
    own = hashlib.blake2b(path.encode() + bare, digest_size=8).hexdigest().encode()
    return bare + b" " + own + line[len(bare) :]

"""Git's pathspecs: which paths a command is about.

A plain word names a file, a folder, or with ``*``, ``?`` or ``[`` a pattern whose star crosses '/'. Words that start
with ``:`` carry magic: ``:(top)`` or ``:/`` from the root, ``:(exclude)`` or ``:!`` takes away, ``:(glob)`` keeps the
star inside one folder, ``:(literal)`` has no patterns, ``:(icase)`` folds ASCII letters. Everything else is relative to
the folder the user stands in.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import pyarrow as pa

from datagit.diff.pathspec_word import Pathspec, PathspecInvalidError, parse_word
from datagit.diff.wildmatch import literal_regex
from datagit.errors import NotFoundError
from datagit.objects import compute as pc
from datagit.objects.columns import Column

__all__ = [
    "EVERYTHING",
    "PathColumn",
    "PathFilter",
    "Pathspec",
    "PathspecInvalidError",
    "PathspecUnmatchedError",
    "literal_filter",
    "parse_pathspecs",
]

PathColumn: TypeAlias = "pa.BinaryArray | pa.ChunkedArray[pa.BinaryScalar]"
"""Paths as one binary column."""

_FEW = 24


class PathspecUnmatchedError(NotFoundError):
    """A pathspec that had to match something matched nothing."""

    code = "path-not-found"

    def __init__(self, spec: bytes) -> None:
        super().__init__(f"pathspec '{spec.decode(errors='backslashreplace')}' did not match any files")
        self.spec = spec


@dataclass(frozen=True)
class PathFilter:
    """A choice of paths: those that any of wanted matches and none of unwanted; without wanted, all paths.

    Attributes:
        wanted: pathspecs that add paths; none means every path.
        unwanted: pathspecs with ``:(exclude)``.
    """

    wanted: tuple[Pathspec, ...] = ()
    unwanted: tuple[Pathspec, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether every path matches."""
        return not self.unwanted and (not self.wanted or any(not spec.path for spec in self.wanted))

    @functools.cached_property
    def roots(self) -> tuple[bytes, ...]:
        """Files and folders, sorted, none below another, that hold every match: where a scan may start.

        ``(b"",)`` is the whole repository.
        """
        if not self.wanted:
            return (b"",)
        kept: list[bytes] = []
        for root in sorted({spec.root for spec in self.wanted}, key=lambda root: root + b"/" if root else b""):
            if not kept or not (not kept[-1] or root.startswith(kept[-1] + b"/")):
                kept.append(root)
        return tuple(kept)

    def matches(self, paths: PathColumn) -> Column:
        """Return for each path of a binary column whether it is chosen."""
        column = _one_chunk(paths)
        if self.everything:
            return _constant(len(column), pa.scalar(value=True))
        chosen = _any_matches(self.wanted, column) if self.wanted else _constant(len(column), pa.scalar(value=True))
        if self.unwanted:
            chosen = pc.and_not(chosen, _any_matches(self.unwanted, column))
        return chosen

    def matches_one(self, path: bytes) -> bool:
        """Return whether one path, without a '/' at its end, is chosen."""
        if self.everything:
            return True
        wanted, unwanted = self._compiled
        return (not self.wanted or _matches_any(wanted, path)) and not _matches_any(unwanted, path)

    def may_hold(self, folder: bytes) -> bool:
        """Return whether something below folder (b"" is the root) could be chosen; True where it is not certain."""
        for root in self.roots:
            if not root or not folder or folder == root or folder.startswith(root + b"/"):
                return True
            if root.startswith(folder + b"/"):
                return True
        return False

    def unmatched(self, *columns: PathColumn) -> tuple[Pathspec, ...]:
        """Return the wanted specs that match no path in any of the columns, in the order the user wrote them."""
        left = [spec for spec in self.wanted if spec.path]
        for paths in columns:
            column = _one_chunk(paths)
            exact = set()
            if len(left) > _FEW:
                asked = pa.array([spec.path for spec in left], pa.binary())
                exact = set(pc.filter(asked, pc.is_in(asked, value_set=column)).to_pylist())
            left = [spec for spec in left if spec.path not in exact and not _matches_some(spec, column)]
        return tuple(left)

    @functools.cached_property
    def _compiled(self) -> tuple["_Compiled", "_Compiled"]:
        return _compile(self.wanted), _compile(self.unwanted)


EVERYTHING = PathFilter()
"""The filter of a command without paths."""


def parse_pathspecs(specs: Sequence[bytes], prefix: bytes = b"", worktree: bytes = b"") -> PathFilter:
    """Return the filter for the words of a command line.

    Args:
        specs: the words; none means everything.
        prefix: the current folder from the root of the repository, b"" at the root.
        worktree: absolute path of the working tree, so that absolute words can be understood; b"" if there is none.

    Raises:
        PathspecInvalidError: a word is empty, has magic that does not exist, or leaves the repository.
    """
    folder = prefix.strip(b"/") + b"/" if prefix.strip(b"/") else b""
    parsed = [parse_word(spec, folder, worktree) for spec in specs]
    return PathFilter(
        tuple(spec for spec in parsed if b"exclude" not in spec.magic),
        tuple(spec for spec in parsed if b"exclude" in spec.magic),
    )


def literal_filter(paths: Sequence[bytes]) -> PathFilter:
    """Return the filter for exactly these files and folders, given from the root and without any magic."""
    return PathFilter(tuple(Pathspec(path, path, 0, frozenset({b"literal"})) for path in paths))


def _one_chunk(paths: PathColumn) -> pa.BinaryArray:
    if isinstance(paths, pa.ChunkedArray):
        return cast("pa.BinaryArray", paths.combine_chunks())  # the stubs think that it may stay chunked
    return paths


def _constant(length: int, value: pa.BooleanScalar) -> Column:
    return pa.repeat(value, length)


def _matches_some(spec: Pathspec, column: pa.BinaryArray) -> bool:
    return bool(pc.any(_matches_spec(spec, column)).as_py())


def _matches_spec(spec: Pathspec, column: pa.BinaryArray) -> Column:
    if not spec.plain:
        return pc.match_substring_regex(column, f"^(?:{spec.regex})$")
    if not spec.path:
        return _constant(len(column), pa.scalar(value=True))
    if spec.path.endswith(b"/"):
        return pc.match_substring_regex(column, f"^{literal_regex(spec.path)}")
    return pc.or_(
        pc.is_in(column, _binary([spec.path])), pc.match_substring_regex(column, f"^{literal_regex(spec.path)}/")
    )


def _binary(paths: list[bytes]) -> pa.BinaryArray:
    return pa.array(paths, pa.binary())


def _any_matches(specs: Sequence[Pathspec], column: pa.BinaryArray) -> Column:
    plain = [spec for spec in specs if spec.plain]
    others = [spec for spec in specs if not spec.plain]
    if len(plain) <= _FEW:
        others, plain = list(specs), []
    chosen = _below_any([spec.path for spec in plain], column)
    for spec in others:
        chosen = pc.or_(chosen, _matches_spec(spec, column))
    return chosen


def _below_any(paths: list[bytes], column: pa.BinaryArray) -> Column:
    """Return which rows are one of paths or lie below one; one join per folder level, whatever the number of paths."""
    chosen = _constant(len(column), pa.scalar(value=False))
    if not paths:
        return chosen
    if b"" in paths:
        return _constant(len(column), pa.scalar(value=True))
    chosen = pc.is_in(column, value_set=_binary([path for path in paths if not path.endswith(b"/")]))
    folders = _binary([path.removesuffix(b"/") for path in paths])
    parents = column
    while pc.any(pc.match_substring(parents, "/")).as_py():
        parents = pc.replace_substring_regex(parents, pattern=r"/?[^/]*$", replacement="")
        chosen = pc.or_(chosen, pc.is_in(parents, value_set=folders))
    return chosen


@dataclass(frozen=True, slots=True)
class _Compiled:
    files: frozenset[bytes]
    folders: frozenset[bytes]
    patterns: tuple[re.Pattern[bytes], ...]


def _compile(specs: Sequence[Pathspec]) -> _Compiled:
    plain = [spec.path for spec in specs if spec.plain]
    return _Compiled(
        frozenset(path for path in plain if not path.endswith(b"/")),
        frozenset(path.removesuffix(b"/") for path in plain),
        tuple(re.compile(spec.regex.encode("ascii")) for spec in specs if not spec.plain),
    )


def _matches_any(compiled: _Compiled, path: bytes) -> bool:
    if path in compiled.files or b"" in compiled.files:
        return True
    end = path.find(b"/")
    while end >= 0:
        if path[:end] in compiled.folders:
            return True
        end = path.find(b"/", end + 1)
    return any(pattern.fullmatch(path) for pattern in compiled.patterns)

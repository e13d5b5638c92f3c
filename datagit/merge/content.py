"""Both sides changed the same file: can its bytes be merged, and if not, what does the working file say?

Lines are merged in every file without a NUL near its start. Where lines clash, markers are written into plain UTF-8
text only. Binary files, other encodings and label formats keep ours, so that what reads them goes on working. JSON and
XML are label formats whose lines do not stand alone: a clean merge of lines counts only if the result still parses.
"""

import enum
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from datagit.diff.lines import is_binary
from datagit.merge.text import Favour, TextStyle, merge_lines

TEXT_LIMIT = 64 << 20
_LABEL_SUFFIXES = (b".csv", b".tsv", b".json", b".jsonl", b".ndjson", b".geojson", b".xml", b".parquet")
_JSON_SUFFIXES = (b".json", b".geojson")


class Depth(enum.Enum):
    """Whether this is the merge that was asked for, or one between merge bases, which nobody sees."""

    ASKED = "asked"
    BETWEEN_BASES = "between bases"


class Outcome(enum.Enum):
    """How the merge of one content ended."""

    CLEAN = "clean"
    MARKED = "marked"
    """The content has markers in it."""
    KEPT = "kept"
    """One version stands untouched for all, though lines were compared."""
    BINARY = "binary"
    """One version stands untouched for all: there are no lines to compare."""


@dataclass(frozen=True, slots=True)
class ContentMerge:
    """What to write, and how it came about."""

    content: bytes
    outcome: Outcome


def has_label_suffix(path: bytes) -> bool:
    """Return whether a file's name says that it holds labels: CSV, TSV, JSON, JSON Lines, XML, Parquet."""
    return path.lower().endswith(_LABEL_SUFFIXES)


@dataclass(frozen=True, slots=True)
class MergePolicy:
    """How contents are merged.

    Attributes:
        text: style of line merges; its labels also name the branches in messages and new file names.
        is_label_file: whether a path belongs to a label driver and must never hold markers.
        depth: which merge this is.
    """

    text: TextStyle = field(default_factory=TextStyle)
    is_label_file: Callable[[bytes], bool] = has_label_suffix
    depth: Depth = Depth.ASKED

    def between_bases(self, level: int) -> "MergePolicy":
        """Return the policy for merging merge bases: longer markers, no side favoured."""
        labels = replace(self.text.labels, ours=b"Temporary merge branch 1", theirs=b"Temporary merge branch 2")
        size = self.text.marker_size + 2 * level
        text = replace(self.text, labels=labels, favour=Favour.NONE, marker_size=size)
        return replace(self, text=text, depth=Depth.BETWEEN_BASES)


def merge_content(path: bytes, base: bytes, ours: bytes, theirs: bytes, policy: MergePolicy) -> ContentMerge:
    """Return the merge of two contents of path that differ from each other and from base."""
    sides = (base, ours, theirs)
    if any(len(side) > TEXT_LIMIT or is_binary(side) for side in sides):
        return _keep_one(base, ours, theirs, policy, Outcome.BINARY)
    merged = merge_lines(base, ours, theirs, policy.text)
    if merged.conflicts == 0:
        if _still_parses(path, merged.content, sides):
            return ContentMerge(merged.content, Outcome.CLEAN)
        return _keep_one(base, ours, theirs, policy, Outcome.KEPT)
    if policy.is_label_file(path) or not all(map(_is_utf8, sides)):
        return _keep_one(base, ours, theirs, policy, Outcome.KEPT)
    return ContentMerge(merged.content, Outcome.MARKED)


def _keep_one(base: bytes, ours: bytes, theirs: bytes, policy: MergePolicy, outcome: Outcome) -> ContentMerge:
    if policy.depth is Depth.BETWEEN_BASES:
        return ContentMerge(base, outcome)
    if policy.text.favour is Favour.OURS:
        return ContentMerge(ours, Outcome.CLEAN)
    if policy.text.favour is Favour.THEIRS:
        return ContentMerge(theirs, Outcome.CLEAN)
    return ContentMerge(ours, outcome)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _still_parses(path: bytes, merged: bytes, sides: tuple[bytes, bytes, bytes]) -> bool:
    """Return whether a line merge broke no file that was whole: both sides parse, but the result does not."""
    name = path.lower()
    parses = _is_json if name.endswith(_JSON_SUFFIXES) else _is_xml if name.endswith(b".xml") else None
    return parses is None or parses(merged) or not (parses(sides[1]) and parses(sides[2]))


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _is_xml(content: bytes) -> bool:
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(content, True)  # noqa: FBT003 # expat's own signature: this is the last part
    except (expat.ExpatError, ValueError):
        return False
    return True


def _refuse_entity(*_: object) -> None:
    message = "an entity could grow without end"
    raise ValueError(message)

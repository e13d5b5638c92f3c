"""Where the rows of a tree are cut into nodes: by their keys alone (docs/format/node.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

from datagit.ids import low_checksums


@dataclass(frozen=True, slots=True)
class CutRule:
    """How keys cut a sequence of rows.

    With c rows since the last cut, and h = xxh3_64(key, seed = level) of the row at hand: cut after it if c >= T/4 and
    h < 2^64/(2T), if c >= T and h < 2^64/(T/4), and if c = 4T. Fewer rows than T/4 are only in the last node.

    Attributes:
        leaf: T of level 0.
        inner: T of all other levels.
    """

    leaf: int
    inner: int

    def size(self, level: int) -> int:
        """Return T of a level."""
        return self.inner if level else self.leaf


FORMAT_1 = CutRule(leaf=2048, inner=512)
"""The rule of every repository of format 1; tests use smaller ones to get tall trees."""


def find_cuts(keys: Sequence[bytes], level: int, rule: CutRule = FORMAT_1) -> list[int]:
    """Return the ascending ends of all nodes that are complete: whatever follows the last one is cut later.

    Args:
        keys: keys of n rows, ascending; the first one follows a cut.
        level: storey of the tree, 0 for leaves; it seeds the hash.
        rule: how large nodes are.

    Source: normalised chunking, Xia et al., FastCDC, USENIX ATC 2016, on keys instead of bytes.
    """
    size = rule.size(level)
    loose = (1 << 64) // (size // 4)
    strict = (1 << 64) // (2 * size)
    candidates = low_checksums(keys, level, loose)
    cuts: list[int] = []
    start = 0
    for position, hashed in candidates:
        end = position + 1
        while end - start > 4 * size:
            start += 4 * size
            cuts.append(start)
        count = end - start
        if count >= size or (count >= size // 4 and hashed < strict) or count == 4 * size:
            cuts.append(end)
            start = end
    while len(keys) - start >= 4 * size:
        start += 4 * size
        cuts.append(start)
    return cuts


def cut_points(keys: Sequence[bytes], level: int, rule: CutRule = FORMAT_1) -> list[int]:
    """Return the ascending ends of all nodes that n rows make; the last one is n, and there is none for no rows."""
    cuts = find_cuts(keys, level, rule)
    if len(keys) and (not cuts or cuts[-1] != len(keys)):
        cuts.append(len(keys))
    return cuts

"""``--stat``, ``--numstat``, ``--shortstat``: how much each file changed, drawn as Git draws it."""

import unicodedata
from collections.abc import Iterator, Sequence

from datagit.diff.stat import FileStat, StatKind, add_up
from datagit.ui.console import Console, Paint
from datagit.ui.quote import Quoting, quote_path
from datagit.ui.summary import shortstat_line, show_move

WIDTH = 80


def stat_lines(stats: Sequence[FileStat], console: Console, width: int = WIDTH) -> Iterator[bytes]:
    """Yield the lines of ``--stat``, without newlines; nothing if nothing changed.

    Source: the widths and the scale are those of git's show_stats.
    """
    if not stats:
        return
    names = [_shown_name(stat) for stat in stats]
    longest = max(_width(name) for name in names)
    most = max((stat.added + stat.deleted for stat in stats if stat.kind is StatKind.TEXT), default=0)
    binary = max((_binary_width(stat) for stat in stats), default=0)
    number_width = 3 if any(stat.kind is StatKind.BINARY for stat in stats) else 0
    number_width = max(number_width, len(str(most)))
    width = max(width, 16 + 6 + number_width)
    graph = most if most + 4 > binary else binary - 4
    if longest + number_width + 6 + graph > width:
        graph = min(graph, max(width * 3 // 8 - number_width - 6, 6))
        if longest > width - number_width - 6 - graph:
            longest = width - number_width - 6 - graph
        else:
            graph = width - number_width - 6 - longest
    for stat, name in zip(stats, names, strict=True):
        fitted = _fit(name, longest)
        head = b" " + fitted + b" " * (longest - _width(fitted)) + b" | "
        yield head + _tail(stat, number_width, graph, most, console)
    yield shortstat_line(add_up(stats)).encode()


def numstat_line(stat: FileStat, quoting: Quoting) -> bytes:
    """Return a line of ``--numstat``, without a newline."""
    name = show_move(stat.old_path, stat.path) if stat.old_path is not None else quote_path(stat.path, quoting)
    return numstat_counts(stat) + name


def numstat_counts(stat: FileStat) -> bytes:
    """Return the two numbers of ``--numstat`` with a tab behind each; ``-`` for what is not text."""
    if stat.kind is StatKind.BINARY:
        return b"-\t-\t"
    return b"%d\t%d\t" % (stat.added, stat.deleted)


def _shown_name(stat: FileStat) -> bytes:
    return quote_path(stat.path) if stat.old_path is None else show_move(stat.old_path, stat.path)


def _binary_width(stat: FileStat) -> int:
    if stat.kind is StatKind.UNMERGED:
        return len("Unmerged")
    if stat.kind is StatKind.BINARY:
        return 14 + len(str(stat.added)) + len(str(stat.deleted))
    return 0


def _tail(stat: FileStat, number_width: int, graph: int, most: int, console: Console) -> bytes:
    if stat.kind is StatKind.UNMERGED:
        return b"Unmerged".rjust(number_width)
    if stat.kind is StatKind.BINARY:
        head = b"Bin".rjust(number_width)
        if not stat.added and not stat.deleted:
            return head
        sizes = (console.paint(str(stat.deleted), Paint.CHANGED), console.paint(str(stat.added), Paint.ADDED))
        return head + f" {sizes[0]} -> {sizes[1]} bytes".encode()
    total = stat.added + stat.deleted
    added, deleted = _scale(stat.added, stat.deleted, graph, most)
    bars = (console.paint("+" * added, Paint.ADDED) if added else "") + (
        console.paint("-" * deleted, Paint.CHANGED) if deleted else ""
    )
    return f"{total:>{number_width}}{' ' if total else ''}{bars}".encode()


def _scale(added: int, deleted: int, graph: int, most: int) -> tuple[int, int]:
    """Return how many signs stand for the lines, at most graph of them."""
    if graph > most:
        return added, deleted
    total = _scale_one(added + deleted, graph, most)
    if total < 2 and added and deleted:  # each of the two is to be seen
        total = 2
    if added < deleted:
        added = _scale_one(added, graph, most)
        return added, total - added
    deleted = _scale_one(deleted, graph, most)
    return total - deleted, deleted


def _scale_one(count: int, width: int, most: int) -> int:
    return 1 + count * (width - 1) // most if count else 0


def _fit(name: bytes, width: int) -> bytes:
    """Return name, its front cut off at a slash if that is near, with "..." before it where it is too wide."""
    if _width(name) <= width:
        return name
    text = name.decode("utf-8", "surrogateescape")
    room = max(width - 3, 0)
    while text and _width(text.encode("utf-8", "surrogateescape")) > room:
        text = text[1:]
    slash = text.find("/")
    return b"..." + text[max(slash, 0) :].encode("utf-8", "surrogateescape")


def _width(name: bytes) -> int:
    """Return how many columns a terminal needs."""
    text = name.decode("utf-8", "surrogateescape")
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )

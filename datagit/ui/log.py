"""The log on stdout: commits one after the other, with the graph beside them and what they change below."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from datagit.ids import ObjectId
from datagit.porcelain.decorations import Decoration
from datagit.porcelain.log import Logged
from datagit.ui.commit_format import (
    NAMED_FORMATS,
    CommitView,
    FormatUnknownError,
    expand_format,
    format_named,
    short_names,
)
from datagit.ui.console import Colours, Console, encode_text
from datagit.ui.date_format import format_date
from datagit.ui.graph import Graph
from datagit.ui.json import json_document

Names = Mapping[ObjectId, tuple[Decoration, ...]]
"""The decorations of the commits that have some."""

Changes = Callable[[Logged], bytes]
"""Returns the text that shows what a commit changes; empty where there is nothing to show."""


@dataclass(frozen=True, slots=True)
class LogStyle:
    """How commits are written.

    Attributes:
        name: one of NAMED_FORMATS, or empty where template counts.
        template: text with placeholders.
        terminated: whether each entry ends in a newline, or newlines stand between entries.
        oid_digits: hex digits of the commit's own id in named formats.
        digits: hex digits of other ids.
        date_style: as in ``--date``.
        now: the current second.
    """

    name: str
    template: str
    terminated: bool
    oid_digits: int
    digits: int
    date_style: str
    now: int


def parse_style(text: str, *, oid_digits: int, digits: int, date_style: str, now: int) -> LogStyle:
    """Return the style that ``--format=text`` asks for.

    Raises:
        FormatUnknownError: it is no name of a format, and has no placeholder.
        DateStyleUnknownError: date_style is none.
    """
    format_date(0, 0, date_style, now=now)
    name, template, terminated = "", "", True
    if text.startswith("format:"):
        template, terminated = text.removeprefix("format:"), False
    elif text.startswith("tformat:"):
        template = text.removeprefix("tformat:")
    elif text in NAMED_FORMATS:
        name, terminated = text, text in ("oneline", "reference")
    elif "%" in text or not text:
        template = text
    else:
        close = [known for known in NAMED_FORMATS if known.startswith(text)]
        if len(close) != 1:
            raise FormatUnknownError(text)
        name, terminated = close[0], close[0] in ("oneline", "reference")
    return LogStyle(name, template, terminated, oid_digits, digits, date_style, now)


class LogWriter:
    """Writes commits, one after the other, to a console."""

    def __init__(
        self,
        console: Console,
        style: LogStyle,
        names: Names,
        *,
        graph: Graph | None = None,
        changes: Changes | None = None,
        divider: str = "",
    ) -> None:
        """Write to console; names are shown behind ids, graph to the left, changes below each commit and divider."""
        self._console = console
        self._style = style
        self._names = names
        self._graph = graph
        self._changes = changes
        self._divider = divider
        self._begun = False
        self._line_open = False

    def write(self, logged: Logged) -> None:
        """Write one commit."""
        style = self._style
        shows_text = bool(style.name or style.template)
        if self._graph is not None:
            self._graph.begin(logged.oid, logged.parents)
        if self._begun and not style.terminated:
            if self._graph is not None and not self._line_open:
                self._console.write(self._graph.row_before().encode())
            self._console.line()
            self._line_open = False
        self._begun = True
        while self._graph is not None and not self._graph.at_commit:
            self._console.line(self._graph.next_row())
        text = self._text_of(logged)
        if shows_text or self._graph is not None:
            self._put(text)
        self._finish_graph()
        if style.terminated and shows_text:
            self._end_line()
        changed = self._changes(logged) if self._changes is not None else b""
        if changed:
            if shows_text and style.name != "oneline":
                if self._divider:
                    self._put(self._divider)
                self._end_line()
            self._put_bytes(changed)

    def put_apart(self) -> None:
        """Write what stands before an entry that is no commit, and let the next commit stand apart from it."""
        if self._begun:
            self._console.line()
        self._begun = True

    def _text_of(self, logged: Logged) -> str:
        style, console = self._style, self._console
        view = CommitView(
            logged.oid,
            logged.commit,
            self._names.get(logged.oid, ()),
            style.digits,
            style.date_style,
            style.now,
            ">",
            console.paint,
            lambda escape: escape if console.colours is Colours.ON else "",
        )
        if style.name:
            return format_named(view, style.name, style.oid_digits)
        return expand_format(view, style.template)

    def _put(self, text: str) -> None:
        self._put_bytes(encode_text(text))

    def _put_bytes(self, content: bytes) -> None:
        """Write content, a row of the graph before each of its lines."""
        if self._graph is None:
            self._console.write(content)
            if content:
                self._line_open = not content.endswith(b"\n")
            return
        for line in content.splitlines(keepends=True) or [b""]:
            if not self._line_open:
                self._console.write(self._graph.next_row().encode())
            self._console.write(line)
            self._line_open = not line.endswith(b"\n")

    def _end_line(self) -> None:
        """End the line that is open, or write an empty one; beside it the graph goes on."""
        if self._graph is not None and not self._line_open:
            self._console.write(self._graph.next_row().encode())
        self._console.line()
        self._line_open = False

    def _finish_graph(self) -> None:
        """Write the rows that the commit's text left over; the last one stays open if the text did."""
        graph = self._graph
        rows: list[str] = []
        while graph is not None and not graph.finished:
            rows.append(graph.next_row())
        if rows:
            content = "\n".join(rows).encode()
            self._console.write(b"\n" + content if self._line_open else content + b"\n")


def log_document(
    commits: Iterable[Logged],
    names: Mapping[ObjectId, tuple[Decoration, ...]],
    changes: Callable[[Logged], object] | None,
) -> bytes:
    """Return the log as one JSON document; changes says what each commit changes, if that is asked for."""
    entries = []
    for logged in commits:
        entry = commit_fields(logged)
        entry["refs"] = short_names(names.get(logged.oid, ()))
        if changes is not None:
            entry["changes"] = changes(logged)
        entries.append(entry)
    return json_document({"commits": entries})


def commit_fields(logged: Logged) -> dict[str, object]:
    """Return what JSON says of a commit itself."""
    commit = logged.commit
    people = {
        role: {"name": who.name, "email": who.email, "time": who.time, "offset": who.offset}
        for role, who in (("author", commit.author), ("committer", commit.committer))
    }
    return {
        "id": logged.oid.hex(),
        "tree": commit.tree.hex(),
        "parents": [parent.hex() for parent in commit.parents],
        **people,
        "message": commit.message,
    }

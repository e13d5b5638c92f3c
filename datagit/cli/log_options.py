"""The options of ``dg log``, and what they make of a query and of the way commits are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from datagit.cli.late import late
from datagit.cli.options import Door
from datagit.config.settings import Settings
from datagit.errors import InvalidInputError, NotFoundError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.porcelain.log import Ancestry, Direction, Grep, LogQuery
from datagit.revision.names import kind_of
from datagit.revision.parse import parse_range, peel
from datagit.revision.reader import Resolved, RevisionReader, UnknownRevisionError
from datagit.revision.walk import Order, Parents
from datagit.store.refs import HEADS, REMOTES, TAGS
from datagit.ui.log import LogStyle, parse_style

_FULL, _SHORT, _LEAST = 64, 12, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """What was given on the command line; the fields are the options' names."""

    oneline: bool
    graph: bool
    decorate: str | None
    all_refs: bool
    branches: bool
    tags: bool
    remotes: bool
    max_count: int | None
    skip: int
    since: str | None
    until: str | None
    authors: tuple[str, ...]
    committers: tuple[str, ...]
    messages: tuple[str, ...]
    fold: bool
    literal: bool
    extended_regexp: bool
    grep: Grep | None
    first_parent: bool
    merges: bool
    no_merges: bool
    min_parents: int | None
    max_parents: int | None
    reverse: bool
    order: Order | None
    pretty: str | None
    date: str | None
    abbrev_commit: bool | None
    abbrev: int | None
    patch: bool
    no_patch: bool
    unified: int | None
    raw: bool
    stat: str | None
    shortstat: bool
    numstat: bool
    name_only: bool
    name_status: bool
    summary: bool
    diff_filter: str | None
    find_renames: str | None
    no_renames: bool

    @property
    def shows_changes(self) -> bool:
        """Whether anything of what commits change is shown.

        Raises:
            InvalidInputError: two views of names exclude each other.
        """
        if self.name_only and self.name_status:
            message = "options '--name-only', '--name-status', '--check', and '-s' cannot be used together"
            raise InvalidInputError(message, code="usage")
        lists = self.raw or self.name_only or self.name_status or self.summary
        counts = self.stat is not None or self.shortstat or self.numstat
        return not self.no_patch and (lists or counts or self.patch or self.unified is not None)

    @property
    def divider(self) -> str:
        """The line between a commit and its changes: dashes where a patch follows a diffstat, as in Git."""
        patch = self.patch or self.unified is not None
        return "---" if patch and self.stat is not None and not (self.name_only or self.name_status) else ""


def choose_tips(reader: RevisionReader, revisions: Sequence[str], options: LogOptions) -> LogQuery:
    """Return a query with the commits to start from, HEAD if none is named, and those to leave out.

    Raises:
        NotFoundError: nothing is named, and the current branch has no commit.
        UnknownRevisionError, AmbiguousRevisionError: as parse_range.
    """
    heads, head = reader.refs.heads, reader.refs.target_of_head()
    wanted = ((HEADS, options.branches), (TAGS, options.tags), (REMOTES, options.remotes), ("refs/", options.all_refs))
    prefixes = tuple(prefix for prefix, chosen in wanted if chosen)
    tips = [_commit_of(reader, heads[name]) for name in sorted(heads) if prefixes and name.startswith(prefixes)]
    found = parse_range(reader, revisions)
    if (options.all_refs or not (prefixes or revisions)) and head is not None:
        tips.append(head)
    if not prefixes and not revisions and head is None:
        message = f"your current branch '{reader.refs.branch}' does not have any commits yet"
        raise NotFoundError(message, hint="make one with 'dg commit'", code="unknown-revision")
    include = dict.fromkeys(oid for oid in (*tips, *found.include) if oid is not None)
    return LogQuery(tuple(include), found.exclude)


def _commit_of(reader: RevisionReader, oid: ObjectId) -> ObjectId | None:
    """Return the commit that a ref leads to; None for a tag of something else."""
    try:
        return peel(reader, Resolved(kind_of(reader, oid), oid), Kind.COMMIT, oid.hex()).oid
    except UnknownRevisionError:
        return None


def with_options(query: LogQuery, options: LogOptions, now: int) -> LogQuery:
    """Return query with what options say about order, dates, people and messages.

    Raises:
        DateInvalidError: a date cannot be read.
        InvalidInputError: a pattern is no regular expression.
    """
    limit = options.max_count if options.max_count is not None and options.max_count >= 0 else None
    most = options.max_parents if options.max_parents is None or options.max_parents >= 0 else None
    return replace(
        query,
        order=options.order or (Order.TOPO if options.graph else Order.DATE),
        parents=Parents.FIRST if options.first_parent else Parents.ALL,
        direction=Direction.OLDEST_FIRST if options.reverse else Direction.NEWEST_FIRST,
        limit=limit,
        skip=max(0, options.skip),
        since=_moment(options.since, now),
        until=_moment(options.until, now),
        min_parents=2 if options.merges else options.min_parents or 0,
        max_parents=1 if options.no_merges else most,
        authors=_patterns(options.authors, options),
        committers=_patterns(options.committers, options),
        messages=_patterns(options.messages, options),
        grep=options.grep or Grep.ANY,
        ancestry=Ancestry.REWRITTEN if options.graph else Ancestry.AS_IT_IS,
    )


def _moment(text: str | None, now: int) -> int | None:
    """Return the second that a rough date names; its reader is loaded only where one is given."""
    if text is None:
        return None
    second: int = late("datagit.cli.dates", "parse_rough_date")(text, now)
    return second


def _patterns(texts: Sequence[str], options: LogOptions) -> tuple[re.Pattern[str], ...]:
    flags = re.MULTILINE | (re.IGNORECASE if options.fold else 0)
    try:
        return tuple(re.compile(re.escape(text) if options.literal else text, flags) for text in texts)
    except re.error as error:
        message = f"not a regular expression: {error.pattern!r}: {error}"
        raise InvalidInputError(message, hint="take it as plain text with -F", code="usage") from error


def choose_style(options: LogOptions, settings: Settings, now: int) -> LogStyle:
    """Return how commits are written, by options and settings.

    Raises:
        FormatUnknownError: the format is none.
        DateStyleUnknownError: the style of dates is none.
    """
    pretty = options.pretty if options.pretty is not None else "oneline" if options.oneline else None
    if pretty is None:
        pretty = settings.get("format.pretty") or "medium"
    digits = min(_FULL, max(_LEAST, options.abbrev)) if options.abbrev else _SHORT
    abbreviated = options.abbrev_commit
    if abbreviated is None:
        abbreviated = options.oneline or settings.get_bool("log.abbrevCommit", default=False)
    return parse_style(
        pretty,
        oid_digits=digits if abbreviated else _FULL,
        digits=digits,
        date_style=options.date or settings.get("log.date") or "default",
        now=now,
    )


def wants_names(options: LogOptions, style: LogStyle, door: Door) -> bool:
    """Return whether the names of commits are shown: by a placeholder, an option, a setting, or to a person."""
    if not style.name:
        return "%d" in style.template or "%D" in style.template
    wish = options.decorate or door.settings.get("log.decorate") or "auto"
    if wish not in ("auto", "short", "full", "no", "true", "false"):
        message = f"invalid --decorate option: {wish}"
        raise InvalidInputError(message, hint="one of short, full, auto, no", code="usage")
    return wish in ("short", "full", "true") or (wish == "auto" and door.console.stdout_is_terminal)

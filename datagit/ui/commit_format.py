"""One commit as text: Git's named formats, and the placeholders of ``--format``."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datagit.errors import InvalidInputError
from datagit.ids import ObjectId
from datagit.objects.commit import Commit, Signature
from datagit.porcelain.decorations import Decoration, NameKind
from datagit.ui.console import Paint
from datagit.ui.date_format import format_date
from datagit.ui.quote import safe_text

NAMED_FORMATS = ("oneline", "short", "medium", "full", "fuller", "raw", "reference")
"""Formats that ``--format`` knows by name, those of Git but for e-mail."""

SHORT_DIGITS = 12

_TOKEN = re.compile(
    r"%(?P<sign>[-+ ]?)(?:"
    r"x(?P<hex>[0-9a-fA-F]{2})|C(?P<colour>\([^)]*\)|red|green|blue|reset)|"
    r"(?P<who>[ac])(?P<part>[nNeElLdDrtiIsh])|(?P<pad><\||<|>>|>|><)\((?P<width>-?\d+)(?:,\s*(?P<cut>\w+))?\)|"
    r"(?P<word>[HhTtPpdDsfbBmneS%N]))"
)
_PERSON_PARTS = {"n", "N", "e", "E", "l", "L"}
_DATE_STYLES = {"D": "rfc", "r": "relative", "t": "unix", "i": "iso", "I": "iso-strict", "s": "short", "h": "human"}
_COLOUR_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ATTRIBUTES = {"reset": "", "bold": "1", "dim": "2", "italic": "3", "ul": "4", "blink": "5", "reverse": "7"}
_UNFIT_FOR_FILE = re.compile(r"[^A-Za-z0-9_.]+")
_TAB = 8


class FormatUnknownError(InvalidInputError):
    """No format is called so."""

    code = "name-invalid"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"invalid --pretty format: {name}", hint=f"one of {', '.join(NAMED_FORMATS)}, format:…, tformat:…"
        )


@dataclass(frozen=True, slots=True)
class CommitView:
    """A commit with what its formats show besides it.

    Attributes:
        oid: its id.
        commit: the commit.
        names: its decorations.
        digits: hex digits of abbreviated ids.
        date_style: for ``%ad`` and the named formats.
        now: the current second, for relative dates.
        mark: what ``%m`` shows.
        paint: puts text in a colour, or leaves it.
        colour: returns the escape sequence of a ``%C``, or nothing.
    """

    oid: ObjectId
    commit: Commit
    names: Sequence[Decoration]
    digits: int
    date_style: str
    now: int
    mark: str
    paint: Callable[[str, Paint], str]
    colour: Callable[[str], str]


def subject_of(message: str) -> str:
    """Return the first paragraph of a message on one line."""
    lines: list[str] = []
    for line in message.lstrip("\n").split("\n"):
        if not line.strip():
            if lines:
                break
            continue
        lines.append(line.rstrip())
    return " ".join(lines)


def body_of(message: str) -> str:
    """Return what follows the first paragraph of a message, as it is."""
    rest = re.sub(r"\A(?:[ \t]*\n)*", "", message)
    parts = re.split(r"\n(?:[ \t]*\n)+", rest, maxsplit=1)
    return parts[1] if len(parts) == 2 else ""


def show_names(view: CommitView, opening: str = " (", closing: str = ")") -> str:
    """Return the commit's names in brackets, with a blank before them; empty if it has none."""
    if not view.names:
        return ""
    shown = [_show_name(view, name) for name in view.names]
    comma = view.paint(", ", Paint.COMMIT)
    return view.paint(opening, Paint.COMMIT) + comma.join(shown) + view.paint(closing, Paint.COMMIT)


def short_names(names: Sequence[Decoration]) -> list[str]:
    """Return names as people write them: ``HEAD -> main``, ``tag: v1``, ``origin/main``."""
    return [_plain_name(name) for name in names]


def _plain_name(name: Decoration) -> str:
    short = re.sub(r"\Arefs/(?:heads|tags|remotes)/", "", name.name)
    if name.kind is NameKind.TAG:
        return f"tag: {short}"
    if name.kind is NameKind.HEAD and name.target is not None:
        return f"HEAD -> {name.target.removeprefix('refs/heads/')}"
    return short


def _show_name(view: CommitView, name: Decoration) -> str:
    if name.kind is NameKind.HEAD and name.target is not None:
        branch = name.target.removeprefix("refs/heads/")
        return view.paint("HEAD -> ", Paint.HEAD) + view.paint(branch, Paint.BRANCH)
    colours = {NameKind.HEAD: Paint.HEAD, NameKind.BRANCH: Paint.BRANCH, NameKind.REMOTE: Paint.REMOTE}
    return view.paint(_plain_name(name), colours.get(name.kind, Paint.TAG))


def format_named(view: CommitView, name: str, digits: int = 64) -> str:
    """Return a commit in one of NAMED_FORMATS; all but oneline and reference end in a newline.

    Args:
        view: the commit.
        name: of the format.
        digits: of the commit's own id.
    """
    oid = view.oid.hex()[:digits]
    message = safe_text(view.commit.message)
    match name:
        case "oneline":
            return f"{view.paint(oid, Paint.COMMIT)}{show_names(view)} {subject_of(message)}"
        case "reference":
            date = _date(view, view.commit.author, "short")
            return f"{view.oid.hex()[: view.digits]} ({subject_of(message)}, {date})"
        case "raw":
            lines = [view.paint(f"commit {oid}", Paint.COMMIT) + show_names(view), *_raw_header(view)]
        case _:
            lines = [view.paint(f"commit {oid}", Paint.COMMIT) + show_names(view), *_header(view, name)]
    text = "\n".join([*lines, "", *_indented(message, name)])
    return text.rstrip() + "\n"


def _header(view: CommitView, name: str) -> list[str]:
    commit = view.commit
    lines: list[str] = []
    if len(commit.parents) > 1:
        lines.append("Merge: " + " ".join(parent.hex()[: view.digits] for parent in commit.parents))
    author, committer = _person(commit.author), _person(commit.committer)
    if name == "fuller":
        lines += [f"Author:     {author}", f"AuthorDate: {_date(view, commit.author)}"]
        return [*lines, f"Commit:     {committer}", f"CommitDate: {_date(view, commit.committer)}"]
    lines.append(f"Author: {author}")
    if name == "medium":
        lines.append(f"Date:   {_date(view, commit.author)}")
    if name == "full":
        lines.append(f"Commit: {committer}")
    return lines


def _raw_header(view: CommitView) -> list[str]:
    commit = view.commit
    return [
        f"tree {commit.tree.hex()}",
        *(f"parent {parent.hex()}" for parent in commit.parents),
        f"author {_person(commit.author)} {_date(view, commit.author, 'raw')}",
        f"committer {_person(commit.committer)} {_date(view, commit.committer, 'raw')}",
    ]


def _indented(message: str, name: str) -> list[str]:
    lines: list[str] = []
    for line in message.split("\n"):
        text = line.rstrip()
        if not text and not lines:
            continue
        if not text and name == "short":
            break
        lines.append("    " + (text if name in ("raw", "short") else text.expandtabs(_TAB)))
    return lines


def _person(who: Signature) -> str:
    return f"{safe_text(who.name)} <{safe_text(who.email)}>"


def _date(view: CommitView, who: Signature, style: str = "") -> str:
    return format_date(who.time, who.offset, style or view.date_style, now=view.now)


def expand_format(view: CommitView, text: str) -> str:
    """Return text with its placeholders replaced; what is none stays as it is."""
    out: list[str] = []
    position = 0
    padding: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        out.append(text[position : token.start()])
        position = token.end()
        if token["pad"]:
            padding = token
            continue
        value = _placeholder(view, token)
        if padding is not None:
            value = _pad(value, padding)
            padding = None
        match token["sign"]:
            case "+":
                value = f"\n{value}" if value else ""
            case " ":
                value = f" {value}" if value else ""
            case "-" if not value:
                joined = "".join(out).rstrip("\n")
                out = [joined]
        out.append(value)
    out.append(text[position:])
    return "".join(out)


def _placeholder(view: CommitView, token: re.Match[str]) -> str:
    commit = view.commit
    if token["hex"]:
        return chr(int(token["hex"], 16))
    if token["colour"]:
        return view.colour(_colour(token["colour"].strip("()")))
    if token["who"]:
        return _person_part(view, commit.author if token["who"] == "a" else commit.committer, token["part"])
    match token["word"]:
        case "H":
            return view.oid.hex()
        case "h":
            return view.oid.hex()[: view.digits]
        case "T":
            return commit.tree.hex()
        case "t":
            return commit.tree.hex()[: view.digits]
        case "P":
            return " ".join(parent.hex() for parent in commit.parents)
        case "p":
            return " ".join(parent.hex()[: view.digits] for parent in commit.parents)
        case "d":
            return show_names(view)
        case "D":
            return show_names(view, "", "")
        case "s":
            return safe_text(subject_of(commit.message))
        case "f":
            return _file_name(commit.message)
        case "b":
            return safe_text(body_of(commit.message))
        case "B":
            return safe_text(commit.message)
        case "m":
            return view.mark
        case "n":
            return "\n"
        case "%":
            return "%"
        case _:  # encoding, notes and source, which commits here do not have
            return ""


def _file_name(message: str) -> str:
    """Return the first line of a message as the name of a file."""
    return re.sub(r"\.+", ".", _UNFIT_FOR_FILE.sub("-", message.lstrip().partition("\n")[0])).strip("-.")


def _person_part(view: CommitView, who: Signature, part: str) -> str:
    if part in _PERSON_PARTS:
        email = safe_text(who.email)
        return {"n": safe_text(who.name), "e": email, "l": email.partition("@")[0]}[part.lower()]
    return _date(view, who, _DATE_STYLES.get(part, ""))


def _pad(value: str, padding: re.Match[str]) -> str:
    width = max(0, int(padding["width"]))
    cut = padding["cut"]
    if len(value) > width and cut:
        room = max(0, width - 2)
        match cut:
            case "ltrunc":
                value = ".." + value[len(value) - room :]
            case "mtrunc":
                value = value[: room // 2] + ".." + value[len(value) - (room - room // 2) :]
            case _:
                value = value[:room] + ".."
    match padding["pad"]:
        case "<":
            return value.ljust(width)
        case "><":
            return value.center(width)
        case _:
            return value.rjust(width)


def _colour(words: str) -> str:
    """Return the SGR sequence of ``red``, ``bold blue``, ``auto,yellow`` and the like; empty if a word is unknown."""
    codes: list[str] = []
    for word in re.split(r"[ ,]+", words):
        if word in ("auto", "always", ""):
            continue
        if word in _COLOUR_NAMES:
            codes.append(str((40 if any(code[:1] == "3" for code in codes) else 30) + _COLOUR_NAMES.index(word)))
        elif word in _ATTRIBUTES:
            codes.append(_ATTRIBUTES[word])
        else:
            return ""
    return f"\x1b[{';'.join(code for code in codes if code)}m"

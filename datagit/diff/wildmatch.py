"""Git's wildmatch patterns as regular expressions that both Python's re and Arrow's RE2 understand.

Source of the rules: gitglossary "pathspec", and the behaviour of git 2.39 where the page is silent.
"""

import enum

_SPECIAL = frozenset(b"*?[\\")
_PRINTABLE = frozenset(range(0x20, 0x7F))
_DIGITS = frozenset(b"0123456789")
_LOWER = frozenset(range(ord("a"), ord("z") + 1))
_UPPER = frozenset(range(ord("A"), ord("Z") + 1))
_CLASSES = {
    b"alnum": _DIGITS | _LOWER | _UPPER,
    b"alpha": _LOWER | _UPPER,
    b"blank": frozenset(b" \t"),
    b"cntrl": frozenset(range(0x20)) | {0x7F},
    b"digit": _DIGITS,
    b"graph": _PRINTABLE - {0x20},
    b"lower": _LOWER,
    b"print": _PRINTABLE,
    b"punct": _PRINTABLE - _DIGITS - _LOWER - _UPPER - {0x20},
    b"space": frozenset(b" \t\n\v\f\r"),
    b"upper": _UPPER,
    b"xdigit": frozenset(b"0123456789abcdefABCDEF"),
}
NOTHING = r"[^\x00-\xff]"
"""A regular expression that no byte string matches: what an unfinished bracket means."""


class Slash(enum.Enum):
    """Whether a star may cross a '/'."""

    CROSSED = "crossed"
    KEPT = "kept"


class Case(enum.Enum):
    """Whether ASCII letters match their other case."""

    EXACT = "exact"
    FOLDED = "folded"


def literal_length(pattern: bytes) -> int:
    """Return how many leading bytes of pattern stand for themselves."""
    for position, byte in enumerate(pattern):
        if byte in _SPECIAL:
            return position
    return len(pattern)


def literal_regex(text: bytes, case: Case = Case.EXACT) -> str:
    """Return a regular expression, pure ASCII, that matches the bytes of text and nothing else."""
    return "".join(_one(byte, case) for byte in text)


def pattern_regex(pattern: bytes, slash: Slash, case: Case = Case.EXACT) -> str:
    """Return a regular expression, pure ASCII and without anchors, for what pattern matches as a whole."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        byte = pattern[position : position + 1]
        if byte == b"*":
            regex, position = _star(pattern, position, slash)
        elif byte == b"?":
            regex, position = _any(slash), position + 1
        elif byte == b"[":
            found = _bracket(pattern, position, slash, case)
            if found is None:
                return NOTHING
            regex, position = found
        elif byte == b"\\":
            if position + 1 >= len(pattern):
                return NOTHING
            regex, position = _one(pattern[position + 1], case), position + 2
        else:
            regex, position = _one(pattern[position], case), position + 1
        parts.append(regex)
    return "".join(parts)


def _any(slash: Slash) -> str:
    return r"[\x00-\xff]" if slash is Slash.CROSSED else r"[^/]"


def _one(byte: int, case: Case) -> str:
    char = chr(byte)
    if case is Case.FOLDED and byte < 128 and char.isalpha():
        return f"[{char.lower()}{char.upper()}]"
    return char if byte < 128 and char.isalnum() else f"\\x{byte:02x}"


def _star(pattern: bytes, position: int, slash: Slash) -> tuple[str, int]:
    end = position
    while pattern[end : end + 1] == b"*":
        end += 1
    if slash is Slash.CROSSED:
        return r"[\x00-\xff]*", end
    opens = position == 0 or pattern[position - 1 : position] == b"/"
    if end - position >= 2 and opens:
        if end == len(pattern):
            return r"[\x00-\xff]*", end
        if pattern[end : end + 1] == b"/":  # "**/" also stands for no folder at all
            return r"(?:[\x00-\xff]*/)?", end + 1
        if pattern[end : end + 2] == b"\\/":
            return r"(?:[\x00-\xff]*/)?", end + 2
    return r"[^/]*", end


def _bracket(pattern: bytes, position: int, slash: Slash, case: Case) -> tuple[str, int] | None:
    position += 1
    negated = pattern[position : position + 1] in (b"!", b"^")
    if negated:
        position += 1
    members: set[int] = set()
    first, previous = True, -1
    while first or pattern[position : position + 1] != b"]":
        first = False
        if position >= len(pattern):
            return None
        byte = pattern[position]
        end = pattern.find(b"]", position + 2) if pattern[position : position + 2] == b"[:" else -1
        if end > position + 2 and pattern[end - 1] == ord(":"):  # "[:" without ":]" is two plain members
            if pattern[position + 2 : end - 1] not in _CLASSES:
                return None
            members |= _CLASSES[pattern[position + 2 : end - 1]]
            position, previous = end + 1, -1
            continue
        if byte == ord("-") and previous >= 0 and pattern[position + 1 : position + 2] not in (b"]", b""):
            position += 1
            if pattern[position] == ord("\\"):
                position += 1
            if position >= len(pattern):
                return None
            members.update(range(previous, pattern[position] + 1))
            position, previous = position + 1, -1
            continue
        if byte == ord("\\"):
            position += 1
            if position >= len(pattern):
                return None
            byte = pattern[position]
        members.add(byte)
        position, previous = position + 1, byte
    if case is Case.FOLDED:
        members |= {byte ^ 0x20 for byte in members if byte in _CLASSES[b"alpha"]}
    if negated:
        members = set(range(256)) - members
    if slash is Slash.KEPT:
        members.discard(ord("/"))
    return _set(members), position + 1


def _set(members: set[int]) -> str:
    return "[" + "".join(f"\\x{byte:02x}" for byte in sorted(members)) + "]" if members else NOTHING

"""Git's wildcards as regular expressions whose running time no pattern can blow up.

Source: Git's wildmatch.c, with paths (``*`` and ``?`` stop at a slash). pathspec's translation differs from it in
trailing blanks, brackets, escapes and ``**`` next to other characters, and backtracks without bound; so it is not used.
"""

import re

LONGEST_PATH = 4096
"""Bytes that a path may have; a pattern that needs more matches nothing."""

_SLASH = ord("/")
_STAR = ord("*")
_BACKSLASH = ord("\\")
_SPECIAL = re.compile(rb"[*?\[\\]")
_DEEP = re.compile(rb"(?:\*\*+/)*\*\*+(/|\\/|\Z)")
_NEVER = b"(?!)"

_CLASSES: dict[bytes, frozenset[int]] = {
    b"alnum": frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
    b"alpha": frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    b"blank": frozenset(b" \t"),
    b"cntrl": frozenset((*range(0x20), 0x7F)),
    b"digit": frozenset(b"0123456789"),
    b"graph": frozenset(range(0x21, 0x7F)),
    b"lower": frozenset(b"abcdefghijklmnopqrstuvwxyz"),
    b"print": frozenset(range(0x20, 0x7F)),
    b"punct": frozenset(rb"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""),
    b"space": frozenset(b" \t\n\r"),
    b"upper": frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    b"xdigit": frozenset(b"0123456789abcdefABCDEF"),
}


class _NeverMatchesError(Exception):
    """The pattern is one that Git matches with nothing."""


def literal_length(pattern: bytes) -> int:
    """Return how many bytes of pattern stand before its first wildcard or escape."""
    special = _SPECIAL.search(pattern)
    return special.start() if special else len(pattern)


def wildcard_regex(pattern: bytes) -> bytes | None:
    """Return the source of a regular expression that fully matches what pattern matches; None if that is nothing.

    As in Git, what stands before the first wildcard is compared first and then forgotten, so that ``a**/b`` matches
    ``ax/y/b``: its ``**`` counts as the pattern's beginning.
    """
    if len(pattern) > 64 * LONGEST_PATH and len(_SPECIAL.sub(b"", pattern)) > LONGEST_PATH:
        return None
    start = literal_length(pattern)
    try:
        return re.escape(pattern[:start]) + _Translation(pattern[start:], start).source()
    except _NeverMatchesError:
        return None


class _Translation:
    """One walk through a pattern; collects the pieces between deep stars, and in them the pieces between stars."""

    def __init__(self, pattern: bytes, shortest: int) -> None:
        self._pattern = pattern
        self._position = 0
        self._shortest = shortest
        self._done: list[bytes] = []
        self._opening = b""  # what stands before the chunk of segments that is being read: a deep star, or nothing
        self._chunk: list[bytes] = []  # whole segments of it
        self._segment: list[list[bytes]] = [[]]  # atoms of the current segment, cut at its stars

    def source(self) -> bytes:
        """Return the regular expression, or raise _NeverMatchesError."""
        pattern = self._pattern
        while self._position < len(pattern):
            byte = pattern[self._position]
            if byte == _STAR:
                self._read_stars()
            elif byte == _SLASH:
                self._position += 1
                self._end_segment(b"/")
            else:
                self._segment[-1].append(self._read_atom(byte))
                self._count_byte()
        self._end_segment(b"")
        # the last chunk may begin at any folder, and must reach the end
        return b"".join((*self._done, self._opening, *self._chunk))

    def _count_byte(self) -> None:
        self._shortest += 1
        if self._shortest > LONGEST_PATH:
            raise _NeverMatchesError

    def _read_stars(self) -> None:
        """Read a run of stars: deep if it has two and fills the place between two slashes, otherwise like one."""
        begin = self._position
        deep = _DEEP.match(self._pattern, begin) if begin == 0 or self._pattern[begin - 1] == _SLASH else None
        if deep is None:
            while self._position < len(self._pattern) and self._pattern[self._position] == _STAR:
                self._position += 1
            self._segment.append([])
            return
        self._position = deep.end()
        self._end_chunk()
        if deep[1] == b"":
            self._segment[-1].append(b"(?s:.*)")
        else:
            # escaped, the slash is no part of the deep star, which then cannot stand for "no folder at all"
            self._opening = b"(?:[^/]*/)*?" if deep[1] == b"/" else b"(?:[^/]*/)+?"

    def _end_segment(self, slash: bytes) -> None:
        """Put the segment that was read behind its chunk.

        Between two stars the first fit is as good as any later one, hence atomic groups: nothing is tried twice.
        """
        first, *rest = (b"".join(atoms) for atoms in self._segment)
        parts = [first]
        if rest:
            parts += (b"(?>[^/]*?" + middle + b")" for middle in rest[:-1])
            parts.append(b"[^/]*" + rest[-1])
        self._chunk.append(b"".join(parts) + slash)
        self._segment = [[]]
        if slash:
            self._count_byte()

    def _end_chunk(self) -> None:
        """Close the chunk before a deep star; as above, its first fit is the best one."""
        first, *rest = (b"".join(atoms) for atoms in self._segment)
        chunk = b"".join((*self._chunk, first))  # a deep star stands at the start or behind a slash: nothing is pending
        if rest:
            raise _NeverMatchesError
        if self._opening or chunk:
            self._done.append(b"(?>" + self._opening + chunk + b")")
        self._opening, self._chunk, self._segment = b"", [], [[]]

    def _read_atom(self, byte: int) -> bytes:
        """Read what matches exactly one byte, and return its regular expression."""
        self._position += 1
        if byte == ord("?"):
            return b"[^/]"
        if byte == ord("["):
            return self._read_bracket()
        if byte == _BACKSLASH:
            if self._position == len(self._pattern):
                raise _NeverMatchesError
            byte = self._pattern[self._position]
            self._position += 1
        return re.escape(bytes((byte,)))

    def _read_bracket(self) -> bytes:
        """Read a bracket up to its end, and return the set of bytes that it stands for, without the slash."""
        negated = self._peek() in (ord("!"), ord("^"))
        self._position += negated
        found: set[int] = set()
        before, first = 0, True
        while (byte := self._peek()) != ord("]") or first:
            first = False
            self._position += 1
            if byte == _BACKSLASH:
                byte = self._peek()
                self._position += 1
                found.add(byte)
            elif byte == ord("-") and before and self._position < len(self._pattern) and self._peek() != ord("]"):
                byte = self._peek()
                self._position += 1
                if byte == _BACKSLASH:
                    byte = self._peek()
                    self._position += 1
                found.update(range(before, byte + 1))
                byte = 0
            elif byte == ord("[") and self._pattern[self._position : self._position + 1] == b":":
                byte = self._read_class(found)
            else:
                found.add(byte)
            before = byte
        self._position += 1
        allowed = (set(range(256)) - found if negated else found) - {_SLASH}
        return b"[" + b"".join(re.escape(bytes((byte,))) for byte in sorted(allowed)) + b"]" if allowed else _NEVER

    def _read_class(self, found: set[int]) -> int:
        """Read ``:alpha:]``; return the byte that a range could start with: 0, or the bracket if this is no class."""
        end = self._pattern.find(b"]", self._position + 1)
        if end < 0:
            raise _NeverMatchesError
        if end - self._position < 2 or self._pattern[end - 1] != ord(":"):
            found.add(ord("["))
            return ord("[")
        members = _CLASSES.get(self._pattern[self._position + 1 : end - 1])
        if members is None:
            raise _NeverMatchesError
        found |= members
        self._position = end + 1
        return 0

    def _peek(self) -> int:
        if self._position >= len(self._pattern):
            raise _NeverMatchesError
        return self._pattern[self._position]

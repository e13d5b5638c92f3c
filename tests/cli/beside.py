"""The same command lines in git and dg, and what both say, with ids and places of this run left out."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.git.pair import Outcome, Pair, new_pair

_ID = re.compile(rb"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{12})\b")
_USAGE = 129
_ASIDE = re.compile(rb"error: object <id> is a \w+, not a |warning: refname '.*' is ambiguous")
_SAID = (b"error: ", b"fatal: ", b"warning: ")


@dataclass(frozen=True, slots=True)
class Beside:
    """Two repositories that get the same commands and must give the same answers."""

    pair: Pair

    def both(self, *words: str, stdin: bytes = b"") -> bytes:
        """Run words in both; assert equal exit codes, output and complaints; return dg's output."""
        theirs, ours = self.pair.run(words, stdin=stdin)
        assert (ours.code, self._out(ours), self._said(ours)) == (theirs.code, self._out(theirs), self._said(theirs)), (
            f"{words}: dg then git",
            ours,
            theirs,
        )
        return ours.out

    def write(self, path: str, content: bytes) -> None:
        """Put a file into both working trees."""
        for side in (self.pair.git, self.pair.dg):
            (side.root / path).parent.mkdir(parents=True, exist_ok=True)
            (side.root / path).write_bytes(content)

    def commit(self, content: str) -> None:
        """Commit a file ``a`` with that content, which is also the message."""
        self.write("a", content.encode())
        for words in (("add", "a"), ("commit", "-q", "-m", content)):
            theirs, ours = self.pair.run(words)
            assert (theirs.code, ours.code) == (0, 0), (theirs, ours)

    def _out(self, outcome: Outcome) -> bytes:
        return self._plain(outcome.out)

    def _said(self, outcome: Outcome) -> list[bytes]:
        lines = self._plain(outcome.err).splitlines()
        if outcome.code == _USAGE:  # git shows its whole usage, dg one line and where to read more
            return []
        return [line for line in lines if line.startswith(_SAID) and not _ASIDE.match(line)]

    def _plain(self, text: bytes) -> bytes:
        for side in (self.pair.git, self.pair.dg):
            text = text.replace(bytes(side.root), b"<root>")
        return re.sub(rb"\bgit\b", b"dg", _ID.sub(b"<id>", text))


def begin(folder: Path) -> Beside:
    """Return two fresh repositories that show ids with twelve digits."""
    pair = new_pair(folder)
    settings = pair.home / ".gitconfig"
    settings.write_text(settings.read_text() + "[core]\n\tabbrev = 12\n")
    return Beside(pair)

"""What a commit is to take, where it goes, and whether it is meant."""

import enum


class Take(enum.Enum):
    """What goes into the commit."""

    INDEX = "index"
    TRACKED = "tracked"
    """``-a``: all tracked files are staged first."""
    PATHS = "paths"
    """Paths on the command line: only they are committed, as their files are; what else is staged stays so."""
    INDEX_AND_PATHS = "index and paths"
    """``-i``: these paths are staged first, and everything staged is committed."""


class Onto(enum.Enum):
    """Where the commit goes."""

    HEAD = "head"
    AMENDED = "amended"
    """``--amend``: in place of the commit at HEAD."""


class Blobs(enum.Enum):
    """What becomes of files that have to be staged."""

    STORE = "store"
    HASH = "hash"
    """``--dry-run``: their ids are enough."""

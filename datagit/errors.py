"""The root of all errors that datagit raises on purpose, and the few categories a caller can act on.

Rooms define their own errors as subclasses of a category, with a stable ``code`` (docs/reference/errors.md).
``cli/failure.py`` alone turns them into messages and exit codes.
"""


class DatagitError(Exception):
    """Something that datagit refuses or cannot do, said so that a user can act on it.

    Attributes:
        code: stable word for scripts; never renamed.
        exit_code: Git's exit code for this kind of failure.
        message: lower case, no full stop, what went wrong first, with the path or object.
        hint: one next step, if possible a command to paste; empty if there is none.
    """

    code = "internal"
    exit_code = 128

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code:
            self.code = code


class RefusedError(DatagitError):
    """All is well, and the answer is no: nothing to commit, files in the way, not merged."""

    code = "refused"
    exit_code = 1


class NotFoundError(DatagitError):
    """A repository, revision, path or object that was named is not there."""

    code = "path-not-found"


class InvalidInputError(DatagitError):
    """Bytes, names or paths that break a rule of the format."""

    code = "invalid-object"


class StateError(DatagitError):
    """Something is in progress, locked or missing that must be settled first."""

    code = "operation-in-progress"


class StorageError(DatagitError):
    """The disk or the network failed, or rights are missing."""

    code = "io-error"


class CorruptionError(DatagitError):
    """Stored bytes are not what their id, checksum or format says."""

    code = "object-corrupt"


class UsageError(DatagitError):
    """A command line that does not parse or combines what excludes each other."""

    code = "usage"
    exit_code = 129

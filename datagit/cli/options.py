"""The door: what a command may know of the world outside, read once, passed down as values."""

import enum
import importlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from datagit.progress import Progress, Silent
from datagit.ui.console import Advice, Colours, Console
from datagit.ui.progress import ConsoleProgress, ShowProgress, make_progress

if TYPE_CHECKING:
    from datagit.cli.identity import Role
    from datagit.config.settings import Settings
    from datagit.objects.commit import Signature
    from datagit.repository import Repository, Sources


class Verbosity(enum.Enum):
    """How much a command says beyond its data."""

    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"


class Output(enum.Enum):
    """Who reads stdout: people and Git's scripts, or a JSON parser."""

    TEXT = "text"
    JSON = "json"


class Paging(enum.Enum):
    """What was asked for on the command line; AUTO leaves it to the command."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Door:
    """One run of ``dg``: its folder, environment, streams and global options. Every command gets it first.

    Attributes:
        cwd: the current folder, after ``-C``; relative paths of arguments start here. The process's own may differ.
        environment: of the process.
        stdin: for ``--stdin``, ``-F -`` and the like.
        console: stdout and stderr.
        operation: the command, as typed; for locks and error reports.
        colour_wish: what ``--color`` says: always, never or auto; None leaves it to ``color.ui``.
    """

    def __init__(self, cwd: Path, environment: Mapping[str, str], stdin: BinaryIO, console: Console) -> None:
        self.cwd = cwd
        self.environment = environment
        self.stdin = stdin
        self.console = console
        self.overrides: tuple[str, ...] = ()
        self.dg_dir: Path | None = None
        self.worktree: Path | None = None
        self.operation = ""
        self.colour_wish: str | None = None
        self.verbosity = Verbosity.NORMAL
        self.output = Output.TEXT
        self.paging = Paging.AUTO
        self.show_progress = ShowProgress.AUTO
        self._repository: Repository | None = None
        self._settings: Settings | None = None
        self._progress: ConsoleProgress | None = None

    @property
    def json(self) -> bool:
        """Whether stdout is to hold JSON."""
        return self.output is Output.JSON

    @property
    def quiet(self) -> bool:
        """Whether only errors are to be said."""
        return self.verbosity is Verbosity.QUIET

    @property
    def verbose(self) -> bool:
        """Whether more is to be said."""
        return self.verbosity is Verbosity.VERBOSE

    @property
    def sources(self) -> "Sources":
        """Where settings come from besides the repository, for open_repository and init_repository."""
        settings = importlib.import_module("datagit.config.settings")
        files = settings.find_config_files(self.environment)
        made: Sources = importlib.import_module("datagit.repository").Sources(
            system=files.system,
            user=files.user,
            environment=settings.environment_pairs(self.environment),
            overrides=tuple(settings.parse_override(text) for text in self.overrides),
        )
        return made

    @property
    def settings(self) -> "Settings":
        """All settings; the repository's among them once it is open (call repository() first)."""
        if self._repository is not None:
            return self._repository.settings
        if self._settings is None:
            self._settings = self.sources.settings()
        return self._settings

    def repository(self) -> "Repository":
        """Return the repository around cwd, opened once.

        Raises:
            NotARepositoryError: there is none.
        """
        if self._repository is None:
            opened: Repository = importlib.import_module("datagit.repository").open_repository(
                self.cwd, self.sources, dg_dir=self.dg_dir, worktree=self.worktree
            )
            self._repository = opened
            # a working tree named from outside of it: the command goes there, as Git's do
            if opened.worktree is not None and not self.cwd.is_relative_to(opened.worktree):
                self.cwd = opened.worktree
            self._dress(opened.settings)
        return self._repository

    def prefix(self) -> bytes:
        """Return cwd relative to the root of the working tree: empty, or ending in ``/``.

        Raises:
            NoWorktreeError: the repository is bare.
        """
        root = self.repository().root()
        if self.cwd == root:
            return b""
        return bytes(self.cwd.relative_to(root)) + b"/"

    def now(self) -> int:
        """Return the current second; the only clock that reaches a verb."""
        return int(time.time())

    def signature(self, role: "Role | str") -> "Signature":
        """Return the signature of the author or committer, with its date from the environment or the clock.

        Raises:
            IdentityError: nobody said who that is.
            DateInvalidError: the environment's date cannot be read.
        """
        identity = importlib.import_module("datagit.cli.identity")
        dates = importlib.import_module("datagit.cli.dates")
        part: Role = identity.Role(getattr(role, "value", role))
        name, email = identity.find_person(part, self.environment, self.settings, self.cwd)
        date = self.environment.get(f"DG_{part.value}_DATE") or self.environment.get(f"GIT_{part.value}_DATE")
        moment = dates.parse_date(date) if date else dates.local_moment(self.now())
        signature: Signature = importlib.import_module("datagit.objects.commit").Signature(
            name, email, moment.time, moment.offset
        )
        return signature

    def recorder(self) -> "Signature":
        """Return who moves a ref: the committer, or nobody where nobody said who that is; only objects need a name."""
        try:
            return self.signature("COMMITTER")
        except importlib.import_module("datagit.cli.identity").IdentityError:
            signature: Signature = importlib.import_module("datagit.objects.commit").Signature("", "", self.now(), 0)
            return signature

    def progress(self) -> Progress:
        """Return the progress of this run; it is finished when the command ends."""
        if self._progress is None and not self.quiet:
            self._progress = make_progress(self.console, self.show_progress)
        return self._progress or Silent()

    def page(self) -> None:
        """Send stdout through the user's pager from here on, if a person reads it and wants one."""
        if self.paging is Paging.NEVER or self.json:
            return
        command = (
            self.environment.get("DG_PAGER")
            or self.settings.get("core.pager")
            or self.environment.get("GIT_PAGER")
            or self.environment.get("PAGER")
            or "less"
        )
        self.console.start_pager(command, self.environment, self.cwd)

    def resolve(self, path: str) -> Path:
        """Return a path of the command line as an absolute one, symbolic links left as they are."""
        return self.cwd / path

    def read_stdin(self) -> bytes:
        """Return all of stdin."""
        return self.stdin.read()

    def close(self) -> None:
        """Finish the progress, flush stdout and wait for the pager."""
        if self._progress is not None:
            self._progress.finish()
        self.console.close()

    def _dress(self, settings: "Settings") -> None:
        """Let the settings decide on colours and hints."""
        if not settings.get_bool("advice.hints", default=True):
            self.console.advice = Advice.HIDDEN
        wish = self.colour_wish or settings.get("color.ui") or "auto"
        terminal = self.console.stdout_is_terminal and self.environment.get("TERM") != "dumb"
        on = wish == "always" or (wish not in ("never", "false") and terminal and not self.environment.get("NO_COLOR"))
        self.console.colours = Colours.ON if on else Colours.OFF

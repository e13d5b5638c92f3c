"""The user's editor, for messages that are not on the command line."""

import subprocess
from pathlib import Path

from datagit.cli.options import Door
from datagit.errors import RefusedError
from datagit.storage.durable import make_folder, write_replacing


class EditorError(RefusedError):
    """The editor could not be started, or said that it failed."""

    code = "io-error"

    def __init__(self, editor: str) -> None:
        super().__init__(f"there was a problem with the editor '{editor}'\nPlease supply the message using -m or -F")


def find_editor(door: Door) -> str:
    """Return the editor as a shell command: DG_EDITOR, core.editor, GIT_EDITOR, VISUAL, EDITOR, else vi.

    Raises:
        EditorError: the terminal is dumb, and only a visual editor was found.
    """
    environment = door.environment
    chosen = environment.get("DG_EDITOR") or door.settings.get("core.editor") or environment.get("GIT_EDITOR")
    dumb = environment.get("TERM", "dumb") == "dumb"
    if not chosen and not dumb:
        chosen = environment.get("VISUAL")
    chosen = chosen or environment.get("EDITOR")
    if not chosen and dumb:
        message = "vi"
        raise EditorError(message)
    return chosen or "vi"


def edit_text(door: Door, path: Path, text: str) -> str:
    """Let the user edit text in a file at path, and return it as it was saved.

    Raises:
        EditorError: the editor failed.
    """
    editor = find_editor(door)
    make_folder(path.parent)
    write_replacing(path, text.encode("utf-8", "surrogateescape"))
    door.console.flush()
    if editor != ":":
        words = ["sh", "-c", f'{editor} "$@"', editor, str(path)]
        try:
            done = subprocess.run(words, env=dict(door.environment), cwd=door.cwd, check=False)  # noqa: S603 the user's own editor, from where Git takes it, too
        except OSError as error:
            raise EditorError(editor) from error
        if done.returncode:
            raise EditorError(editor)
    return path.read_text("utf-8", "replace")

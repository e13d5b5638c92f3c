"""The message that a squashing merge leaves for the commit to come."""

from datagit.repository import Repository
from datagit.storage.durable import make_folder, write_replacing

_FILE = "SQUASH_MSG"


def save_squash_message(repo: Repository, text: str) -> None:
    """Keep text until the next commit asks for a message."""
    make_folder(repo.state)
    write_replacing(repo.state / _FILE, text.encode("utf-8", "surrogateescape"))


def load_squash_message(repo: Repository) -> str:
    """Return the text that was kept, empty if there is none."""
    try:
        return (repo.state / _FILE).read_text("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


def clear_squash_message(repo: Repository) -> None:
    """Forget the text; nothing happens if there is none."""
    (repo.state / _FILE).unlink(missing_ok=True)

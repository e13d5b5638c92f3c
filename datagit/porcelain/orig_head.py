"""``ORIG_HEAD``: where HEAD was before a merge or reset took it elsewhere."""

from datagit.ids import ObjectId
from datagit.repository import Repository
from datagit.storage.durable import write_replacing

ORIG_HEAD = "ORIG_HEAD"


def save_orig_head(repo: Repository, commit: ObjectId) -> None:
    """Write the file that the revision ``ORIG_HEAD`` is read from."""
    write_replacing(repo.dg_dir / ORIG_HEAD, f"{commit.hex()}\n".encode("ascii"))

"""The worker process of ingest.py: hashes and packs the slices it is sent, and leaves when the pipe closes.

Run as ``python -m datagit.store.ingest_worker``; never by hand.
"""

import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from datagit.errors import DatagitError
from datagit.store.ingest_frames import (
    FAILED,
    FINISH,
    PACKS,
    ROWS,
    SLICE,
    decode_slice,
    encode_failed,
    encode_packs,
    encode_rows,
    read_frame,
    write_frame,
)
from datagit.store.ingest_slice import SliceIngester, hashing, storing
from datagit.store.store import Store


def encode_open(root: Path, folder: Path | None, known_uuid: str) -> bytes:
    """Return the body of OPEN: the files' root, the store's folder (None: only hash), and its uuid if it has data."""
    return b"\0".join((os.fsencode(root), os.fsencode(folder) if folder is not None else b"", known_uuid.encode()))


def open_ingester(body: bytes) -> SliceIngester:
    """Return what OPEN asks for."""
    root, folder, known_uuid = (Path(os.fsdecode(part)) for part in body.split(b"\0"))
    if not body.split(b"\0")[1]:
        return hashing(root)
    return storing(root, folder, Store(folder, str(known_uuid)) if body.split(b"\0")[2] else None)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until FINISH, or until the other side is gone: then what was packed stays for salvage."""
    _, body = read_frame(requests)
    try:
        ingester = open_ingester(body)
        while True:
            kind, body = read_frame(requests)
            if kind == SLICE:
                paths, modes = decode_slice(body)
                write_frame(replies, ROWS, encode_rows(ingester.take(paths, modes)))
            elif kind == FINISH:
                write_frame(replies, PACKS, encode_packs(ingester.finish()))
                return
    except DatagitError as error:
        write_frame(replies, FAILED, encode_failed(error.code, error.message, error.hint))
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - nobody sees a worker's traceback; its parent tells the user
        reason = f"a worker process failed: {type(error).__name__}: {error}"
        write_frame(replies, FAILED, encode_failed("internal", reason, "please report this"))


def main() -> None:
    """Serve on standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means, and closes the pipe
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except (EOFError, BrokenPipeError):
        os._exit(0)  # without the clean-up that would remove the unfinished pack


if __name__ == "__main__":
    main()

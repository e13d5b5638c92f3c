"""Where everything lies in a store, and format.json, which says what a reader must understand.

docs/format/format-json.md
"""

import re
from dataclasses import dataclass

from datagit.errors import CorruptionError, DatagitError, NotFoundError
from datagit.ids import blob_id
from datagit.objects.canonical import decode_canonical, encode_canonical
from datagit.storage.base import NameMissingError, Storage

FORMAT = "format.json"
LOG = "log"
CHECKPOINTS = "checkpoint"
HINT = "HINT"
DATA_PACKS = "packs/data"
META_PACKS = "packs/meta"
CACHE = "cache"
STATE = "state"
TEMPORARY = "tmp"
HEAD = "HEAD"
INDEX = "index"
CONFIG = "config"
LOCK = "lock"

FORMAT_VERSION = 1
FEATURES: frozenset[str] = frozenset()
"""Features of format.json and of log entries that this version understands."""

CHECKPOINT_EVERY = 64
PACK_SUFFIX = ".pack"

_PACK_NAME = re.compile(r"(data|meta)/[0-9a-f]{64}-[0-9a-f]{16}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_FORMAT_KEYS = {"features", "format", "hash", "store", "tree"}


@dataclass(frozen=True, slots=True)
class PackFile:
    """A published pack, as the log names it.

    Attributes:
        name: ``data/<64 hex>-<16 hex>`` or ``meta/…``; the file is ``packs/<name>.pack``.
        size: bytes of the whole file.
        index_offset: where its index begins.
        count: objects in it.
    """

    name: str
    size: int
    index_offset: int
    count: int


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """What format.json says of a store.

    Attributes:
        store: uuid of the store, for ever.
        features: what a reader must understand beyond format 1.
        tree: mean rows of leaves and of inner nodes.
    """

    store: str
    features: tuple[str, ...] = ()
    tree: tuple[int, int] = (2048, 512)


class NotAStoreError(NotFoundError):
    """There is no format.json, whatever else is there."""

    code = "not-a-repository"


class FormatTooNewError(DatagitError):
    """A later version wrote this store; nothing may be written, and nothing read is certain."""

    code = "format-too-new"

    def __init__(self, what: str) -> None:
        super().__init__(f"this store needs a newer datagit: {what}", hint="upgrade with 'pip install -U datagit-vcs'")


class FormatDamagedError(CorruptionError):
    """format.json is not what any version writes."""

    code = "invalid-object"


def log_name(seq: int) -> str:
    """Return the name of log entry seq."""
    return f"{LOG}/{seq:010d}.json"


def checkpoint_name(seq: int) -> str:
    """Return the name of the checkpoint after entry seq."""
    return f"{CHECKPOINTS}/{seq:010d}.arrow"


def pack_path(name: str) -> str:
    """Return where the pack that the log calls name is stored."""
    return f"packs/{name}{PACK_SUFFIX}"


def pack_name(path: str) -> str:
    """Return what the log calls the pack at path, the reverse of pack_path; the result may fail is_pack_name."""
    return path.removeprefix("packs/").removesuffix(PACK_SUFFIX)


def is_pack_name(name: str) -> bool:
    """Return whether name is ``data/`` or ``meta/``, 64 hex digits, '-' and 16 hex digits."""
    return _PACK_NAME.fullmatch(name) is not None


def is_uuid(text: str) -> bool:
    """Return whether text is a uuid in lower-case hex with dashes."""
    return _UUID.fullmatch(text) is not None


def encode_format(info: FormatInfo) -> bytes:
    """Return the bytes of format.json."""
    return encode_canonical(
        {
            "features": list(info.features),
            "format": FORMAT_VERSION,
            "hash": "blake3",
            "store": info.store,
            "tree": list(info.tree),
        }
    )


def decode_format(content: bytes) -> FormatInfo:
    """Return what format.json says.

    Raises:
        FormatTooNewError: a version or feature of later days.
        FormatDamagedError: no version writes such bytes.
    """
    try:
        value = decode_canonical(content)
    except DatagitError as error:
        message = f"'{FORMAT}' is damaged: {error.message}"
        raise FormatDamagedError(message) from error
    version = value.get("format") if isinstance(value, dict) else None
    if not isinstance(value, dict) or type(version) is not int or version < 1:
        message = f"'{FORMAT}' is damaged: it has no format version"
        raise FormatDamagedError(message)
    if version > FORMAT_VERSION:
        raise FormatTooNewError(f"it has format {version}, this version knows {FORMAT_VERSION}")
    features, store = value.get("features"), value.get("store")
    names = [str(name) for name in features] if isinstance(features, list) else []
    if unknown := [name for name in names if name not in FEATURES]:
        raise FormatTooNewError(f"it uses the feature '{unknown[0]}'")
    tree = list(FormatInfo("").tree)
    if (
        set(value) != _FORMAT_KEYS
        or not isinstance(features, list)
        or value["hash"] != "blake3"
        or not isinstance(store, str)
        or not is_uuid(store)
        or value["tree"] != tree
    ):
        message = f"'{FORMAT}' is damaged: its fields are not those of format {FORMAT_VERSION}"
        raise FormatDamagedError(message)
    return FormatInfo(store, tuple(names))


def format_hash(info: FormatInfo) -> bytes:
    """Return what entry 1 of the log names as the one before it."""
    return blob_id(encode_format(info))


def read_format(storage: Storage) -> FormatInfo:
    """Return what the store at storage is; raises NotAStoreError, FormatTooNewError or FormatDamagedError."""
    try:
        content = storage.read(FORMAT)
    except NameMissingError as error:
        message = f"there is no store here: {error.message}"
        raise NotAStoreError(message) from error
    return decode_format(content)


def write_format(storage: Storage, info: FormatInfo) -> None:
    """Make storage a store; raises NameTakenError if it is one already."""
    storage.create(FORMAT, encode_format(info))

"""Packs built byte by byte from docs/format/pack.md, without the code under test, so that any field can be wrong."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import blake3
import xxhash

SALT = 0x1122334455667788
CONTEXTS = {3: "datagit v1 segment", 4: "datagit v1 node", 5: "datagit v1 commit", 6: "datagit v1 tag"}


def oid_of(kind: int, raw: bytes) -> bytes:
    if kind in (1, 2):
        return blake3.blake3(raw).digest()
    return blake3.blake3(raw, derive_key_context=CONTEXTS[kind]).digest()


def up(length: int, to: int) -> int:
    return -(-length // to) * to


@dataclass
class Rec:
    kind: int
    raw: bytes
    oid: bytes = b""
    codec: int = 0
    stored: bytes | None = None
    magic: bytes = b"DGRC"
    flags: int = 0
    raw_len: int | None = None
    stored_len: int | None = None
    payload_sum: int | None = None
    header_sum: int | None = None
    padding: bytes = b""

    def encode(self, salt: int = SALT) -> bytes:
        stored = self.raw if self.stored is None else self.stored
        head = struct.pack(
            "<4sBBH32sQQQ",
            self.magic,
            self.kind,
            self.codec,
            self.flags,
            self.oid or oid_of(self.kind, self.raw),
            len(self.raw) if self.raw_len is None else self.raw_len,
            len(stored) if self.stored_len is None else self.stored_len,
            xxhash.xxh3_64_intdigest(stored, salt) if self.payload_sum is None else self.payload_sum,
        )
        total = xxhash.xxh3_64_intdigest(head, salt) if self.header_sum is None else self.header_sum
        pad = up(len(stored), 8) - len(stored)
        return head + struct.pack("<Q", total) + stored + (self.padding or bytes(pad))


@dataclass
class PackBytes:
    records: list[Rec]
    kind: int = 0
    salt: int = SALT
    magic: bytes = b"DGPK"
    version: int = 1
    flags: int = 0
    rows: list[tuple[bytes, int, int, int, int, int]] | None = None
    footer: dict[str, int] = field(default_factory=dict)
    digest: bytes | None = None

    def head(self) -> bytes:
        return struct.pack("<4sBBHQ", self.magic, self.version, self.kind, self.flags, self.salt)

    def body(self) -> bytes:
        return self.head() + b"".join(record.encode(self.salt) for record in self.records)

    def index_rows(self) -> list[tuple[bytes, int, int, int, int, int]]:
        """(id, type, offset, stored_len, raw_len, codec)."""
        if self.rows is not None:
            return self.rows
        rows, offset = [], 16
        for record in self.records:
            stored = record.raw if record.stored is None else record.stored
            oid = record.oid or oid_of(record.kind, record.raw)
            rows.append((oid, record.kind, offset, len(stored), len(record.raw), record.codec))
            offset += 72 + up(len(stored), 8)
        return sorted(rows)

    def index(self) -> bytes:
        rows = self.index_rows()
        columns = [
            b"".join(row[0] for row in rows),
            b"".join(struct.pack("<Q", row[2]) for row in rows),
            b"".join(struct.pack("<Q", row[3]) for row in rows),
            b"".join(struct.pack("<Q", row[4]) for row in rows),
            bytes(row[1] for row in rows),
            bytes(row[5] for row in rows),
        ]
        return b"".join(column.ljust(up(len(column), 64), b"\0") for column in columns)

    def encode(self) -> bytes:
        body, index = self.body(), self.index()
        offset = up(len(body), 64)
        content = body.ljust(offset, b"\0") + index
        content += struct.pack(
            "<QQIIQQ",
            self.footer.get("offset", offset),
            self.footer.get("length", len(index)),
            self.footer.get("count", len(self.index_rows())),
            self.footer.get("zero", 0),
            self.footer.get("salt", self.salt),
            self.footer.get("sum", xxhash.xxh3_64_intdigest(index, self.salt)),
        )
        return content + (self.digest or blake3.blake3(content).digest()) + b"DGPKEND1"

    def write(self, folder: Path, suffix: str = "0123456789abcdef") -> Path:
        content = self.encode()
        return write_pack(folder, content, self.kind, content[-40:-8].hex(), suffix)


def write_pack(folder: Path, content: bytes, kind: int, digest: str, suffix: str = "0123456789abcdef") -> Path:
    target = folder / "packs" / ("meta" if kind else "data") / f"{digest}-{suffix}.pack"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target

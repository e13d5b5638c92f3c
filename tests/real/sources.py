"""Real files in their thousands: where they come from and how they get into a working tree."""

import gzip
import shutil
import struct
import sysconfig
import zlib
from pathlib import Path

OPENCLIPART = Path("/usr/share/openclipart/png")
FASHION = Path("/usr/share/datasets/fashion-mnist")
FASHION_FILES = ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz")
FASHION_HEADER = struct.Struct(">IIII")
FASHION_MAGIC = 0x803


def copy_openclipart(target: Path) -> None:
    """Write 6,900 drawings and the 1,221 links that give some of them a second name."""
    shutil.copytree(OPENCLIPART, target / "openclipart", symlinks=True)


def write_fashion(target: Path) -> None:
    """Write each of the 70,000 pictures of Fashion-MNIST as a PNG file of its own."""
    for name in FASHION_FILES:
        content = gzip.decompress((FASHION / name).read_bytes())
        magic, count, height, width = FASHION_HEADER.unpack_from(content)
        assert magic == FASHION_MAGIC
        folder = target / "fashion" / name.split("-", 1)[0]
        folder.mkdir(parents=True)
        pixels = memoryview(content)[FASHION_HEADER.size :]
        for number in range(count):
            picture = pixels[number * width * height : (number + 1) * width * height]
            (folder / f"{number:05}.png").write_bytes(encode_grey(picture, width, height))


def encode_grey(pixels: memoryview, width: int, height: int) -> bytes:
    """Return an 8-bit grey picture as a PNG file."""
    rows = b"".join(b"\0" + pixels[row * width : (row + 1) * width] for row in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def copy_standard_library(target: Path) -> None:
    """Write Python's own library, without what it compiles and what is installed into it."""
    skipped = shutil.ignore_patterns("__pycache__", "site-packages", "dist-packages")
    shutil.copytree(sysconfig.get_path("stdlib"), target / "stdlib", symlinks=True, ignore=skipped)

import re
from pathlib import Path

import pytest

from datagit.errors import DatagitError
from datagit.storage.base import NameTakenError
from datagit.storage.memory import MemoryStorage
from datagit.store.layout import (
    FormatDamagedError,
    FormatInfo,
    FormatTooNewError,
    NotAStoreError,
    checkpoint_name,
    decode_format,
    encode_format,
    format_hash,
    is_pack_name,
    is_uuid,
    log_name,
    pack_name,
    pack_path,
    read_format,
    write_format,
)
from tests.store.places import UUID

PAGE = Path(__file__).parents[2] / "docs/format/format-json.md"
FORMAT_1 = (
    b'{"features":[],"format":1,"hash":"blake3","store":"0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9","tree":[2048,512]}'
)


def test_the_bytes_of_format_1_are_pinned_and_documented() -> None:
    assert encode_format(FormatInfo(UUID)) == FORMAT_1
    assert decode_format(FORMAT_1) == FormatInfo(UUID)
    assert format_hash(FormatInfo(UUID)).hex() == "78edf675d20b03f8c1d305f53d967e84f0b605f736dcfe1559bcbdfa528764a6"
    samples = re.findall(r"```json\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert samples[0].encode() == FORMAT_1
    assert format_hash(FormatInfo(UUID)).hex() in PAGE.read_text()


def test_a_store_is_made_once() -> None:
    storage = MemoryStorage()
    with pytest.raises(NotAStoreError) as caught:
        read_format(storage)
    assert caught.value.code == "not-a-repository"
    write_format(storage, FormatInfo(UUID))
    with pytest.raises(NameTakenError):
        write_format(storage, FormatInfo(UUID))
    assert read_format(storage).store == UUID


@pytest.mark.parametrize(
    "content",
    [
        FORMAT_1.replace(b'"format":1', b'"format":2'),
        b'{"format":3,"something":"else"}',
        FORMAT_1.replace(b"[]", b'["sharded-log"]'),
    ],
)
def test_later_formats_and_unknown_features_are_refused_as_too_new(content: bytes) -> None:
    with pytest.raises(FormatTooNewError) as caught:
        decode_format(content)
    assert caught.value.code == "format-too-new"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"1",
        b"<html>",
        FORMAT_1 + b"\n",
        FORMAT_1.replace(b'"format":1', b'"format":0'),
        FORMAT_1.replace(b'"format":1', b'"format":true'),
        FORMAT_1.replace(b'"format":1', b'"format":"1"'),
        FORMAT_1.replace(b"blake3", b"sha256"),
        FORMAT_1.replace(b"2048", b"4096"),
        FORMAT_1.replace(b"0b1c", b"0B1C"),
        FORMAT_1.replace(b'"tree"', b'"trees"'),
        FORMAT_1.replace(b"[]", b"{}"),
        FORMAT_1[:-1] + b',"zz":1}',
    ],
)
def test_anything_else_is_damage(content: bytes) -> None:
    with pytest.raises(FormatDamagedError) as caught:
        decode_format(content)
    assert caught.value.code == "invalid-object"


def test_names_are_where_the_format_puts_them() -> None:
    assert log_name(42) == "log/0000000042.json"
    assert checkpoint_name(64) == "checkpoint/0000000064.arrow"
    name = "data/" + "0" * 64 + "-" + "f" * 16
    assert pack_path(name) == f"packs/{name}.pack"
    assert pack_name(pack_path(name)) == name
    assert is_pack_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../../x",
        "data/../meta",
        "/data/" + "0" * 64 + "-" + "f" * 16,
        "data/" + "0" * 64 + "-" + "F" * 16,
        "data/" + "0" * 64 + "-" + "f" * 16 + "\n",
        "data/" + "\u0660" * 64 + "-" + "f" * 16,
        "log/" + "0" * 64 + "-" + "f" * 16,
    ],
)
def test_other_pack_names_are_none(name: str) -> None:
    assert not is_pack_name(name)


def test_uuids_are_lower_case_with_dashes() -> None:
    assert is_uuid(UUID)
    assert not is_uuid(UUID.upper())
    assert not is_uuid(UUID.replace("-", ""))
    assert not is_uuid(UUID + "\n")


def test_its_errors_are_ours() -> None:
    assert issubclass(FormatTooNewError, DatagitError)

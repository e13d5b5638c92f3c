"""The dumps on the pages about objects are real objects, with the ids that the pages name."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from datagit.ids import blob_id
from datagit.objects.chunks import ChunkList, decode_chunk_list, encode_chunk_list
from datagit.objects.commit import commit_id, decode_commit, encode_commit
from datagit.objects.node import decode_node, encode_inner, encode_leaf, node_id
from datagit.objects.tag import decode_tag, encode_tag, tag_id

FORMAT = Path(__file__).parents[2] / "docs" / "format"


def block(page: str, label: str) -> bytes:
    """Return the bytes that a fenced block of a page shows, as a hex dump or as JSON."""
    text = (FORMAT / f"{page}.md").read_text(encoding="utf-8")
    found = re.search(rf"^```(hex|json) {label}\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    assert found, label
    if found[1] == "json":
        return found[2].encode()
    return b"".join(bytes.fromhex(line[6:53]) for line in found[2].splitlines())


@pytest.mark.parametrize(
    ("page", "label", "recoded", "identify"),
    [
        ("node", "leaf", lambda content: encode_leaf(decode_node(content).table), node_id),
        ("node", "inner", lambda content: encode_inner(decode_node(content).table, 1), node_id),
        ("commit", "commit", lambda content: encode_commit(decode_commit(content)), commit_id),
        ("commit", "tag", lambda content: encode_tag(decode_tag(content)), tag_id),
    ],
    ids=["leaf", "inner", "commit", "tag"],
)
def test_the_dump_is_an_object_with_the_id_on_the_page(
    page: str, label: str, recoded: Callable[[bytes], bytes], identify: Callable[[bytes], bytes]
) -> None:
    content = block(page, label)
    assert recoded(content) == content
    assert f"`{identify(content).hex()}`" in (FORMAT / f"{page}.md").read_text(encoding="utf-8")


def test_the_dump_of_a_chunk_list_is_one() -> None:
    chunks = ChunkList(0, (blob_id(b"one"), blob_id(b"two")), (65536, 40000))
    assert decode_chunk_list(block("chunks", "chunks")) == chunks
    assert encode_chunk_list(chunks) == block("chunks", "chunks")

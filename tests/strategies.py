"""What property tests draw: paths, files, commits, small numbers of very different shapes."""

from collections.abc import Mapping

import pyarrow as pa
from hypothesis import strategies as st

from datagit.ids import ObjectId, blob_id
from datagit.objects.commit import Commit, Signature
from datagit.objects.cuts import CutRule
from datagit.objects.mode import Mode
from datagit.objects.node import LEAF_SCHEMA
from datagit.objects.path import PathInvalidError, RepoPath, check_path
from datagit.objects.tree import TreeRow

SMALL_RULE = CutRule(leaf=16, inner=16)
"""Trees of hundreds of files get several levels by it."""

_NAMES = st.one_of(
    st.text("ab.-_0", min_size=1, max_size=3),
    st.sampled_from(["img", "labels.csv", "train", "새 폴더", "e\u0301", "é", "x\ny", "z" * 255, ".dgignore"]),
    st.text(min_size=1, max_size=8),
)


def _is_path(path: bytes) -> bool:
    try:
        check_path(path)
    except PathInvalidError:
        return False
    return True


def paths() -> st.SearchStrategy[RepoPath]:
    """Draw any valid path, most of them short and alike, some odd."""
    joined = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)
    return joined.map(lambda text: text.encode("utf-8", "replace")).filter(_is_path).map(RepoPath)


def oids() -> st.SearchStrategy[ObjectId]:
    """Draw an id; few different ones, so that equal contents are common."""
    return st.integers(0, 20).map(lambda number: blob_id(b"%d" % number))


def tree_rows(path: st.SearchStrategy[RepoPath]) -> st.SearchStrategy[TreeRow]:
    """Draw a file of a tree at one of the paths."""
    return st.builds(TreeRow, path, st.sampled_from(Mode), st.integers(0, 3).map(lambda size: size * 1000), oids())


def many_rows(count: int) -> st.SearchStrategy[Mapping[bytes, TreeRow]]:
    """Draw up to count files by path; numbered paths in a few folders, so that large trees are cheap to draw."""
    numbered = st.tuples(st.sampled_from([b"a/", b"a/b/", b"a-", b"", b"z/z/z/"]), st.integers(0, 9999))
    path = numbered.map(lambda drawn: RepoPath(drawn[0] + b"%04d.jpg" % drawn[1]))
    return st.lists(tree_rows(st.one_of(path, path, path, paths())), max_size=count).map(
        lambda rows: {row.path: row for row in rows}
    )


def leaf_table(rows: Mapping[bytes, TreeRow]) -> pa.Table:
    """Return files as a table of LEAF_SCHEMA, in the order of the mapping."""
    columns = [
        {"path": row.path, "mode": int(row.mode), "size": row.size, "id": bytes(row.oid)} for row in rows.values()
    ]
    return pa.Table.from_pylist(columns, schema=LEAF_SCHEMA)


def signatures() -> st.SearchStrategy[Signature]:
    """Draw an author."""
    text = st.text(st.characters(exclude_characters="<>", exclude_categories=["Cc", "Cs"]), max_size=12)
    return st.builds(Signature, text, text, st.integers(0, 253402300799), st.integers(-1439, 1439))


def commits() -> st.SearchStrategy[Commit]:
    """Draw a commit whose tree and parents exist nowhere."""
    message = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    parents = st.lists(oids(), max_size=4, unique=True).map(tuple)
    return st.builds(Commit, oids(), parents, signatures(), signatures(), message)

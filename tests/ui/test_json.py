import json

import pytest

from datagit.ui.json import json_document, json_line


def test_a_document_names_its_version_first() -> None:
    written = json_document({"paths": [b"a/b.png", b"\xff"], "codes": {3, 1}})
    assert written.startswith(b'{"version": 1, ')
    assert json.loads(written) == {"version": 1, "paths": ["a/b.png", "\udcff"], "codes": [1, 3]}


def test_a_line_is_one_line_of_ascii() -> None:
    written = json_line({"message": "two\nlines \x1b[m \u202e 猫"})
    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
    assert written.isascii()
    assert b"\x1b" not in written


def test_what_has_no_json_form_is_told() -> None:
    with pytest.raises(TypeError, match="object"):
        json_line({"what": object()})

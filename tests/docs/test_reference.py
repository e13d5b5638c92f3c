"""The generated pages are what the program says today."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_reference", REFERENCE / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["commands.md", "errors.md"])
def test_the_page_is_up_to_date(generator: ModuleType, name: str) -> None:
    fresh = generator.PAGES[name]()
    assert (REFERENCE / name).read_text(encoding="utf-8") == fresh, "run: python docs/reference/generate.py"

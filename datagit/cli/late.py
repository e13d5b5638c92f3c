"""Rare branches of light commands: their modules are loaded when they are taken, so that start-up stays light."""

import importlib
from collections.abc import Callable
from typing import Any


def late(module: str, name: str) -> Callable[..., Any]:
    """Return a public name of a module, imported now and not with the caller's module."""
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found

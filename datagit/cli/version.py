"""``dg version``: what runs here, for a bug report."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

import click

import datagit
from datagit.cli.command import dg_command, json_option, pass_door
from datagit.cli.options import Door
from datagit.ui.json import json_document

_PARTS = ("pyarrow", "blake3", "xxhash", "msgspec", "pyfastcdc", "fsspec", "click", "rich")


@dg_command(
    "version",
    examples="""
        dg version                    # dg version 0.1.0
        dg version --build-options    # and what it is built on, for a bug report
        dg version --json             # the same for a script
    """,
)
@click.option("--build-options", is_flag=True, help="Also show Python, the platform and the libraries.")
@json_option
@pass_door
def command(door: Door, *, build_options: bool) -> None:
    """Show the version of dg and of what it is built on."""
    console = door.console
    if door.json:
        fields = {"dg": datagit.__version__, "python": platform.python_version(), "platform": platform.platform()}
        console.write(json_document({**fields, "libraries": _libraries()}))
        return
    console.line(f"dg version {datagit.__version__}")
    if build_options:
        console.line(f"python: {platform.python_version()} ({sys.executable})")
        console.line(f"platform: {platform.platform()}")
        for name, found in _libraries().items():
            console.line(f"{name}: {found or 'missing'}")


def _libraries() -> dict[str, str | None]:
    return {name: _version_of(name) for name in _PARTS}


def _version_of(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

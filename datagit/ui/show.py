"""What ``git show`` writes about tags and folders; commits are written as in the log."""

from datagit.objects.tag import Tag
from datagit.porcelain.show import ShownBlob, ShownTag, ShownTree
from datagit.ui.console import Console, Paint, encode_text
from datagit.ui.date_format import format_date
from datagit.ui.log import LogStyle
from datagit.ui.quote import safe_text


def write_tag(console: Console, tag: Tag, style: LogStyle) -> None:
    """Write a tag: its name, who made it and when as far as style shows that, and its message."""
    console.line(console.paint(f"tag {safe_text(tag.name)}", Paint.COMMIT))
    who = f"{safe_text(tag.tagger.name)} <{safe_text(tag.tagger.email)}>"
    date = format_date(tag.tagger.time, tag.tagger.offset, style.date_style, now=style.now)
    match style.name:
        case "oneline":
            pass
        case "fuller":
            console.line(f"Tagger:     {who}")
            console.line(f"TaggerDate: {date}")
        case "medium":
            console.line(f"Tagger: {who}")
            console.line(f"Date:   {date}")
        case _:
            console.line(f"Tagger: {who}")
    console.line()
    console.write(encode_text(safe_text(tag.message)))


def write_tree(console: Console, tree: ShownTree) -> None:
    """Write the names of what is directly in a folder, folders with a slash at their end."""
    console.line(console.paint(f"tree {tree.name}", Paint.COMMIT))
    console.line()
    for entry in tree.entries:
        name = entry.path.rpartition(b"/")[2]
        console.line(name + b"/" if entry.kind == "tree" else name)


def tag_fields(shown: ShownTag) -> dict[str, object]:
    """Return what JSON says of a tag."""
    tag = shown.tag
    who = {"name": tag.tagger.name, "email": tag.tagger.email, "time": tag.tagger.time, "offset": tag.tagger.offset}
    fields = {"name": tag.name, "object": tag.object.hex(), "object_type": tag.kind, "tagger": who}
    return {"type": "tag", "id": shown.oid.hex(), **fields, "message": tag.message}


def tree_fields(shown: ShownTree) -> dict[str, object]:
    """Return what JSON says of a folder."""
    entries = [
        {"path": entry.path, "mode": entry.mode, "type": entry.kind, "size": entry.size} for entry in shown.entries
    ]
    return {"type": "tree", "name": shown.name, "entries": entries}


def blob_fields(shown: ShownBlob, size_bytes: int) -> dict[str, object]:
    """Return what JSON says of a file; its bytes are what the plain form is for."""
    return {"type": "blob", "id": shown.oid.hex(), "path": shown.path, "size": size_bytes}

"""``dg tag``."""

from collections.abc import Sequence

import click

from datagit.cli.command import (
    dg_command,
    json_option,
    last_value,
    optional_value,
    pass_door,
    refuse_together,
)
from datagit.cli.editor import edit_text
from datagit.cli.options import Door
from datagit.cli.ref_options import make_context, make_filter, make_writer, read_names
from datagit.diff.wildmatch import Case
from datagit.errors import InvalidInputError, NotFoundError, UsageError
from datagit.ids import ObjectId
from datagit.objects.kind import Kind
from datagit.objects.tag import Tag
from datagit.porcelain.branch import Existing
from datagit.porcelain.commit_message import Cleanup, clean_message
from datagit.porcelain.ref_fields import RefContext, sort_refs, subject_of
from datagit.porcelain.ref_list import KIND_NAMES, ListedRef, RefFilter, RefObjects, list_refs, short_name
from datagit.porcelain.tag import Note, TagMissingError, check_new_tag, create_tag, delete_tags
from datagit.repository import Repository
from datagit.revision.parse import resolve
from datagit.revision.reader import Resolved, RevisionReader, UnknownRevisionError
from datagit.store.refs import TAGS, RefNameError
from datagit.ui.json import json_document
from datagit.ui.ref_format import SHORT, parse_format, write_ref

_MOST_NAMES = 2
_FILE = "TAG_EDITMSG"
_PLEASE = """
#
# Write a message for tag:
#   {name}
# Lines starting with '#' will be ignored.
"""
_NESTED = """\
You have created a nested tag. The object referred to by your new tag is
already a tag. If you meant to tag the object that it points to, use:

\tdg tag -f {tag}"""


@dg_command(
    "tag",
    examples="""
        dg tag                              # list the tags
        dg tag v1.0                         # call the current version so
        dg tag -a v1.0 -m "first release"   # with a message, your name and the date
        dg tag golden 3f1c9a02              # call another one so
        dg tag -d golden                    # forget the name
        dg tag -n -l 'v1.*' --sort=-v:refname
    """,
)
@click.option("-a", "--annotate", is_flag=True, help="Make a tag with a message, tagger and date.")
@click.option("-m", "--message", multiple=True, metavar="MESSAGE", help="The message; each -m is a paragraph.")
@click.option("-F", "--file", metavar="FILE", help="Take the message from a file; '-' is standard input.")
@click.option("-e", "--edit", is_flag=True, help="Edit the message in your editor.")
@click.option("-f", "--force", is_flag=True, help="Move a tag that exists.")
@click.option("-d", "--delete", is_flag=True, help="Delete tags.")
@click.option("-l", "--list", "as_list", is_flag=True, help="List tags; names are then patterns.")
@optional_value("-n", "lines", bare="1", metavar="[N]", help="Show the first N lines of each message.")
@last_value("--contains", bare="HEAD", multiple=True, metavar="[COMMIT]", help="List those that have the commit.")
@last_value("--no-contains", bare="HEAD", multiple=True, metavar="[COMMIT]", help="List those that do not.")
@last_value("--merged", bare="HEAD", multiple=True, metavar="[COMMIT]", help="List those that the commit reaches.")
@last_value("--no-merged", bare="HEAD", multiple=True, metavar="[COMMIT]", help="List those that it does not reach.")
@last_value("--points-at", bare="HEAD", multiple=True, metavar="[OBJECT]", help="List those at the object.")
@click.option("--sort", multiple=True, metavar="KEY", help="Sort by a field; 'version:refname' compares numbers.")
@click.option("--format", "format_", metavar="FORMAT", help="Write each tag so: '%(refname:short) %(subject)'.")
@click.option("-i", "--ignore-case", is_flag=True, help="Sort and match without regard to case.")
@json_option
@click.argument("names", metavar="[NAME [OBJECT]]", nargs=-1)
@pass_door
@click.pass_context
def command(
    ctx: click.Context,
    door: Door,
    *,
    annotate: bool,
    message: tuple[str, ...],
    file: str | None,
    edit: bool,
    force: bool,
    delete: bool,
    as_list: bool,
    lines: str | None,
    contains: tuple[str, ...],
    no_contains: tuple[str, ...],
    merged: tuple[str, ...],
    no_merged: tuple[str, ...],
    points_at: tuple[str, ...],
    sort: tuple[str, ...],
    format_: str | None,
    ignore_case: bool,
    names: tuple[str, ...],
) -> None:
    """Create, list, or delete tags."""
    only_lists = {
        "-n": lines is not None,
        "--contains": contains,
        "--no-contains": no_contains,
        "--merged": merged,
        "--no-merged": no_merged,
        "--points-at": points_at,
    }
    creates = annotate or message or file is not None or edit or force
    given = [name for name, value in only_lists.items() if value]
    lists = as_list or (not delete and not creates and (not names or bool(given)))
    refuse_together(list=lists, delete=delete)
    if (lists or delete) and (annotate or message or file is not None):
        word = "a list" if lists else "a deletion"
        text = f"options that describe a new tag do not go with {word}"
        raise UsageError(text)
    if given and not lists:
        text = f"the '{given[0]}' option is only allowed in list mode"
        raise InvalidInputError(text, code="name-invalid")
    if lists:
        case = Case.FOLDED if ignore_case else Case.EXACT
        repo = door.repository()
        reader = read_names(door, repo)
        wanted = make_filter(
            reader,
            names,
            case,
            contains=contains,
            no_contains=no_contains,
            merged=merged,
            no_merged=no_merged,
            points_at=points_at,
        )
        _list(door, repo, reader, wanted, sort, _list_format(format_, lines))
    elif delete:
        ctx.exit(_delete(door, names))
    else:
        if message and file is not None:
            text = "options '-F' and '-m' cannot be used together"
            raise InvalidInputError(text, code="usage")
        existing = Existing.REPLACE if force else Existing.KEEP
        _create(door, names, existing, _Message(tuple(message), file, annotate, edit))


class _Message:
    """Where the message of a tag comes from."""

    def __init__(self, paragraphs: Sequence[str], file: str | None, annotate: object, edit: object) -> None:
        self.paragraphs = paragraphs
        self.file = file
        self.is_given = bool(paragraphs) or file is not None
        self.is_wanted = bool(annotate) or self.is_given or bool(edit)
        self.is_edited = not self.is_given or bool(edit)


def _list_format(text: str | None, lines: str | None) -> str:
    if text is not None:
        return text
    if lines is None:
        return "%(refname:lstrip=2)"
    if not lines.isdigit():
        message = "switch `n' expects a numerical value"
        raise UsageError(message)
    if int(lines) == 0:
        return "%(refname:lstrip=2)"
    return f"%(align:15)%(refname:lstrip=2)%(end) %(contents:lines={lines})"


def _list(
    door: Door, repo: Repository, reader: RevisionReader, wanted: RefFilter, sort: Sequence[str], text: str
) -> None:
    known = RefObjects(repo.store)
    context = make_context(repo, reader.refs, known)
    parts = parse_format(text)
    keys = sort or repo.settings.get_all("tag.sort")
    tags = list_refs(known, reader.refs.heads, (TAGS,), wanted)
    ordered = sort_refs(context, tags, keys, str.lower if wanted.case is Case.FOLDED else str)
    if door.json:
        door.console.write(json_document({"tags": [_fields(context, tag) for tag in ordered]}))
        return
    door.page()
    writer = make_writer(door, context)
    for tag in ordered:
        door.console.line(write_ref(parts, tag, writer))


def _fields(context: RefContext, tag: ListedRef) -> dict[str, object]:
    named, peeled = context.known.named(tag.oid), context.known.peeled(tag.oid)
    value = named.value
    tagger = None
    if isinstance(value, Tag):
        who = value.tagger
        tagger = {"name": who.name, "email": who.email, "time": who.time, "offset": who.offset}
    return {
        "name": short_name(tag.name),
        "ref": tag.name,
        "object": tag.oid.hex(),
        "kind": KIND_NAMES[named.kind],
        "target": peeled.oid.hex(),
        "target_kind": KIND_NAMES[peeled.kind],
        "tagger": tagger,
        "subject": "" if value is None else subject_of(value.message),
    }


def _create(door: Door, names: Sequence[str], existing: Existing, message: _Message) -> None:
    if not names:
        text = "a tag needs a name"
        raise UsageError(text)
    if len(names) > _MOST_NAMES:
        text = "too many arguments"
        raise InvalidInputError(text, code="usage")
    repo = door.repository()
    name, spelled = names[0], names[1] if len(names) > 1 else "HEAD"
    found = _resolve(read_names(door, repo), spelled)
    try:
        old = check_new_tag(repo, name, existing)
    except RefNameError as error:
        raise InvalidInputError(f"{error.message}.", code=error.code) from error
    kind = found.kind or Kind.BLOB
    note = None
    if message.is_wanted:
        note = Note(door.signature("COMMITTER"), _read_message(door, repo, name, message, old))
        if kind is Kind.TAG:
            door.console.hint(_NESTED.format(tag=f"{name} {spelled}^{{}}"))
    made = create_tag(
        repo, name, kind, found.oid, note, existing=existing, who=door.recorder(), progress=door.progress()
    )
    if door.json:
        before = None if made.old is None else made.old.hex()
        door.console.write(json_document({"tag": made.name, "object": made.target.hex(), "old": before}))
    elif made.old is not None and made.old != made.target:
        door.console.line(f"Updated tag '{made.name}' (was {made.old.hex()[:SHORT]})")


def _resolve(reader: RevisionReader, spelled: str) -> Resolved:
    try:
        return resolve(reader, spelled)
    except NotFoundError as error:
        message = f"Failed to resolve '{spelled}' as a valid ref."
        raise UnknownRevisionError(spelled, message, error.hint) from error


def _read_message(door: Door, repo: Repository, name: str, message: _Message, old: ObjectId | None) -> str:
    text = "\n\n".join(part.rstrip("\n") for part in message.paragraphs)
    if message.file is not None:
        text = _read_file(door, message.file)
    if message.is_edited:
        if not message.is_given:
            text = ("" if old is None else _old_message(repo, name)) or _PLEASE.format(name=name)
        text = edit_text(door, repo.state / _FILE, text)
    text = clean_message(text, Cleanup.STRIP)
    if not text and message.is_edited:
        problem = "no tag message?"
        raise InvalidInputError(problem, code="name-invalid")
    return text


def _old_message(repo: Repository, name: str) -> str:
    known = RefObjects(repo.store)
    value = known.named(repo.store.refs().heads[TAGS + name]).value
    return value.message if isinstance(value, Tag) else ""


def _read_file(door: Door, file: str) -> str:
    if file == "-":
        return door.read_stdin().decode("utf-8", "replace")
    try:
        return door.resolve(file).read_text("utf-8", "replace")
    except OSError as error:
        message = f"could not open or read '{file}': {error.strerror}"
        raise NotFoundError(message) from error


def _delete(door: Door, names: Sequence[str]) -> int:
    result = delete_tags(door.repository(), names, who=door.recorder(), progress=door.progress())
    for name in result.missing:
        door.console.error(TagMissingError(name).message)
    if door.json:
        fields = {
            "deleted": [{"tag": name, "object": oid.hex()} for name, oid in result.deleted],
            "missing": result.missing,
        }
        door.console.write(json_document(fields))
    else:
        for name, oid in result.deleted:
            door.console.line(f"Deleted tag '{name}' (was {oid.hex()[:SHORT]})")
    return 1 if result.missing else 0

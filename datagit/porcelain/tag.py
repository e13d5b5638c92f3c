"""Make and delete tags: names for objects that stay where they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from datagit.errors import NotFoundError, RefusedError
from datagit.ids import ObjectId
from datagit.objects.commit import Signature
from datagit.objects.kind import Kind
from datagit.objects.tag import Tag, encode_tag, tag_id
from datagit.porcelain.branch import Existing
from datagit.porcelain.record import record_change
from datagit.porcelain.ref_list import KIND_NAMES
from datagit.progress import Progress
from datagit.repository import Repository, locked
from datagit.store.refs import TAGS, RefChange, check_tag_name
from datagit.store.store import write_objects

_COMMAND = "dg tag"


@dataclass(frozen=True, slots=True)
class Note:
    """What makes a tag an object of its own: who tags, and why."""

    tagger: Signature
    message: str


@dataclass(frozen=True, slots=True)
class CreatedTag:
    """A tag that was made or moved: what it names now, and what it named before."""

    name: str
    target: ObjectId
    old: ObjectId | None


@dataclass(frozen=True, slots=True)
class DeletedTags:
    """What came of a deletion: tags that are gone with what they named, and names that were none."""

    deleted: tuple[tuple[str, ObjectId], ...]
    missing: tuple[str, ...]


class TagExistsError(RefusedError):
    """The name is taken."""

    code = "exists"
    exit_code = 128

    def __init__(self, name: str) -> None:
        super().__init__(f"tag '{name}' already exists", hint="choose another name, or move it with --force")


class TagMissingError(NotFoundError):
    """No tag is called so."""

    code = "unknown-revision"
    exit_code = 1

    def __init__(self, name: str) -> None:
        super().__init__(f"tag '{name}' not found.")


def check_new_tag(repo: Repository, name: str, existing: Existing) -> ObjectId | None:
    """Return what the tag names so far, None if there is none; raise what create_tag would refuse the name for."""
    old = repo.store.refs().heads.get(check_tag_name(name))
    if old is not None and existing is Existing.KEEP:
        raise TagExistsError(name)
    return old


def create_tag(
    repo: Repository,
    name: str,
    kind: Kind,
    oid: ObjectId,
    note: Note | None,
    *,
    existing: Existing,
    who: Signature,
    progress: Progress,
) -> CreatedTag:
    """Name an object; with a note, the tag is an object itself.

    Raises:
        RefNameError: no tag may be called so.
        TagExistsError: there is one, and it is to be kept.
        RefInTheWayError: it would lie above or below another.
    """
    full = check_tag_name(name)
    with locked(repo, _COMMAND, progress):
        old = check_new_tag(repo, name, existing)
        target = oid
        if note is not None:
            content = encode_tag(Tag(oid, KIND_NAMES[kind], name, note.tagger, note.message))
            target = tag_id(content)
            write_objects(repo.store, [(Kind.TAG, target, content)])
        if old != target:
            record_change(repo, f"tag: {name}", [RefChange(full, old, target)], None, who)
    return CreatedTag(name, target, old)


def delete_tags(repo: Repository, names: Sequence[str], *, who: Signature, progress: Progress) -> DeletedTags:
    """Delete those of the named tags that are there, in one step."""
    with locked(repo, _COMMAND, progress):
        heads = repo.store.refs().heads
        found = {name: heads[TAGS + name] for name in names if TAGS + name in heads}
        missing = tuple(name for name in names if name not in found)
        if found:
            changes = [RefChange(TAGS + name, oid, None) for name, oid in found.items()]
            record_change(repo, f"tag: deleted {', '.join(found)}", changes, None, who)
    return DeletedTags(tuple(found.items()), missing)

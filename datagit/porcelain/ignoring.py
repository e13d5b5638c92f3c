"""The ignore rules of a repository, with what its settings add."""

from pathlib import Path

from datagit.attributes.ignore import GitIgnore, IgnoreRules, load_ignore
from datagit.repository import Repository

EXCLUDE = "info/exclude"
"""Below the repository's folder: rules that are shared with nobody."""


def repository_rules(repo: Repository) -> IgnoreRules:
    """Return the rules of repo's working tree: ``core.excludesFile``, ``.dg/info/exclude``, then the files in the tree.

    Raises:
        NoWorktreeError: the repository is bare.
        FileTooLargeError: a file has more than 1 MiB.
    """
    extra = [repo.dg_dir / EXCLUDE]
    own = repo.settings.get("core.excludesFile")
    if own:
        extra.insert(0, Path(own).expanduser())
    gitignore = GitIgnore.READ if repo.settings.get_bool("core.gitignore", default=True) else GitIgnore.SKIP
    return load_ignore(repo.root(), gitignore, extra)

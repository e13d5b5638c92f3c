"""The table of commands: name, module, one line of help. A new command is a file and a line."""

from typing import NamedTuple


class Row(NamedTuple):
    """One command: the section of ``dg --help`` it stands in, its module, and what it does."""

    section: str
    module: str
    help: str


START = "start a working area"
CHANGE = "work on the current change"
HISTORY = "examine the history and state"
GROW = "grow, mark and tweak your common history"
PLUMBING = "low-level commands, for scripts"
CARE = "look after the repository and yourself"

COMMANDS: dict[str, Row] = {
    "init": Row(START, "datagit.cli.init", "Create an empty repository, or open an existing one again."),
    "demo": Row(START, "datagit.cli.demo", "Write a small dataset and walk through a tour of it."),
    "add": Row(CHANGE, "datagit.cli.add", "Add file contents to the index."),
    "mv": Row(CHANGE, "datagit.cli.mv", "Move or rename a file or a folder."),
    "restore": Row(CHANGE, "datagit.cli.restore", "Restore working tree files."),
    "rm": Row(CHANGE, "datagit.cli.rm", "Remove files from the working tree and from the index."),
    "diff": Row(HISTORY, "datagit.cli.diff", "Show changes between commits, the index and the working tree."),
    "log": Row(HISTORY, "datagit.cli.log", "Show commit logs."),
    "show": Row(HISTORY, "datagit.cli.show", "Show commits, tags, or the bytes of a file."),
    "status": Row(HISTORY, "datagit.cli.status", "Show the working tree status."),
    "branch": Row(GROW, "datagit.cli.branch", "List, create, or delete branches."),
    "checkout": Row(GROW, "datagit.cli.checkout", "Switch branches or restore working tree files."),
    "commit": Row(GROW, "datagit.cli.commit", "Record what is staged as a new version."),
    "merge": Row(GROW, "datagit.cli.merge", "Join another line of history into this branch."),
    "reset": Row(GROW, "datagit.cli.reset", "Set HEAD, the index and the files to another state."),
    "switch": Row(GROW, "datagit.cli.switch", "Switch branches."),
    "tag": Row(GROW, "datagit.cli.tag", "Create, list, or delete tags."),
    "cat-file": Row(PLUMBING, "datagit.cli.cat_file", "Show the type, size or content of objects."),
    "hash-object": Row(PLUMBING, "datagit.cli.hash_object", "Compute the id of a file, and store it if asked to."),
    "ls-files": Row(PLUMBING, "datagit.cli.ls_files", "List files in the index and the working tree."),
    "ls-tree": Row(PLUMBING, "datagit.cli.ls_tree", "List the contents of a tree."),
    "merge-base": Row(PLUMBING, "datagit.cli.merge_base", "Find the best common ancestors of commits."),
    "rev-parse": Row(PLUMBING, "datagit.cli.rev_parse", "Turn names of revisions into ids."),
    "config": Row(CARE, "datagit.cli.config", "Get and set options of the repository or of you."),
    "help": Row(CARE, "datagit.cli.help", "Show what dg, or one of its commands, does."),
    "version": Row(CARE, "datagit.cli.version", "Show the version of dg and of what it is built on."),
}

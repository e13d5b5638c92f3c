"""Keys that a repository may not set: whoever sent you a repository must not choose what your machine runs or trusts.

They name a program, an endpoint, a profile, a proxy or a credential. They are read from the system's and the user's
configuration, the environment and ``-c`` only (reliability 4.8).
"""

import re

from datagit.config.syntax import BadConfigError, parse_bool

_KEYS = re.compile(
    r"""
      core\.(editor|pager|askpass|sshcommand|gitproxy|hookspath|fsmonitor|alternaterefscommand)
    | sequence\.editor | web\.browser | init\.templatedir | interactive\.difffilter
    | (hook|hooks|credential|filter|browser|man|sendemail|safe|protocol|include|includeif)\..*
    | (diff|difftool|merge|mergetool)\.(external|.*\.(command|cmd|path|driver|textconv))
    | gpg\..*(program|command) | trailer\..*\.(command|cmd)
    | remote\..*\.(uploadpack|receivepack|vcs)
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMES = re.compile(
    r"""
      .*profile | endpoint(-?url)? | .*proxy.* | .*credentials? | .*password | .*passwd | .*token | .*secret.*
    | .*key-?file | .*cert-?file | access-?key.* | account-?key | connection-?string
    | ssl-?key | ssl-?cert | ssl-?cainfo | ssl-?verify
    """,
    re.VERBOSE,
)


class ConfigRefusedError(BadConfigError):
    """A repository's configuration sets what only its user may set."""

    code = "config-refused"

    def __init__(self, key: str, where: str) -> None:
        super().__init__(
            f"'{key}' in {where} is refused: a repository may not name programs, endpoints or credentials",
            hint=f"drop it with 'dg config --local --unset-all {key}'; set your own with 'dg config --global {key} …'",
        )
        self.key = key


def check_repository_setting(key: str, value: str | None, where: str) -> None:
    """Refuse a setting that may not stand in a repository's configuration.

    Args:
        key: canonical key.
        value: None means true; aliases are refused if they start with ``!``, ``pager.*`` if it is no boolean.
        where: file and line for the message.

    Raises:
        ConfigRefusedError: it is one of them.
    """
    runs_a_program = key.startswith("alias.") and (value or "").lstrip().startswith("!")
    if runs_a_program or _KEYS.fullmatch(key) or _NAMES.fullmatch(key.rpartition(".")[2]):
        raise ConfigRefusedError(key, where)
    if key.startswith("pager."):
        try:
            parse_bool(value, key)
        except BadConfigError:
            raise ConfigRefusedError(key, where) from None

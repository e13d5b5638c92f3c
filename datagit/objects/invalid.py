"""The two ways in which the bytes of an object can be refused."""

from datagit.errors import InvalidInputError


class InvalidObjectError(InvalidInputError):
    """The bytes of an object, or of a file in a repository, break their format."""

    code = "invalid-object"


class LimitExceededError(InvalidInputError):
    """Something is larger than the format allows; said before it is written."""

    code = "limit-exceeded"

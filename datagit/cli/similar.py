"""What was probably meant; loaded only after a typing error."""

import difflib
from collections.abc import Iterable


def similar_words(word: str, known: Iterable[str], most: int) -> tuple[str, ...]:
    """Return up to most of the known words that look like word, the closest first."""
    return tuple(difflib.get_close_matches(word, list(known), n=most, cutoff=0.6))

"""Words that tell nothing about a customer: how people are addressed, articles and prepositions.

The look-up leaves them out where other words remain. All are folded (``folding.fold_name``).
"""

from collections.abc import Sequence

TITLES = frozenset(
    "herr herrn frau hr fr mr mrs ms miss mister sir madam monsieur madame mme mlle dr doktor doctor docteur prof "
    "professor ing dipl signor signora sig pan pani".split()
)
_LITTLE = frozenset(
    "in im am an auf bei beim aus von vom zu zur zum fur mit der die das den dem des und the of at on from for near by "
    "de du la le les a au aux chez del della dello dei degli delle di il dal dalla nel nella sul sulla "
    "w we z ze na firma fa company hier ist hd attn".split()
)


def telling(words: Sequence[str]) -> list[str]:
    """Return the words without titles and little words; all of them where nothing else is among them."""
    return [word for word in words if not is_little(word)] or list(words)


def is_little(word: str) -> bool:
    """Whether a folded word is a title or a little word."""
    return word in TITLES or word in _LITTLE

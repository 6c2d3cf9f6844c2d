"""Keys of company names: one for all spellings of a name, with any legal form or none.

Keys are stored, so they must not change without being computed again (docs/decisions.md#schema-changes).
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from cleanco import termdata

from licences.domain.folding import fold_name, fold_once, settled

_COUNTRIES = ("Germany", "Austria", "Switzerland", "United Kingdom", "France", "Poland", "Netherlands", "Belgium",
              "Italy", "Spain", "United States of America")  # fmt: skip
# Legal forms that the library lacks, or has in one spelling only.
_MORE_LEGAL_FORMS = (
    "GmbH", "gGmbH", "mbH", "UG", "UG (haftungsbeschränkt)", "AG", "KG", "KGaA", "OHG", "GbR", "SE", "PartG", "mbB",
    "e.K.", "e.Kfm.", "e.Kfr.", "eG", "e.G.", "e.V.", "GmbH & Co. KG", "GmbH & Co. KGaA", "GmbH & Co. OHG",
    "AG & Co. KG", "AG & Co. KGaA", "UG (haftungsbeschränkt) & Co. KG", "Ltd & Co. KG", "Cie", "i.L.", "in Liquidation",
    "Gesellschaft mit beschränkter Haftung", "Unternehmergesellschaft", "Aktiengesellschaft", "Kommanditgesellschaft",
    "Unternehmergesellschaft (haftungsbeschränkt)", "Kommanditgesellschaft auf Aktien", "offene Handelsgesellschaft",
    "Gesellschaft bürgerlichen Rechts", "Partnerschaftsgesellschaft", "eingetragener Kaufmann",
    "eingetragene Kauffrau", "eingetragener Verein", "eingetragene Genossenschaft",
    "e.U.", "OG", "offene Gesellschaft", "eingetragenes Unternehmen", "FlexCo", "Kollektivgesellschaft", "KlG",
    "Limited", "Ltd", "PLC", "LLP", "CIC", "Public Limited Company", "Limited Liability Partnership",
    "Inc", "Incorporated", "Corp", "Corporation", "LLC", "Company", "Co", "Co Ltd",
    "SA", "SAS", "SASU", "SARL", "EURL", "SNC", "SCI", "SCOP", "Sàrl", "Société Anonyme",
    "Société à responsabilité limitée", "Société par actions simplifiée",
    "Sp. z o.o.", "Sp. z oo", "Sp. zo.o.", "Spzoo", "Spółka z o.o.", "Spółka z oo", "Sp.k.", "Sp.j.", "Sp.p.", "S.K.A.",
    "Spółka z ograniczoną odpowiedzialnością", "Spółka Akcyjna", "Spółka komandytowa", "Spółka jawna",
    "Spółka cywilna", "Prosta spółka akcyjna", "P.S.A.", "s.c.",
    "BV", "NV", "SpA", "Srl", "SL",
)  # fmt: skip
# Ordinary words that are legal forms in another country.
_NOT_LEGAL_FORMS = {"et", "private", "ee", "da", "as", "und", "sad", "sal"}
_LEADING_LEGAL_FORMS = {"sarl", "sas", "sa", "eurl", "sci", "firma", "fa"}
_MBH = re.compile(r"(?:gesellschaft|ges) ?mbh\b")  # Gesellschaft mbH, Handelsgesellschaft mbH, Handelsges.m.b.H.

_ABBREVIATIONS = {
    "gebruder": "gebr", "brothers": "bros", "etablissement": "ets", "etablissements": "ets", "societe": "ste",
    "compagnie": "cie", "doktor": "dr", "doctor": "dr", "docteur": "dr", "professor": "prof", "professeur": "prof",
    "inhaber": "inh", "inhaberin": "inh", "international": "intl",
}  # fmt: skip

_SHORT_AND = {"u", "i"}  # Meier u. Söhne, Kowalski i Synowie


def name_key(text: str) -> str:
    """The folded name without its legal form, with common words abbreviated; at most 500 symbols. Idempotent.

    Equal for two spellings of one company name. Stored in the keys of customers.
    """
    return settled(_abbreviated, text)


def without_legal_form(text: str) -> str:
    """The folded name without its legal form, with nothing abbreviated; at most 500 symbols. Idempotent."""
    return settled(_cut, text)


def _abbreviated(text: str) -> str:
    """One pass of ``name_key``: without legal form, with common words and the “and” between words abbreviated."""
    words = [_ABBREVIATIONS.get(word, word) for word in _cut(text).split()]
    words[1:-1] = ["und" if word in _SHORT_AND else word for word in words[1:-1]]
    return " ".join(words)


def _cut(text: str) -> str:
    """One pass of ``without_legal_form``: the folded text without legal forms at its end and beginning.

    A name that is only a legal form keeps it.
    """
    folded = fold_once(text)
    if "mbh" in folded:
        folded = _MBH.sub(" gmbh", folded)
    words = folded.split()
    while size := _legal_form_at_end(words):
        words = words[:-size]
    leading = takewhile(_LEADING_LEGAL_FORMS.__contains__, words[:-1])  # all at once: folding again takes longer
    return " ".join(words[sum(1 for _ in leading) :])


def _legal_form_at_end(words: Sequence[str]) -> int:
    """How many words at the end are a legal form, including the “and” of “… & Co.”; at least one word is kept."""
    if not words or words[-1] not in _ENDS_OF_LEGAL_FORMS:
        return 0
    for size in range(min(_LONGEST_LEGAL_FORM, len(words) - 1), 0, -1):
        if " ".join(words[-size:]) in _LEGAL_FORMS:
            return size + 1 if len(words) > size + 1 and words[-size - 1] == "und" else size
    return 0


def _legal_forms() -> frozenset[str]:
    """The folded legal forms of the library and of this module."""
    library = (term for country in _COUNTRIES for term in termdata.terms_by_country.get(country, ()))
    return frozenset(fold_name(term) for term in (*library, *_MORE_LEGAL_FORMS)) - _NOT_LEGAL_FORMS


_LEGAL_FORMS = _legal_forms()
_ENDS_OF_LEGAL_FORMS = frozenset(form.split()[-1] for form in _LEGAL_FORMS)
_LONGEST_LEGAL_FORM = max(form.count(" ") + 1 for form in _LEGAL_FORMS)

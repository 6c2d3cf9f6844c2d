"""Labels and sentences of the look-up: what it understood, what it found, and why.

All of them are in the active language.
"""

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from licences.domain.codes import grouped
from licences.domain.query_parsing import CODE_FORMS, ParsedQuery, QueryForm
from licences.lookup.facts import Fact, FactKind
from licences.lookup.match_reasons import Hit, MatchKind, MatchReason
from licences.lookup.search import LookupResult
from licences.lookup.word_fit import Fit
from licences.wording.countries import country_name
from licences.wording.differences import DIFFERENCES

_FORMS: dict[QueryForm, Promise] = {
    QueryForm.SERIAL: pgettext_lazy("understood as", "serial number"),
    QueryForm.SITE_ID: pgettext_lazy("understood as", "site ID"),
    QueryForm.RELEASE_CODE: pgettext_lazy("understood as", "release code"),
    QueryForm.UNLOCK_CODE: pgettext_lazy("understood as", "unlock code"),
    QueryForm.CODE_PART: pgettext_lazy("understood as", "part of a code"),
    QueryForm.EMAIL: pgettext_lazy("understood as", "e-mail address"),
    QueryForm.TELEPHONE: pgettext_lazy("understood as", "telephone number, postcode or other number"),
    QueryForm.REFERENCE: pgettext_lazy("understood as", "purchase reference or customer number"),
    QueryForm.VERSION: pgettext_lazy("understood as", "version of Xchange"),
    QueryForm.WORDS: pgettext_lazy("understood as", "name or other words"),
}

_REASONS: dict[MatchKind, Promise] = {
    MatchKind.SERIAL: pgettext_lazy("found by", "serial number"),
    MatchKind.SITE_ID: pgettext_lazy("found by", "site ID"),
    MatchKind.FORMER_SITE_ID: pgettext_lazy("found by", "former site ID"),
    MatchKind.UNLOCK_CODE: pgettext_lazy("found by", "unlock code"),
    MatchKind.RELEASE_CODE: pgettext_lazy("found by", "release code"),
    MatchKind.CODE_PART: pgettext_lazy("found by", "part of a code"),
    MatchKind.PURCHASE: pgettext_lazy("found by", "purchase %(text)s"),
    MatchKind.NAME: pgettext_lazy("found by", "name"),
    MatchKind.CONTACT: pgettext_lazy("found by", "contact: %(text)s"),
    MatchKind.TELEPHONE: pgettext_lazy("found by", "telephone: %(text)s"),
    MatchKind.POSTCODE: pgettext_lazy("found by", "postcode: %(text)s"),
    MatchKind.TOWN: pgettext_lazy("found by", "town: %(text)s"),
    MatchKind.EMAIL: pgettext_lazy("found by", "e-mail: %(text)s"),
    MatchKind.SITE: pgettext_lazy("found by", "site: %(text)s"),
    MatchKind.NUMBER: pgettext_lazy("found by", "customer number: %(text)s"),
    MatchKind.STREET: pgettext_lazy("found by", "address: %(text)s"),
    MatchKind.FORMER: pgettext_lazy("found by", "formerly: %(text)s"),
    MatchKind.TICKET: pgettext_lazy("found by", "ticket: %(text)s"),
    MatchKind.REGISTRATION: pgettext_lazy("found by", "registration, as entered"),
    MatchKind.SERIAL_SLIP: _("similar serial number: check group %(group)s"),
    MatchKind.SITE_ID_SLIP: _("similar site ID: check group %(group)s"),
    MatchKind.PURCHASE_SLIP: _("similar purchase reference: check O and 0"),
    MatchKind.NUMBER_SLIP: _("similar customer number: check O and 0"),
    MatchKind.EXTENSION: pgettext_lazy("found by", "telephone, another extension: %(text)s"),
    MatchKind.SPELLING: _("differs in %(differences)s"),
    MatchKind.SOUND: _("sounds similar"),
    MatchKind.ALIKE: _("similar spelling"),
    MatchKind.CONTACT_ALIKE: pgettext_lazy("found by", "similar contact: %(text)s"),
    MatchKind.TOWN_ALIKE: pgettext_lazy("found by", "similar town: %(text)s"),
    MatchKind.STREET_ALIKE: pgettext_lazy("found by", "similar address: %(text)s"),
}


def understood_as(result: LookupResult) -> str:
    """What the query was taken for: the kind and the grouped code for codes, the kind alone for anything else.

    A number that could be a version is a postcode or a house number where sites were found by it, and no release. What
    has the form of a whole code is a part of one where only that was found.
    """
    query = result.query
    form = query.form
    if form is None:
        return ""
    if form is QueryForm.VERSION and result.hits and not result.facts:
        form = QueryForm.TELEPHONE
    if form in CODE_FORMS and result.fits and all(hit.reason.kind is MatchKind.CODE_PART for hit in result.fits):
        form = QueryForm.CODE_PART
    name = str(_FORMS[form])
    if form in CODE_FORMS:
        return f"{capfirst(name)} {grouped(query.code)}"
    return str(capfirst(name))


def reason_in_words(hit: Hit) -> str:
    """Why a serial number is in the result, as the list says it."""
    words = _kind_in_words(hit.reason)
    if hit.fit is Fit.INSIDE:
        return gettext("only inside a word: %(where)s") % {"where": words}
    return words


def _kind_in_words(reason: MatchReason) -> str:
    """A reason in words: of several fields, each in the order in which its word was typed."""
    if reason.parts:
        return ", ".join(_kind_in_words(part) for part in reason.parts)
    differences = ", ".join(str(DIFFERENCES.get(each, each)) for each in reason.differences)
    if reason.kind == MatchKind.SPELLING and not differences:
        return str(_REASONS[MatchKind.ALIKE])
    return str(_REASONS[reason.kind]) % {"text": reason.text, "group": reason.group, "differences": differences}


def status_in_words(result: LookupResult) -> str:
    """The status line, which screen readers announce: how many were found, and which words were not looked for."""
    return " ".join(filter(None, (_count_in_words(result), left_out_in_words(result.query))))


def _count_in_words(result: LookupResult) -> str:
    """How many sites were found, in a sentence: all, the first, similar ones only, or none."""
    count = len(result.hits)
    if not count:
        return (
            gettext("Nothing found.") if not result.facts else gettext("No site found, but product facts that match.")
        )
    if result.near:
        words = ngettext("No exact match, %(count)s similar site.", "No exact match, %(count)s similar sites.", count)
        return words % {"count": count}
    if result.more:
        return gettext("First %(count)s sites. There are more: add another word or a code.") % {"count": count}
    fits = len(result.fits)
    words = _only_fit_in_words(result) or ngettext("%(count)s site found.", "%(count)s sites found.", fits) % {
        "count": fits
    }
    return " ".join(filter(None, (words, _others_in_words(count - fits))))


def _only_fit_in_words(result: LookupResult) -> str:
    """A sentence that says by what the only site was found, where it is not sure that it is meant; else empty."""
    hit = result.only_match
    if hit is None or result.answer is hit:
        return ""
    return gettext("1 site found: %(what)s.") % {"what": reason_in_words(hit).replace(": ", " ")}


def _others_in_words(count: int) -> str:
    """A sentence about the sites that were found only inside a word; empty for 0."""
    if not count:
        return ""
    words = ngettext("%(count)s more only inside a word.", "%(count)s more only inside a word.", count)
    return words % {"count": count}


_NAMED_AS_LEFT_OUT = 8


def left_out_in_words(query: ParsedQuery) -> str:
    """A sentence that names the words that were not looked for; empty where all were."""
    words = query.left_out
    if not words:
        return ""
    shown = words if len(words) <= _NAMED_AS_LEFT_OUT else (*words[: _NAMED_AS_LEFT_OUT - 1], "…", words[-1])
    return gettext("Only the first %(count)s words were searched for. Left out: %(words)s.") % {
        "count": len(query.words),
        "words": ", ".join(shown),
    }


def fact_title(fact: Fact) -> str:
    """The heading of a fact in the result."""
    values = fact.values
    if fact.kind == FactKind.RELEASE:
        return f"Xchange {values['version']}"
    if fact.kind == FactKind.APPLICATION:
        return f"{values['name']}: {fact.works}"
    return gettext("Support in %(country)s: %(phone)s") % {
        "country": country_name(values["country_code"] or values["country"]),
        "phone": values["phone"] or values["email"],
    }


_FACT_KINDS: dict[FactKind, Promise] = {
    FactKind.RELEASE: _("Release"),
    FactKind.APPLICATION: _("CRM application"),
    FactKind.CONTACT: _("Support contact"),
}


def fact_kind(fact: Fact) -> str:
    """What kind of fact it is, as its badge says it."""
    return str(_FACT_KINDS[fact.kind])


def fact_about(fact: Fact) -> str:
    """A short line about a fact for the list under the search box; may be empty."""
    values = fact.values
    if fact.kind == FactKind.RELEASE:
        supported = gettext("supported") if values["is_supported"] else gettext("no longer supported")
        needed = gettext("needs Software Assurance") if values["needs_software_assurance"] else ""
        return " · ".join(filter(None, (supported, needed)))
    return str(values["hours"] if fact.kind == FactKind.CONTACT else values["notes"])

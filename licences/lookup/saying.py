"""How the look-up says what it understood, what it found and why."""

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from licences.domain.codes import grouped
from licences.domain.recognising import CODES, Form
from licences.lookup.facts import Fact, Kind
from licences.lookup.finding import Found
from licences.lookup.listing import Listed
from licences.lookup.reasons import Hit, Why
from licences.wording import DIFFERENCES

_FORMS: dict[Form, Promise] = {
    Form.SERIAL: pgettext_lazy("understood as", "serial number"),
    Form.SITE_ID: pgettext_lazy("understood as", "site ID"),
    Form.RELEASE_CODE: pgettext_lazy("understood as", "release code"),
    Form.UNLOCK_CODE: pgettext_lazy("understood as", "unlock code"),
    Form.CODE_PART: pgettext_lazy("understood as", "beginning of a code"),
    Form.EMAIL: pgettext_lazy("understood as", "e-mail address"),
    Form.TELEPHONE: pgettext_lazy("understood as", "telephone number, postcode or other number"),
    Form.REFERENCE: pgettext_lazy("understood as", "purchase reference or customer number"),
    Form.VERSION: pgettext_lazy("understood as", "version of Xchange"),
    Form.WORDS: pgettext_lazy("understood as", "name or other words"),
}

_REASONS: dict[Why, Promise] = {
    Why.SERIAL: pgettext_lazy("found by", "serial number"),
    Why.SITE_ID: pgettext_lazy("found by", "site ID"),
    Why.FORMER_SITE_ID: pgettext_lazy("found by", "former site ID"),
    Why.UNLOCK_CODE: pgettext_lazy("found by", "unlock code"),
    Why.RELEASE_CODE: pgettext_lazy("found by", "release code"),
    Why.CODE_PART: pgettext_lazy("found by", "beginning of a code"),
    Why.PURCHASE: pgettext_lazy("found by", "purchase %(text)s"),
    Why.NAME: pgettext_lazy("found by", "name"),
    Why.CONTACT: pgettext_lazy("found by", "contact: %(text)s"),
    Why.TELEPHONE: pgettext_lazy("found by", "telephone: %(text)s"),
    Why.POSTCODE: pgettext_lazy("found by", "postcode: %(text)s"),
    Why.TOWN: pgettext_lazy("found by", "town: %(text)s"),
    Why.EMAIL: pgettext_lazy("found by", "e-mail: %(text)s"),
    Why.SITE: pgettext_lazy("found by", "site: %(text)s"),
    Why.NUMBER: pgettext_lazy("found by", "customer number: %(text)s"),
    Why.SEVERAL: pgettext_lazy("found by", "name, contact and address together"),
    Why.REGISTRATION: pgettext_lazy("found by", "registration, as entered"),
    Why.SERIAL_SLIP: _("serial number one symbol away, in group %(group)s"),
    Why.SITE_ID_SLIP: _("site ID one symbol away, in group %(group)s"),
    Why.SPELLING: _("differs in %(differences)s"),
    Why.SOUND: _("sounds like it"),
    Why.ALIKE: _("looks like it"),
    Why.CONTACT_ALIKE: pgettext_lazy("found by", "contact, nearly: %(text)s"),
    Why.TOWN_ALIKE: pgettext_lazy("found by", "town, nearly: %(text)s"),
}


def understood_as(found: Found) -> str:
    """What the text was taken for: a code with its groups, anything else by its name."""
    said = found.understanding
    form = said.form
    if form is None:
        return ""
    name = str(_FORMS[form])
    if form in CODES:
        return f"{capfirst(name)} {grouped(said.code)}"
    return str(capfirst(name))


def verdict(serial: Listed) -> dict[str, str]:
    """The answer in a word, for a list: its code, the words, and the tone that its badge has."""
    if serial.blocked_at:
        return {"code": "blocked", "words": gettext("blocked"), "tone": "bad"}
    if serial.registered_at is None:
        return {"code": "not-registered", "words": gettext("not registered"), "tone": "warn"}
    if serial.emergency_expired:
        return {"code": "emergency-expired", "words": gettext("emergency code expired"), "tone": "bad"}
    if serial.emergency_until is not None:
        return {"code": "emergency", "words": gettext("on an emergency code"), "tone": "warn"}
    if serial.live_site_id is None:
        return {"code": "released", "words": gettext("released"), "tone": "warn"}
    return {"code": "registered", "words": gettext("registered"), "tone": "ok"}


def reason_in_words(hit: Hit) -> str:
    reason = hit.reason
    differences = ", ".join(str(DIFFERENCES.get(each, each)) for each in reason.differences)
    if reason.why == Why.SPELLING and not differences:
        return str(_REASONS[Why.ALIKE])
    return str(_REASONS[reason.why]) % {"text": reason.text, "group": reason.group, "differences": differences}


def status_in_words(found: Found) -> str:
    """The line that screen readers hear as well."""
    count = len(found.hits)
    if not count:
        return gettext("Nothing found.") if not found.facts else gettext("No site found, but facts that fit.")
    if found.near:
        words = ngettext(
            "Nothing fits, but %(count)s site is near.", "Nothing fits, but %(count)s sites are near.", count
        )
        return words % {"count": count}
    if found.more:
        return gettext("The first %(count)s sites. There are more: type another word, or a code.") % {"count": count}
    return ngettext("%(count)s site found.", "%(count)s sites found.", count) % {"count": count}


def fact_title(fact: Fact) -> str:
    values = fact.values
    if fact.kind == Kind.RELEASE:
        return f"Xchange {values['version']}"
    if fact.kind == Kind.APPLICATION:
        return f"{values['name']}: {fact.works}"
    return gettext("Support in %(country)s: %(phone)s") % {
        "country": values["country"],
        "phone": values["phone"] or values["email"],
    }

"""The sentences: what people read where the domain gives a code and its parameters.

Used for refusals, for the reasons of the checklist and for rejected rows; in the language of whoever reads.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from licences.domain.errors import Refusal

SENTENCES: dict[str, Promise] = {
    # Codes as they are typed
    "code-symbol": _(
        "“%(symbol)s” (%(name)s) at position %(position)s cannot be part of a code. "
        "Codes have the digits 1 to 9 and the letters A to Z; ask for that symbol again."
    ),
    "code-length": _("This has %(length)s symbols; the code must have %(expected)s. Ask for it again, group by group."),
    "code-field": _("The code cannot hold %(name)s = %(value)s (allowed: %(low)s to %(high)s)."),
    "unlock-code-length": _("An unlock code has %(expected)s symbols; this one has %(length)s."),
    "unlock-code-range": _("This is no unlock code: its value is too large. Check the first group."),
    "unlock-code-key": _("This unlock code was made with key %(key_id)s, which is not known here."),
    "unlock-code-forged": _(
        "This unlock code does not fit the serial number and site ID. A symbol is wrong, or it was made for "
        "another installation."
    ),
    "unlock-code-lines": _("This is no unlock code: its licence lines are not in order."),
    "unlock-code-old": _("This unlock code is older than the one this server already had."),
    "unlock-code-expired": _("This emergency code was valid until %(until)s."),
    # Serials and installations
    "unknown-serial": _("This serial number is not on record, or does not belong to this site ID. Check both."),
    "serial-blocked": _("This serial number is blocked. Ask a supervisor."),
    "serial-in-use": _(
        "This serial number is in use on another installation. It must be released there first, and then re-licensed."
    ),
    "relicensing-required": _(
        "This serial number was released. It needs the re-licensing checklist before it can be used again."
    ),
    "site-id-in-use": _("This site ID is in use by another serial number."),
    "nothing-licensed": _("All licences of this serial number were returned: there is nothing to make a code for."),
    "codes-exhausted": _("This serial number has used all of its %(limit)s unlock codes. Tell a supervisor."),
    "software-assurance-required": _(
        "Version %(version)s needs Software Assurance. May run up to %(ceiling)s: no Software Assurance%(since)s."
    ),
    "release-code-wrong": _("This release code was not made by that installation. Ask for it again, group by group."),
    "not-a-version": _("“%(text)s” is not a version. A version looks like 2.4 or 2.10.1."),
    "details-missing": _("Registration needs a customer name, an address line, a contact name and a telephone number."),
    "serial-never-registered": _("This serial number was never registered. Register it by hand instead."),
    "already-blocked": _("This serial number is already blocked."),
    "not-blocked": _("This serial number is not blocked."),
    "same-customer": _("The serial number already belongs to this customer."),
    "reason-missing": _("Write down the reason."),
    "number-taken": _("Customer number %(number)s belongs to another customer."),
    "too-many-products": _("A serial number holds at most %(limit)s products; this would make %(count)s."),
    # Catalogue
    "slot-stays": _("The slot of a product stays: unlock codes were made with it. On record is %(slot)s."),
    # Reference facts
    "release-twice": _("Release %(version)s is on record already."),
    # Customers
    "merge-with-itself": _("A customer cannot be merged with itself. Choose the other one."),
    "customer-unknown": _("There is no such customer. It may have been merged or erased meanwhile; look it up again."),
    "customer-merged": _("This record was merged into another customer. Erase that one."),
    "customer-erased": _("The personal data of this customer are erased already."),
    "import-names-customer": _(
        "The import of %(file)s names this customer and has not ended. Confirm or withdraw it first."
    ),
    # Re-licensing
    "request-closed": _("This request is closed."),
    "checklist-not-passed": _("The checklist has not passed: settle the rows that are marked, then issue the code."),
    "checklist-out-of-date": _(
        "The record has changed since the last check. It was checked again; look at the rows before you go on."
    ),
    "not-to-be-confirmed": _("Only items that are close can be confirmed by asking again."),
    "not-to-be-decided": _("A wrong serial number, site ID or release code cannot be accepted."),
    "nothing-to-decide": _("Tick the item that you accept."),
    # Supervisors
    "reason-too-short": _("Write down a reason that says something: at least %(limit)s letters or digits."),
    "waits-for-supervisor": _("This waits for a supervisor: a limit is exceeded. The request stays open on the desk."),
    "decider-asked": _("You answered this call yourself, so somebody else has to decide: another supervisor."),
    "decided-already": _("%(who)s has decided this already. Nothing was changed."),
    "agreed-already": _("You have agreed already. A second supervisor has to agree as well."),
    "decision-out-of-date": _(
        "The checklist was checked again since you saw it, so your decision was not taken. Look at the rows first."
    ),
    "relicensing-limit": _(
        "This serial number was re-licensed %(count)s times in the last twelve months. Staff may do that %(limit)s "
        "times; beyond that a supervisor decides."
    ),
    "wrong-code-limit": _(
        "%(count)s wrong release codes were given for this serial number in the last 24 hours. Above %(limit)s a "
        "supervisor decides."
    ),
    # Emergencies
    "emergency-not-possible": _(
        "An emergency code needs a checklist in which everything passes but the release code, and that cannot be had."
    ),
    "emergency-settled": _("%(who)s has settled this emergency already. Nothing was changed."),
    "emergency-expired": _(
        "The emergency code of this serial number was valid until %(until)s. Settle its follow-up before anything else."
    ),
    "emergency-open": _(
        "Runs on an emergency code until %(until)s. The release code of the earlier PC settles it, or a supervisor "
        "decides on its follow-up."
    ),
    "release-code-not-checkable": _(
        "The earlier installation is from an older system: its release code cannot be checked here. "
        "A supervisor decides."
    ),
    # Reasons in the checklist
    "not-said": _("Not answered yet: ask for it."),
    "serial-live": _("On record and in use."),
    "serial-released": _("On record; the server has reported its release."),
    "serial-emergency": _("On record; runs on an emergency code until %(until)s."),
    "serial-after-emergency": _("On record; its emergency code was withdrawn."),
    "serial-unknown": _("Not on record. Ask for it again; it stands on the licence document."),
    "serial-similar": _("Not on record, but one slip away from %(similar)s. Ask again, symbol by symbol."),
    "site-id-same": _("The same PC as before."),
    "site-id-former": _("A PC that held this serial number before."),
    "site-id-new": _("A new PC."),
    "site-id-not-emergency": _(
        "The emergency code runs on another PC, and that one becomes permanent first. Ask for its site ID."
    ),
    "site-id-similar": _("One symbol away from the PC on record: ask for group %(group)s again."),
    "release-code-valid": _("Proves the release of %(site_id)s (its unlock code no. %(sequence)s)."),
    "release-code-reported": _("Proves the release that %(site_id)s has reported (its unlock code no. %(sequence)s)."),
    "release-code-settles": _(
        "Proves the release of %(site_id)s (its unlock code no. %(sequence)s) and settles the emergency."
    ),
    "release-code-of-emergency": _(
        "Made by %(site_id)s, which runs on the emergency code. The release code of the earlier PC is needed."
    ),
    "release-code-used": _("Valid, but already used for an earlier re-licensing, of %(site_id)s."),
    "release-code-earlier": _("Made by an earlier installation, %(site_id)s. The present one must be released."),
    "release-code-other-serial": _("This is a release code of another serial number, %(serial)s."),
    "release-code-similar": _("One symbol is wrong: ask for group %(group)s again."),
    "release-code-unknown": _("Not made by this installation. Ask for it again, symbol by symbol."),
    "release-code-unavailable": _("The caller cannot get a release code."),
    "release-code-taken-over": _("The installation is from an older system: its release code cannot be checked here."),
    "needs-serial": _("Cannot be checked until the serial number is found."),
    "nothing-on-record": _("Nothing is on record to compare with."),
    "version-free": _("Every serial number may run %(version)s."),
    "version-assured": _("Software Assurance until %(until)s."),
    "version-kept": _("Was already lawful: up to %(highest)s."),
    "same": _("The same, word for word."),
    "close": _("Differs in %(differences)s. Ask again."),
    "only-corrected-record": _(
        "Not as registered, but it fits the customer record as corrected since (“%(corrected)s”). Ask again."
    ),
    "different": _("Not what is on record: other %(differences)s."),
    # Purchase rows
    "value-missing": _("This must not be empty."),
    "value-too-long": _("This has %(length)s characters; at most %(limit)s fit. Shorten it."),
    "value-control-character": _("This contains a control character. Type it again."),
    "not-a-whole-number": _("This is not a whole number. Write 1000, without dots, blanks or decimals."),
    "not-a-line-number": _("A line is a whole number from 0."),
    "quantity-zero": _("The quantity must not be 0."),
    "quantity-too-large": _("The quantity is above %(limit)s."),
    "not-a-date": _("This is not a date. Write 2026-11-24 or 24.11.2026."),
    "date-out-of-range": _("The year must lie between 2000 and 2099."),
    "key-twice": _("Row %(row)s has the same purchase reference and line with other content. Keep the right one."),
    "key-with-other-content": _("This purchase line is on record with other content in: %(columns)s."),
    "product-unknown": _("There is no product “%(product)s” in the catalogue."),
    "customer-ambiguous": _("Several customers have this name and address. Give the customer number."),
    "serial-of-another-customer": _("Serial number %(serial)s belongs to another customer."),
    "serial-ambiguous": _("This site has several serial numbers (%(serials)s). Say which one."),
    "serial-similar-to-known": _(
        "Not on record, but one slip away from %(similar)s. Correct it; if it is right, it can be taken over as it is."
    ),
    "total-out-of-range": _("The licences of this product would add up to %(total)s; 0 to %(limit)s are possible."),
    "cell-is-a-number": _(
        "A spreadsheet has turned this into a number, and digits may be lost. Format the column as text and type it "
        "again."
    ),
    "cell-is-a-date": _("A spreadsheet has turned this into a date. Format the column as text and type it again."),
    "cell-is-an-error": _("This cell holds an error of the spreadsheet. Type the value."),
    "too-many-cells": _("This row has more cells than the header has columns. Check its separators and quotes."),
    # Files
    "file-unreadable": _("The file cannot be read: %(why)s."),
    "file-empty": _("The file is empty."),
    "file-is-spreadsheet": _(
        "This is an old Excel file (.xls). Save it as a workbook (.xlsx) or as CSV and upload that."
    ),
    "file-of-other-kind": _(
        "This is no table but a file of the kind %(kind)s. Save the table as a workbook (.xlsx) or as CSV and "
        "upload that."
    ),
    "file-encrypted": _("This file is protected with a password. Save it without one and upload it again."),
    "file-too-large-unpacked": _(
        "This workbook is far larger inside than any table should be. Save the table as CSV and upload that."
    ),
    "file-no-table": _("This is no table: the first line has no column that is known here."),
    "file-broken": _("The table breaks off at row %(row)s (%(why)s). Open it, save it again, and upload that."),
    "row-too-large": _(
        "Row %(row)s has a cell of more than %(limit)s characters. Shorten it; perhaps a quotation mark is "
        "missing there."
    ),
    "row-quotes": _(
        "The quotation marks in row %(row)s do not match: one is missing, or one inside a cell is not doubled. Mend "
        "the row and upload the file again."
    ),
    "row-nul": _(
        "Row %(row)s contains NUL characters, which are no text. Save the table as CSV UTF-8 and upload that."
    ),
    "row-not-decodable": _(
        "Row %(row)s contains bytes that are no text in %(encoding)s. Save the table as CSV UTF-8 and upload that."
    ),
    "rows-too-many": _("An Excel file holds at most %(limit)s rows, and these are more. Choose CSV."),
    "columns-missing": _("The table lacks the columns %(columns)s."),
    "columns-twice": _("The table has these columns twice: %(columns)s."),
    "file-without-rows": _("There is no row below the header. Add rows and upload it again."),
    # Installations of an older system
    "serial-twice": _("Row %(row)s has the same serial number. Keep the right one."),
    "site-id-twice": _("Row %(row)s has the same site ID. A site ID runs one serial number; keep the right one."),
    "serial-without-purchase": _("This serial number is not on record. Import its purchases first."),
    "serial-has-installations": _(
        "This serial number has been on %(site_id)s here already. Only serial numbers that were never registered here "
        "can be taken over."
    ),
    "site-id-of-another-serial": _("This site ID runs serial number %(serial)s. Correct one of them."),
    # Imports
    "import-not-waiting": _("This import is not waiting for a decision any more."),
    "import-preview-old": _("The file was checked again since you saw it. Look at the preview before you confirm it."),
    "import-nothing-new": _("There is nothing new in this file: there is nothing to import."),
    "import-has-rejected": _(
        "Rows that are rejected: %(count)s. Mend them and upload the file again, or tick that only the valid ones are "
        "imported."
    ),
    "import-gave-up": _(
        "The import broke off %(times)s times. Nothing was imported. Tell an administrator: the log has the cause."
    ),
    "purchases-busy": _(
        "A large import is being applied just now. Try again in a minute; what you typed is still here."
    ),
}

# Which operation changed a customer or a site.
SOURCES: dict[str, Promise] = {
    "recorded": _("As recorded"),
    "correction": _("Correction"),
    "merge": _("Merging of customers"),
    "transfer": _("Transfer of a serial number"),
    "erasure": _("Erasure of personal data"),
}

DIFFERENCES: dict[str, Promise] = {
    "case": pgettext_lazy("difference", "capital letters"),
    "accents": pgettext_lazy("difference", "accents or umlauts"),
    "punctuation": pgettext_lazy("difference", "punctuation"),
    "spacing": pgettext_lazy("difference", "word division"),
    "legal-form": pgettext_lazy("difference", "legal form"),
    "abbreviation": pgettext_lazy("difference", "abbreviation"),
    "word-order": pgettext_lazy("difference", "word order"),
    "spelling": pgettext_lazy("difference", "spelling"),
    "house-number": pgettext_lazy("difference", "house number"),
    "words": pgettext_lazy("difference", "words"),
}

# As programs name them where a table is saved.
_ENCODINGS = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}


def sentence(
    code: str, parameters: Mapping[str, Any] | None = None, *, among: Mapping[str, Promise] = SENTENCES
) -> str:
    """The sentence of a code, its parameters filled in."""
    template = among[code]
    return str(template) % {name: _shown(name, value) for name, value in (parameters or {}).items()}


def refusal_sentence(refusal: Refusal) -> str:
    return sentence(refusal.code, refusal.parameters)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return _listed(name, value)
    if name == "since":
        return gettext(" (since %(day)s)") % {"day": _day(value)} if value else ""
    if name == "until":
        return _day(value)
    if name == "encoding":
        return _ENCODINGS.get(value, str(value))
    return str(value)


def _listed(name: str, values: Sequence[Any]) -> str:
    if name == "differences":
        return ", ".join(str(DIFFERENCES.get(each, each)) for each in values)
    separator = gettext(" or ") if name in ("expected", "similar") else ", "
    return separator.join(str(each) for each in values)


def _day(value: object) -> str:
    day = value if isinstance(value, date) else parse_date(str(value))
    return date_format(day, "DATE_FORMAT") if day else str(value)

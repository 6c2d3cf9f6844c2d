"""The sentences of codes with parameters: refusals, reasons of the checklist, rejected rows. Translated to the reader's
language.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from licences.domain.codes import RELEASE_CODE_LENGTH, SERIAL_LENGTH, SITE_ID_LENGTH
from licences.domain.errors import Refusal
from licences.wording.columns import PROFILE_SENTENCES, column_title, title_and_name
from licences.wording.deliveries import DELIVERY_SENTENCES, MAIL_SENTENCES
from licences.wording.differences import DIFFERENCES, DIFFERENT
from licences.wording.event_log import LOG_SENTENCES
from licences.wording.hand_entries import HAND_ENTRY_SENTENCES
from licences.wording.personal_data import PERSONAL_DATA_SENTENCES
from licences.wording.programs import PROGRAM_SENTENCES
from licences.wording.quality import QUALITY_SENTENCES
from licences.wording.reminders import REMINDER_SENTENCES
from licences.wording.tables import CELL_SENTENCES, ENCODING_NAMES
from licences.wording.unlock_codes import UNLOCK_CODE_SENTENCES

SENTENCES: dict[str, Promise] = {
    # Codes as they are typed
    "code-symbol": _(
        "“%(symbol)s” (%(name)s) at position %(position)s cannot be part of a code. Codes have the digits 1 to 9 "
        "and the letters A to Z; ask for that character again."
    ),
    "code-length": _("%(length)s characters; the code must have %(expected)s. Ask again, group by group."),
    "serial-of-ten-symbols": _(
        "Ten characters: a release code, or a serial of version 2.4 or older. Ask for the 8-character serial of the "
        "licence document."
    ),
    "code-field": _("The code cannot contain %(name)s = %(value)s (allowed: %(low)s to %(high)s)."),
    **UNLOCK_CODE_SENTENCES,
    # Serials and installations
    "installation-not-proved": _(
        "It is not verified that this server is the installation that holds this serial number. Read its unlock "
        "code to the caller, or use “Let the server connect” if no server has connected yet."
    ),
    "registration-required": _("This serial number was never registered. Register it first."),
    "token-malformed": _("An installation token has 22 to 86 characters: letters, digits, “-” and “_”."),
    "server-has-connected": _(
        "A server has connected to this installation already. Read the unlock code to the caller: a server that "
        "has it is verified by it."
    ),
    "unknown-serial": _("Serial number not found, or it does not belong to this site ID. Check both."),
    "serial-blocked": _("This serial number is blocked. Ask a supervisor."),
    "serial-in-use": _(
        "This serial number is in use on another installation. It must be released there first, and then re-licensed."
    ),
    "relicensing-required": _(
        "This serial number was released. Use the re-licensing checklist before it is used again."
    ),
    "site-id-in-use": _("This site ID is in use by another serial number."),
    "nothing-licensed": _("All licences of this serial number were returned, so no code can be issued."),
    "codes-exhausted": _("This serial number has used all of its %(limit)s unlock codes. Tell a supervisor."),
    "software-assurance-required": _(
        "Version %(version)s needs Software Assurance%(since)s. Allowed: up to %(ceiling)s."
    ),
    "release-code-wrong": _("This release code is not from that installation. Ask for it again, group by group."),
    "not-a-version": _("“%(text)s” is not a version. A version looks like 2.4, 2.10.1 or 2.6.1 (Build 16321)."),
    "details-missing": _("Registration needs a customer name, an address line, a contact name and a telephone number."),
    "serial-never-registered": _("This serial number was never registered. Register it by hand instead."),
    "already-blocked": _("This serial number is already blocked."),
    "not-blocked": _("This serial number is not blocked."),
    "same-customer": _("The serial number already belongs to this customer."),
    "reason-missing": _("Give the reason."),
    "too-many-products": _("A serial number can have at most %(limit)s products; this would be %(count)s."),
    **HAND_ENTRY_SENTENCES,
    **QUALITY_SENTENCES,
    **REMINDER_SENTENCES,
    **PROGRAM_SENTENCES,
    # Catalogue
    "slot-stays": _("The slot of a product cannot be changed, because unlock codes use it. It is %(slot)s."),
    # Reference facts
    "release-twice": _("Release %(version)s already exists."),
    # Customers
    "merge-with-itself": _("A customer cannot be merged with itself. Choose another customer."),
    "customer-unknown": _("Customer not found. It may have been merged or erased in the meantime; search again."),
    "customer-known": _(
        "This customer is on record already: %(customer)s, customer number %(number)s. Use that record, or correct it."
    ),
    "changed-meanwhile": _(
        "Somebody else changed this record while the page was open, so nothing was saved. Compare below, then "
        "save again."
    ),
    **PERSONAL_DATA_SENTENCES,
    # Notes
    "note-missing": _("The note is empty. Write what the next person should know."),
    "note-too-long": _("At most %(limit)s characters fit into a note. Shorten it."),
    "note-holds-code": _(
        "This note contains an unlock code or release code. Take it out: people who may not see codes read notes."
    ),
    # Re-licensing
    "request-closed": _("This request is closed."),
    "nothing-to-hand-over": _(
        "A supervisor cannot help with this yet. Ask the caller again about what does not match, and check again."
    ),
    "not-withdrawn": _("Only a withdrawn request can be reopened."),
    "reopened-too-late": _(
        "A withdrawal can be undone for one hour only. Take the answers into a new request instead."
    ),
    "checklist-not-passed": _("Some items still need attention: settle the marked rows, then issue the code."),
    "checklist-out-of-date": _(
        "Our records have changed since the last check. The answers were checked again; look at the rows before "
        "you go on."
    ),
    "not-to-be-confirmed": _("Only close answers can be confirmed by asking again."),
    "not-to-be-decided": _("A wrong serial number, site ID or release code cannot be accepted."),
    "nothing-to-decide": _("Tick the item that you accept."),
    # Supervisors
    "reason-too-short": _("Give a meaningful reason (at least %(limit)s letters or digits)."),
    "waits-for-supervisor": _(
        "A limit is exceeded, so a supervisor has to decide. The request stays open on the desk."
    ),
    "decider-asked": _("You took this call yourself, so another supervisor has to decide."),
    "decided-already": _("%(who)s has decided this already. Nothing was changed."),
    "agreed-already": _("You have agreed already. Now a second supervisor has to agree."),
    "decision-out-of-date": _(
        "The answers were checked again in the meantime, so your decision was not recorded. Look at the rows first."
    ),
    "relicensing-limit": _(
        "This serial number was re-licensed %(count)s times in the last twelve months. Staff may do that %(limit)s "
        "times; beyond that a supervisor decides."
    ),
    "wrong-code-limit": _(
        "%(count)s wrong release codes were given for this serial number in the last 24 hours. Above %(limit)s a "
        "supervisor decides."
    ),
    **DELIVERY_SENTENCES,
    **MAIL_SENTENCES,
    **LOG_SENTENCES,
    # Emergencies
    "emergency-not-possible": _(
        "An emergency code needs a checklist with one open item only: a release code that is not available."
    ),
    "emergency-settled": _("%(who)s has settled this emergency already. Nothing was changed."),
    "emergency-expired": _(
        "The emergency code of this serial number was valid until %(until)s. Close its follow-up first."
    ),
    "emergency-open": _(
        "Runs on an emergency code until %(until)s. The old PC's release code or a supervisor's decision makes it "
        "permanent."
    ),
    "release-code-not-checkable": _(
        "The old installation is from an older system: its release code cannot be checked here. A supervisor has "
        "to decide."
    ),
    # Reasons in the checklist
    "not-said": _("Not answered yet: ask for it."),
    "serial-live": _("Found and in use."),
    "serial-released": _("Found; the server has reported its release."),
    "serial-emergency": _("Found; runs on an emergency code until %(until)s."),
    "serial-after-emergency": _("Found; its emergency code was withdrawn."),
    "serial-unknown": _("Not found. Ask again; it is on the licence document."),
    "serial-similar": _("Not found, but very similar to %(similar)s. Ask again, character by character."),
    "site-id-same": _("The same PC as before."),
    "site-id-former": _("A PC that had this serial number before."),
    "site-id-new": _("A new PC."),
    "site-id-not-emergency": _(
        "The emergency code runs on another PC, which has to become permanent first. Ask for the site ID of that PC."
    ),
    "site-id-similar": _("One character differs from the current PC: ask for group %(group)s again."),
    "release-code-valid": _("Confirms the release on %(site_id)s (unlock code no. %(sequence)s)."),
    "release-code-reported": _("Confirms the release that %(site_id)s has reported (unlock code no. %(sequence)s)."),
    "release-code-settles": _(
        "Confirms the release on %(site_id)s (unlock code no. %(sequence)s) and makes the emergency code permanent."
    ),
    "release-code-of-emergency": _(
        "From %(site_id)s, which runs on the emergency code. We need the release code of the old PC."
    ),
    "release-code-used": _("Valid, but already used for an earlier re-licensing (of %(site_id)s)."),
    "release-code-earlier": _("From an earlier installation, %(site_id)s. The current one must be released."),
    "release-code-other-serial": _("This is a release code of another serial number, %(serial)s."),
    "release-code-similar": _("One character is wrong: ask for group %(group)s again."),
    "release-code-unknown": _("Not from this installation. Ask again, character by character."),
    "release-code-unavailable": _("The caller has no release code."),
    "release-code-taken-over": _("The installation is from an older system: its release code cannot be checked here."),
    "needs-serial": _("Checked once the serial number is found."),
    "nothing-on-record": _("We have nothing to compare it with."),
    "version-free": _("Every serial number may run %(version)s."),
    "version-assured": _("Software Assurance until %(until)s."),
    "version-kept": _("Already entitled up to %(highest)s."),
    "same": _("Exact match."),
    "same-as-said": _("The same when spoken. Spelled on record: “%(recorded)s”."),
    "shorter": _("Shorter than on record (not mentioned: %(missing)s)%(also)s. Ask for it in full."),
    "longer": _("Longer than on record (not on record: %(added)s)%(also)s. Ask again."),
    "other-parts": _("Not mentioned: %(missing)s. Not on record: %(added)s%(also)s. Ask again."),
    "shorter-not-proved": _(
        "Shorter than on record (not mentioned: %(missing)s)%(also)s. Without a verified release code it has to be "
        "given in full, or a supervisor decides."
    ),
    "line-2": _("Found in line 2 of the address on record. Ask again."),
    "house-number-not-said": _("No house number was given. Ask for it."),
    "close": _("Differs in %(differences)s. Ask again."),
    "only-corrected-record": _(
        "Differs from the registration, but matches the customer record as corrected since (“%(corrected)s”). Ask "
        "again."
    ),
    "different": _("%(differences)s."),
    # Purchase rows
    "value-missing": _("This must not be empty."),
    "value-too-long": _("Too long: %(length)s characters, at most %(limit)s are possible. Shorten the text."),
    "value-control-character": _("This contains an invisible control character. Type the text again."),
    "not-a-whole-number": _("Not a whole number. Write 1000 without dots, spaces or decimals. Write a return as -5."),
    "not-a-line-number": _("The line must be a whole number, 0 or higher."),
    "quantity-zero": _("The quantity must not be 0."),
    "quantity-too-large": _("The quantity must not be above %(limit)s."),
    "not-a-date": _("Not a date. Write it like 2026-11-24 or 24.11.2026."),
    "date-out-of-range": _("The year must be between 2000 and 2099."),
    "key-twice": _(
        "Row %(row)s has the same purchase reference and line, but different content. Keep the correct row."
    ),
    "key-with-other-content": _(
        "This purchase line was already imported with different values in: %(columns)s. Correct them, or "
        "delete the row."
    ),
    "product-unknown": _("The catalogue has no product “%(product)s”. Check the spelling."),
    "customer-ambiguous": _("Several customers have this name and address. Enter the customer number."),
    "serial-of-another-customer": _("Serial number %(serial)s belongs to another customer. Correct one of them."),
    "serial-ambiguous": _("This site has several serial numbers (%(serials)s). Enter the right one."),
    "customer-differs-from-number": _(
        "On record or in an earlier row, this customer number belongs to a different name. Say whether it is the same."
    ),
    "customer-like-known": _(
        "This customer looks like one on record or in an earlier row. Say whether it is the same or another one."
    ),
    "purchase-written-otherwise": _(
        "This purchase is on record or in the file, written differently. Say whether it is the same or another one."
    ),
    "decision-unknown": _("Row %(row)s: the decision “%(value)s” is neither same nor another."),
    "serial-similar-to-known": _(
        "Not found, but very similar to %(similar)s. Correct it; if it is right, it can be accepted as new."
    ),
    "total-out-of-range": _("The licences of this product would total %(total)s; only 0 to %(limit)s are possible."),
    **CELL_SENTENCES,
    "too-many-cells": _(
        "This row has more cells than the header has columns. Check its separators and quotation marks."
    ),
    # Files
    "file-unreadable": _("The file cannot be read: %(why)s."),
    "file-empty": _("The file is empty."),
    "file-is-spreadsheet": _(
        "This is an old Excel file (.xls). Save it as a workbook (.xlsx) or as CSV and upload that."
    ),
    "file-of-other-kind": _(
        "This is not a table but a file of type %(kind)s. Save the table as a workbook (.xlsx) or as CSV and "
        "upload that."
    ),
    "file-encrypted": _("This file is protected with a password. Save it without one and upload it again."),
    "file-too-large-unpacked": _("This workbook is too large when unpacked. Save the table as CSV and upload that."),
    "file-no-table": _("No column titles found. One of the first rows must contain the column names of the template."),
    "file-broken": _("The table is damaged at row %(row)s (%(why)s). Open it, save it again, and upload that file."),
    "row-too-large": _(
        "Row %(row)s has a cell with more than %(limit)s characters. Shorten it, or check for a missing quotation mark."
    ),
    "row-nul": _(
        "Row %(row)s contains NUL characters, which are not text. Save the table as CSV UTF-8 and upload that."
    ),
    "row-not-decodable": _(
        "Row %(row)s contains characters that are not valid in %(encoding)s. Save the table as CSV "
        "UTF-8 and upload that."
    ),
    "rows-too-many": _("An Excel file can have at most %(limit)s rows, and there are more. Choose CSV."),
    "columns-missing": _("These columns are missing: %(columns)s."),
    "columns-twice": _("These columns appear more than once: %(columns)s."),
    "columns-too-many": _(
        "The header row has %(count)s columns; at most %(limit)s can be read. Delete the columns you do not need."
    ),
    "file-without-rows": _("The file has no rows below the header. Add rows and upload it again."),
    **PROFILE_SENTENCES,
    # Installations of an older system
    "serial-twice": _("Row %(row)s has the same serial number. Keep the correct row."),
    "site-id-twice": _(
        "Row %(row)s has the same site ID. A site ID can have only one serial number; keep the correct row."
    ),
    "serial-without-purchase": _("Serial number not found. Import its purchases first."),
    "serial-has-installations": _(
        "This serial number was already registered here, on %(site_id)s. Only serial numbers never registered "
        "here can be taken over."
    ),
    "site-id-of-another-serial": _("This site ID belongs to serial number %(serial)s. Correct one of them."),
    # Imports
    "import-not-waiting": _("This import is no longer waiting for confirmation."),
    "import-preview-old": _(
        "The file has been checked again since you opened the preview. Look at the new preview before you confirm."
    ),
    "import-nothing-new": _("This file contains nothing new, so there is nothing to import."),
    "import-has-rejected": _(
        "Rejected rows: %(count)s. Fix them and upload the file again, or confirm once more to import the other rows."
    ),
    "inbox-file-too-large": _("The file is larger than %(limit)s bytes. Split it into smaller files."),
    "import-not-applied": _("Only an import of purchases that was imported can be taken back."),
    "import-taken-back": _("This import was taken back already."),
    "import-in-use": _(
        "This import cannot be taken back: %(count)s of its serial numbers were registered, topped up or changed since "
        "(%(serials)s). Download the lines as returns, remove what must stay, and import that file."
    ),
    "quantity-unusual": _(
        "%(quantity)s licences are far more than usual (%(usual)s). Somebody has to confirm the quantity."
    ),
    "taken-back-meanwhile": _("The import of this line was taken back after the file was read. Upload the file again."),
    "import-gave-up": _(
        "The import failed %(times)s times. Nothing was imported. Tell an administrator; the log shows the cause."
    ),
    "allocated-list-unwritable": _(
        "Nothing was imported, because the list of its serial numbers cannot be written to %(folder)s "
        "(%(why)s). Tell an administrator."
    ),
    "already-raised": _(
        "The sequences were already raised by %(number)s on %(at)s, and no restore since then was detected. To "
        "raise them once more, pass --again."
    ),
    "raise-out-of-range": _("Sequences can be raised by 1 to %(limit)s."),
    "purchases-busy": _("A large import is running. Try again in a minute; your entries are still here."),
}

# Which operation changed a customer or a site.
SOURCES: dict[str, Promise] = {
    "recorded": _("First entry"),
    "correction": _("Correction"),
    "merge": _("Merge of customers"),
    "transfer": _("Transfer of a serial number"),
    "erasure": _("Erasure of personal data"),
    "contact-forgotten": _("Contact person forgotten"),
}

ASK_HOUSE_NUMBER = _("Ask again for the house number.")

# Codes of one length have a name; those of an unlock code are many.
_LENGTHS: dict[str, Promise] = {
    str(SERIAL_LENGTH): _("%(length)s characters; a serial number has %(expected)s. Ask again, group by group."),
    str(SITE_ID_LENGTH): _("%(length)s characters; a site ID has %(expected)s. Ask again, group by group."),
    str(RELEASE_CODE_LENGTH): _("%(length)s characters; a release code has %(expected)s. Ask again, group by group."),
}


def sentence(
    code: str, parameters: Mapping[str, Any] | None = None, *, among: Mapping[str, Promise] = SENTENCES
) -> str:
    """Return the sentence of a code with its parameters filled in."""
    differences = DIFFERENT if code == "different" else DIFFERENCES
    shown = {name: _shown(name, value, differences) for name, value in (parameters or {}).items()}
    if code == "different":
        return _told_differences(capfirst(str(among[code]) % shown), (parameters or {}).get("differences", ()))
    if code == "key-with-other-content":
        shown["columns"] = ", ".join(map(column_title, shown["columns"].split(", ")))
    if code == "columns-missing":
        shown["columns"] = ", ".join(map(title_and_name, shown["columns"].split(", ")))
    if code == "code-length" and among is SENTENCES:
        return str(_LENGTHS.get(shown["expected"], among[code])) % shown
    return str(among[code]) % shown


def _told_differences(told: str, differences: Sequence[str]) -> str:
    """The reason of a mismatch; of another house number, with what to do about it."""
    return f"{told} {ASK_HOUSE_NUMBER}" if "house-number" in differences else told


def refusal_sentence(refusal: Refusal) -> str:
    return sentence(refusal.code, refusal.parameters)


def _shown(name: str, value: Any, differences: Mapping[str, Promise]) -> str:
    if name == "also" and isinstance(value, list | tuple):
        others = _listed("differences", value, differences)
        return gettext("; %(differences)s differs too") % {"differences": others} if value else ""
    if isinstance(value, list | tuple):
        return _listed(name, value, differences)
    if name == "since":
        return gettext(" (ended %(day)s)") % {"day": _day(value)} if value else ""
    if name == "until":
        return _day(value)
    if name == "encoding":
        return ENCODING_NAMES.get(value, str(value))
    return str(value)


def _listed(name: str, values: Sequence[Any], differences: Mapping[str, Promise]) -> str:
    if name == "differences":
        return ", ".join(str(differences.get(each, each)) for each in values)
    if name == "encodings":
        values = [ENCODING_NAMES.get(str(each), each) for each in values]
    separator = gettext(" or ") if name in ("expected", "similar") else ", "
    return separator.join(str(each) for each in values)


def _day(value: object) -> str:
    day = value if isinstance(value, date) else parse_date(str(value))
    return date_format(day, "DATE_FORMAT") if day else str(value)

"""The names of figures and their parts."""

from collections.abc import Callable
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licences.domain.figures import LONGEST_MINUTES, Division, Figure, Step
from licences.models import Approval, Emergency, FileImport, Product, Relicensing, RowOutcome, Serial
from licences.wording.checklist import ITEM_NAMES, VERDICT_NAMES
from licences.wording.problem_titles import PROBLEM_TITLES

PartName = Callable[[Figure, str], str]

# In the order of the page.
ORDER = (
    Figure.CALLS,
    Figure.CALL_HOURS,
    Figure.MINUTES_TO_CODE,
    Figure.CALL_ENDINGS,
    Figure.FIRST_CHECKS,
    Figure.FAILED_ITEMS,
    Figure.WRONG_RELEASE_CODES,
    Figure.APPROVALS,
    Figure.EMERGENCIES,
    Figure.REGISTRATIONS,
    Figure.SERIALS,
    Figure.LICENCES,
    Figure.PRODUCT_LICENCES,
    Figure.IMPORTS,
    Figure.IMPORT_ROWS,
    Figure.IMPORT_SENDERS,
    Figure.API_CALLS,
    Figure.API_REFUSALS,
)
SNAPSHOTS_IN_ORDER = (
    Figure.LICENCES_IN_FORCE,
    Figure.ASSURANCE_COVER,
    Figure.ASSURANCE_ENDS,
    Figure.LICENCES_ENDING,
    Figure.RENEWALS,
    Figure.VERSIONS,
    Figure.NEVER_REGISTERED,
)
ALL = (*ORDER, *SNAPSHOTS_IN_ORDER)
TITLES: dict[Figure, Promise] = {
    Figure.CALLS: gettext_lazy("Calls"),
    Figure.CALL_HOURS: gettext_lazy("Calls by hour of the day"),
    Figure.MINUTES_TO_CODE: gettext_lazy("Minutes from opening to code"),
    Figure.CALL_ENDINGS: gettext_lazy("How calls ended"),
    Figure.FIRST_CHECKS: gettext_lazy("Passed at the first check"),
    Figure.FAILED_ITEMS: gettext_lazy("What did not match at the first check"),
    Figure.APPROVALS: gettext_lazy("Decisions of supervisors"),
    Figure.EMERGENCIES: gettext_lazy("Emergency codes"),
    Figure.REGISTRATIONS: gettext_lazy("Registrations"),
    Figure.SERIALS: gettext_lazy("Serial numbers"),
    Figure.LICENCES: gettext_lazy("Licences bought and returned"),
    Figure.PRODUCT_LICENCES: gettext_lazy("Licences bought and returned, by product"),
    Figure.IMPORTS: gettext_lazy("Imports of files"),
    Figure.IMPORT_ROWS: gettext_lazy("Rows of imported files"),
    Figure.IMPORT_SENDERS: gettext_lazy("Imported files by sender"),
    Figure.WRONG_RELEASE_CODES: gettext_lazy("Wrong release codes"),
    Figure.API_CALLS: gettext_lazy("Calls of the API"),
    Figure.API_REFUSALS: gettext_lazy("Refusals of the API"),
    Figure.LICENCES_IN_FORCE: gettext_lazy("Licences in force"),
    Figure.ASSURANCE_COVER: gettext_lazy("Software Assurance"),
    Figure.ASSURANCE_ENDS: gettext_lazy("Software Assurance that ends, by month"),
    Figure.LICENCES_ENDING: gettext_lazy("Licences whose Software Assurance ends, by month"),
    Figure.RENEWALS: gettext_lazy("Software Assurance that was renewed, by month"),
    Figure.VERSIONS: gettext_lazy("Versions in use"),
    Figure.NEVER_REGISTERED: gettext_lazy("Serial numbers bought, but never registered"),
}
HELP: dict[Figure, Promise] = {
    Figure.CALLS: gettext_lazy("Re-licensing requests, by the day they were opened."),
    Figure.CALL_HOURS: gettext_lazy("Re-licensing requests, by the hour they were opened."),
    Figure.MINUTES_TO_CODE: gettext_lazy("Requests that ended with a code, by the day they ended."),
    Figure.CALL_ENDINGS: gettext_lazy("Requests by the day they ended, with their purpose."),
    Figure.FIRST_CHECKS: gettext_lazy("First checks in which all seven answers matched."),
    Figure.FAILED_ITEMS: gettext_lazy("One call can count for several items."),
    Figure.APPROVALS: gettext_lazy("Approvals, by what was approved. Two for one call count as two."),
    Figure.EMERGENCIES: gettext_lazy("By the day they were issued or closed. Overdue: the code has ended."),
    Figure.REGISTRATIONS: gettext_lazy("First registrations of serial numbers."),
    Figure.SERIALS: gettext_lazy("New ones by the day they were recorded, released ones by the day of the release."),
    Figure.LICENCES: gettext_lazy("Quantities, by the day the purchase or return was recorded."),
    Figure.PRODUCT_LICENCES: gettext_lazy("Quantities, by the day the purchase or return was recorded."),
    Figure.IMPORTS: gettext_lazy("By the day they ended or were taken back."),
    Figure.IMPORT_ROWS: gettext_lazy("Rows of files that were imported."),
    Figure.IMPORT_SENDERS: gettext_lazy(
        "Files that were imported, by their sender’s profile, else by the folder or program they came from."
    ),
    Figure.WRONG_RELEASE_CODES: gettext_lazy(
        "By the day they were given. Those that servers send are refusals of the API."
    ),
    Figure.API_CALLS: gettext_lazy("By servers and programs, refused ones too."),
    Figure.API_REFUSALS: gettext_lazy("Calls that did not succeed, by the reason that was answered."),
    Figure.LICENCES_IN_FORCE: gettext_lazy("All licences that were bought, less those returned."),
    Figure.ASSURANCE_COVER: gettext_lazy("Serial numbers with licences, by whether Software Assurance covers them."),
    Figure.ASSURANCE_ENDS: gettext_lazy("Serial numbers without a later renewal, for the next 24 months."),
    Figure.LICENCES_ENDING: gettext_lazy("Licences in force of the serial numbers whose Software Assurance ends."),
    Figure.RENEWALS: gettext_lazy("Of what ended in the month, what a later purchase covers further."),
    Figure.VERSIONS: gettext_lazy("Installations in use, by the server version last reported."),
    Figure.NEVER_REGISTERED: gettext_lazy("Serial numbers with licences and no registration."),
}
# What a figure says that is not divided by what was chosen.
WHOLE: dict[Division, Promise] = {
    Division.COUNTRY: gettext_lazy("Shown for all countries: it cannot be divided by country."),
    Division.PRODUCT: gettext_lazy("Shown for all products: it cannot be divided by product."),
    Division.RESELLER: gettext_lazy("Shown for all resellers: it cannot be divided by reseller."),
}
WHOLE_CUSTOMERS = gettext_lazy("The number of customers is that of all products and resellers.")
STEPS: dict[Step, Promise] = {
    Step.DAY: gettext_lazy("Day"),
    Step.WEEK: gettext_lazy("Week"),
    Step.MONTH: gettext_lazy("Month"),
}
# Least and most whole minutes → name.
MINUTE_SPANS: dict[tuple[int, int], Promise] = {
    (0, 4): gettext_lazy("less than 5 minutes"),
    (5, 9): gettext_lazy("5 to 9 minutes"),
    (10, 19): gettext_lazy("10 to 19 minutes"),
    (20, 59): gettext_lazy("20 to 59 minutes"),
    (60, LONGEST_MINUTES): gettext_lazy("an hour or more"),
}
_PARTS: dict[Figure, dict[str, str | Promise]] = {
    Figure.FIRST_CHECKS: {
        "passed": gettext_lazy("all matched"),
        "not-passed": gettext_lazy("something did not match"),
    },
    Figure.APPROVALS: dict(Approval.Subject.choices),
    Figure.EMERGENCIES: {**dict(Emergency.Outcome.choices), "issued": gettext_lazy("issued")},
    Figure.OPEN_EMERGENCIES: {
        "open": gettext_lazy("open at the end of the day"),
        "overdue": gettext_lazy("overdue at the end of the day"),
    },
    Figure.REGISTRATIONS: {
        "hand": gettext_lazy("by staff"),
        "web": gettext_lazy("by customers, on the registration page"),
        "server": gettext_lazy("by Xchange Servers"),
    },
    Figure.SERIALS: {**dict(Serial.Origin.choices), "released": gettext_lazy("released by the server")},
    Figure.LICENCES: {
        "bought": gettext_lazy("bought"),
        "returned": gettext_lazy("returned"),
        "taken-back": gettext_lazy("taken back with their import"),
    },
    Figure.IMPORTS: dict(FileImport.State.choices),
    Figure.IMPORT_SENDERS: {"": gettext_lazy("without a sender")},
    Figure.ASSURANCE_COVER: {
        "covered": gettext_lazy("covered"),
        "lapsed": gettext_lazy("no longer covered"),
        "never": gettext_lazy("never had any"),
    },
    Figure.OUTDATED_CUSTOMERS: {"": gettext_lazy("customers on a version no longer supported")},
    Figure.NEVER_REGISTERED: {
        "0-30": gettext_lazy("recorded in the last 30 days"),
        "31-90": gettext_lazy("31 to 90 days ago"),
        "91-365": gettext_lazy("91 to 365 days ago"),
        "over-365": gettext_lazy("more than a year ago"),
    },
    Figure.WRONG_RELEASE_CODES: {
        "checklist": gettext_lazy("on checklists"),
        "emergency": gettext_lazy("for emergency codes"),
    },
    Figure.API_CALLS: {
        "register": gettext_lazy("servers: register"),
        "update": gettext_lazy("servers: update licences"),
        "release": gettext_lazy("servers: release the serial number"),
        "upgrade_check": gettext_lazy("servers: ask about an upgrade"),
        "find_sites": gettext_lazy("programs: find sites"),
        "read_site": gettext_lazy("programs: read a site"),
        "name_callers": gettext_lazy("programs: name callers"),
        "read_events": gettext_lazy("programs: read events"),
        "record_purchases": gettext_lazy("programs: record purchases"),
        "other": gettext_lazy("calls that do not exist"),
    },
    Figure.API_REFUSALS: {**PROBLEM_TITLES, "other": gettext_lazy("for another reason")},
    Figure.IMPORT_ROWS: {each.name.lower(): each.label for each in RowOutcome.Outcome},
}
_ENDINGS: dict[str, str | Promise] = {
    **dict(Relicensing.Outcome.choices),
    **dict(Relicensing.ClosedBecause.choices),
}
_PURPOSES: dict[str, str | Promise] = dict(Relicensing.Purpose.choices)
_RENEWED: dict[str, Promise] = {"renewed": gettext_lazy("renewed"), "lapsed": gettext_lazy("not renewed")}
_SUPPORT: dict[str, Promise] = {
    "supported": gettext_lazy("supported"),
    "unsupported": gettext_lazy("no longer supported"),
    "unknown": gettext_lazy("not among the releases"),
}


def part_namer() -> PartName:
    """Return ``part_name`` with the names of all products, which are read once."""
    products = {str(pk): name for pk, name in Product.objects.values_list("pk", "name")}

    def name(figure: Figure, part: str) -> str:
        number, slash, rest = part.partition("/")
        if figure is Figure.LICENCES_IN_FORCE or figure is Figure.PRODUCT_LICENCES:
            product = products.get(number, number)
            return _joined(product, part_name(Figure.LICENCES, rest)) if slash else product
        return part_name(figure, part)

    return name


def part_name(figure: Figure, part: str) -> str:
    """Return the name of a part in the language of the reader; an unknown part is its own name."""
    one, _slash, other = part.partition("/")
    if figure is Figure.CALL_ENDINGS:
        return _joined(_PURPOSES.get(one, one), _ENDINGS.get(other, other))
    if figure is Figure.FAILED_ITEMS:
        return _joined(ITEM_NAMES.get(one, one), VERDICT_NAMES.get(other, other))
    if figure is Figure.VERSIONS:
        release = one if one != "?" else _("no version")
        return _joined(release, _SUPPORT.get(other, other))
    if figure is Figure.RENEWALS:
        return _joined(date_format(date.fromisoformat(f"{one}-01"), "F Y"), _RENEWED.get(other, other))
    if figure in (Figure.ASSURANCE_ENDS, Figure.LICENCES_ENDING):
        return date_format(date.fromisoformat(f"{part}-01"), "F Y")
    if figure is Figure.MINUTES_TO_CODE:
        return str(int(part))
    if figure is Figure.CALL_HOURS:
        return f"{part}:00"
    return str(_PARTS.get(figure, {}).get(part, part))


def _joined(one: str | Promise, other: str | Promise) -> str:
    return f"{one}: {other}"

"""Records that no key ties to a customer, found by the values in them: calls without a recognised serial, downloads,
and the names of imported files (docs/personal-data.md#a-customer-wants-to-be-forgotten).
"""

from collections.abc import Sequence

from licences.domain.checklist import Item
from licences.domain.matching import Likeness, compare_names
from licences.models import CheckedItem, ChecklistCheck, Event, FileImport
from licences.personal.customer_records import ITEMS_ABOUT_CUSTOMER
from licences.personal.upload_search import text_names_any

_OF_IMPORTS = (
    Event.Kind.PURCHASES_RECORDED,
    Event.Kind.INSTALLATIONS_TAKEN_OVER,
    Event.Kind.IMPORT_TAKEN_BACK,
)
_OF_DISCLOSURES = (Event.Kind.FILE_BEGUN, Event.Kind.FILE_TAKEN)
_SHORTEST_SEARCH = 3  # characters; a shorter filter does not single out a person


# --- Calls without a recognised serial -----------------------------------------------------------------


def items_without_serial(values: Sequence[str]) -> list[int]:
    """Items about the customer in requests without a recognised serial, where a similar customer name was given."""
    about = CheckedItem.objects.filter(checklist__in=_checks_without_serial(values), item__in=ITEMS_ABOUT_CUSTOMER)
    return list(about.values_list("pk", flat=True))


def calls_without_serial(values: Sequence[str]) -> list[int]:
    """Requests without a recognised serial, where a similar customer name was given."""
    checks = ChecklistCheck.objects.filter(pk__in=_checks_without_serial(values))
    return list(checks.order_by().values_list("request", flat=True))


def _checks_without_serial(values: Sequence[str]) -> list[int]:
    """Checks without a recognised serial in which a name like one of the values was given."""
    unknown = CheckedItem.objects.filter(checklist__request__serial=None, item=Item.CUSTOMER_NAME).exclude(said="")
    given = unknown.values_list("checklist", "said")
    return [checklist for checklist, name in given.iterator() if _is_similar_to_one_of(name, values)]


def _is_similar_to_one_of(name: str, values: Sequence[str]) -> bool:
    """Whether a name is that of one of the values, as far as ``compare_names`` finds them the same or close."""
    return any(compare_names(name, value).likeness is not Likeness.DIFFERENT for value in values)


# --- Files -------------------------------------------------------------------------------------------


def file_names_naming(values: Sequence[str]) -> list[int]:
    """The keys of the imports whose file name contains one of the values."""
    names = FileImport.objects.exclude(file_name="").values_list("pk", "file_name")
    return [pk for pk, name in names if text_names_any(name, values)]


def events_of_imports(imports: Sequence[int]) -> list[int]:
    """The keys of the events of these imports, which hold the name of the file."""
    events = Event.objects.filter(kind__in=_OF_IMPORTS, details__import__in=imports).exclude(personal={})
    return list(events.values_list("pk", flat=True))


def disclosures_naming(values: Sequence[str]) -> list[int]:
    """Keys of events of downloads whose file name or filter contains one of the values."""
    known = [value.casefold() for value in values]
    disclosures = Event.objects.filter(kind__in=_OF_DISCLOSURES, customer=None).exclude(personal={})
    texts_of = [
        (pk, [personal.get("file", ""), personal.get("filter", "")])
        for pk, personal in disclosures.values_list("pk", "personal")
    ]
    return [pk for pk, texts in texts_of if any(_names_one_of(text.casefold(), known) for text in texts)]


def _names_one_of(text: str, known: Sequence[str]) -> bool:
    """Whether a file name or filter (``a=b&c=d``) contains a known value, or filters by a part of one."""
    filters = [part.partition("=")[2] for part in text.split("&")]
    parts = [part for part in filters if len(part) >= _SHORTEST_SEARCH]
    return any(value in text or any(part in value for part in parts) for value in known)

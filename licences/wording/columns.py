"""Words about the columns of files: their titles in the reader's language, skipped rows, refusals of profiles."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

COLUMN_TITLES: dict[str, Promise] = {
    "purchase_reference": pgettext_lazy("column", "Purchase reference"),
    "line": pgettext_lazy("column", "Line"),
    "purchased_on": pgettext_lazy("column", "Date of purchase"),
    "serial": pgettext_lazy("column", "Serial number"),
    "product": pgettext_lazy("column", "Product (SKU)"),
    "quantity": pgettext_lazy("column", "Quantity"),
    "software_assurance_until": pgettext_lazy("column", "Software Assurance until"),
    "customer_number": pgettext_lazy("column", "Customer number"),
    "customer_name": pgettext_lazy("column", "Customer name"),
    "address_line1": pgettext_lazy("column", "Street and number"),
    "address_line2": pgettext_lazy("column", "Second address line"),
    "postcode": pgettext_lazy("column", "Postcode"),
    "city": pgettext_lazy("column", "Town"),
    "country": pgettext_lazy("column", "Country"),
    "contact_name": pgettext_lazy("column", "Contact person"),
    "contact_phone": pgettext_lazy("column", "Contact's telephone"),
    "contact_email": pgettext_lazy("column", "Contact's e-mail"),
    "site_name": pgettext_lazy("column", "Site"),
    "site_id": pgettext_lazy("column", "Site ID"),
    "registered_on": pgettext_lazy("column", "Registered on"),
    "name": pgettext_lazy("column", "Customer name"),
    "server_version": pgettext_lazy("column", "Server version"),
    "client_version": pgettext_lazy("column", "Client version"),
}

# Refusals of profiles of senders.
PROFILE_SENTENCES: dict[str, Promise] = {
    "profile-unknown": _("There is no sender profile “%(profile)s”. There are: %(names)s."),
    "profile-unnamed": _("Enter the name of the sender."),
    "profile-name-taken": _("There is a profile “%(profile)s” already. Choose another name."),
    "profile-shape-taken": _("These column titles belong to the profile “%(profile)s”. Change or delete that one."),
    "profile-column-unknown": _("“%(column)s” is no column that can be chosen here."),
    "profile-encoding-unknown": _("“%(encoding)s” is no code page. Enter one such as cp1252, or leave it empty."),
    "profiles-not-json": _("This is no file of sender profiles. Use a file that export_profiles has written."),
}

# Rows of a file that are skipped, by their kind.
SKIPPED_ROWS: dict[str, Promise] = {
    "titles": _("above the column titles"),
    "totals": _("totals"),
    "headers": _("column titles repeated"),
    "rules": _("lines of dashes"),
}

# What an unusual quantity is compared with.
UNUSUAL_QUANTITIES: dict[str, Promise] = {
    "site": _("Row %(row)s: %(quantity)s licences. The most that this site bought of it at once is %(usual)s."),
    "file": _("Row %(row)s: %(quantity)s licences. The other rows of this product have %(usual)s on average."),
}


def column_title(column: str) -> str:
    """The title of a column in the reader's language; any other text as it is."""
    return str(COLUMN_TITLES.get(column, column))


def title_and_name(column: str) -> str:
    """The title of a column in the reader's language, with its name in brackets; any other text as it is."""
    title = column_title(column)
    return title if title == column else f"{title} ({column})"


def skipped_rows_text(kind: str, skipped: dict[str, object]) -> str:
    """The skipped rows of a kind in words: why, and the numbers of at most ten of them.

    ``skipped`` has the ``count`` and the first row numbers as ``rows``, as ``FileImport.format`` keeps them.
    """
    rows, count = list(skipped["rows"])[:10], int(str(skipped["count"]))  # type: ignore[call-overload]
    numbers = ", ".join(map(str, rows)) + (" …" if count > len(rows) else "")
    return f"{SKIPPED_ROWS.get(kind, kind)}: {numbers}"


def unusual_quantities_text(unusual: dict[str, Any]) -> list[str]:
    """A sentence for each unusual quantity of an import that is kept, and one that there are more.

    ``unusual`` is as ``FileImport.format`` keeps it, with ``count`` and ``rows``; nothing for an empty one.
    """
    rows = unusual.get("rows", [])
    lines = [str(UNUSUAL_QUANTITIES[row["of"]]) % row for row in rows]
    more = unusual.get("count", 0) - len(rows)
    return [*lines, gettext("… and %(count)s more rows") % {"count": more}] if more else lines

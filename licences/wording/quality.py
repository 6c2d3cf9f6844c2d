"""The sentences of refusals about data quality lists and their saved filters."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

QUALITY_SENTENCES: dict[str, Promise] = {
    "snooze-missing": _("Enter the day on which the entries come back to the list."),
    "snooze-past": _("Choose a day after today; the entries come back on that day."),
    "assignee-unknown": _("This user cannot see data quality lists. Choose somebody else."),
    "quality-too-many": _("At most %(limit)s entries can be changed at once. Use a filter that selects fewer."),
    "quality-nothing-chosen": _("No entry to change. Tick the entries in the table, or choose the whole page or list."),
    "quality-changed-meanwhile": _(
        "Somebody else (%(who)s) has worked on these entries while the page was open: %(count)s. Nothing was changed. "
        "Look at the rows, then try again."
    ),
    "quality-nothing-to-undo": _("There is nothing left to undo: the entries were changed again since."),
    "filter-unnamed": _("Give the filter a name."),
    "filter-name-taken": _("You already have a filter with the name “%(name)s” for this list. Choose another name."),
    "filters-too-many": _("You have %(limit)s filters for this list. Delete one first."),
}

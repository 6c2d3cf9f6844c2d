"""What rules that remind are called and watch, and the sentences of their refusals (docs/reminders.md)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.domain.reminders import ReminderKind

# What the number of a rule means.
NUMBER_LABELS: dict[ReminderKind, Promise] = {
    ReminderKind.REQUEST_WAITS: _("Minutes since it was handed over"),
    ReminderKind.EMERGENCY_ENDS: _("Days before the code ends"),
    ReminderKind.FOLLOW_UP_OVERDUE: _("Days after the code has ended"),
    ReminderKind.CONFLICTING_CLAIMS: _("More refused attempts than"),
    ReminderKind.IMPORT_WAITS: _("Days since it was checked"),
    ReminderKind.ASSURANCE_LAST: _("Days before the end"),
    ReminderKind.ASSURANCE_SECOND: _("Days before the end"),
    ReminderKind.ASSURANCE_FIRST: _("Days before the end"),
    ReminderKind.NOT_RELICENSED: _("Days since the release"),
    ReminderKind.NEVER_REGISTERED: _("Days since the first purchase"),
}
RULE_HELP: dict[ReminderKind, Promise] = {
    ReminderKind.REQUEST_WAITS: _("A re-licensing request was handed over to a supervisor and is not decided yet."),
    ReminderKind.EMERGENCY_ENDS: _("After its last day the serial number is refused until somebody decides."),
    ReminderKind.FOLLOW_UP_OVERDUE: _("The emergency code has ended, and nothing has settled the emergency."),
    ReminderKind.CONFLICTING_CLAIMS: _("Servers that may not have the serial number tried, lastly within 14 days."),
    ReminderKind.IMPORT_WAITS: _("A file was read and waits for its columns or for confirmation."),
    ReminderKind.SUPPORT_ENDS: _("The release was marked as no longer supported, and servers still run it."),
    ReminderKind.ASSURANCE_LAST: _("Takes over from the rules with more days."),
    ReminderKind.ASSURANCE_SECOND: _("A serial number is in one of the three reminders at a time."),
    ReminderKind.ASSURANCE_FIRST: _("Until the rule with fewer days takes over."),
    ReminderKind.NOT_RELICENSED: _("The server released its serial number, which runs nowhere since."),
    ReminderKind.NEVER_REGISTERED: _("Such sites may be refused support."),
}
REMINDER_SENTENCES: dict[str, Promise] = {
    "reminder-number-missing": _("Give a number, such as 30."),
    "reminder-number-out-of-range": _("Give a whole number from %(least)s to %(most)s."),
    "reminder-days-taken": _(
        "Another rule about Software Assurance has %(days)s days already. Give each of the three another number."
    ),
    "reminder-days-too-many": _("The reminder before this one comes %(days)s days before the end. Give fewer days."),
    "reminder-days-too-few": _("The reminder after this one comes %(days)s days before the end. Give more days."),
    "reminder-snooze-missing": _("Enter the day on which the reminder comes back."),
    "reminder-snooze-past": _("Choose a day after today; the reminder comes back on that day."),
    "reminder-role-unknown": _("Choose a role from the list."),
    "reminder-role-cannot-open": _(
        "This role may not open what the reminder is about. Choose another role, such as Supervisor."
    ),
    "reminder-rule-changed": _(
        "Somebody else has changed this rule while the page was open. Nothing was saved. Open the rule again to see "
        "what it is now, and enter your change there."
    ),
    "reminder-settled": _("This is settled already, so there is nothing left to tick off or to snooze."),
    "reminder-ticked-off": _("%(by)s has ticked this off already. Put it back first to snooze it."),
}

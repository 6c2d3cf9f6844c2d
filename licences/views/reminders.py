"""Reminders: those of the viewer, what to do with one, the daily e-mail, and the rules."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from licences import operations
from licences.domain.reminders import ReminderAct, ReminderKind
from licences.forms.reminders import ReminderActForm, ReminderRuleForm
from licences.models import Reminder, ReminderRule
from licences.queries import reminders as reminder_queries
from licences.views.email_choices import store_email_choice
from licences.views.form_pages import RefusalsShown, actor, form_page, permitted, posted, today
from licences.views.view_kinds import form_for, page_for
from licences.wording.reminders import NUMBER_LABELS, RULE_HELP

_SAID = {
    ReminderAct.TICK_OFF: gettext_lazy("The reminder is ticked off."),
    ReminderAct.SNOOZE: gettext_lazy("The reminder is snoozed."),
    ReminderAct.PUT_BACK: gettext_lazy("The reminder is back on the desk."),
}


# --- The viewer's reminders ------------------------------------------------------------------------------


@page_for("licences.view_reminder")
def open_reminders(request: HttpRequest) -> HttpResponse:
    """Show the viewer's reminders of one rule, and how many the others have; ``?show=quiet``: those made quiet here."""
    rules = reminder_queries.rules_for(request.user)
    counts = reminder_queries.counts_of(rules, today=today())
    rule, quiet = _chosen(request, rules, counts), request.GET.get("show") == "quiet"
    context = {
        "rules": [(each, counts[each.kind]) for each in rules],
        "rule": rule,
        "quiet": quiet,
        "page": _page(request, rule, quiet=quiet) if rule else None,
        "link": f"?{urlencode({'rule': rule.kind, **({'show': 'quiet'} if quiet else {})})}" if rule else "",
        "help": RULE_HELP[ReminderKind(rule.kind)] if rule else "",
    }
    return render(request, "licences/reminders/open.html", context)


def _chosen(request: HttpRequest, rules: list[ReminderRule], counts: dict[str, int]) -> ReminderRule | None:
    """The rule that the address names, else the first one with open reminders, else the first one."""
    named = [rule for rule in rules if rule.kind == request.GET.get("rule")]
    waiting = [rule for rule in rules if counts[rule.kind]]
    return next(iter([*named, *waiting, *rules]), None)


def _page(request: HttpRequest, rule: ReminderRule, *, quiet: bool) -> reminder_queries.ReminderPage:
    """The page that the address names, else the first one."""
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    try:
        return reminder_queries.reminder_page(
            rule, now=timezone.now(), quiet=quiet, position=before or after, backwards=bool(before)
        )
    except ValueError:
        return reminder_queries.reminder_page(rule, now=timezone.now(), quiet=quiet)


@form_for("licences.change_reminder")
def reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick off or snooze one of the viewer's reminders, or put it back."""
    found = _own(request, pk)
    form = ReminderActForm(posted(request))
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.work_on_reminder(
                pk=pk, act=form.wanted, until=form.cleaned_data["until"], today=today(), by=actor(request)
            )
            messages.success(request, str(_SAID[form.wanted]))
            return redirect(_way_back(request, found))
    shown = reminder_queries.shown_reminder(found, now=timezone.now())
    return form_page(request, "licences/reminders/reminder.html", form, found=found, shown=shown)


def _own(request: HttpRequest, pk: int) -> Reminder:
    """A reminder of the viewer, also one that is settled or quiet. ``PermissionDenied``: another one, or none."""
    rules = reminder_queries.rules_for(request.user)
    own = Reminder.objects.select_related("rule").filter(rule__in=[each.pk for each in rules])
    found = own.filter(pk=pk).first()
    if found is None:
        raise PermissionDenied
    return found


def _way_back(request: HttpRequest, found: Reminder) -> str:
    if request.POST.get("back") == "desk":
        return reverse("desk")
    return f"{reverse('reminders-open')}?{urlencode({'rule': found.rule.kind})}"


@require_POST
@permitted("licences.view_reminder")
def choose_digest(request: HttpRequest) -> HttpResponse:
    """Store whether the viewer wants the daily e-mail."""
    return store_email_choice(
        request,
        operations.choose_reminder_digest,
        said=(_("You get the daily e-mail of reminders."), _("You no longer get the daily e-mail of reminders.")),
        refused="" if reminder_queries.rules_for(request.user) else _("Your role has no reminders."),
    )


# --- Rules -----------------------------------------------------------------------------------------------


@page_for("licences.view_reminderrule")
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules of all kinds."""
    kinds = [(each, ReminderKind(each.kind)) for each in reminder_queries.all_rules()]
    rows = [(each, RULE_HELP[kind], NUMBER_LABELS.get(kind, "")) for each, kind in kinds]
    return render(request, "licences/reminders/rules.html", {"rows": rows})


@form_for("licences.change_reminderrule")
def rule(request: HttpRequest, kind: str) -> HttpResponse:
    """Change the rule of a kind."""
    found = _rule_or_404(kind)
    form = ReminderRuleForm(posted(request), rule=found)
    if form.is_valid():
        with RefusalsShown(request, form):
            shown = form.cleaned_data["version"]
            operations.change_reminder_rule(
                kind=ReminderKind(kind), values=form.values(), version=found.version if shown is None else shown,
                by=actor(request),
            )  # fmt: skip
            messages.success(request, _("The rule is saved."))
            return redirect("reminders")
    context = {"rule": found, "help": RULE_HELP[ReminderKind(kind)]}
    return form_page(request, "licences/reminders/rule.html", form, **context)


def _rule_or_404(kind: str) -> ReminderRule:
    if kind not in set(ReminderKind):
        raise Http404
    return next(each for each in reminder_queries.all_rules() if each.kind == kind)

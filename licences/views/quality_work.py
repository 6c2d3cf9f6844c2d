"""Working on data quality lists: tick off, snooze, assign, undo; and saved filters."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licences import operations
from licences.forms.quality import EntryActForm, SavedFilterForm
from licences.models import QualityFilter
from licences.operations import ChosenEntries
from licences.operations.quality_marks import MOST_ENTRIES
from licences.queries import quality_pages
from licences.queries.data_quality import QualityList
from licences.views.form_pages import RefusalsShown, actor, form_page, posted, today
from licences.views.quality import filter_form, filter_of, filter_query, list_or_404, list_page
from licences.views.view_kinds import action_for, form_for

_SHARES = "licences.share_qualityfilter"


@action_for("licences.change_qualitymark")
def work_on(request: HttpRequest, slug: str) -> HttpResponse:
    """Do one thing with entries of a list; the address has the filter of the page."""
    quality_list = list_or_404(slug)
    form = EntryActForm(request.POST, colleagues=quality_pages.colleagues())
    if form.is_valid():
        with RefusalsShown(request, form):
            result = operations.work_on_entries(
                chosen=_chosen(request, quality_list, form), wanted=form.wanted(), today=today(), by=actor(request)
            )
            return _list_again(request, slug, did=result.act)
    return list_page(request, quality_list, act_form=form)


def _chosen(request: HttpRequest, quality_list: QualityList, form: EntryActForm) -> ChosenEntries:
    """The entries that a form is for."""
    values, scope = form.cleaned_data, form.cleaned_data["scope"]
    if scope != "list":
        versions = values["entry" if scope == "ticked" else "shown"]
        return ChosenEntries(quality_list.slug, list(versions), versions)
    wanted = filter_of(request, filter_form(request))
    rows = quality_pages.findings(quality_list, wanted).order_by("since", "subject", "second")
    keys = list(rows.values_list("subject", "second")[: MOST_ENTRIES + 1])
    return ChosenEntries(quality_list.slug, keys, seen_at=values["seen_at"])


def _list_again(request: HttpRequest, slug: str, **more: str) -> HttpResponse:
    """Redirect to the list with the filter of the address."""
    values = filter_form(request).values()
    return redirect(reverse("quality-list", args=[slug]) + filter_query({**values, **more}))


@action_for("licences.change_qualitymark")
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Undo an act on entries of a list."""
    list_or_404(slug)
    with RefusalsShown(request):
        count = operations.undo_quality_act(act=request.POST.get("act", "")[:32], by=actor(request))
        told = ngettext("%(count)s entry is as before.", "%(count)s entries are as before.", count)
        messages.success(request, told % {"count": count})
    return _list_again(request, slug)


# --- Saved filters ---------------------------------------------------------------------------------------


@action_for("licences.add_qualityfilter")
def save_filter(request: HttpRequest, slug: str) -> HttpResponse:
    """Save the filter that the address has under a name."""
    quality_list = list_or_404(slug)
    form = SavedFilterForm(request.POST, may_share=request.user.has_perm(_SHARES))
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.save_quality_filter(
                list_slug=slug,
                owner=request.user.pk or 0,
                name=form.cleaned_data["name"],
                values=filter_form(request).values(),
                is_shared=form.is_to_be_shared(),
                by=actor(request),
            )
            messages.success(request, _("The filter is saved."))
            return _list_again(request, slug)
    return list_page(request, quality_list, saved_form=form)


@form_for("licences.add_qualityfilter")
def change_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a saved filter, or share it or no more."""
    saved = _changeable(request, pk)
    form = SavedFilterForm(posted(request), may_share=request.user.has_perm(_SHARES), saved=saved)
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.change_quality_filter(
                pk=pk, name=form.cleaned_data["name"], is_shared=form.is_to_be_shared(), by=actor(request)
            )
            messages.success(request, _("The filter is saved."))
            return redirect("quality-list", saved.list)
    return form_page(request, "licences/data_quality/filter_form.html", form, saved=saved, list=list_or_404(saved.list))


@action_for("licences.add_qualityfilter")
def delete_filter(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _changeable(request, pk)
    operations.delete_quality_filter(pk=pk, by=actor(request))
    messages.success(request, _("The filter is deleted."))
    return redirect("quality-list", saved.list)


def _changeable(request: HttpRequest, pk: int) -> QualityFilter:
    """A saved filter that the user may change: an own one, or with the permission to share a shared one.

    ``PermissionDenied``: another one, also one that does not exist.
    """
    own = Q(owner=request.user.pk)
    found = QualityFilter.objects.filter(own | Q(is_shared=True) if request.user.has_perm(_SHARES) else own)
    saved = found.filter(pk=pk).first()
    if saved is None:
        raise PermissionDenied
    return saved

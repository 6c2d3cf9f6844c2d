"""The reference facts on one page: releases, CRM applications, support contacts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from licences.database.read_replica import from_replica
from licences.models import CrmApplication, SupportContact
from licences.queries import reference
from licences.views.form_pages import permitted


@require_safe
@permitted("licences.view_release")
@from_replica
def facts(request: HttpRequest) -> HttpResponse:
    """Show all reference facts. The look-up finds single ones."""
    context = {
        "releases": reference.releases(),
        "applications": CrmApplication.objects.all(),
        "contacts": SupportContact.objects.all(),
    }
    return render(request, "licences/lookup/facts.html", context)

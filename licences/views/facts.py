"""The reference facts on one page: releases, CRM applications, support contacts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from licences.database.read_replica import from_replica
from licences.models import CrmApplication, SupportContact
from licences.queries import reference
from licences.views.view_kinds import page_for


@page_for("licences.view_release")
@from_replica
def facts(request: HttpRequest) -> HttpResponse:
    """Show all reference facts. The look-up finds single ones."""
    context = {
        "releases": reference.releases(),
        "applications": CrmApplication.objects.all(),
        "contacts": SupportContact.objects.all(),
    }
    return render(request, "licences/lookup/facts.html", context)

"""Serial numbers with all that a list shows of them, in one query."""

from django.db.models import F, Max, OuterRef, QuerySet, Subquery

from licences.models import Installation, LicenceGrant, Registration, Serial


def listed(serials: QuerySet[Serial]) -> QuerySet[Serial]:
    """Serials with customer, site ID, registration and cover, by the customer's name."""
    installations = Installation.objects.filter(serial=OuterRef("pk"))
    latest = Registration.objects.filter(serial=OuterRef("pk")).order_by("-pk")
    grants = LicenceGrant.objects.filter(serial=OuterRef("pk")).order_by().values("serial")
    return (
        serials.select_related("site__customer")
        .annotate(
            live_site_id=Subquery(installations.filter(ended_at=None).values("site_id")[:1]),
            latest_site_id=Subquery(installations.order_by("-pk").values("site_id")[:1]),
            registered_at=Subquery(latest.values("entered_at")[:1]),
            registered_by=Subquery(latest.values("entered_by")[:1]),
            registered_name=Subquery(latest.values("name")[:1]),
            assured=Subquery(grants.values(latest=Max("software_assurance_until"))),
        )
        .order_by(F("site__customer__name_search"), "pk")
    )

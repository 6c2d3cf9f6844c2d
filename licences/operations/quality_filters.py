"""Saved filters of data quality lists (docs/surface.md#data-quality-lists). Every change is an event."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from licences.domain.cells import visible_line
from licences.domain.errors import Refusal
from licences.models import Event, QualityFilter
from licences.operations.events import record_event

MOST_FILTERS = 50  # of a user and list


@transaction.atomic
def save_quality_filter(
    *, list_slug: str, owner: int, name: str, values: Mapping[str, str], is_shared: bool, by: str
) -> QualityFilter:
    """Save what a user filtered a quality list by, under a name, and return the filter. Every call adds one.

    ``list_slug`` is that of the list, ``owner`` the primary key of the user, ``values`` the parameters of the address.
    ``is_shared``: colleagues see it as well. ``Refusal``: ``filter-unnamed``, ``filter-name-taken`` (by another one of
    this user), ``filters-too-many``.
    """
    if QualityFilter.objects.filter(list=list_slug, owner=owner).count() >= MOST_FILTERS:
        raise Refusal("filters-too-many", field="name", limit=MOST_FILTERS)
    saved = QualityFilter(list=list_slug, owner_id=owner, values=dict(values))
    return _save(saved, name=name, is_shared=is_shared, by=by)


@transaction.atomic
def change_quality_filter(*, pk: int, name: str, is_shared: bool, by: str) -> QualityFilter:
    """Rename a saved filter, and share it or no longer share it. Returns it.

    ``pk`` is its primary key. Raises ``QualityFilter.DoesNotExist`` if it was deleted. ``Refusal``: ``filter-unnamed``,
    ``filter-name-taken``.
    """
    return _save(QualityFilter.objects.select_for_update().get(pk=pk), name=name, is_shared=is_shared, by=by)


def _save(saved: QualityFilter, *, name: str, is_shared: bool, by: str) -> QualityFilter:
    """Save a filter with its name, with one event. ``Refusal``: ``filter-unnamed``, ``filter-name-taken``."""
    saved.name, saved.is_shared = " ".join(visible_line(name).split()), is_shared
    saved.name_key = saved.name.casefold()
    if not saved.name:
        raise Refusal("filter-unnamed", field="name")
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError:
        raise Refusal("filter-name-taken", field="name", name=saved.name) from None
    _record("saved", saved, by=by)
    return saved


@transaction.atomic
def delete_quality_filter(*, pk: int, by: str) -> None:
    """Delete the saved filter with this primary key. Idempotent: one that is gone is no event."""
    saved = QualityFilter.objects.select_for_update().filter(pk=pk).first()
    if saved is not None:
        _record("deleted", saved, by=by)
        saved.delete()


def _record(did: str, saved: QualityFilter, *, by: str) -> None:
    """Record the event of what was done with a filter; ``did`` is that verb, and the details have all of the filter."""
    details = {
        "filter": saved.pk,
        "did": did,
        "list": saved.list,
        "name": saved.name,
        "shared": saved.is_shared,
        "values": saved.values,
    }
    record_event(Event.Kind.QUALITY_FILTER_CHANGED, by=by, details=details)

"""Customers and their sites."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from customers.contact import CONTACT_LENGTHS

CUSTOMER_KEYS = ("number_key", "details_key", "country_key", "street_block", "postcode_block", "phone_block")


class ContactDetails(models.Model):
    """Address and contact as customers give them. Nothing checks that they are true
    (docs/domain.md#registration-details)."""

    address_line1 = models.CharField(_("address line 1"), max_length=CONTACT_LENGTHS["address_line1"], blank=True)
    address_line2 = models.CharField(_("address line 2"), max_length=CONTACT_LENGTHS["address_line2"], blank=True)
    postcode = models.CharField(_("postcode"), max_length=CONTACT_LENGTHS["postcode"], blank=True)
    city = models.CharField(_("town"), max_length=CONTACT_LENGTHS["city"], blank=True)
    country = models.CharField(_("country"), max_length=CONTACT_LENGTHS["country"], blank=True)
    contact_name = models.CharField(_("contact name"), max_length=CONTACT_LENGTHS["contact_name"], blank=True)
    contact_phone = models.CharField(_("telephone number"), max_length=CONTACT_LENGTHS["contact_phone"], blank=True)
    contact_email = models.CharField(_("e-mail"), max_length=CONTACT_LENGTHS["contact_email"], blank=True)

    class Meta:
        abstract = True


class Provenance(models.Model):
    """A further column of history rows: the operation that wrote the row."""

    history_source = models.CharField(_("source"), max_length=40, blank=True)

    class Meta:
        abstract = True


def _field_history(*derived: str) -> HistoricalRecords:
    """Return the history table of a model, which ``customers.history`` writes.

    It has users by name, so that it reads the same in ten years. ``derived`` columns, computed from others, are left
    out.
    """
    return HistoricalRecords(
        bases=[Provenance],
        excluded_fields=list(derived),
        history_user_id_field=models.CharField(max_length=150, blank=True, null=True),
        history_user_getter=lambda row: row.history_user_id,
        history_user_setter=lambda row, name: setattr(row, "history_user_id", name),
        history_change_reason_field=models.TextField(null=True),
    )


class Customer(ContactDetails):
    """The party that bought. Staff may correct it; registrations stay as they were entered.

    The operations compute ``name_search`` and all keys from number, name, address and telephone number. A customer that
    was merged into another keeps its row, number and keys, because records name it, and later purchases that name it go
    to the other one.
    """

    number = models.CharField(_("customer number"), max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=200)
    name_search = models.CharField(max_length=400, editable=False)
    match_key = models.CharField(max_length=32, editable=False)
    # Keys of the second version (docs/decisions.md#who-is-this-customer); ``details_key`` is empty until they are made.
    number_key = models.CharField(max_length=192, editable=False, db_default="", default="")
    details_key = models.CharField(max_length=32, editable=False, db_default="", default="")
    country_key = models.CharField(max_length=100, editable=False, db_default="", default="")
    street_block = models.BigIntegerField(editable=False, db_default=0, default=0)
    postcode_block = models.BigIntegerField(editable=False, db_default=0, default=0)
    phone_block = models.BigIntegerField(editable=False, db_default=0, default=0)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="merged",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("merged into"),
    )
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    history = _field_history("name_search", "match_key", *CUSTOMER_KEYS)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("merge_customer", _("Can merge customers that are one")),
            ("export_customer", _("Can export all that is held about a customer")),
            ("erase_customer", _("Can erase the personal data of a customer")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="customer_number_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["match_key"], name="customer_by_match_key"),
            models.Index(fields=["details_key"], name="customer_by_details_key"),
            models.Index(fields=["number_key"], condition=~Q(number_key=""), name="customer_by_number_key"),
            models.Index(fields=["street_block"], condition=~Q(street_block=0), name="customer_by_street_block"),
            models.Index(fields=["postcode_block"], condition=~Q(postcode_block=0), name="customer_by_postcode_block"),
            models.Index(fields=["phone_block"], condition=~Q(phone_block=0), name="customer_by_phone_block"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="customer_by_merged_into"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("admin:customers_customer_change", args=[self.pk])


class Site(models.Model):
    """One place of a customer with one server. A customer's only site needs no name."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="sites", db_index=False, verbose_name=_("customer")
    )
    name = models.CharField(_("site name"), max_length=200, blank=True)
    name_key = models.CharField(max_length=400, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    history = _field_history("name_key")

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        indexes = [models.Index(fields=["customer", "name_key"], name="site_by_customer_and_name")]

    def __str__(self) -> str:
        return f"{self.customer.name}, {self.name}" if self.name else self.customer.name


# The package names its models in English alone. Set here and not with ``HistoricalRecords``, which would translate them
# before anything can be.
for _model, _name, _names in (
    (Customer, _("historical customer"), _("historical customers")),
    (Site, _("historical site"), _("historical sites")),
):
    _meta = _model.history.model._meta
    _meta.verbose_name, _meta.verbose_name_plural = _name, _names

"""The Django app of customers and sites."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """Names the app in the administration."""

    name = "customers"
    verbose_name = _("Customers")

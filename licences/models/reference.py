"""Reference facts that support agents are asked for: releases, CRM applications, support contacts by country."""

from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from licences.domain.entitlements import VersionPolicy
from licences.domain.versions import Version


class Release(models.Model):
    """A release of Xchange.

    The lowest release with ``needs_software_assurance``, and every version above it, needs Software Assurance
    (docs/domain.md#versions-and-software-assurance).
    """

    version = models.CharField(_("version"), max_length=32, unique=True)
    released_on = models.DateField(_("release date"), null=True, blank=True)
    is_supported = models.BooleanField(_("supported"), default=True)
    needs_software_assurance = models.BooleanField(_("needs Software Assurance"), default=False)
    requirements_url = models.URLField(_("system requirements"), max_length=500, blank=True)
    download_url = models.URLField(_("download"), max_length=500, blank=True)
    guide_url = models.URLField(_("installation guide"), max_length=500, blank=True)
    settings_url = models.URLField(_("moving the settings"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-released_on", "-pk"]

    def __str__(self) -> str:
        return self.version

    def parsed(self) -> Version:
        """Return its version in a form that compares."""
        return Version.parse(self.version)

    @staticmethod
    def policy(releases: Iterable["Release"]) -> VersionPolicy:
        """Return which versions need Software Assurance, according to these releases."""
        return VersionPolicy.of((release.parsed(), release.needs_software_assurance) for release in releases)


class CrmApplication(models.Model):
    """A CRM application, and whether Xchange works with it."""

    class Works(models.TextChoices):
        YES = "yes", _("works with Xchange")
        LIMITED = "limited", _("works with limits")
        NO = "no", _("does not work with Xchange")

    name = models.CharField(_("name"), max_length=200)
    vendor = models.CharField(_("vendor"), max_length=200, blank=True)
    works = models.CharField(_("works with Xchange"), max_length=20, choices=Works, default=Works.YES)
    since_version = models.CharField(_("since version"), max_length=32, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    url = models.URLField(_("more information"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("CRM application")
        verbose_name_plural = _("CRM applications")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="application_name_unique_in_any_case")]

    def __str__(self) -> str:
        return self.name


class SupportContact(models.Model):
    """The support that customers in one country call."""

    country = models.CharField(_("country"), max_length=100)
    country_code = models.CharField(_("country code"), max_length=2, blank=True)
    phone = models.CharField(_("telephone number"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    hours = models.CharField(_("hours"), max_length=200, blank=True)
    url = models.URLField(_("web page"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("support contact")
        verbose_name_plural = _("support contacts")
        ordering = ["country"]
        constraints = [models.UniqueConstraint(Lower("country"), name="support_country_unique_in_any_case")]

    def __str__(self) -> str:
        return self.country

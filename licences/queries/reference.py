"""Questions about the reference facts: which releases there are, and what they need. Nothing here writes."""

from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.models import Release


def releases() -> list[Release]:
    """Return all releases, the highest version first."""
    return sorted(Release.objects.all(), key=lambda release: release.parsed(), reverse=True)


def settings_guide(version: str) -> str:
    """Return the URL of the guide to carrying settings over to a new server; empty if no release has one.

    It is the guide of the highest release up to ``version``, or else of the highest release.
    """
    with_guide = [release for release in releases() if release.settings_url]
    fitting = [release for release in with_guide if _is_up_to(release, version)]
    return (fitting or with_guide)[0].settings_url if with_guide else ""


def _is_up_to(release: Release, version: str) -> bool:
    """Tell whether a release is not above a version; never if that is no version."""
    try:
        return release.parsed() <= Version.parse(version)
    except Refusal:
        return False

"""Questions that the reference facts answer: which releases there are, and what they need."""

from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.models import Release


def releases() -> list[Release]:
    """All releases, the highest version first."""
    return sorted(Release.objects.all(), key=lambda release: release.parsed(), reverse=True)


def settings_guide(version: str) -> str:
    """Where it stands how the settings of an original server are carried over, empty where no release says so.

    The guide of the newest release up to ``version``, else the newest there is.
    """
    guided = [release for release in releases() if release.settings_url]
    fitting = [release for release in guided if _is_up_to(release, version)]
    return (fitting or guided)[0].settings_url if guided else ""


def _is_up_to(release: Release, version: str) -> bool:
    try:
        return release.parsed() <= Version.parse(version)
    except Refusal:
        return False

"""How many products a serial may hold, and which versions it may run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from licences.domain.codes import MAX_PRODUCTS
from licences.domain.versions import Version

MAX_PRODUCTS_PER_SERIAL = MAX_PRODUCTS - 1  # one line of a code stays free for the emergency line


def is_assured(until: date | None, *, on: date) -> bool:
    """Whether Software Assurance until that date (inclusive; None: never had any) covers a day."""
    return until is not None and on <= until


@dataclass(frozen=True, slots=True)
class VersionPolicy:
    """Stepping up to ``first_assured`` or a later version needs Software Assurance
    (docs/domain.md#versions-and-software-assurance).

    ``last_free`` is the release, in two numbers, that everybody may run instead. None: no version needs it.
    """

    first_assured: Version | None
    last_free: str

    @classmethod
    def of(cls, releases: Iterable[tuple[Version, bool]]) -> "VersionPolicy":
        """The policy of releases, each with whether it needs Software Assurance; without any, 2.5 is the first.

        The lowest release that needs it draws the line. Where none does, the line stays at 2.5 until a release from
        2.5 on is known to be free.
        """
        known = sorted(releases, key=lambda release: release[0])
        first = next((version for version, assured in known if assured), None)
        free = [version for version, assured in known if not assured and (first is None or version < first)]
        if first is None and not (free and free[-1] >= _FIRST_ASSURED):
            first = _FIRST_ASSURED
        return cls(first, free[-1].release_text if free else _LAST_FREE)

    def is_free(self, version: Version) -> bool:
        """Whether every serial may run this version."""
        return self.first_assured is None or version < self.first_assured


_FIRST_ASSURED, _LAST_FREE = Version.parse("2.5"), "2.4"
DEFAULT_POLICY = VersionPolicy(_FIRST_ASSURED, _LAST_FREE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What decides which versions a serial may run.

    ``assured_until`` is the last day ever covered; ``highest_version`` the highest that the serial was lawfully running
    so far; it and all maintenance releases of it stay allowed (docs/decisions.md#lawful-versions).
    """

    assured_until: date | None
    highest_version: Version | None
    policy: VersionPolicy = DEFAULT_POLICY


NEVER_ASSURED = Coverage(assured_until=None, highest_version=None)


@dataclass(frozen=True, slots=True)
class VersionRuling:
    """May this version run? ``reason`` is a stable code, ``parameters`` fill its sentence."""

    allowed: bool
    reason: str
    parameters: Mapping[str, str]


def may_run(version: Version, coverage: Coverage, *, on: date) -> VersionRuling:
    """Judge a version by the Software Assurance rule (docs/domain.md#versions-and-software-assurance,
    docs/decisions.md#lawful-versions).

    Where cover does not decide, the first two numbers do: a maintenance release of what was lawful is allowed. How far
    a serial may go (``highest``, ``ceiling``) is said in these two numbers.
    """
    highest = coverage.highest_version
    if coverage.policy.is_free(version):
        return VersionRuling(True, "version-free", {"version": str(version)})
    if is_assured(coverage.assured_until, on=on):
        return VersionRuling(True, "version-assured", {"version": str(version), "until": _iso(coverage.assured_until)})
    if highest is not None and version.release <= highest.release:
        return VersionRuling(True, "version-kept", {"version": str(version), "highest": highest.release_text})
    stepped_up = highest is not None and not coverage.policy.is_free(highest)
    ceiling = highest.release_text if highest and stepped_up else coverage.policy.last_free
    parameters = {"version": str(version), "ceiling": ceiling, "since": _iso(coverage.assured_until)}
    return VersionRuling(False, "software-assurance-required", parameters)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""

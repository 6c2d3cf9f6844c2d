"""What is on record about a caller's answers: one serial, its installations and its emergency.

The ``repr`` of these records goes into the digests of checks, which are stored (``checklist.checklist_digest``). So a
field that is added, renamed or reordered makes every open request be checked again.
"""

from dataclasses import dataclass
from datetime import date

from licences.domain.entitlements import NEVER_ASSURED, Coverage


@dataclass(frozen=True, slots=True)
class InstallationRecord:
    """One installation of the serial.

    ``release_codes`` are pairs of sequence and release code, one for each unlock code that was issued for it.
    """

    site_id: str
    live: bool
    awaits_relicensing: bool = False  # it reported its release over the web, and no re-licensing has used that yet
    replaced: bool = False  # an emergency code replaced it, and nothing has proved its release yet
    consumed: bool = False  # its release code has proved a re-licensing
    # it ran, and may still run, with a code that was not issued here (docs/decisions.md#taken-over-installations)
    taken_over: bool = False
    release_codes: tuple[tuple[int, str], ...] = ()
    server_version: str = ""
    client_version: str = ""


@dataclass(frozen=True, slots=True)
class EmergencyRecord:
    """An emergency that is not settled. Its code is valid to the end of the day ``until``."""

    running: InstallationRecord  # runs with the emergency code
    earlier: InstallationRecord  # was replaced: its release code, or a supervisor's decision, settles the emergency
    until: date


@dataclass(frozen=True, slots=True)
class SerialRecord:
    """What is on record about one serial. ``installations`` come newest first.

    ``blocked_reason`` is None if the serial is not blocked. ``licensed``: it still has licences after all returns.
    """

    serial: str
    customer_name: str
    customer_address_line1: str
    registered_name: str = ""
    registered_address_line1: str = ""
    customer_address_line2: str = ""
    registered_address_line2: str = ""
    blocked_reason: str | None = None
    licensed: bool = True
    coverage: Coverage = NEVER_ASSURED
    installations: tuple[InstallationRecord, ...] = ()
    emergency: EmergencyRecord | None = None
    supervisors: int = 1  # how many have to agree to a decision

    def current(self) -> InstallationRecord | None:
        """Return the live installation, or else the latest one whose release no re-licensing has used yet."""
        candidates = (each for each in self.installations if each.live or each.awaits_relicensing or each.replaced)
        return next(candidates, None)

    def installation_to_release(self) -> InstallationRecord | None:
        """Return the installation whose release code is asked for: in an emergency, the one that was replaced."""
        return self.emergency.earlier if self.emergency else self.current()


@dataclass(frozen=True, slots=True)
class ChecklistRecord:
    """What a caller's answers are compared with. ``serial`` is None if the serial that they named is unknown."""

    serial: SerialRecord | None
    similar_serials: tuple[str, ...] = ()
    site_id_in_use_by: str | None = None  # another serial that is live on the site ID given
    release_code_of: str | None = None  # another serial that the release code given belongs to

"""Whether the keys sign and verify, and verify what was signed before (docs/settings.md#secrets)."""

import json
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from licences import licence_files
from licences.domain import codes
from licences.domain.errors import Refusal
from licences.models import LicenceFile, UnlockCode
from licensing_portal.accounts import sealing
from licensing_portal.doctor.findings import HealthFinding, ok, problem

_SERIAL, _SITE_ID = "A" * codes.SERIAL_LENGTH, "B" * codes.SITE_ID_LENGTH


def find_unlock_keys() -> Iterator[HealthFinding]:
    """Make and verify a sample code with each key, and verify the oldest and the newest code on record."""
    broken = [key_id for key_id, key in settings.UNLOCK_KEYS.items() if not _signs(key_id, key)]
    for key_id in broken:
        words = _("Unlock key %(key)s makes no valid code.") % {"key": key_id}
        yield problem(words, _("Restore UNLOCK_KEYS from your copy of the secrets, and restart everything."))
    lost = {code.key_id for code in _oldest_and_newest(UnlockCode) if not _verifies(code)}
    for key_id in lost:
        words = _("Unlock codes on record that key %(key)s made cannot be verified: UNLOCK_KEYS holds another key.")
        yield problem(words % {"key": key_id}, _("Add the old key to UNLOCK_KEYS, behind the present one."))
    if not broken and not lost:
        yield ok(_("Unlock keys sign and verify: %(keys)s.") % {"keys": ", ".join(map(str, settings.UNLOCK_KEYS))})


def _signs(key_id: int, key: bytes) -> bool:
    statement = codes.UnlockStatement(key_id=key_id, sequence=1, assured_month=0, lines=((1, 1),))
    names = {"serial": _SERIAL, "site_id": _SITE_ID}
    try:
        code = codes.encode_unlock_code(statement, key=key, **names)
        return codes.decode_unlock_code(code, keys=settings.UNLOCK_KEYS, **names) == statement
    except (Refusal, ValueError, TypeError):
        return False


def _verifies(code: UnlockCode) -> bool:
    names = {"serial": code.serial.code, "site_id": code.installation.site_id}
    try:
        codes.decode_unlock_code(code.code, keys=settings.UNLOCK_KEYS, **names)
    except Refusal:
        return False
    return True


def _oldest_and_newest(model: type[UnlockCode]) -> list[UnlockCode]:
    related = model.objects.select_related("serial", "installation")
    return [each for each in (related.order_by("pk").first(), related.order_by("-pk").first()) if each]


def find_licence_keys() -> Iterator[HealthFinding]:
    """Sign with the first key and verify with what is published; verify the newest licence file on record."""
    key_id = licence_files.signing_key_id() if settings.LICENCE_KEYS else ""
    if not _signs_licences(key_id):
        words = _("The licence key signs nothing that the published public key verifies.")
        yield problem(
            words, _("Restore LICENCE_SIGNING_KEYS from your copy of the secrets: the first must be a private key.")
        )
        return
    newest = LicenceFile.objects.order_by("-pk").first()
    if newest is not None and licence_files.verify_signature(newest.text) is None:
        words = _("The newest licence file on record cannot be verified: its key is not in LICENCE_SIGNING_KEYS.")
        yield problem(
            words, _("Add the old key to LICENCE_SIGNING_KEYS, behind the present one. The public half is enough.")
        )
        return
    yield ok(_("The licence key %(key)s… signs, and its public key is published.") % {"key": key_id[:8]})


def _signs_licences(key_id: str) -> bool:
    """Whether the published keys verify what the first key signs; servers have nothing else."""
    if not isinstance(settings.LICENCE_KEYS.get(key_id), Ed25519PrivateKey):
        return False
    published = licence_files.parse_key_set(json.dumps(licence_files.key_set()))
    signed = licence_files.sign({"check": "doctor"}, type="doctor")
    return licence_files.verify_signature(signed, type="doctor", keys=published) is not None


def find_factor_keys() -> Iterator[HealthFinding]:
    """Decrypt every second factor that the portal encrypted."""
    apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("data", flat=True)
    lost = sum(not _is_readable(data.get("secret", "")) for data in apps)
    if lost:
        words = _("Second factors that cannot be decrypted with MFA_ENCRYPTION_KEY: %(count)s.") % {"count": lost}
        yield problem(
            words, _("Add the old key to MFA_ENCRYPTION_KEY, behind the present one, and run reseal_factors.")
        )
    else:
        yield ok(_("All second factors can be decrypted: %(count)s.") % {"count": len(apps)})


def _is_readable(sealed: str) -> bool:
    try:
        sealing.unseal(sealed)
    except ImproperlyConfigured:
        return False
    return True

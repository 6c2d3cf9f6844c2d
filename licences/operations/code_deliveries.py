"""Sending unlock codes by e-mail, and what became of it (docs/domain.md#unlock-codes-by-e-mail).

The message waits in the mail queue of ``licensing_portal.accounts``, which reports here what the mail server answered.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.domain.recorded_addresses import is_same_address, mail_language
from licences.domain.staff_identity import user_number_of
from licences.models import CodeDelivery, Event, UnlockCode
from licences.operations.codes import ensure_licence_file, licence_file_text
from licences.operations.events import record_event
from licences.operations.locks import lock_serial
from licences.operations.unlock_code_mail import unlock_code_message
from licences.queries.code_deliveries import RecordedAddress, addresses_on_record
from licences.queries.sheets import Sheet, sheet_of
from licences.wording.countries import country_code

MOST_PER_HOUR = 5  # messages with codes of one serial; more are a slip or an abuse
AGAIN_AFTER = timedelta(minutes=1)  # the same code to the same address before that is the same click
OVERDUE_AFTER = timedelta(hours=25)  # the mail queue gives a message up after a day

OVERDUE, ERASED = "overdue", "erased"


@transaction.atomic
def send_unlock_code(*, code_id: int, address: str, by: str, may_use_new_address: bool) -> CodeDelivery:
    """Queue the sheet of an unlock code and its licence file as an e-mail to an address on record.

    ``code_id`` is a primary key, ``address`` one of ``addresses_on_record``. ``may_use_new_address``: ``by`` may also
    send to an address that was put on record less than 24 hours ago. Returns the delivery. Idempotent for a minute, and
    while the message waits: the same code to the same address is sent once, and the earlier delivery is returned.

    ``Refusal``: ``mail-off``, ``address-not-on-record``, ``address-new``, ``code-superseded`` (also of an ended
    installation), ``serial-blocked``, ``emergency-expired``, ``too-many-deliveries``. Rule:
    docs/domain.md#unlock-codes-by-e-mail.
    """
    if not settings.MAIL_IS_SENT:
        raise Refusal("mail-off")
    code = UnlockCode.objects.select_related("serial__site__customer", "installation").get(pk=code_id)
    code.serial = lock_serial(code.serial.code)
    now = timezone.now()
    recorded = _address_on_record(code, address)
    repeated = _just_sent(code, recorded.address, now=now)
    if repeated is not None:
        return repeated
    sheet = sheet_of(code, today=timezone.localdate(now))
    _refuse_unusable(sheet)
    if recorded.is_new(now=now) and not may_use_new_address:
        raise Refusal("address-new")
    _refuse_too_many(code, now=now)
    return _queue(sheet, recorded, by=by, now=now)


def _address_on_record(code: UnlockCode, address: str) -> RecordedAddress:
    """The address on record that is meant by ``address``. ``Refusal``: ``address-not-on-record``."""
    for recorded in addresses_on_record(code.serial):
        if is_same_address(recorded.address, address):
            return recorded
    raise Refusal("address-not-on-record")


def _just_sent(code: UnlockCode, address: str, *, now: datetime) -> CodeDelivery | None:
    """The delivery of the same code to the same address that waits, or was sent less than a minute ago."""
    for delivery in code.deliveries.filter(address=address).exclude(state=CodeDelivery.State.FAILED):
        if delivery.is_waiting or abs(now - delivery.queued_at) < AGAIN_AFTER:
            return delivery
    return None


def _refuse_unusable(sheet: Sheet) -> None:
    """Refuse a code that the customer could not, or must not, use any more.

    ``Refusal``: ``serial-blocked``, ``code-superseded``, ``emergency-expired``.
    """
    if sheet.code.serial.blocked_at is not None:
        raise Refusal("serial-blocked")
    if sheet.superseded_by is not None or not sheet.code.installation.is_live:
        raise Refusal("code-superseded")
    if sheet.emergency is not None and sheet.emergency.is_overdue:
        raise Refusal("emergency-expired", until=sheet.code.expires_on)


def _refuse_too_many(code: UnlockCode, *, now: datetime) -> None:
    """Refuse (``too-many-deliveries``) if ``MOST_PER_HOUR`` messages were queued for the serial within an hour."""
    recent = CodeDelivery.objects.filter(unlock_code__serial=code.serial_id, queued_at__gt=now - timedelta(hours=1))
    if recent.count() >= MOST_PER_HOUR:
        raise Refusal("too-many-deliveries", limit=MOST_PER_HOUR)


def _queue(sheet: Sheet, recorded: RecordedAddress, *, by: str, now: datetime) -> CodeDelivery:
    """Store the delivery of a sheet to an address on record, with its message and event; returns the delivery.

    The message waits in the mail queue, from which a worker sends it.
    """
    code, language = sheet.code, mail_language(country_code(recorded.country))
    ensure_licence_file(code)
    delivery = CodeDelivery.objects.create(
        unlock_code=code,
        address=recorded.address,
        language=language,
        queued_by=by,
        queued_by_number=user_number_of(by),
        queued_at=now,
    )
    unlock_code_message(sheet, to=recorded.address, language=language, delivery=delivery.pk).send()
    details = {
        "list": "unlock code and licence file",
        "rows": 1,
        "sequence": code.sequence,
        "sha256": hashlib.sha256(licence_file_text(code).encode()).hexdigest(),
        "language": language,
        "address_of": [str(source) for source in recorded.sources],
        "delivery": delivery.pk,
    }
    record_event(
        Event.Kind.CODE_MAILED,
        by=by,
        serial=code.serial.code,
        customer=code.serial.site.customer,
        details=details,
        personal={"address": recorded.address},
    )
    return delivery


# --- What became of it -------------------------------------------------------------------------------


def is_delivery_wanted(delivery_id: int) -> bool:
    """Tell whether a message is still to be sent: not after its delivery has ended, as an erasure ends it."""
    return CodeDelivery.objects.filter(pk=delivery_id, state=CodeDelivery.State.QUEUED).exists()


def record_delivery_sent(delivery_id: int) -> None:
    """Record that the mail server took a message. Idempotent; of an ended delivery nothing is changed."""
    _waiting([delivery_id]).update(
        state=CodeDelivery.State.SENT, attempts=F("attempts") + 1, ended_at=timezone.now(), failure=""
    )


def record_delivery_failure(delivery_id: int, *, failure: str, is_final: bool) -> None:
    """Record that a message was not sent, and is tried again unless ``is_final``.

    ``failure`` is the kind of error. Every call counts an attempt; of an ended delivery nothing is changed.
    """
    attempt = {"attempts": F("attempts") + 1, "failure": failure}
    if is_final:
        attempt |= {"state": CodeDelivery.State.FAILED, "ended_at": timezone.now()}
    _waiting([delivery_id]).update(**attempt)


def fail_overdue_deliveries(*, now: datetime) -> int:
    """End the deliveries that were queued more than ``OVERDUE_AFTER`` before ``now``; return how many. Idempotent.

    The mail queue has given up their messages by then.
    """
    overdue = CodeDelivery.objects.filter(state=CodeDelivery.State.QUEUED, queued_at__lt=now - OVERDUE_AFTER)
    return overdue.update(state=CodeDelivery.State.FAILED, ended_at=now, failure=OVERDUE)


def erase_deliveries(deliveries: Iterable[CodeDelivery]) -> int:
    """Blank the addresses of deliveries, and end those that wait; return how many there are. Idempotent.

    The caller has a transaction, and records the event.
    """
    ids = [each.pk for each in deliveries]
    _waiting(ids).update(state=CodeDelivery.State.FAILED, ended_at=timezone.now(), failure=ERASED)
    return CodeDelivery.objects.filter(pk__in=ids).update(address="")


def empty_deliveries_before(at: datetime) -> int:
    """Blank the addresses of deliveries that ended before ``at``; return how many. What became of them stays."""
    ended = CodeDelivery.objects.exclude(state=CodeDelivery.State.QUEUED).filter(ended_at__lt=at)
    return ended.exclude(address="").update(address="")


def _waiting(ids: list[int]) -> QuerySet[CodeDelivery]:
    """Those of the deliveries with these primary keys that are not sent and have not failed."""
    return CodeDelivery.objects.filter(pk__in=ids, state=CodeDelivery.State.QUEUED)

"""Keeping what the look-up searches in step with the records.

New serial numbers get their texts by ``catch_up``: within the recording of a purchase, and after the end of an import,
which then need not wait for it. Whatever else changes a name, a contact or a site calls ``refresh``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Max, Q

from customers.models import Customer
from licences.domain.matching import name_key
from licences.domain.search_words import GAP, SEARCHABLE, Searchable, search_text, sound
from licences.models import Registration, SearchMark, SearchText, SearchWord, Serial

CHUNK = 500
_NAME_KEY_LENGTH = 400


def catch_up() -> int:
    """Give every serial number that has none its search text; returns how many there were."""
    done = 0
    while added := _next_chunk():
        done += added
    return done


@transaction.atomic
def _next_chunk() -> int:
    mark, _new = SearchMark.objects.select_for_update().get_or_create(pk=1)
    following = Serial.objects.filter(pk__gt=mark.serial_id).order_by("pk")
    ids = list(following.values_list("pk", flat=True)[:CHUNK])
    if not ids:
        return 0
    texts = _texts(ids)
    SearchText.objects.bulk_create(texts, batch_size=CHUNK, ignore_conflicts=True)
    mark.serial_id = ids[-1]
    mark.save(update_fields=["serial_id"])
    return len(ids)


def refresh(serial_ids: Iterable[int]) -> None:
    """Make the search texts of these serial numbers again, in the transaction that changed what they say."""
    ids = sorted(serial_ids)
    for start in range(0, len(ids), CHUNK):
        SearchText.objects.bulk_create(
            _texts(ids[start : start + CHUNK]),
            update_conflicts=True,
            unique_fields=["serial"],
            update_fields=["name_key", "text"],
        )


def refresh_customer(customer: Customer) -> None:
    refresh(Serial.objects.filter(site__customer=customer).values_list("pk", flat=True))


def forget_words(words: Iterable[str]) -> None:
    """Take out of the vocabulary what stands in no search text any more: after an erasure."""
    for word in _spelled(set(words)):
        stands = Q(text__contains=f"{GAP}{word}{GAP}") | Q(text__endswith=f"{GAP}{word}")
        if not SearchText.objects.filter(stands).exists():
            SearchWord.objects.filter(word=word).delete()


@transaction.atomic
def rebuild() -> int:
    """Throw all texts and words away and make them again: after a change of the folding, or an erasure."""
    SearchMark.objects.update_or_create(pk=1, defaults={"serial_id": 0})
    SearchText.objects.all().delete()
    SearchWord.objects.all().delete()
    return catch_up()


def is_behind() -> bool:
    """Whether serial numbers wait for their search text."""
    newest = Serial.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return not SearchMark.objects.filter(serial_id__gte=newest).exists() and newest > 0


# --- Texts -------------------------------------------------------------------------------------------


_CUSTOMER = [f"site__customer__{column}" for column in SEARCHABLE]
_NAMED_IN_REGISTRATION = [column for column in SEARCHABLE if column != "number"]


def _texts(serial_ids: list[int]) -> list[SearchText]:
    """Values, not records: a file makes a hundred thousand of them."""
    serials = Serial.objects.filter(pk__in=serial_ids).order_by("pk")
    facts = list(serials.values_list("pk", "site__name", "site__customer_id", *_CUSTOMER))
    registrations = _registrations(serial_ids)
    merged = _merged({customer for _serial, _site, customer, *_party in facts})
    texts = []
    words: set[str] = set()
    for serial, site, customer, *party in facts:
        parties = [Searchable(*party), *registrations.get(serial, []), *merged[customer]]
        key = name_key(parties[0].name)[:_NAME_KEY_LENGTH]
        texts.append(SearchText(serial_id=serial, name_key=key, text=search_text(parties, site)))
        words.update(word for each in parties for word in each.names())
    _remember(words)
    return texts


def _registrations(serial_ids: list[int]) -> dict[int, list[Searchable]]:
    """Who is named in the latest registration of each; who held a serial number before is not found by it."""
    registrations = Registration.objects.filter(serial__in=serial_ids).order_by("pk")
    return {
        serial: [Searchable(*party)]
        for serial, *party in registrations.values_list("serial_id", *_NAMED_IN_REGISTRATION)
    }


def _merged(customer_ids: set[int]) -> dict[int, list[Searchable]]:
    """Other records of the same customers, which callers may still go by."""
    found: dict[int, list[Searchable]] = defaultdict(list)
    others = Customer.objects.filter(merged_into__in=customer_ids).order_by("pk")
    for customer, *party in others.values_list("merged_into_id", *SEARCHABLE):
        found[customer].append(Searchable(*party))
    return found


def _remember(words: Iterable[str]) -> None:
    new = [SearchWord(word=word, sound=sound(word)) for word in _spelled(words)]
    SearchWord.objects.bulk_create(new, batch_size=CHUNK, ignore_conflicts=True)


def _spelled(words: Iterable[str]) -> Iterator[str]:
    """Sorted, so that two who add words at once never wait for each other in a circle."""
    return (word for word in sorted(words) if 3 <= len(word) <= 60)

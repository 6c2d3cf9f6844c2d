"""Keeping the search texts of the look-up up to date with the records (docs/look-up.md#keeping-it-in-step).

``index_new_serials`` gives new serials their texts: when a purchase is recorded, and after an import has ended, so that
the import does not wait for it. Everything else that changes a name, a contact or a site calls ``refresh_serials`` in
the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Max, Q

from customers.models import Customer
from licences.domain.batches import batched
from licences.domain.matching import fold_name, name_key
from licences.domain.search_words import GAP, SEARCHABLE_FIELDS, SearchableParty, search_text, sound, words_of
from licences.models import Registration, SearchMark, SearchText, SearchWord, Serial
from licences.operations import search_details

CHUNK = 500  # serials
# Of what the texts hold: 2 added addresses, codes, former names, references; 3 long forms of streets; 4 all letters of
# British postcodes.
VERSION = 4
_NAME_KEY_LENGTH = 400


def index_new_serials() -> int:
    """Make the search texts, by which the look-up finds serials, of all serials that have none; returns how many.

    Each ``CHUNK`` serials are a transaction of their own. Idempotent.
    """
    done = added = _index_next_chunk()
    while added == CHUNK:
        added = _index_next_chunk()
        done += added
    return done


@transaction.atomic
def _index_next_chunk() -> int:
    """Make the search texts of the next ``CHUNK`` serials that have none; returns how many serials.

    The mark, up to which serials have texts, moves on.
    """
    mark = _locked_mark()
    next_serials = Serial.objects.filter(pk__gt=mark.serial_id).order_by("pk")
    ids = list(next_serials.values_list("pk", flat=True)[:CHUNK])
    if not ids:
        return 0
    texts = _texts(ids)
    SearchText.objects.bulk_create(texts, batch_size=CHUNK, ignore_conflicts=True)
    mark.serial_id = ids[-1]
    mark.save(update_fields=["serial_id"])
    return len(ids)


def _locked_mark() -> SearchMark:
    """The row that says up to which serial there are search texts, and of which version; locked.

    A new row is of the current version: nothing was indexed before.
    """
    mark, _new = SearchMark.objects.select_for_update().get_or_create(pk=1, defaults={"version": VERSION})
    return mark


def renew_texts(*, most: int | None = None) -> int:
    """Make again the search texts of at most ``most`` serials that an earlier release made; returns how many.

    None has no limit. Each ``CHUNK`` serials are a transaction of their own. The look-up works meanwhile, with what the
    texts hold. Idempotent, and may be stopped at any time.
    """
    done = 0
    while (most is None or done < most) and (renewed := _renew_next_chunk()):
        done += renewed
    return done


@transaction.atomic
def _renew_next_chunk() -> int:
    """Make the next ``CHUNK`` texts of an earlier version again; returns how many, 0 where none is left."""
    if not SearchMark.objects.filter(version__lt=VERSION).exists():
        return 0
    mark = _locked_mark()
    old = Serial.objects.filter(pk__gt=mark.renewed_serial_id, pk__lte=mark.serial_id).order_by("pk")
    ids = list(old.values_list("pk", flat=True)[:CHUNK])
    if ids:
        refresh_serials(ids)
        mark.renewed_serial_id = ids[-1]
    else:
        mark.version, mark.renewed_serial_id = VERSION, 0
    mark.save(update_fields=["version", "renewed_serial_id"])
    return len(ids)


def refresh_serials(serial_ids: Iterable[int]) -> None:
    """Make the search texts of serials again, in the transaction that changed their names. Idempotent.

    ``serial_ids`` are primary keys.
    """
    for chunk in batched(sorted(serial_ids), CHUNK):
        SearchText.objects.bulk_create(
            _texts(chunk),
            update_conflicts=True,
            unique_fields=["serial"],
            update_fields=["name_key", "text", "former_names", "ticket_references"],
        )


def refresh_customer(customer: Customer) -> None:
    """Make the search texts of all serials of a customer again. Idempotent."""
    refresh_serials(Serial.objects.filter(site__customer=customer).values_list("pk", flat=True))


def remove_unused_words(words: Iterable[str]) -> None:
    """Delete from the vocabulary those of these words that no search text contains any more. Idempotent.

    Called by an erasure, after the search texts were made again.
    """
    for word in _sorted_words(set(words)):
        contains = Q(text__contains=f"{GAP}{word}{GAP}") | Q(text__endswith=f"{GAP}{word}")
        if not SearchText.objects.filter(contains).exists():
            SearchWord.objects.filter(word=word).delete()


@transaction.atomic
def rebuild_index() -> int:
    """Delete all search texts and words and make them again; returns how many texts.

    Needed after the folding of words has changed. Idempotent.
    """
    fresh = {"serial_id": 0, "version": VERSION, "renewed_serial_id": 0}
    SearchMark.objects.update_or_create(pk=1, defaults=fresh)
    SearchText.objects.all().delete()
    SearchWord.objects.all().delete()
    return index_new_serials()


def has_unindexed_serials() -> bool:
    """Whether serials have no search text yet."""
    newest = Serial.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return not SearchMark.objects.filter(serial_id__gte=newest).exists() and newest > 0


# --- Texts -------------------------------------------------------------------------------------------


_CUSTOMER = [f"site__customer__{column}" for column in SEARCHABLE_FIELDS]
_NAMED_IN_REGISTRATION = [column for column in SEARCHABLE_FIELDS if column != "number"]
_MOST_FORMER = 10  # names and references of one serial, the latest
Lines = dict[int, list[str]]


def _texts(serial_ids: list[int]) -> list[SearchText]:
    """Search texts of the serials with these primary keys, unsaved.

    Reads plain values, not objects: an import can bring a hundred thousand serials.
    """
    serials = Serial.objects.filter(pk__in=serial_ids).order_by("pk")
    columns = ("pk", "code", "site_id", "site__name", "site__customer_id", "site__customer__erased_at", *_CUSTOMER)
    facts = list(serials.values_list(*columns))
    registrations, earlier = _registered_parties(serial_ids)
    merged = _merged_parties({customer for _pk, _code, _site, _name, customer, *_party in facts})
    former = search_details.former_names({pk: (site, customer) for pk, _code, site, _name, customer, *_ in facts})
    site_ids, references = search_details.site_ids(serial_ids), search_details.ticket_references(serial_ids)
    texts = []
    words: set[str] = set()
    for serial, code, _site, site, customer, erased, *party in facts:
        current = [] if erased else [SearchableParty(*party), *registrations.get(serial, [])]
        parties = [] if erased else [*current, *merged[customer]]
        now = {fold_name(party.name) for party in current}
        names = [*former[serial], *earlier[serial], *(party.name for party in merged[customer])]
        past = [] if erased else [name for name in dict.fromkeys(names) if fold_name(name) not in now][-_MOST_FORMER:]
        noted = [] if erased else references[serial][-_MOST_FORMER:]
        text = search_text(parties, site, codes=[code, *site_ids[serial]], others=[*past, *noted])
        key = name_key(parties[0].name)[:_NAME_KEY_LENGTH] if parties else ""
        lines = {"former_names": "\n".join(past), "ticket_references": "\n".join(noted)}
        texts.append(SearchText(serial_id=serial, name_key=key, text=text, **lines))
        words.update(word for each in parties for word in each.names())
        words.update(word for name in past for word in words_of(name))
    _add_words(words)
    return texts


def _registered_parties(serial_ids: list[int]) -> tuple[dict[int, list[SearchableParty]], Lines]:
    """Serial → a list of one: the party in its latest registration; and serial → the names in earlier ones.

    Serials that were never registered are missing in the first.
    """
    parties: dict[int, list[SearchableParty]] = {}
    earlier: Lines = defaultdict(list)
    registrations = Registration.objects.filter(serial__in=serial_ids).order_by("pk")
    for serial, *party in registrations.values_list("serial_id", *_NAMED_IN_REGISTRATION):
        if serial in parties and parties[serial][0].name:
            earlier[serial].append(parties[serial][0].name)
        parties[serial] = [SearchableParty(*party)]
    return parties, earlier


def _merged_parties(customer_ids: set[int]) -> dict[int, list[SearchableParty]]:
    """Primary key of each customer → the parties merged into it, whose names callers may still use."""
    parties: dict[int, list[SearchableParty]] = defaultdict(list)
    others = Customer.objects.filter(merged_into__in=customer_ids).order_by("pk")
    for customer, *party in others.values_list("merged_into_id", *SEARCHABLE_FIELDS):
        parties[customer].append(SearchableParty(*party))
    return parties


def _add_words(words: Iterable[str]) -> None:
    """Add words with their sounds to the vocabulary; known words, and those too short or too long, are skipped."""
    new = [SearchWord(word=word, sound=sound(word)) for word in _sorted_words(words)]
    SearchWord.objects.bulk_create(new, batch_size=CHUNK, ignore_conflicts=True)


def _sorted_words(words: Iterable[str]) -> Iterator[str]:
    """Words of 3 to 60 letters, sorted to prevent a deadlock between two transactions that add words."""
    return (word for word in sorted(words) if 3 <= len(word) <= 60)

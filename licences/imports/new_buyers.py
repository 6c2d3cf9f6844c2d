"""New customers of a purchase file who look like earlier ones of the same file, as if these were on record
(docs/decisions.md#who-is-this-customer)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from licences.domain.customer_keys import pair_digest
from licences.domain.customer_likeness import are_names_alike, may_be_alike
from licences.imports import bulk, record_pairs, temporary_tables
from licences.imports import buyer_statements as statements
from licences.imports.record_pairs import Decision, FoundPair, Kind
from licences.imports.statement_runner import StatementRunner
from licences.models import FileImport, row_number_of

_alike = lru_cache(maxsize=4096)(are_names_alike)


class _Party(NamedTuple):
    """A new customer of the file. ``key`` is minus the key of its first row; ``number`` may be empty."""

    key: int
    number: str
    number_key: str
    details_key: str
    name: str


@dataclass(frozen=True, slots=True)
class _NewLookalike:
    """A new customer, and an earlier one of the file who looks like it."""

    party: _Party
    earlier: _Party

    @property
    def pair(self) -> str:
        """The digest of both, which identifies the pair in decisions, whichever is first in a file."""
        one, other = self.party, self.earlier
        return digest_of_parties((one.number_key, one.details_key), (other.number_key, other.details_key))


def digest_of_parties(one: tuple[str, str], other: tuple[str, str]) -> str:
    """Return what a decision about two new customers of a file is remembered by: a digest of both, in any order.

    Each is given by the keys of its number, which may be empty, and of its details.
    """
    return pair_digest(Kind.LOOKALIKE, "file", *(part for each in sorted((one, other)) for part in each))


def judge_new_lookalikes(run: StatementRunner, file_import: FileImport) -> None:
    """Reject rows (``customer-like-known``) of new customers who look like an earlier new one of the same file.

    Where somebody decided whether they are the same, that counts instead. Reads and changes the table ``buyer``.
    Customers are compared if they share a block, and no more than ``MAX_SHARING`` do.
    """
    if not sum([run(statement) for statement in statements.FIND_SHARED_BLOCKS]):
        return
    temporary_tables.analyze("shared_block")
    found = sorted(set(_lookalikes()), key=lambda each: (-each.party.key, -each.earlier.key))
    if not found:
        return
    decided = record_pairs.decisions_on(file_import, {each.pair for each in found})
    same = [each for each in found if decided.get(each.pair) == Decision.SAME]
    joined, settled = _joined_parties(same), {each.party.key for each in same}
    open_ = [each for each in found if each.pair not in decided and each.party.key not in settled]
    # The first pair of a party is what its rows wait for.
    waiting = {_key_of(each.party, joined): each.pair for each in reversed(open_)}
    _store_parties(joined, waiting)
    if joined:
        run(statements.JOIN_PARTIES)
    rows = dict(run.fetch_all(statements.ROWS_OF_PARTIES)) if waiting else {}
    record_pairs.decide_pairs(
        file_import,
        (
            FoundPair(
                Kind.LOOKALIKE, each.pair, -each.party.key, rows.get(_key_of(each.party, joined), 0),
                reference=str(row_number_of(-each.earlier.key)),
            )
            for each in found
        ),
    )  # fmt: skip
    if waiting:
        run(statements.REFUSE_WAITING_PARTIES)


def _key_of(party: _Party, joined: dict[int, _Party]) -> int:
    """The key of a party, or of the one that it is joined to (``_joined_parties``)."""
    return joined[party.key].key if party.key in joined else party.key


def _store_parties(joined: dict[int, _Party], waiting: dict[int, str]) -> None:
    """Fill the temporary tables: ``joined`` is of ``_joined_parties``, ``waiting`` the pairs that parties wait for."""
    bulk.insert_rows(
        "joined_party",
        ("party", "same", "number", "number_key"),
        ((str(key), str(into.key), into.number, into.number_key) for key, into in joined.items()),
    )
    bulk.insert_rows("waiting_party", ("party", "pair"), ((str(key), pair) for key, pair in waiting.items()))


def _lookalikes() -> Iterator[_NewLookalike]:
    """The new customers that look like an earlier one of the file; some pairs more than once.

    Two different customer numbers are two customers.
    """
    for _block, members in groupby(temporary_tables.rows_of(statements.SHARING), key=itemgetter(0, 1)):
        earlier: list[_Party] = []
        for _kind, _hash, _row, *values in members:
            party = _Party(*values)
            yield from (_NewLookalike(party, other) for other in earlier if _may_be_one(party, other))
            earlier.append(party)


def _may_be_one(party: _Party, other: _Party) -> bool:
    """Whether two new customers look like one."""
    if party.key == other.key or (party.number_key and other.number_key):
        return False
    return may_be_alike(party.name, other.name) and _alike(party.name, other.name)


def _joined_parties(same: list[_NewLookalike]) -> dict[int, _Party]:
    """Party → the party that it is joined to, which is the first of them, with the number that one of them has.

    ``same``: the pairs that were decided to be the same, in the order of the file. A party whose number differs from
    that of the others stays a customer of its own.
    """
    groups: dict[int, list[_Party]] = {}
    for each in same:
        group = groups.setdefault(each.earlier.key, [each.earlier])
        other = groups.setdefault(each.party.key, [each.party])
        if group is not other and len({party.number_key for party in (*group, *other)} - {""}) <= 1:
            group += other
            groups.update({party.key: group for party in other})
    joined = {}
    for key, group in groups.items():
        first, numbered = max(group), max(group, key=lambda party: party.number_key)
        joined[key] = first._replace(number=numbered.number, number_key=numbered.number_key)
    return joined

"""What a page compares to know whether it is still up to date (docs/telephone-call.md#while-a-request-waits).

Each function returns a short text that changes with what the page shows. They run every few seconds for every open
page, so each is one statement, written as SQL: building the same with querysets took half of the processor time of
a poll of a request, and four fifths of one of the desk. Nothing here writes.
"""

from hashlib import sha256

from django.db import connection

from licences.domain.staff_identity import user_number_of

LISTED = 50

# What changes whenever a request is checked, an item settled, a supervisor agrees, or the request ends.
_STATES = """
SELECT r.id, r.serial_id, r.waiting_since, r.waiting_for, r.handed_over_at, r.closed_at, r.unlock_code_id,
    (SELECT MAX(c.number) FROM licences_checklistcheck c WHERE c.request_id = r.id),
    (SELECT MAX(s.id) FROM licences_checklistcheck c JOIN licences_checkeditem i ON i.checklist_id = c.id
        JOIN licences_itemresolution s ON s.checked_item_id = i.id WHERE c.request_id = r.id),
    (SELECT MAX(a.id) FROM licences_checklistcheck c JOIN licences_approval a ON a.checklist_id = c.id
        WHERE c.request_id = r.id)
FROM licences_relicensing r
"""
_OF_ONE = f"{_STATES} WHERE r.id = %s"
_OF_ALL_THAT_WAIT = f"{_STATES} WHERE r.waiting_since IS NOT NULL ORDER BY r.id"


def request_version(pk: int) -> str:
    """Return the version of a request: its checks, how items were settled, who agreed, and its end."""
    return _version(_OF_ONE, [pk])


def waiting_version(supervisor: str) -> str:
    """Return the version of the list of requests that this supervisor may decide.

    It also changes with waiting requests that they may not decide: who may is not worked out here.
    """
    return _version(_OF_ALL_THAT_WAIT, [], supervisor, user_number_of(supervisor))


def _version(statement: str, values: list[int], *viewer: str | int | None) -> str:
    """A text of 24 hexadecimal digits that changes with the rows of a statement, and differs between viewers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return sha256(repr((viewer, cursor.fetchall())).encode()).hexdigest()[:24]

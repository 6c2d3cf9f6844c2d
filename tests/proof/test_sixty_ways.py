"""Sixty ways to tamper by SQL, by somebody with all rights on the database: what ``verify_log`` finds, and what not.

The story is told once; every way is tried in a transaction of its own that is taken back. The last part of the table
are ways that are not found. docs/proof.md lists the same, and a test compares.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from licences.models import Event
from licences.proof.findings import SENTENCES
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests.proof.conftest import execute
from tests.tables import each_row


@dataclass(frozen=True)
class Way:
    """What is done, in SQL, and the findings that name it: each of these codes has to be among them."""

    name: str
    sql: str
    problems: str = ""

    @property
    def codes(self) -> set[str]:
        return set(self.problems.split())


# --- Pieces of SQL ---------------------------------------------------------------------------------

EVENT = "(SELECT min(id) FROM licences_event WHERE kind = 'blocked')"
LAST_GRANT = "(SELECT max(id) FROM licences_licencegrant)"
FIRST_GRANT = "(SELECT min(id) FROM licences_licencegrant)"
CODE = "(SELECT max(id) FROM licences_unlockcode WHERE expires_on IS NULL)"
FILE = f"(SELECT id FROM licences_licencefile WHERE unlock_code_id = {CODE})"
OPEN = "(SELECT max(id) FROM licences_relicensing WHERE outcome = '')"
ISSUED = "(SELECT max(id) FROM licences_relicensing WHERE outcome = 'issued')"
LIVE = "(SELECT max(id) FROM licences_installation WHERE ended_at IS NULL AND origin = 're-licensed')"
ENDED = "(SELECT max(id) FROM licences_installation WHERE end_reason = 'emergency-withdrawn')"
REGISTRATION = "(SELECT max(id) FROM licences_registration WHERE reason <> '')"
EMERGENCY = "(SELECT max(id) FROM licences_emergency WHERE outcome = 'decided')"
APPROVAL = "(SELECT max(id) FROM licences_approval WHERE subject = 'emergency')"
CHECK = "(SELECT max(id) FROM licences_checklistcheck)"
USE = "(SELECT max(id) FROM licences_releasecodeuse)"
ACCEPTED = "(SELECT max(id) FROM licences_itemresolution WHERE kind = 'accepted')"
SERIAL = f"(SELECT serial_id FROM licences_licencegrant WHERE id = {LAST_GRANT})"
# A product that the serial number of the last purchase line has no total of.
FREE = f"""(SELECT max(id) FROM licences_product WHERE id NOT IN (
    SELECT product_id FROM licences_balance WHERE serial_id = {SERIAL}))"""
LINE = """INSERT INTO licences_licencegrant (serial_id, product_id, quantity, purchase_reference, line, row_digest,
    column_checks, allocation_key, recorded_at)
    SELECT serial_id, {product}, 500, 'PO-FREE', 1, row_digest, column_checks, allocation_key, recorded_at
    FROM licences_licencegrant WHERE id = {row};"""
BALANCE = f"INSERT INTO licences_balance (serial_id, product_id, quantity) VALUES ({SERIAL}, {FREE}, 500);"


def change(table: str, row: str, columns: str) -> str:
    return f"UPDATE licences_{table} SET {columns} WHERE id = {row}"


def remove(table: str, row: str) -> str:
    return f"DELETE FROM licences_{table} WHERE id = {row}"


def as_copy(table: str, row: str, columns: str, values: str) -> str:
    """Another row like this one, but for some columns."""
    return f"INSERT INTO licences_{table} ({columns}) SELECT {values} FROM licences_{table} WHERE id = {row}"


REGISTERED = """serial_id, installation_id, address_line1, address_line2, postcode, city, country, contact_name,
    contact_phone, contact_email, reason, entered_by, entered_at"""
CHECKED = "release_code_unavailable, digest, checked_by, checked_at"
USED = "release_code, used_at"
INSTALLED = """origin, server_version, client_version, began_at, ended_at, end_reason, reported_release_code"""

# --- Found -----------------------------------------------------------------------------------------

LOG = [
    Way("another person in an event", change("event", EVENT, "actor = 'nobody'"), "content-changed"),
    Way("another moment of an event", change("event", EVENT, "at = '2001-01-01 00:00:00+00'"), "content-changed"),
    Way("other details of an event", change("event", EVENT, 'details = \'{"reason": "x"}\''), "content-changed"),
    Way("names in an event", change("event", EVENT, 'personal = \'{"customer": "x"}\''), "personal-changed"),
    Way("names of an event taken away", change("event", EVENT, "personal = '{}'"), "personal-removed"),
    Way("an event removed", remove("event", EVENT), "rows-missing end-missing"),
    Way("the last event removed", remove("event", "(SELECT max(id) FROM licences_event)"), "end-missing"),
    Way("all events removed", "DELETE FROM licences_event", "end-missing code-without-event"),
    Way("the end of the chain removed", "DELETE FROM licences_eventchain", "no-end"),
    Way("the end of the chain moved", "UPDATE licences_eventchain SET length = length + 1", "end-missing"),
]
PURCHASES = [
    Way(
        "a purchase line with its total: 500 free licences",
        LINE.format(product=FREE, row=LAST_GRANT) + BALANCE,
        "grant-without-event",
    ),
    Way(
        "a purchase line that raises a total",
        LINE.format(product="product_id", row=LAST_GRANT)
        + f"UPDATE licences_balance SET quantity = quantity + 500 WHERE serial_id = {SERIAL} AND product_id = "
        f"(SELECT product_id FROM licences_licencegrant WHERE purchase_reference = 'PO-FREE')",
        "grant-without-event",
    ),
    Way(
        "a purchase line with a key of before",
        f"UPDATE licences_licencegrant SET id = -1 WHERE id = {FIRST_GRANT}",
        "grants-changed grant-without-event",
    ),
    Way(
        "a larger quantity, and its total",
        f"UPDATE licences_licencegrant SET quantity = quantity + 7 WHERE id = {LAST_GRANT};"
        f"UPDATE licences_balance SET quantity = quantity + 7 WHERE serial_id = {SERIAL} AND product_id = "
        f"(SELECT product_id FROM licences_licencegrant WHERE id = {LAST_GRANT})",
        "grants-changed",
    ),
    Way("a total alone", f"UPDATE licences_balance SET quantity = 500 WHERE serial_id = {SERIAL}", "balance-differs"),
    Way("a total removed", f"DELETE FROM licences_balance WHERE serial_id = {SERIAL}", "balance-missing"),
    Way("a total of nothing that was bought", BALANCE, "balance-differs"),
    Way("a purchase line removed", remove("licencegrant", LAST_GRANT), "grants-changed balance-differs"),
    Way(
        "Software Assurance for longer",
        change("licencegrant", LAST_GRANT, "software_assurance_until = '2040-12-31'"),
        "grants-changed",
    ),
    Way("another purchase date", change("licencegrant", LAST_GRANT, "purchased_on = '2001-01-01'"), "grants-changed"),
    Way(
        "another purchase reference",
        change("licencegrant", LAST_GRANT, "purchase_reference = 'PO-X'"),
        "grants-changed",
    ),
    Way("another line number", change("licencegrant", LAST_GRANT, "line = 77"), "grants-changed"),
    Way("the digest of a purchase row", change("licencegrant", LAST_GRANT, "row_digest = '0'"), "grants-changed"),
    Way("the key of an allocation", change("licencegrant", LAST_GRANT, "allocation_key = '0'"), "grants-changed"),
    Way(
        "a purchase line for another serial number",
        f"UPDATE licences_licencegrant SET serial_id = "
        f"(SELECT serial_id FROM licences_licencegrant WHERE id = {FIRST_GRANT}) WHERE id = {LAST_GRANT}",
        "grants-changed",
    ),
    Way(
        "another serial number", f"UPDATE licences_serial SET code = 'ZZZZZZZZ' WHERE id = {SERIAL}", "serials-changed"
    ),
    Way("another origin", f"UPDATE licences_serial SET origin = 'taken-over' WHERE id = {SERIAL}", "serials-changed"),
    Way(
        "a serial number without a purchase",
        "INSERT INTO customers_site (customer_id, name, name_key, created_at) "
        "SELECT min(id), 'Free', 'free', min(created_at) FROM customers_customer;"
        "INSERT INTO licences_serial (code, site_id, origin, highest_version, blocked_by, blocked_reason, created_at) "
        "SELECT 'ZZZZZZZZ', max(id), 'allocated', '', '', '', max(created_at) FROM customers_site",
        "serial-without-purchase",
    ),
]
CATALOGUE = [
    Way(
        "two products that swap slots",
        "UPDATE licences_product SET slot = 31 WHERE slot = 1; UPDATE licences_product SET slot = 1 WHERE slot = 2;"
        "UPDATE licences_product SET slot = 2 WHERE slot = 31",
        "product-differs",
    ),
    Way(
        "two products that swap all they say",
        "UPDATE licences_product SET sku = 'x', slot = 31 WHERE slot = 1;"
        "UPDATE licences_product SET sku = 'XCH-SRV', name = 'Xchange Server', slot = 1 WHERE slot = 2;"
        "UPDATE licences_product SET sku = 'XCH-USR', name = 'Xchange user licence', slot = 2 WHERE slot = 31",
        "product-differs",
    ),
    Way("another SKU", "UPDATE licences_product SET sku = 'XCH-OLD' WHERE slot = 1", "product-differs"),
    Way("another name of a product", "UPDATE licences_product SET name = 'Free' WHERE slot = 1", "product-differs"),
    Way(
        "another slot", "UPDATE licences_product SET slot = 30 WHERE slot = 1", "product-without-event product-missing"
    ),
    Way(
        "a product nobody entered",
        "INSERT INTO licences_product (sku, name, slot) VALUES ('XCH-FREE', 'Free', 30)",
        "product-without-event",
    ),
]
CODES = [
    Way("a licence file removed", remove("licencefile", FILE), "licence-file-missing files-changed"),
    Way("a licence file emptied", change("licencefile", FILE, "text = ''"), "licence-file-forged"),
    Way(
        "the licence file of another code",
        change("licencefile", FILE, "text = (SELECT text FROM licences_licencefile ORDER BY id LIMIT 1)"),
        "licence-file-forged",
    ),
    Way("other licences in a code", change("unlockcode", CODE, "lines = '[]'"), "code-forged"),
    Way("another occasion", change("unlockcode", CODE, "occasion = 'emergency'"), "code-differs"),
    Way("who made a code", change("unlockcode", CODE, "issued_by = 'nobody'"), "code-by-another"),
    Way("a later number of a code", change("unlockcode", CODE, "sequence = 4000"), "code-forged code-missing"),
    Way("another release code", change("unlockcode", CODE, "release_code = 'ZZZZZZZZZZ'"), "code-forged"),
]
REQUESTS = [
    Way(
        'a request set to "issued"',
        change(
            "relicensing",
            OPEN,
            f"outcome = 'issued', closed_by = 'clerk', closed_at = opened_at, "
            f"waiting_since = NULL, unlock_code_id = {CODE}",
        ),
        "end-without-event",
    ),
    Way(
        "a request opened again",
        change("relicensing", ISSUED, "outcome = '', closed_by = '', closed_at = NULL, unlock_code_id = NULL"),
        "request-differs",
    ),
    Way(
        "another code of a request",
        change("relicensing", ISSUED, "unlock_code_id = (SELECT min(id) FROM licences_unlockcode)"),
        "request-differs",
    ),
    Way("who closed a request", change("relicensing", ISSUED, "closed_by = 'nobody'"), "request-differs"),
    Way("who opened a request", change("relicensing", ISSUED, "opened_by = 'nobody'"), "request-of-another"),
    Way(
        "a request of another serial number",
        change("relicensing", OPEN, f"serial_id = {SERIAL}"),
        "request-differs",
    ),
    Way(
        "a request without a check",
        "INSERT INTO licences_relicensing (purpose, opened_by, opened_at, waiting_for, closed_by, outcome) "
        "SELECT 'migrate', 'clerk', max(opened_at), '[]', '', '' FROM licences_relicensing",
        "request-without-event",
    ),
    Way("a used release code removed", remove("releasecodeuse", USE), "use-differs"),
    Way("another used release code", change("releasecodeuse", USE, "release_code = 'ZZZZZZZZZZ'"), "use-differs"),
    Way(
        "a release code used up by nobody",
        as_copy("releasecodeuse", USE, f"installation_id, request_id, {USED}", f"{LIVE}, {OPEN}, {USED}"),
        "use-without-event",
    ),
    Way("who ran a check", change("checklistcheck", CHECK, "checked_by = 'nobody'"), "check-by-another"),
    Way(
        "a better verdict",
        "UPDATE licences_checkeditem SET verdict = 'match' WHERE id = "
        f"(SELECT checked_item_id FROM licences_itemresolution WHERE id = {ACCEPTED})",
        "verdicts-differ",
    ),
    Way(
        "a check that nobody ran",
        as_copy("checklistcheck", CHECK, f"request_id, number, {CHECKED}", f"request_id, 99, {CHECKED}"),
        "check-without-event",
    ),
    Way(
        "another reason", change("itemresolution", ACCEPTED, "reason = 'x'"), "decision-without-event decision-missing"
    ),
    Way("an item settled by nobody", remove("itemresolution", ACCEPTED), "decision-missing"),
]
SUPERVISION = [
    Way("a later last day", change("emergency", EMERGENCY, "expires_on = '2040-01-01'"), "emergency-differs"),
    Way("who settled an emergency", change("emergency", EMERGENCY, "settled_by = 'nobody'"), "emergency-differs"),
    Way("who agreed", change("approval", APPROVAL, "approved_by = 'nobody'"), "approval-without-event"),
    Way("an approval removed", remove("approval", APPROVAL), "approval-missing"),
    Way(
        "a block that nobody put",
        change("serial", SERIAL, "blocked_at = created_at, blocked_by = 'x', blocked_reason = 'x'"),
        "block-differs",
    ),
]
INSTALLATIONS = [
    Way(
        "an installation that ended runs again",
        change("installation", ENDED, "ended_at = NULL, end_reason = ''"),
        "installation-differs",
    ),
    Way(
        "an installation ended by nobody",
        change("installation", LIVE, "ended_at = began_at, end_reason = 'by-hand'"),
        "installation-differs",
    ),
    Way(
        "another site ID", change("installation", LIVE, "site_id = 'ZZZZZZZZZZZZ'"), "installation-differs code-forged"
    ),
    Way(
        "a registration to somebody else",
        as_copy("registration", REGISTRATION, f"name, {REGISTERED}", f"'Somebody else', {REGISTERED}"),
        "registrations-differ",
    ),
    Way("a registration removed", remove("registration", REGISTRATION), "registrations-differ"),
    Way("who registered", change("registration", REGISTRATION, "entered_by = 'nobody'"), "registration-differs"),
    Way("why it was registered", change("registration", REGISTRATION, "reason = 'x'"), "registration-differs"),
    Way(
        "the name of a registration",
        "UPDATE licences_registration SET name = 'Somebody else' WHERE id = "
        "(SELECT min(id) FROM licences_registration WHERE name <> '' AND reason = '')",
        "registration-differs",
    ),
]
FOUND = [*LOG, *PURCHASES, *CATALOGUE, *CODES, *REQUESTS, *SUPERVISION, *INSTALLATIONS]

# --- Not found: no event knows better ----------------------------------------------------------------

NOT_FOUND = [
    Way(
        "a user made superuser",
        "INSERT INTO auth_user (username, password, first_name, last_name, email, is_staff, is_active, is_superuser, "
        "date_joined) VALUES ('intruder', '!', '', '', '', {true}, {true}, {true}, '2026-01-01 00:00:00+00')",
    ),
    Way("the address of a registration", change("registration", REGISTRATION, "address_line1 = 'Am Hafen 3'")),
    Way(
        "the name and address of a customer",
        "UPDATE customers_customer SET name = 'Somebody else', address_line1 = 'Am Hafen 3'",
    ),
    Way(
        "whose a serial number is",
        f"UPDATE customers_site SET customer_id = (SELECT min(id) FROM customers_customer) WHERE id = "
        f"(SELECT site_id FROM licences_serial WHERE id = {SERIAL})",
    ),
    Way("what proves an installation", change("installation", LIVE, "token_digest = 'x', reached_at = NULL")),
    Way(
        "the highest version that was lawful", f"UPDATE licences_serial SET highest_version = '9.9' WHERE id = {SERIAL}"
    ),
    Way("what was said in a check", f"UPDATE licences_checkeditem SET said = 'x' WHERE checklist_id = {CHECK}"),
    Way("wrong release codes that were counted", "DELETE FROM licences_wrongreleasecode"),
    Way("when a code was made", change("unlockcode", CODE, "issued_at = '2001-01-01 00:00:00+00'")),
    Way("facts of reference", "UPDATE licences_release SET version = '9.9'"),
]


# --- Tried -----------------------------------------------------------------------------------------


def found_problems() -> set[str]:
    return {finding.problem for finding in (*LogVerification().findings(), *record_findings())}


def tamper(way: Way) -> None:
    true = "true" if connection.vendor == "postgresql" else "1"
    before = state()
    for statement in way.sql.replace("{true}", true).split(";"):
        if statement.strip():
            execute(statement)
    assert state() != before, "nothing was changed"


def state() -> list[object]:
    """Every row of every table that somebody may tamper with."""
    tables = [name for name in connection.introspection.table_names() if name.startswith(TABLES)]
    rows: list[object] = []
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            rows.append([tuple(map(str, row)) for row in cursor.fetchall()])
    return rows


TABLES = ("licences_", "customers_", "auth_user")


@each_row("way", FOUND)
def test_what_was_tampered_with_is_found(unguarded, way):
    tamper(way)

    assert way.codes <= found_problems()


@each_row("way", NOT_FOUND)
def test_what_no_event_knows_is_not_found(unguarded, way):
    """Should one of these be found some day, it moves to the table above and goes from docs/proof.md."""
    tamper(way)

    assert found_problems() == set()


def test_nobody_tampered_before(unguarded):
    assert found_problems() == set()
    assert Event.objects.count() == len(unguarded)


def test_there_are_sixty_ways_at_least_and_each_is_another():
    ways = [*FOUND, *NOT_FOUND]

    assert len(FOUND) >= 60
    assert len({way.name for way in ways}) == len({way.sql for way in ways}) == len(ways)
    assert all(way.codes and way.codes <= SENTENCES.keys() for way in FOUND)


def test_the_page_lists_what_is_not_found():
    page = (Path(settings.BASE_DIR) / "docs" / "proof.md").read_text(encoding="utf-8")

    listed = page.split("### What it does not find")[1].split("###")[0]

    assert [line[2:].split(":")[0] for line in listed.splitlines() if line.startswith("- ")] == [
        way.name for way in NOT_FOUND
    ]

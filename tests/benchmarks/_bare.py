"""The floor for the API benchmark: bare Django views with the same SQL that check and sign nothing."""

import json
import secrets
import time
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from licences.domain.dialled_numbers import dialled_number
from licences.domain.query_parsing import parse_query
from licences.lookup import search, serial_summaries
from licences.lookup.statements import SearchStatement, union_of
from licences.queries import site_facts

COUNT = """INSERT INTO licences_ratelimit (key, busy_until) VALUES (%s, %s), (%s, %s) ON CONFLICT (key) DO UPDATE
    SET busy_until = {later}(licences_ratelimit.busy_until, %s) + (excluded.busy_until - %s)
    WHERE licences_ratelimit.busy_until + (excluded.busy_until - %s) <= %s RETURNING key"""
SERIAL = """SELECT * FROM licences_serial JOIN customers_site ON licences_serial.site_id = customers_site.id
    JOIN customers_customer ON customers_site.customer_id = customers_customer.id
    WHERE licences_serial.code = %s ORDER BY licences_serial.id LIMIT 1"""
INSTALLATION = "SELECT * FROM licences_installation WHERE serial_id = %s ORDER BY ended_at DESC NULLS FIRST, id DESC"
ASSURED = "SELECT max(software_assurance_until) FROM licences_licencegrant WHERE serial_id = %s"
RELEASES = "SELECT * FROM licences_release ORDER BY id"
BALANCES = """SELECT * FROM licences_balance JOIN licences_product ON licences_balance.product_id = licences_product.id
    WHERE licences_balance.serial_id = %s AND licences_balance.quantity > 0 ORDER BY licences_product.slot"""
LATEST_CODE = """SELECT * FROM licences_unlockcode LEFT JOIN licences_licencefile
    ON licences_unlockcode.id = licences_licencefile.unlock_code_id
    WHERE licences_unlockcode.serial_id = %s ORDER BY licences_unlockcode.sequence DESC LIMIT 1"""
RAISED = "SELECT sum(by_how_many) FROM licences_sequenceraise WHERE last_serial >= %s"
PROVED = "SELECT max(proved_sequence) FROM licences_installation WHERE serial_id = %s"
HIGHEST = "UPDATE licences_serial SET highest_version = %s WHERE id = %s"
INSTALL = """INSERT INTO licences_installation (serial_id, site_id, origin, server_version, client_version, began_at,
    ended_at, end_reason, reported_release_code, token_digest, token_bound_at, reached_at)
    VALUES (%s, %s, 'registered', %s, %s, %s, NULL, '', '', %s, %s, %s) RETURNING id"""
NAMED = "SELECT * FROM licences_registration WHERE serial_id = %s ORDER BY id"
OF_SERIAL = """SELECT * FROM licences_serial JOIN customers_site ON licences_serial.site_id = customers_site.id
    JOIN customers_customer ON customers_site.customer_id = customers_customer.id WHERE licences_serial.id = %s"""
MERGED = "SELECT * FROM customers_customer WHERE merged_into_id = %s ORDER BY id"
FORMER_CUSTOMERS = "SELECT id, name FROM customers_historicalcustomer WHERE id = %s ORDER BY history_id"
FORMER_SITES = "SELECT id, customer_id FROM customers_historicalsite WHERE id = %s ORDER BY history_id"
SITE_IDS = "SELECT serial_id, site_id FROM licences_installation WHERE serial_id = %s ORDER BY id"
TICKETS = "SELECT serial_id, ticket_reference FROM licences_relicensing WHERE serial_id = %s ORDER BY id"
WORD = "INSERT INTO licences_searchword (word, sound) VALUES (%s, %s) ON CONFLICT DO NOTHING"
TEXT = """INSERT INTO licences_searchtext (serial_id, name_key, text) VALUES (%s, %s, %s)
    ON CONFLICT (serial_id) DO UPDATE SET name_key = EXCLUDED.name_key, text = EXCLUDED.text"""
REGISTER = """INSERT INTO licences_registration (address_line1, address_line2, postcode, city, country, contact_name,
    contact_phone, contact_email, serial_id, installation_id, name, reason, entered_by, entered_at)
    VALUES (%s, '', '', '', '', %s, %s, '', %s, %s, %s, '', 'bare', %s) RETURNING id"""
CODE = """INSERT INTO licences_unlockcode (serial_id, installation_id, sequence, code, release_code, key_id,
    assured_month, expires_on, lines, occasion, issued_by, issued_at)
    VALUES (%s, %s, 1, %s, 'AAAAAAAAAA', 1, 330, NULL, %s, 'registration', 'bare', %s) RETURNING id"""
FILE = "INSERT INTO licences_licencefile (unlock_code_id, key_id, text) VALUES (%s, %s, %s) RETURNING id"
CHAIN = "SELECT id, length, last_hash FROM licences_eventchain WHERE id = 1"
EVENT = """INSERT INTO licences_event (at, kind, actor, serial, customer_id, details, personal, personal_salt,
    personal_digest, previous_hash, hash) VALUES (%s, 'registered', 'bare', %s, %s, %s, %s, %s, %s, %s, %s)
    RETURNING id"""
FROM_HERE = "SELECT * FROM licences_installationaddress WHERE installation_id = %s AND digest = %s ORDER BY id LIMIT 1"
NEW_ADDRESS = """INSERT INTO licences_installationaddress (installation_id, digest, first_at, last_at, returned_at)
    VALUES (%s, %s, %s, %s, NULL) ON CONFLICT DO NOTHING"""
KEY = "SELECT * FROM licences_programkey WHERE handle = %s ORDER BY id DESC LIMIT 1"
COUNT_KEY = """INSERT INTO licences_ratelimit (key, busy_until) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE
    SET busy_until = {later}(licences_ratelimit.busy_until, %s) + (excluded.busy_until - %s)
    WHERE licences_ratelimit.busy_until + (excluded.busy_until - %s) <= %s RETURNING key"""
SUMMARY = serial_summaries._LISTING.format(statement=serial_summaries._BY_CODE)
FACTS = site_facts._FACTS.format(keys="%s")
CHAIN_END = "UPDATE licences_eventchain SET length = %s, last_hash = %s WHERE id = 1"


@csrf_exempt
@login_not_required
def update(request: HttpRequest) -> JsonResponse:
    body = json.loads(request.body)
    with connection.cursor() as cursor:
        _count(cursor, request, body)
        with transaction.atomic():
            serial = _all(cursor, _locking(SERIAL, "NO KEY UPDATE OF licences_serial"), [body["serial"]])[0]
            installation = _all(cursor, INSTALLATION, [serial[0]])[0][0]
            _all(cursor, ASSURED, [serial[0]])
            cursor.execute(RELEASES)
            cursor.fetchall()
            balances = _all(cursor, BALANCES, [serial[0]])
            code = _all(cursor, LATEST_CODE, [serial[0]])[0]
        _note_address(cursor, request, installation, timezone.now())
    return JsonResponse({"serial": body["serial"], "balances": len(balances), "code": code[4], "file": code[-1]})


@csrf_exempt
@login_not_required
def register(request: HttpRequest) -> JsonResponse:
    body = json.loads(request.body)
    now = timezone.now()
    with connection.cursor() as cursor:
        _count(cursor, request, body)
        with transaction.atomic():
            serial = _all(cursor, _locking(SERIAL, "NO KEY UPDATE OF licences_serial"), [body["serial"]])[0]
            _all(cursor, INSTALLATION, [serial[0]])
            _all(cursor, ASSURED, [serial[0]])
            cursor.execute(RELEASES)
            cursor.fetchall()
            cursor.execute(HIGHEST, [body["server_version"], serial[0]])
            code, file = _insert(cursor, serial[0], body, now)
            _append(cursor, body["serial"], now)
    return JsonResponse({"serial": body["serial"], "code": code, "file": file}, status=201)


@login_not_required
def site(request: HttpRequest, serial: str) -> JsonResponse:
    """A look-up by serial number: the statement of the look-up, and that of the facts about the site."""
    with connection.cursor() as cursor:
        _take_key(cursor, request)
        found = _all(cursor, SUMMARY, [serial])[0]
        _all(cursor, FACTS, [found[0], found[0]])
    return JsonResponse({"serial": found[1], "customer": found[8], "town": found[9]})


@login_not_required
def callers(request: HttpRequest) -> JsonResponse:
    """Who calls: the statement of the look-up for a telephone number."""
    statement = _statement_for(request.GET["number"])
    with connection.cursor() as cursor:
        _take_key(cursor, request)
        found = _all(cursor, statement.sql, list(statement.parameters))
    return JsonResponse({"callers": [{"company": row[8], "town": row[9], "serial": row[1]} for row in found]})


@cache
def _statement_for(number: str) -> SearchStatement:
    """The statement is made once for each number: it is no part of the floor."""
    query = parse_query(dialled_number(number))
    found = union_of(search._exact_statements(query, with_codes=False))
    return SearchStatement(serial_summaries._LISTING.format(statement=found.sql), found.parameters)


def _take_key(cursor: CursorWrapper, request: HttpRequest) -> None:
    now = time.time()
    later = "MAX" if connection.vendor == "sqlite" else "GREATEST"
    handle = request.headers["Authorization"].removeprefix("Bearer xlp_")[:10]
    key = _all(cursor, KEY, [handle])[0][0]
    _one(cursor, COUNT_KEY.format(later=later), [f"key:{key}", now, now, now, now, now + 60])


def _note_address(cursor: CursorWrapper, request: HttpRequest, installation: int, now: Any) -> None:
    digest = f"{request.headers['X-Forwarded-For']:d<32}"
    if not _all(cursor, FROM_HERE, [installation, digest]):
        with transaction.atomic():
            cursor.execute(NEW_ADDRESS, [installation, digest, now, now])


def _count(cursor: CursorWrapper, request: HttpRequest, body: dict[str, Any]) -> None:
    now = time.time()
    address = request.headers["X-Forwarded-For"]
    later = "MAX" if connection.vendor == "sqlite" else "GREATEST"
    keys: list[Any] = [f"address:{address}", now + 0.5, f"serial:{body['serial']}", now + 1]
    cursor.execute(COUNT.format(later=later), [*keys, now, now, now, now + 60])
    cursor.fetchall()


def _locking(statement: str, lock: str) -> str:
    return f"{statement} FOR {lock}" if connection.vendor == "postgresql" else statement


def _one(cursor: CursorWrapper, statement: str, values: list[Any]) -> Any:
    cursor.execute(statement, values)
    return cursor.fetchone()


def _all(cursor: CursorWrapper, statement: str, values: list[Any]) -> list[Any]:
    cursor.execute(statement, values)
    return cursor.fetchall()


def _insert(cursor: CursorWrapper, serial: int, body: dict[str, Any], now: Any) -> tuple[str, str]:
    code, file, customer = secrets.token_hex(12), "f" * 700, body["customer"]
    versions = [body["server_version"], body["client_version"]]
    with transaction.atomic():
        installation = _one(cursor, INSTALL, [serial, body["site_id"], *versions, now, "d" * 64, now, now])[0]
    details = [customer["address_line1"], customer["contact_name"], customer["contact_phone"]]
    _one(cursor, REGISTER, [*details, serial, installation, customer["name"], now])
    _make_searchable(cursor, serial, customer["name"].casefold())
    balances = _all(cursor, BALANCES, [serial])
    lines = json.dumps([{"slot": row[-1], "quantity": row[3]} for row in balances])
    _all(cursor, LATEST_CODE, [serial])
    _one(cursor, RAISED, [serial])
    _one(cursor, PROVED, [serial])
    unlock_code_id = _one(cursor, CODE, [serial, installation, code, lines, now])[0]
    _one(cursor, FILE, [unlock_code_id, "k" * 43, file])
    return code, file


def _make_searchable(cursor: CursorWrapper, serial: int, name: str) -> None:
    _one(cursor, OF_SERIAL, [serial])
    _one(cursor, NAMED, [serial])
    _one(cursor, MERGED, [serial])
    for statement in (FORMER_CUSTOMERS, FORMER_SITES, SITE_IDS, TICKETS):
        _all(cursor, statement, [serial])
    cursor.execute(WORD, [name.split()[0], "123"])
    cursor.execute(TEXT, [serial, name, name])


def _append(cursor: CursorWrapper, serial: str, now: Any) -> None:
    end = _all(cursor, _locking(CHAIN, "UPDATE"), [])[0]
    link = secrets.token_hex(32)
    _one(cursor, EVENT, [now, serial, None, "{}", "{}", link[:32], link, end[2], link])
    cursor.execute(CHAIN_END, [end[1] + 1, link])


urlpatterns = [
    path("bare/updates", update),
    path("bare/registrations", register),
    path("bare/sites/<serial>", site),
    path("bare/callers", callers),
    path("", include("licensing_portal.urls")),
]

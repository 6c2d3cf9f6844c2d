"""A bare WSGI function that responds like the look-up's JSON for a code: the minimum that any server has to do.

It also reads session and user (docs/decisions.md#no-short-cut-past-authentication), with prepared statements straight
through the driver. Only for comparison.
"""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import psycopg

_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
_USER = "SELECT id, username, is_active FROM auth_user WHERE username = 'benchmark' AND id > %s"
_CODE = """
SELECT s.code, s.blocked_at, t.name, c.name, c.city, r.entered_at, i.site_id
FROM licences_serial s JOIN customers_site t ON t.id = s.site_id JOIN customers_customer c ON c.id = t.customer_id
LEFT JOIN licences_registration r ON r.serial_id = s.id LEFT JOIN licences_installation i ON i.serial_id = s.id
WHERE s.code = %s
"""
_connections: list[psycopg.Connection[Any]] = []


def _connection() -> psycopg.Connection[Any]:
    if not _connections:
        _connections.append(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True))
    return _connections[0]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    connection = _connection()
    connection.execute(_SESSION, [environ.get("HTTP_COOKIE", "")], prepare=True).fetchall()
    connection.execute(_USER, [0], prepare=True).fetchall()
    code = parse_qs(environ["QUERY_STRING"])["q"][0].replace("-", "")
    rows = connection.execute(_CODE, [code], prepare=True).fetchall()
    body = json.dumps({"results": [[str(value) for value in row] for row in rows]}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]

"""Examples of the documentation: a site with the answers that programs really get.

``tests/api/test_program_examples.py`` makes these calls.
"""

from typing import Any

SITE: dict[str, Any] = {
    "serial": "AB1CO9XZ",
    "site_id": "4K7MPO2WQZ8R",
    "customer": "Bäckerei Müller & Söhne GmbH",
    "customer_number": "K-10042",
    "town": "Tübingen",
    "postcode": "72074",
    "site": "",
    "certainty": "sure",
    "found_by": "serial-number",
    "verdict": {"code": "registered", "words": "registered"},
    "blocked": False,
    "live": True,
    "registration": {"name": "Bäckerei Müller & Söhne GmbH", "registered_on": "2026-11-24"},
    "software_assurance_until": "2027-06-30",
    "covered": True,
    "versions": {"server": "2.6", "client": "2.6"},
    "upgrade": {"allowed": "2.7", "refused": "", "reason": ""},
    "licences": [{"product": "XCH-SRV", "name": "Xchange Server", "quantity": 1}],
    "contact": {"name": "Sabine Vogel", "phone": "07071/555 0163", "email": "vogel@example.com"},
    "url": "https://licensing.example.com/serials/AB1C-O9XZ/",
}

LINE: dict[str, Any] = {
    "purchase_reference": "WEB-2026-48120",
    "line": 1,
    "purchased_on": "2026-11-24",
    "product": "XCH-SRV",
    "quantity": 1,
    "software_assurance_until": "2027-11-30",
    "customer_number": "K-10042",
    "customer_name": "Bäckerei Müller & Söhne GmbH",
    "address_line1": "Hauptstraße 12a",
    "postcode": "72074",
    "city": "Tübingen",
    "country": "DE",
    "contact_name": "Sabine Vogel",
    "contact_phone": "07071/555 0163",
    "contact_email": "vogel@example.com",
}
PURCHASES = {"lines": [LINE], "mode": "all", "dry_run": False}
_RECORDED_IN = {"number": 73, "url": "https://licensing.example.com/purchases/imports/73/"}
_ANSWERED_LINE = {"row": 1, "outcome": "new", "recorded": True, "serial": "AB1CO9XZ", "problems": []}
_RECORDED = {
    "state": "recorded",
    "lines": [_ANSWERED_LINE],
    "recorded_in": _RECORDED_IN,
    "waits_in": None,
    "ignored": [],
}
_LOOK_ALIKE = {
    "column": "customer_name",
    "code": "customer-like-known",
    "detail": "This customer looks like one on record or in an earlier row. Say whether it is the same or another one.",
}
REJECTED_LINES = [
    {
        "row": 1,
        "outcome": "rejected",
        "recorded": False,
        "serial": None,
        "problems": [
            {
                "column": "product",
                "code": "product-unknown",
                "detail": "The catalogue has no product “XCH-SVR”. Check the spelling.",
            }
        ],
    }
]
# Status → what POST /purchases answers with it.
PURCHASES_BY_STATUS: dict[int, dict[str, Any]] = {
    200: _RECORDED | {"state": "unchanged", "recorded_in": None, "lines": [_ANSWERED_LINE | {"outcome": "unchanged"}]},
    201: _RECORDED,
    202: _RECORDED
    | {
        "state": "waiting",
        "recorded_in": None,
        "waits_in": _RECORDED_IN,
        "lines": [
            {**_ANSWERED_LINE, "outcome": "waiting", "recorded": False, "serial": None, "problems": [_LOOK_ALIKE]}
        ],
    },
}

EVENT: dict[str, Any] = {
    "id": 8,
    "kind": "registered",
    "at": "2026-11-24T09:30:00Z",
    "serial": "AB1CO9XZ",
    "customer": 1,
    "details": {"site_id": "4K7MPO2WQZ8R", "server_version": "2.6", "client_version": "2.6", "sequence": 1},
    "actor": None,
    "personal": None,
}

# Operation id → parameter → value; below, body of the successful answer.
PARAMETERS: dict[str, dict[str, Any]] = {
    "find_sites": {"q": "+49 7071 5550163", "limit": 10, "cursor": "10-AB1CO9XZ", "fields": "serial,customer,verdict"},
    "read_site": {"serial": "AB1C-O9XZ", "fields": "serial,verdict,contact"},
    "name_callers": {"number": "+4970715550163"},
    "record_purchases": {"Idempotency-Key": "7f9a4c1e-52d3-4b0e-9c53-2f7d1d3b8a10"},
    "read_events": {"after": "7", "kind": "registered,released", "limit": 100},
}
BODIES: dict[str, dict[str, Any]] = {"record_purchases": PURCHASES}
ANSWERS: dict[str, dict[str, Any]] = {
    "find_sites": {
        "sites": [SITE | {"found_by": "telephone"}],
        "answer": "AB1CO9XZ",
        "more": False,
        "next": None,
    },
    "read_site": SITE,
    "name_callers": {
        "callers": [
            {
                "company": "Bäckerei Müller & Söhne GmbH",
                "town": "Tübingen",
                "certainty": "sure",
                "serials": [
                    {"serial": "AB1CO9XZ", "site": "", "verdict": {"code": "registered", "words": "registered"}}
                ],
            }
        ],
        "more": False,
    },
    "read_events": {"events": [EVENT], "next": 8, "more": False},
}

# Problem → parameters of its sentence.
PROBLEM_PARAMETERS: dict[str, dict[str, Any]] = {
    "after-beyond-end": {"after": 98765, "end": 43210},
    "address-not-allowed": {"address": "198.51.100.7"},
    "scope-missing": {"scope": "sites:read"},
    "too-many-requests": {"seconds": 12},
    "lines-rejected": {"count": 1},
    "body-too-large": {"limit": 2_000_000},
}
ERRORS = {"q": ["This must not be empty."]}

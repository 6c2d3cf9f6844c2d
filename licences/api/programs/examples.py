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
    "read_events": {"after": "7", "limit": 100},
}
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
}
ERRORS = {"q": ["This must not be empty."]}

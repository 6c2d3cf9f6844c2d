"""Examples of the API documentation: the calls of one serial number, with the answers they really get.

``tests/api/test_examples.py`` makes these calls to a portal with the example keys of docs/codes.md.
"""

from typing import Any

SERIAL, SITE_ID = "AB1C-O9XZ", "4K7M-PO2W-QZ8R"
INSTALLATION = {"serial": SERIAL, "site_id": SITE_ID}
TOKEN = {"installation_token": "pS3oBV4nEu0jQXwC2yq7Rk_fT9d-LhZ1mGa6UxNs8Wc"}
VERSIONS = {"server_version": "2.6", "client_version": "2.6"}

CUSTOMER = {
    "name": "Bäckerei Müller & Söhne GmbH",
    "address_line1": "Hauptstraße 12a",
    "postcode": "72074",
    "city": "Tübingen",
    "country": "DE",
    "contact_name": "Sabine Vogel",
    "contact_phone": "07071/555 0163",
    "contact_email": "vogel@example.com",
}
LICENCES = {
    "serial": "AB1CO9XZ",
    "site_id": "4K7MPO2WQZ8R",
    "sequence": 1,
    "unlock_code": "2BKNOKNVXWB993NJSHC1X5R7C1O6D",
    "licence_file": (
        "eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsiLCJ0eXAi"
        "OiJ4Y2hhbmdlLWxpY2VuY2Urand0In0.eyJpc3MiOiJodHRwczovL2xpY2Vuc2luZy5leGFtcGxlLmNvbSIsImlhdCI6MTc5"
        "NTUxMjYwMCwianRpIjoiQUIxQ085WFotMSIsInNlcmlhbCI6IkFCMUNPOVhaIiwic2l0ZV9pZCI6IjRLN01QTzJXUVo4UiIs"
        "InNlcXVlbmNlIjoxLCJ1bmxvY2tfY29kZSI6IjJCS05PS05WWFdCOTkzTkpTSEMxWDVSN0MxTzZEIiwiY3VzdG9tZXIiOiJC"
        "XHUwMGU0Y2tlcmVpIE1cdTAwZmNsbGVyICYgU1x1MDBmNmhuZSBHbWJIIiwibGljZW5jZXMiOlt7InByb2R1Y3QiOiJYQ0gt"
        "U1JWIiwic2xvdCI6MSwicXVhbnRpdHkiOjF9LHsicHJvZHVjdCI6IlhDSC1VU1IiLCJzbG90IjoyLCJxdWFudGl0eSI6MjV9"
        "XSwic29mdHdhcmVfYXNzdXJhbmNlX3VudGlsIjoiMjAyNy0wNi0zMCIsImV4cGlyZXNfb24iOm51bGx9.9PO192YTOR2PDgd"
        "gan96peg1wWGLTYb7jA0YKedKES_6-Ztdg8gXNcIb7sTMARtSRrKf95mMSrTd3jUFwKNDAw"
    ),
    "licences": [
        {"product": "XCH-SRV", "name": "Xchange Server", "slot": 1, "quantity": 1},
        {"product": "XCH-USR", "name": "Xchange user licence", "slot": 2, "quantity": 25},
    ],
    "software_assurance_until": "2027-06-30",
    "expires_on": None,
}

# Operation id → body or query of the request; below, body of the successful answer.
REQUESTS: dict[str, dict[str, Any]] = {
    "register": {**INSTALLATION, **TOKEN, **VERSIONS, "customer": CUSTOMER},
    "update": {**INSTALLATION, **TOKEN, "unlock_code": "2BKNO-KNVXW-B993N-JSHC1-X5R7C-1O6D", **VERSIONS},
    "release": {**INSTALLATION, **TOKEN, "release_code": "LTUHZ-VGLX6"},
    "upgrade_check": {**INSTALLATION, "to": "2.7"},
}
ANSWERS: dict[str, dict[str, Any]] = {
    "register": LICENCES,
    "update": LICENCES,
    "release": {"serial": "AB1CO9XZ", "site_id": "4K7MPO2WQZ8R", "released": True},
    "upgrade_check": {
        "allowed": True,
        "reason": "version-assured",
        "detail": "Software Assurance covers 2.7.",
    },
}

# Problem → parameters of its sentence.
PROBLEM_PARAMETERS: dict[str, dict[str, Any]] = {
    "software-assurance-required": {"version": "2.6", "ceiling": "2.4"},
    "too-many-requests": {"seconds": 12},
}
ERRORS = {"customer.contact_phone": ["This must not be empty."]}

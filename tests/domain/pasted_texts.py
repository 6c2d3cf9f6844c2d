"""Texts as clerks paste them, and the fields that they are taken apart into: for the rule and for the page's script."""

SERIAL, SITE_ID, RELEASE_CODE = "K7QN-3WXB", "4K7M-PO2W-QZ8R", "5TGHJ-8UIO3"
UNLOCK_CODE = "2V84W-MFOPV-91QRS-TUVWX-YZ123"
CODES = {"serial": SERIAL, "site_id": SITE_ID, "release_code": RELEASE_CODE}
VERSIONS = {"server_version": "2.5", "client_version": "2.4.1"}
BAKERY = {"name": "Fränkische Bäckerei GmbH", "address_line1": "Bauerngasse 12"}
TOWN = {"postcode": "90443", "city": "Nürnberg"}

GERMAN_MAIL = """Sehr geehrte Damen und Herren,

unser PC wurde getauscht, hier sind die Angaben:

Seriennummer: K7QN-3WXB
Standortkennnummer des neuen PCs: 4K7M-PO2W-QZ8R
Freigabecode (alter PC): 5TGHJ-8UIO3
Version von Xchange Server: 2.5
Version der Clientsoftware: 2.4.1
Firma: Fränkische Bäckerei GmbH
Adresse: Bauerngasse 12, 90443 Nürnberg
Ansprechpartnerin: Anna Wagner
Telefon: 0911 123456-0
E-Mail: anna@baeckerei.example

Mit freundlichen Grüßen
Anna Wagner
"""
ENGLISH_MAIL = """> Dear team,
>
> our server was replaced.
> - Serial number is K7QN 3WXB
> - New site ID: 4k7m-po2w-qz8r
> - Release code from the old PC: “5TGHJ-8UIO3”.
> - Server version 2.5, client version 2.4.1
> - Company name: Smith & Sons Ltd.
> - First line of the address: 12 High Street
> - Postcode: SW1A 1AA
> - Town: London
> - Contact: Mary Smith
> - Phone +44 20 7946 0018
"""
SIGNATURE = """Hallo,
K7QN-3WXB
4K7M-PO2W-QZ8R
5TGHJ-8UIO3

Viele Grüße
Anna Wagner
Fränkische Bäckerei GmbH
Bauerngasse 12
90443 Nürnberg
Tel. 0911/123456
anna@baeckerei.example
"""
CONTACT = {"contact_name": "Anna Wagner", "contact_email": "anna@baeckerei.example"}

# What the text is, the text, what is found in it.
CASES: list[tuple[str, str, dict[str, str]]] = [
    ("nothing", "", {}),
    ("words after a label", "The serial number from your letter is not the one of the site card.", {}),
    ("no code in it", "Please call us back about our order of last week.", {}),
    ("a serial with a label", "S/N: K7QN-3WXB", {"serial": SERIAL}),
    ("a label without a colon", "Seriennummer K7QN-3WXB", {"serial": SERIAL}),
    ("quotation marks", "Seriennummer: „k7qn-3wxb“,", {"serial": SERIAL}),
    ("a zero for the letter O", "site ID 4K7M-P02W-QZ8R", {"site_id": SITE_ID}),
    ("invisible characters", "Serial\u200b: K7QN\u00ad-3W\ufeffXB", {"serial": SERIAL}),
    ("blanks that do not break", "Serial\u00a0number:\u00a0K7QN\u00a03WXB", {"serial": SERIAL}),
    ("other dashes", "Site ID: 4K7M–PO2W—QZ8R", {"site_id": SITE_ID}),
    ("a word after the code", "Freigabecode: 5TGHJ-8UIO3 bitte prüfen", {"release_code": RELEASE_CODE}),
    ("a word after groups with blanks", "Serial number: K7QN 3WXB please", {"serial": SERIAL}),
    ("one line, with labels", f"Serial: {SERIAL} Site ID: {SITE_ID} Release code: {RELEASE_CODE}", CODES),
    ("one line, without labels", f"{SERIAL}, {SITE_ID}, {RELEASE_CODE}", CODES),
    ("one line with blanks between", f"{SERIAL} {SITE_ID} {RELEASE_CODE}", CODES),
    ("lines without labels", f"{SERIAL}\n{SITE_ID}\n{RELEASE_CODE}", CODES),
    ("cells of a table", f"Serial number\t{SERIAL}\nSite ID\t{SITE_ID}\nRelease code\t{RELEASE_CODE}", CODES),
    ("labels above values", f"Serial number\n{SERIAL}\nSite ID\n{SITE_ID}\n", {"serial": SERIAL, "site_id": SITE_ID}),
    ("codes without hyphens", "K7QN3WXB / 4K7MPO2WQZ8R / 5TGHJ8UIO3", CODES),
    ("an unlock code", f"Serial: {SERIAL}\nUnlock code: {UNLOCK_CODE}", {"serial": SERIAL, "unlock_code": UNLOCK_CODE}),
    ("an unlock code without a label", f"{UNLOCK_CODE}\n{SERIAL}", {"serial": SERIAL, "unlock_code": UNLOCK_CODE}),
    ("one character too few", f"Serial: K7QN-3WX\nSite-ID: {SITE_ID}", {"serial": "K7QN-3WX", "site_id": SITE_ID}),
    ("the old site ID is not asked for", f"Old site ID: AB1C-O9XZ-AB1C\nNew site ID: {SITE_ID}", {"site_id": SITE_ID}),
    ("the site ID of the old PC", f"Site-ID (alter PC): AB1C-O9XZ-AB1C\nSite-ID: {SITE_ID}", {"site_id": SITE_ID}),
    ("two serials", f"{SERIAL}\nAB1C-O9XZ\n{SITE_ID}", {"site_id": SITE_ID}),
    ("the same serial twice", f"{SERIAL}\nSerial: {SERIAL}\n{SITE_ID}", {"serial": SERIAL, "site_id": SITE_ID}),
    ("a build", "Server version: 2.6.1 (Build 16321-4323)", {"server_version": "2.6.1 (Build 16321-4323)"}),
    ("a German comma", "Serverversion: 2,5; Clientversion: 2,4", {"server_version": "2,5", "client_version": "2,4"}),
    ("one version", f"{SERIAL}\nVersion 2.5", {"serial": SERIAL, "server_version": "2.5"}),
    ("both versions in a line", "Version: Server 2.5, Client 2.4.1", VERSIONS),
    ("the name of a server", "Server: pbx01\nSerial: K7QN-3WXB", {"serial": SERIAL}),
    ("words that look like codes", "Bitte Erst-Halb, Baden-Baden, 0711-7654, 2026-11-24, server12, K-10001", {}),
    ("the subject", f"Subject: Xchange\nTo: team@x.example\nSerial: {SERIAL}", {"serial": SERIAL}),
    ("an address with its town", "Anschrift: Hauptstraße 12, 01067 Dresden, Deutschland",
     {"address_line1": "Hauptstraße 12", "postcode": "01067", "city": "Dresden", "country": "Deutschland"}),
    ("an address of two lines", "Firma: Testhaus GmbH\nAdresse: Hauptstraße 12\n01067 Dresden\nDanke!",
     {"name": "Testhaus GmbH", "address_line1": "Hauptstraße 12", "postcode": "01067", "city": "Dresden"}),
    ("a British address", "Address: 12 High Street, Camden, London",
     {"address_line1": "12 High Street", "address_line2": "Camden, London"}),
    ("postcode and town under one label", "PLZ/Ort: 90443 Nürnberg\nLand: DE", {**TOWN, "country": "DE"}),
    ("an e-mail in German", GERMAN_MAIL,
     {**CODES, **VERSIONS, **BAKERY, **TOWN, **CONTACT, "contact_phone": "0911 123456-0"}),
    ("an e-mail in English, quoted", ENGLISH_MAIL,
     {**CODES, **VERSIONS, "name": "Smith & Sons Ltd.", "address_line1": "12 High Street", "postcode": "SW1A 1AA",
      "city": "London", "contact_name": "Mary Smith", "contact_phone": "+44 20 7946 0018"}),
    ("codes and a signature", SIGNATURE,
     {**CODES, **BAKERY, **TOWN, "contact_phone": "0911/123456", "contact_email": "anna@baeckerei.example"}),
]  # fmt: skip

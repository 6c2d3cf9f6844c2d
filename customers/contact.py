"""The columns of an address and a contact, in their order in files and on pages, with their lengths in characters.

Every model, form and file with these columns takes them from here. It is plain Python, so that rules and row readers,
which know no Django, can import it.
"""

CONTACT_LENGTHS = {
    "address_line1": 200,
    "address_line2": 200,
    "postcode": 20,
    "city": 100,
    "country": 100,
    "contact_name": 200,
    "contact_phone": 100,
    "contact_email": 254,
}
CONTACT_COLUMNS = tuple(CONTACT_LENGTHS)

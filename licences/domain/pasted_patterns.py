"""The patterns by which pasted text is taken apart into fields: labels in English and German, and forms of values.

All are regular expressions without capturing groups that Python and browsers read alike: static/js/pasting.js gets the
same tables. Case does not matter for labels. Of labels that begin at the same place the first row counts, so longer
ones come first.
"""

IGNORED = "-"  # a label whose value belongs to no field: it only ends the value before it
EITHER_VERSION = "version"  # a version that does not say of what: the server's
POSTCODE_AND_CITY = "postcode_city"

_OLD = r"(?:old|previous|former|earlier|alte[rns]?|bisherige[rns]?|fr(?:ü|ue)here[rns]?|vorige[rns]?)"
_CODES = (
    r"site[- ]?id|standort[- ]?(?:kennnummer|kennung|id)|serial(?: number)?|seriennummer|unlock[- ]?code|"
    r"freischalt[- ]?code"
)

LABELS: tuple[tuple[str, str], ...] = (
    (
        IGNORED,
        rf"{_OLD} (?:{_CODES}|company|firma|name|address|adresse|anschrift)|"
        r"^(?:subject|betreff|from|von|to|an|cc|date|datum|sent|gesendet)(?=[ ]?:)|(?:tele)?fax(?: number|nummer)?",
    ),
    ("serial", r"serial(?:[- ]?(?:number|no\.?|nr\.?))?|s/n|sn|serien[- ]?(?:nummer|nr\.?)"),
    (
        "site_id",
        r"(?:(?:new|neue[rs]?) )?(?:site[- ]?(?:id|identifier)|standort[- ]?(?:kennnummer|kennung|id|nummer))",
    ),
    ("release_code", r"release[- ]?code|freigabe[- ]?(?:code|nummer)"),
    ("unlock_code", r"unlock[- ]?code|freischalt[- ]?(?:code|nummer)"),
    (
        "server_version",
        r"(?:xchange[- ])?server[- ]?(?:software[- ]?)?version|(?:xchange[- ])?server|"
        r"version (?:of|von|des|vom)(?: the)? (?:xchange[- ])?server",
    ),
    (
        "client_version",
        r"(?:xchange[- ])?client[- ]?(?:software[- ]?)?version|(?:xchange[- ])?client(?:[- ]?software)?|"
        r"version (?:of|von|des|der)(?: the)? client(?:[- ]?software)?",
    ),
    (EITHER_VERSION, r"versions?|versionen"),
    (
        "contact_name",
        r"contact(?:['’]s)?(?: person)?(?: name)?|name (?:der|des) (?:ansprechperson|ansprechpartners)|"
        r"ansprech(?:person|partner(?:in)?)|kontakt(?:person)?",
    ),
    (
        "name",
        r"(?:customer|company|organi[sz]ation)(?:['’]s)?(?: name)?|name of (?:the |your )?(?:customer|company)|"
        r"name (?:des|der|ihre[rs]) (?:kunden|firma|unternehmens)|firm(?:a|enname)|unternehmen|kunde(?:nname)?|name",
    ),
    (
        "contact_phone",
        r"(?:tele)?phone(?: number)?|tel\.?|telefon(?:nummer)?|mobil(?:e|telefon)?|r(?:ü|ue)ckruf(?:nummer)?|fon",
    ),
    ("contact_email", r"e-?mail(?:[- ]?(?:address|adresse))?|mail"),
    (
        "address_line2",
        r"second line of (?:the )?address|address,? (?:second line|line 2)|zweite zeile der adresse|"
        r"adresse,? (?:zweite zeile|zeile 2)|adress[- ]?zusatz",
    ),
    (
        "address_line1",
        r"first line of (?:the )?address|address,? (?:first line|line 1)|erste zeile der adresse|"
        r"adresse,? (?:erste zeile|zeile 1)|(?:street )?address|adresse|anschrift|"
        r"stra(?:ß|ss)e(?: und hausnummer)?|street",
    ),
    (
        POSTCODE_AND_CITY,
        r"plz ?[/,]? ?(?:und )?(?:wohn)?ort|postleitzahl(?:,| und) ort|(?:postcode|zip) ?(?:[/,]|and) ?(?:city|town)",
    ),
    ("postcode", r"post ?code|postal code|zip(?: code)?|postleitzahl|plz"),
    ("city", r"city|town|ort|stadt"),
    ("country", r"country|land"),
)

_VERSION = (
    r"[vV]?[0-9]{1,5}(?:[.,][0-9]{1,5}){0,3}[A-Za-z]{0,2}(?![0-9A-Za-z])"
    r"(?: ?\((?:Build )?[0-9.-]{1,20}\)|[ -](?:Build )?[0-9]{3,10}(?:-[0-9]{1,10})?)?"
)
# The fields whose values have a form of their own, apart from the codes.
VALUE_PATTERNS: dict[str, str] = {
    "server_version": _VERSION,
    "client_version": _VERSION,
    EITHER_VERSION: _VERSION,
    "contact_phone": r"\+?[0-9(][0-9 ()/.-]{3,22}[0-9]",
    "contact_email": r"""[^\s<>"',;:()@]{1,64}@[^\s<>"',;:()@]{1,100}\.[A-Za-z]{2,20}""",
}

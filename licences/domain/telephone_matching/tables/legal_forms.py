"""Legal forms, their stages, and public bodies: what is said for one, and how else it is written."""

LEGAL_FORMS = {
    # German, Austrian, Swiss
    "GmbH": (
        "Gesellschaft mit beschränkter Haftung | Gesellschaft mbH | Ges mbH | GesmbH | mbH | Ges.m.b.H. | G.m.b.H."
    ),
    "gGmbH": (
        "gemeinnützige GmbH | gem GmbH | gemeinn GmbH | gemeinnützige Gesellschaft mit beschränkter Haftung | "
        "gemeinnützige Gesellschaft mbH | gemeinnützige Ges mbH"
    ),
    "UG": (
        "Unternehmergesellschaft | UG haftungsbeschränkt | Unternehmergesellschaft haftungsbeschränkt | UG "
        "haftungsbeschr | UG mbH"
    ),
    "gUG": (
        "gemeinnützige UG | gUG haftungsbeschränkt | gemeinnützige UG haftungsbeschränkt | gemeinnützige "
        "Unternehmergesellschaft"
    ),
    "AG": "Aktiengesellschaft | Akt Ges",
    "gAG": "gemeinnützige AG | gemeinnützige Aktiengesellschaft",
    "KG": "Kommanditgesellschaft | Komm Ges",
    "KGaA": "Kommanditgesellschaft auf Aktien",
    "OHG": "offene Handelsgesellschaft | oHG",
    "GbR": "Gesellschaft bürgerlichen Rechts | BGB Gesellschaft | GdbR | Gesellschaft des bürgerlichen Rechts",
    "eGbR": "eingetragene Gesellschaft bürgerlichen Rechts | eingetragene GbR",
    "SE": "Societas Europaea | Europäische Gesellschaft",
    "PartG": "Partnerschaftsgesellschaft | Partnerschaft | Part",
    "PartG mbB": (
        "Partnerschaftsgesellschaft mbB | Partnerschaft mbB | PartGmbB | Partnerschaftsgesellschaft mit "
        "beschränkter Berufshaftung | mbB"
    ),
    "e.K.": "eingetragener Kaufmann | eingetragene Kauffrau | e.Kfm. | e.Kfr. | eKfm | eKfr",
    "e.G.": "eingetragene Genossenschaft | eG",
    "e.V.": "eingetragener Verein",
    "VVaG": "Versicherungsverein auf Gegenseitigkeit | V.V.a.G.",
    "e.U.": "eingetragenes Unternehmen | eingetragener Unternehmer",
    "OG": "offene Gesellschaft",
    "FlexCo": "flexible Kapitalgesellschaft | FlexKapG",
    "KlG": "Kollektivgesellschaft",
    "Gen": "Genossenschaft mbH | GenmbH",
    "EWIV": "Europäische wirtschaftliche Interessenvereinigung",
    "Einzelfirma": "Einzelunternehmen | Einzelunternehmung",
    "Stiftung & Co": "Stiftung & Co.",
    "Firma": "Fa | Fa.",
    # British and American
    "Ltd": "Limited | Ltd.",
    "PLC": "Public Limited Company | P.L.C.",
    "LLP": "Limited Liability Partnership",
    "CIC": "Community Interest Company",
    "CIO": "Charitable Incorporated Organisation",
    "Inc": "Incorporated | Inc.",
    "Corp": "Corporation | Corpn",
    "LLC": "Limited Liability Company | L.L.C.",
    "Co": "Company | Cie | Compagnie | Comp | Coy",
    "LP": "Limited Partnership | L.P.",
    "PC": "Professional Corporation | P.C.",
    "PLLC": "Professional Limited Liability Company",
    "Pty": "Proprietary | Pty",
    "PA": "Professional Association | P.A.",
    # French
    "SARL": "Société à responsabilité limitée | Sàrl | S.à r.l. | S.A.R.L. | Société à resp limitée",
    "SA": "Société Anonyme | Sociedad Anónima | Spółka Akcyjna | S.A. | Società anonima | Sociedade Anónima",
    "SAS": "Société par actions simplifiée | S.A.S.",
    "SASU": "Société par actions simplifiée unipersonnelle",
    "EURL": "Entreprise unipersonnelle à responsabilité limitée",
    "SNC": "Société en nom collectif | Società in nome collettivo | S.n.c.",
    "SCI": "Société civile immobilière",
    "SCOP": "Société coopérative et participative | Société coopérative ouvrière de production",
    "SCP": "Société civile professionnelle",
    "SELARL": "Société d'exercice libéral à responsabilité limitée",
    "EI": "Entreprise individuelle",
    "GIE": "Groupement d'intérêt économique",
    "SCA": "Société en commandite par actions",
    "SCS": "Société en commandite simple",
    "ASBL": "Association sans but lucratif",
    "Association": "Assoc loi 1901 | association loi 1901",
    # Italian
    "SpA": "Società per azioni | S.p.A.",
    "Srl": "Società a responsabilità limitata | S.r.l.",
    "Srls": "Società a responsabilità limitata semplificata | S.r.l.s.",
    "Sas": "Società in accomandita semplice | S.a.s. di",
    "Scarl": (
        "Società cooperativa a responsabilità limitata | Soc Coop | Società cooperativa | S.c.a r.l. | Soc Coop a "
        "r l | Scrl"
    ),
    "Onlus": "Organizzazione non lucrativa di utilità sociale",
    "Ditta": "Ditta individuale | ditta ind",
    # Spanish
    "SL": "Sociedad Limitada | S.L. | Sociedad de responsabilidad limitada | S.R.L. de",
    "SLU": "Sociedad Limitada Unipersonal | S.L.U.",
    "SAU": "Sociedad Anónima Unipersonal | S.A.U.",
    "SLL": "Sociedad Limitada Laboral | S.L.L.",
    "CB": "Comunidad de Bienes | C.B.",
    "SCoop": "Sociedad Cooperativa | S. Coop. | Soc. Coop. Ltda",
    "SLP": "Sociedad Limitada Profesional | S.L.P.",
    # Dutch
    "BV": "Besloten Vennootschap | B.V. | besloten vennootschap met beperkte aansprakelijkheid | BVBA | B.V.B.A.",
    "NV": "Naamloze Vennootschap | N.V.",
    "VOF": "Vennootschap onder firma | V.O.F.",
    "CV": "Commanditaire Vennootschap | C.V.",
    "Stichting": "Stg | Stichting",
    "VZW": "Vereniging zonder winstoogmerk | v.z.w.",
    "Coöperatie UA": "Coöperatie U.A. | Coöperatieve Vereniging",
    "Eenmanszaak": "Eenmanszaak",
    # Polish
    "Sp. z o.o.": (
        "Spółka z ograniczoną odpowiedzialnością | Sp. z oo | Sp. zo.o. | Spzoo | Spółka z o.o. | Spółka z oo | "
        "Sp.z.o.o. | Sp z o o | Spółka zoo"
    ),
    "Sp.k.": "Spółka komandytowa | Sp. kom.",
    "Sp.j.": "Spółka jawna | Sp. jawna",
    "Sp.p.": "Spółka partnerska",
    "S.K.A.": "Spółka komandytowo-akcyjna",
    "s.c.": "Spółka cywilna | s.c.",
    "PSA": "Prosta spółka akcyjna | P.S.A.",
    "Spółdzielnia": "Spółdz",
    "Fundacja": "Fund",
    "P.P.H.U.": "PPHU | Przedsiębiorstwo Produkcyjno Handlowo Usługowe",
    "F.H.U.": "FHU | Firma Handlowo Usługowa",
    "P.H.U.": "PHU | Przedsiębiorstwo Handlowo Usługowe",
    # Stages
    "i.G.": (
        "in Gründung | i. Gr. | i.Gründ. | en formation | in oprichting | i.o. | w organizacji | in costituzione "
        "| en constitución"
    ),
    "i.L.": (
        "in Liquidation | i. Liq. | in Liqu. | en liquidation | w likwidacji | in liquidazione | en liquidación | "
        "in liquidatie"
    ),
    "i.I.": (
        "in Insolvenz | i. Ins. | in receivership | w upadłości | en faillite | en redressement judiciaire | in "
        "administration"
    ),
    # Public bodies
    "AöR": (
        "Anstalt des öffentlichen Rechts | A.ö.R. | Anst. d. öff. Rechts | Anstalt d. ö. R. | Anstalt "
        "öffentlichen Rechts"
    ),
    "KdöR": (
        "Körperschaft des öffentlichen Rechts | K.d.ö.R. | KöR | Körpersch. d. öff. Rechts | Körperschaft "
        "öffentlichen Rechts"
    ),
    "SdöR": "Stiftung des öffentlichen Rechts | S.d.ö.R. | Stiftung öffentlichen Rechts",
    "SdbR": "Stiftung des bürgerlichen Rechts | Stiftung bürgerlichen Rechts",
    "EPIC": "Établissement public à caractère industriel et commercial",
    "EPA": "Établissement public à caractère administratif",
    "NHS Trust": "National Health Service Trust",
    "NHS Foundation Trust": "NHS FT | National Health Service Foundation Trust",
    "ASP": "Azienda di servizi alla persona",
    "EB": "Eigenbetrieb | eigenbetriebsähnliche Einrichtung",
    "KU": "Kommunalunternehmen | gKU | gemeinsames Kommunalunternehmen",
    "SPZOZ": "Samodzielny Publiczny Zakład Opieki Zdrowotnej | SP ZOZ",
}

# Words that are legal forms only at the end of a name (or, of those in the next list, at its beginning).
ONLY_AT_THE_END = (
    "Co SE OG Gen SA PA PC LP EI CV CB EB KU CIC Company Limited Part Comp Compagnie Cie Partnerschaft Fund ASP EPA "
    "SCA Sas SAS s.c. OHG Spółdz Association Proprietary Coy PSA i.o. Eigenbetrieb AG"
)
ONLY_AT_THE_BEGINNING = (
    "Firma Fa Fa. Ditta Stichting Stg Fundacja SARL SAS SA EURL SCI SCP SELARL SNC P.P.H.U. F.H.U. P.H.U. PPHU FHU "
    "PHU SASU GIE"
)

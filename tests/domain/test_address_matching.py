"""Is what the caller says the first line of the address on record?"""

import pytest

from licences.domain.matching import Comparison, Likeness, address_key, compare_address_lines

CLOSE = [
    # German, Austrian, Swiss streets
    ("Hauptstr. 12", "Hauptstraße 12", "abbreviation"),
    ("Hauptstr 12", "Hauptstraße 12", "abbreviation"),
    ("Hauptstrasse 12", "Hauptstraße 12", "accents"),
    ("HAUPTSTRASSE 12", "Hauptstraße 12", "case accents"),
    ("Haupt Straße 12", "Hauptstraße 12", "spacing"),
    ("Haupt Str. 12", "Hauptstraße 12", "abbreviation spacing"),
    ("Haupt-Str. 12", "Hauptstraße 12", "punctuation abbreviation"),
    ("Hauptstr.12", "Hauptstraße 12", "abbreviation spacing"),
    ("hauptstr.12", "Hauptstraße 12", "case abbreviation spacing"),
    ("Hauptstr12", "Hauptstraße 12", "abbreviation spacing"),
    ("Karl-Marx-Str. 5", "Karl-Marx-Straße 5", "abbreviation"),
    ("Karl Marx Straße 5", "Karl-Marx-Straße 5", "punctuation"),
    ("Marktpl. 3", "Marktplatz 3", "abbreviation"),
    ("Muehlgasse 8", "Mühlgasse 8", "accents"),
    ("Haubtstraße 12", "Hauptstraße 12", "spelling"),
    ("Hauptsraße 12", "Hauptstraße 12", "accents spelling"),
    ("Bahnhof Weg 4", "Bahnhofweg 4", "spacing"),
    ("Hauptstraße Nr. 12", "Hauptstraße 12", "abbreviation"),
    ("Hauptstraße Nr. 12", "Hauptstraße No. 12", "abbreviation"),
    ("Hauptstraße n° 12", "Hauptstraße 12", "abbreviation"),
    ("Hauptstraße №12", "Hauptstraße 12", "abbreviation"),
    ("Straße des 17 Juni 135", "Straße des 17. Juni 135", "punctuation"),
    ("Str. des 17. Juni 135", "Straße des 17. Juni 135", "abbreviation"),
    ("Dr. Karl Renner Ring 3", "Doktor-Karl-Renner-Ring 3", "punctuation abbreviation"),
    ("St.-Georg-Straße 4", "Sankt-Georg-Straße 4", "abbreviation"),
    ("Markt 5", "Am Markt 5", "abbreviation"),
    # house numbers written otherwise
    ("Hauptstraße 12 a", "Hauptstraße 12a", "spacing"),
    ("Hauptstraße 12A", "Hauptstraße 12a", "case"),
    ("Hauptstraße 12 A", "Hauptstraße 12a", "case spacing"),
    ("Hauptstraße 12-a", "Hauptstraße 12a", "punctuation"),
    ("Hauptstraße 12 – 14", "Hauptstraße 12-14", "punctuation spacing"),
    ("Hauptstraße 12 - 14", "Hauptstraße 12-14", "spacing"),
    ("Hauptstraße 12 bis 14", "Hauptstraße 12-14", "abbreviation"),
    ("Hauptstraße 12a - 12c", "Hauptstraße 12a-12c", "spacing"),
    ("Hauptstraße, 12", "Hauptstraße 12", "punctuation"),
    ("Hauptstraße ١٢", "Hauptstraße 12", "accents"),
    ("Mariahilfer Straße 12 / 3", "Mariahilfer Straße 12/3", "spacing"),
    ("Mariahilfer Str. 12/3", "Mariahilfer Straße 12/3", "abbreviation"),
    ("12 Hauptstraße", "Hauptstraße 12", "word-order"),
    # British
    ("12 High St", "12 High Street", "abbreviation"),
    ("12 High St.", "12 High Street", "abbreviation"),
    ("12, High Street", "12 High Street", "punctuation"),
    ("12 High St, Flat 3", "12 High Street, Flat 3", "abbreviation"),
    ("12 High St Flat 3", "12 High Street Flat 3", "abbreviation"),
    ("Flat 3, 12 High Street", "12 High Street, Flat 3", "punctuation word-order"),
    ("12 St John's Rd", "12 Saint John's Road", "abbreviation"),
    ("12 St John St", "12 St John Street", "abbreviation"),
    ("12 Saint Johns Street", "12 St John's Street", "abbreviation"),
    ("5 Park Ave", "5 Park Avenue", "abbreviation"),
    ("5 Mill Ln", "5 Mill Lane", "abbreviation"),
    ("5 Station Dr", "5 Station Drive", "abbreviation"),
    ("5 Grosvenor Pl", "5 Grosvenor Place", "abbreviation"),
    ("5 Trafalgar Sq", "5 Trafalgar Square", "abbreviation"),
    ("5 Wilshire Blvd", "5 Wilshire Boulevard", "abbreviation"),
    ("5 Statoin Road", "5 Station Road", "spelling"),
    ("221 B Baker Street", "221b Baker Street", "case spacing"),
    # French and Swiss
    ("12 rue de la Paix", "12, rue de la Paix", "punctuation"),
    ("12 r. de la Paix", "12 rue de la Paix", "abbreviation"),
    ("12 Bis rue de la Paix", "12bis rue de la Paix", "spacing"),
    ("5 av. Foch", "5 avenue Foch", "abbreviation"),
    ("5 bd Voltaire", "5 boulevard Voltaire", "abbreviation"),
    ("5 bd Voltaire", "5 Bd. Voltaire", "case punctuation"),
    ("5 rue St-Honoré", "5 rue Saint-Honoré", "abbreviation"),
    ("5 pl. d'Italie", "5 place d’Italie", "punctuation abbreviation"),
    ("5 pl. d Italie", "5 place d'Italie", "punctuation abbreviation spacing"),
    ("5 ch. des Lilas", "5 chemin des Lilas", "abbreviation"),
    ("Rte de Berne 7", "Route de Berne 7", "abbreviation"),
    ("5 rue du Bac", "5 rue de Bac", "abbreviation"),
    # Polish
    ("ul. Długa 5", "ulica Długa 5", "abbreviation"),
    ("Długa 5", "ul. Długa 5", "abbreviation"),
    ("Dluga 5", "Długa 5", "accents"),
    ("al. Jerozolimskie 54", "Aleje Jerozolimskie 54", "abbreviation"),
    ("pl. Wolności 1", "plac Wolności 1", "abbreviation"),
    ("ul. 3 Maja 12 m. 5", "ul. 3 Maja 12 m 5", "punctuation"),
]

OTHER_HOUSE = [
    ("Hauptstraße 12", "Hauptstraße 13"),
    ("Hauptstraße 12", "Hauptstraße 21"),
    ("Hauptstraße 12", "Hauptstraße 112"),
    ("Hauptstraße 12", "Hauptstraße 12a"),
    ("Hauptstraße 12a", "Hauptstraße 12b"),
    ("Hauptstraße 12 a", "Hauptstraße 12 b"),
    ("Hauptstraße 12-14", "Hauptstraße 12"),
    ("Hauptstraße 12-14", "Hauptstraße 12-16"),
    ("Hauptstraße 12a-c", "Hauptstraße 12a"),
    ("Hauptstraße 12", "Hauptstraße"),
    ("Hauptstraße 12½", "Hauptstraße 12"),
    ("Hauptstraße 12½", "Hauptstraße 121/2"),
    ("Hauptstraße 12²", "Hauptstraße 122"),
    ("Mariahilfer Straße 12/3", "Mariahilfer Straße 12"),
    ("Mariahilfer Straße 12/3", "Mariahilfer Straße 12/4"),
    ("Mariahilfer Straße 12/3", "Mariahilfer Straße 123"),
    ("Mariahilfer Straße 12/3", "Mariahilfer Straße 12-3"),
    ("12 High Street", "13 High Street"),
    ("12 High St", "13 High Street"),
    ("Flat 2, 12 High Street", "Flat 12, 2 High Street"),
    ("Flat 2 High Street 12", "2 High Street Flat 12"),
    ("12 bis rue de la Paix", "12 rue de la Paix"),
    ("12 bis rue de la Paix", "12 ter rue de la Paix"),
    ("12 bis rue de la Paix", "12b rue de la Paix"),
    ("Straße des 17. Juni 135", "Straße des 18. Juni 135"),
    ("Straße des 17. Juni 135", "Straße des 17. Juni 153"),
    ("Straße des 17. Juni 135", "Straße des 17. Juni"),
    ("C 5, 12", "C 12, 5"),
    ("C5, 12", "C6, 12"),
    ("ul. Długa 5/7", "ul. Długa 5"),
    ("ul. 3 Maja 12", "ul. 3 Maja 13"),
    ("Hauptstraße 1 2", "Hauptstraße 12"),
]

OTHER_STREET = [
    ("Hauptstraße 12", "Bahnhofstraße 12"),
    ("Hauptstraße 12", "Hauptplatz 12"),
    ("Am Bach 3", "Im Bach 3"),
    ("12 High Street", "12 High Road"),
    ("12 High Street", "12 Low Street"),
    ("12 Saint John Street", "12 Saint James Street"),
    ("5 rue de Paris", "5 rue de Lyon"),
    ("ul. Długa 5", "ul. Krótka 5"),
    ("Ost Weg 3", "West Weg 3"),
    ("", "Marktplatz"),
    ("...", "Marktplatz"),
    ("Hauptstraße 12", "Hauptstraße 12 Hinterhaus"),
]


@pytest.mark.parametrize(("said", "recorded", "differences"), CLOSE)
def test_it_is_close_when_people_write_one_address_in_two_ways(said: str, recorded: str, differences: str) -> None:
    expected = Comparison(Likeness.CLOSE, tuple(differences.split()))
    assert compare_address_lines(said, recorded) == expected
    assert compare_address_lines(recorded, said) == expected


@pytest.mark.parametrize(("said", "recorded"), OTHER_HOUSE)
def test_another_house_number_is_never_close(said: str, recorded: str) -> None:
    comparison = compare_address_lines(said, recorded)
    assert comparison.likeness is Likeness.DIFFERENT
    assert "house-number" in comparison.differences
    assert "words" not in comparison.differences


@pytest.mark.parametrize(("said", "recorded"), OTHER_STREET)
def test_another_street_is_different(said: str, recorded: str) -> None:
    comparison = compare_address_lines(said, recorded)
    assert comparison.likeness is Likeness.DIFFERENT
    assert comparison.differences[-1] == "words"
    assert "house-number" not in comparison.differences


def test_another_street_and_house_number_are_both_named() -> None:
    comparison = compare_address_lines("Hauptstr. 12", "Bahnhofstraße 13")
    assert comparison.differences == ("abbreviation", "house-number", "words")


@pytest.mark.parametrize(("said", "recorded"), [(" Hauptstr.  12", "Hauptstr. 12"), ("", ""), ("12", "12")])
def test_it_is_the_same_apart_from_white_space(said: str, recorded: str) -> None:
    assert compare_address_lines(said, recorded) == Comparison(Likeness.SAME, ())


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Hauptstr. 12", "haupt strasse 12"),
        ("HAUPTSTRASSE 12 A", "haupt strasse 12a"),
        ("Hauptstr.12 – 14", "haupt strasse 12-14"),
        ("Mariahilfer Straße 12 / 3", "mariahilfer strasse 12/3"),
        ("12, rue de la Paix", "12 rue de la paix"),
        ("12 High St.", "12 high street"),
        ("St. Georgs Pl. Nr. 3", "saint georgs platz 3"),
        ("ul. Długa 5/7 m. 3", "dluga 5/7 m 3"),
        ("1 O'Connell Street", "1 oconnell street"),
        ("42nd Street 5", "42nd street 5"),
        ("Gewerbegebiet Süd", "gewerbegebiet sud"),
        ("Ulica", "ulica"),
        ("", ""),
        ("...", "..."),
    ],
)
def test_the_key_has_one_spelling_of_an_address_line(line: str, key: str) -> None:
    assert address_key(line) == key

"""Towns in other languages, numbers in words, and little words in streets."""

import pytest

from licences.domain.query_parsing import parse_query
from licences.lookup import look_up
from licences.lookup.match_reasons import MatchKind
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db

TOWNS = {
    "München": "Monaco di Baviera; Monachium", "Łódź": "Lodsch; Lodz", "St. Gallen": "San Gallo; Saint-Gall",
    "Zürich": "Zurigo; Zurych", "Genève": "Ginevra; Genewa; Genf", "Wien": "Vienna; Wiedeń",
    "Köln": "Colonia; Kolonia; Cologne", "Augsburg": "Augusta", "Basel": "Basilea; Bazylea; Bâle",
    "Lausanne": "Losanna",
    "Bern": "Berna", "Luzern": "Lucerna; Lucerne", "Dresden": "Drezno", "Leipzig": "Lipsk", "Nürnberg": "Norymberga",
    "Aachen": "Aix-la-Chapelle; aix la chapelle", "Trier": "Trèves", "Mainz": "Mayence", "Regensburg": "Ratisbonne",
    "Frankfurt am Main": "Francfort; Francfort-sur-le-Main; Francoforte sul Meno",
    "Milano": "Mailand", "Liège": "Lüttich",
    "Strasbourg": "Straßburg", "Gdańsk": "Danzig", "Poznań": "Posen", "Szczecin": "Stettin", "Katowice": "Kattowitz",
    "Den Haag": "The Hague; La Haye", "Freiburg im Breisgau": "Fribourg-en-Brisgau",
}  # fmt: skip


@each_row(("town", "names"), TOWNS.items())
def test_a_town_is_found_by_its_names_in_other_languages(catalogue, town, names):
    factories.bought(city="Bremen", customer_name="Weberei Berta")
    factories.bought(city=town, customer_name="Weberei Anton")

    for name in names.split("; "):
        fits = [(hit.serial.city, hit.reason.kind) for hit in look_up(name, with_codes=True).fits]
        assert fits == [(town, MatchKind.TOWN)], name
        assert [hit.serial.city for hit in look_up(f"Weberei {name}", with_codes=True).fits] == [town], name


@each_row(
    ("town", "typed"),
    [("Aix-la-Chapelle", "Aix-la-Chapelle"), ("Monaco di Baviera", "Monaco di Baviera"), ("San Gallo", "San Gallo"),
     ("Monaco di Baviera", "München"), ("Saint-Gall", "San Gallo")],
)  # fmt: skip
def test_a_town_is_found_where_its_other_name_is_on_record(catalogue, town, typed):
    factories.bought(city=town)

    assert [hit.serial.city for hit in look_up(typed, with_codes=True).fits] == [town]


@each_row(
    ("name", "typed"),
    [("3 Brüder Metall", "drei Brüder"), ("Drei Brüder Metall", "3 Brüder"), ("Drei Brüder Metall", "drei Brüder"),
     ("3 Brüder Metall", "Metall drei Brüder"), ("Three Brothers Ltd", "3 brothers")],
)  # fmt: skip
def test_a_number_in_a_name_is_found_in_words_and_digits(catalogue, name, typed):
    factories.bought(customer_name=name)
    factories.bought(customer_name="Brüder Brothers Metall", address_line1="Amselweg 31")

    fits = [hit.serial.customer_name for hit in look_up(typed, with_codes=True).fits]
    assert fits[:1] == [name]
    if "3" not in typed:  # which begins 31
        assert fits == [name]


def test_a_house_number_is_not_searched_in_words():
    assert parse_query("Amselweg 3").readings[-1] == ("3",)
    assert parse_query("drei").readings == (("drei",),)


@each_row(
    ("line", "typed"),
    [
        ("Rue de l'Hôtel-de-Ville 5", "rue hotel de ville 5"),
        ("Rue de l’Hôtel-de-Ville 5", "Hotel-de-Ville 5"),
        ("Rue de l'Hôtel-de-Ville 5", "rue de l hotel de ville 5"),
        ("Rue Hôtel de Ville 5", "Rue de l'Hôtel-de-Ville 5"),
        ("Rue Hôtel de Ville 5", "Rue de l hotel de ville 5"),
        ("Rue de la Gare 5", "rue gare 5"),
        ("Rue Gare 5", "rue de la gare 5"),
        ("Place d'Armes 5", "place armes 5"),
        ("Rue des Alpes 5", "rue du alpes 5"),
        ("Via dell'Orso 5", "via orso 5"),
        ("Via Orso 5", "via dell'Orso 5"),
        ("Via della Posta 5", "via posta 5"),
        ("Via Posta 5", "via delle posta 5"),
        ("Am Kai 5", "Kai 5"),
        ("Kai 5", "am Kai 5"),
        ("An der Alster 5", "Alster 5"),
        ("Im Winkel 5", "Winkel 5"),
        ("Winkel 5", "im Winkel 5"),
    ],
)
def test_little_words_and_elisions_are_no_difference_in_streets(catalogue, line, typed):
    factories.bought(address_line1=line, customer_name="Weberei Anton")
    factories.bought(address_line1=line[:-1] + "7", customer_name="Weberei Berta")

    fits = [(hit.serial.customer_name, hit.reason.kind) for hit in look_up(typed, with_codes=True).fits]
    assert fits == [("Weberei Anton", MatchKind.STREET)]


def test_a_square_of_one_letter_keeps_it(catalogue):
    factories.bought(address_line1="D 4, 12", customer_name="Weberei Anton")
    factories.bought(address_line1="L 4, 12", customer_name="Weberei Berta")

    assert [hit.serial.customer_name for hit in look_up("D 4, 12", with_codes=True).fits] == ["Weberei Anton"]

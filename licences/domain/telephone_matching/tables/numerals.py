"""Numbers that are said as words: Second Avenue is 2nd Avenue, One Market Plaza is 1 Market Plaza."""

ORDINALS = {
    1: "first erste ersten erster premier première primo prima primero primera eerste pierwsza",
    2: "second zweite zweiten zweiter deuxième secondo seconda segundo segunda tweede druga",
    3: "third dritte dritten dritter troisième terzo terza tercero tercera derde trzecia",
    4: "fourth vierte vierten vierter quatrième quarto cuarto vierde",
    5: "fifth fünfte fünften fünfter cinquième quinto quinta vijfde",
    6: "sixth sechste sechsten sechster",
    7: "seventh siebte siebten siebter",
    8: "eighth achte achten achter",
    9: "ninth neunte neunten neunter",
    10: "tenth zehnte zehnten zehnter",
    11: "eleventh elfte elften",
    12: "twelfth zwölfte zwölften",
    13: "thirteenth dreizehnten",
    14: "fourteenth vierzehnten",
    15: "fifteenth fünfzehnten",
    16: "sixteenth sechzehnten",
    17: "seventeenth siebzehnten",
    18: "eighteenth achtzehnten",
    19: "nineteenth neunzehnten",
    20: "twentieth zwanzigsten",
    21: "einundzwanzigsten",
    22: "zweiundzwanzigsten",
    23: "dreiundzwanzigsten",
    24: "vierundzwanzigsten",
    25: "fünfundzwanzigsten",
    26: "sechsundzwanzigsten",
    27: "siebenundzwanzigsten",
    28: "achtundzwanzigsten",
    29: "neunundzwanzigsten",
    30: "dreißigsten",
    31: "einunddreißigsten",
}
# From 1 to 29, by language; a hyphen joins the words of one number.
CARDINALS = {
    "de": "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn zwanzig einundzwanzig zweiundzwanzig dreiundzwanzig vierundzwanzig "
    "fünfundzwanzig sechsundzwanzig siebenundzwanzig achtundzwanzig neunundzwanzig",
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six "
    "twenty-seven twenty-eight twenty-nine",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt vingt-et-un vingt-deux vingt-trois vingt-quatre vingt-cinq vingt-six "
    "vingt-sept vingt-huit vingt-neuf",
    "it": "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove venti ventuno ventidue ventitré ventiquattro venticinque ventisei "
    "ventisette ventotto ventinove",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve",
    "nl": "één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien twintig eenentwintig tweeëntwintig drieëntwintig vierentwintig vijfentwintig "
    "zesentwintig zevenentwintig achtentwintig negenentwintig",
    "pl": "jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście "
    "piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia dwadzieścia-jeden dwadzieścia-dwa "
    "dwadzieścia-trzy dwadzieścia-cztery dwadzieścia-pięć dwadzieścia-sześć dwadzieścia-siedem dwadzieścia-osiem "
    "dwadzieścia-dziewięć",
}
# The tens from 30 on, and how a ten and a unit are one number.
TENS = {
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "en": "thirty forty fifty sixty seventy eighty ninety",
    "fr": "trente quarante cinquante soixante septante huitante nonante",
    "it": "trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "nl": "dertig veertig vijftig zestig zeventig tachtig negentig",
    "pl": "trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
}
COMPOUNDS = {
    "de": "{unit}und{ten}", "en": "{ten}-{unit}", "fr": "{ten}-{unit}", "it": "{ten}{unit}", "es": "{ten}-y-{unit}",
    "nl": "{unit}en{ten}", "pl": "{ten}-{unit}",
}  # fmt: skip
# What becomes of letters that meet in a compound.
COMPOUNDS_SPELLED = {
    "de": {"einsund": "einund"},
    "fr": {"-un": "-et-un"},
    "it": {"auno": "uno", "aotto": "otto"},
}
# From 70 to 99, for those who do not say septante.
FRENCH_TWENTIES = (
    "soixante-dix soixante-et-onze soixante-douze soixante-treize soixante-quatorze soixante-quinze soixante-seize "
    "soixante-dix-sept soixante-dix-huit soixante-dix-neuf quatre-vingts quatre-vingt-un quatre-vingt-deux "
    "quatre-vingt-trois quatre-vingt-quatre quatre-vingt-cinq quatre-vingt-six quatre-vingt-sept quatre-vingt-huit "
    "quatre-vingt-neuf quatre-vingt-dix quatre-vingt-onze quatre-vingt-douze quatre-vingt-treize quatre-vingt-quatorze "
    "quatre-vingt-quinze quatre-vingt-seize quatre-vingt-dix-sept quatre-vingt-dix-huit quatre-vingt-dix-neuf"
)
OTHER_CARDINALS = {2: "zwo"}
# Of these languages a number may stand before the street, and in the name of a company: Otto is a first name there.
CARDINALS_IN_FRONT = ("de", "en", "fr")
CARDINALS_IN_NAMES = ("de", "en")
ORDINAL_ENDINGS = "st nd rd th ste ter er eme ieme ère go ego ej"

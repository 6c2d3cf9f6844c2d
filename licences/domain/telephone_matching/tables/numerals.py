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
    13: "thirteenth",
    14: "fourteenth",
    15: "fifteenth",
    16: "sixteenth",
    17: "seventeenth siebzehnten",
    18: "eighteenth achtzehnten",
    19: "nineteenth",
    20: "twentieth zwanzigsten",
}
# From 1 on, by language.
CARDINALS = {
    "de": "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn zwanzig einundzwanzig zweiundzwanzig dreiundzwanzig vierundzwanzig",
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt vingt-et-un vingt-deux vingt-trois vingt-quatre",
    "it": "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove venti ventuno ventidue ventitré ventiquattro",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro",
    "nl": "één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien twintig eenentwintig tweeëntwintig drieëntwintig vierentwintig",
    "pl": "jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście "
    "piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia dwadzieścia-jeden dwadzieścia-dwa "
    "dwadzieścia-trzy dwadzieścia-cztery",
}
OTHER_CARDINALS = {2: "zwo"}
# Of these languages a number may stand before the street, and in the name of a company: Otto is a first name there.
CARDINALS_IN_FRONT = ("de", "en", "fr")
CARDINALS_IN_NAMES = ("de", "en")
ORDINAL_ENDINGS = "st nd rd th ste ter er eme ieme ère go ego ej"

"""Spelling codes on the telephone: the ICAO alphabet, and the German one of DIN 5009:2022 (names of towns)."""

from dataclasses import dataclass

from licences.domain.codes import groups

ICAO = {
    "A": "Alfa", "B": "Bravo", "C": "Charlie", "D": "Delta", "E": "Echo", "F": "Foxtrot", "G": "Golf",
    "H": "Hotel", "I": "India", "J": "Juliett", "K": "Kilo", "L": "Lima", "M": "Mike", "N": "November",
    "O": "Oscar", "P": "Papa", "Q": "Quebec", "R": "Romeo", "S": "Sierra", "T": "Tango", "U": "Uniform",
    "V": "Victor", "W": "Whiskey", "X": "X-ray", "Y": "Yankee", "Z": "Zulu",
    "1": "One", "2": "Two", "3": "Three", "4": "Four", "5": "Five", "6": "Six", "7": "Seven", "8": "Eight",
    "9": "Niner",
}  # fmt: skip
DIN_5009 = {
    "A": "Aachen", "B": "Berlin", "C": "Chemnitz", "D": "Düsseldorf", "E": "Essen", "F": "Frankfurt",
    "G": "Goslar", "H": "Hamburg", "I": "Ingelheim", "J": "Jena", "K": "Köln", "L": "Leipzig", "M": "München",
    "N": "Nürnberg", "O": "Offenbach", "P": "Potsdam", "Q": "Quickborn", "R": "Rostock", "S": "Salzwedel",
    "T": "Tübingen", "U": "Unna", "V": "Völklingen", "W": "Wuppertal", "X": "Xanten", "Y": "Ypsilon",
    "Z": "Zwickau",
    "1": "eins", "2": "zwo", "3": "drei", "4": "vier", "5": "fünf", "6": "sechs", "7": "sieben", "8": "acht",
    "9": "neun",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpelledSymbol:
    """One character of a code with its words in both alphabets."""

    symbol: str
    icao: str
    german: str

    @property
    def is_digit(self) -> bool:
        return self.symbol.isdigit()


def spell(code: str) -> list[list[SpelledSymbol]]:
    """Return the groups of a canonical code, as it is shown, each character with its words."""
    return [[SpelledSymbol(each, ICAO[each], DIN_5009[each]) for each in group] for group in groups(code)]

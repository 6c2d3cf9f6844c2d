"""What senders call the columns of a file: titles of the portal's own exports, and common words of other programs.

The rule is docs/imports.md#column-titles. Names are compared by ``folded_title``.
"""

from collections.abc import Mapping, Sequence

from licences.spreadsheets.headers import folded_title

Names = Mapping[str, str]  # folded title → column

# In lists of the portal and of many shops, the product's name stands beside its code.
_OVERRULING = {
    "product": "SKU, Product code, Artikelnummer, Artikel-Nr., Art.-Nr., Artikelnr, Produktnummer, Item "
    "number, Item no., Material number, Materialnummer, Lineitem sku, Variant SKU",
}

_PURCHASES = {
    "purchase_reference": "Purchase reference, Purchase, Purchase order, Purchase order number, Purchase "
    "number, PO, PO number, PO no., Order, Order number, Order no., Order ID, Document number, Document no., "
    "Sales order, Sales document, Invoice number, Invoice no., Bestellung, Bestellnummer, Bestell-Nr., "
    "Bestellnr, Kaufbeleg, Kaufbelegnummer, Kauf, Kaufnummer, Kaufreferenz, Auftrag, Auftragsnummer, "
    "Auftrags-Nr., Auftragsnr, Auftrag Nr., Beleg, Belegnummer, Beleg-Nr., Belegnr, Belegfeld 1, "
    "Verkaufsbeleg, Einkaufsbeleg, Vorgang, Vorgangsnummer, Rechnungsnummer, Rechnungs-Nr., Bestellreferenz, "
    "EBELN, VBELN, Bezugsnummer",
    "line": "Line, Line number, Line no., Line item, Position, Pos, Pos., Pos.-Nr., Posnr, Positionsnummer, "
    "Bestellposition, Belegposition, Zeile, Zeilennr., Zeilennummer, Item, EBELP, Lfd. Nr., Lfd Nr",
    "purchased_on": "Purchased on, Purchase date, Order date, Document date, Posting date, Date, Created at, "
    "Purchased, Gekauft, Gekauft am, Kaufdatum, Bestelldatum, Belegdatum, Auftragsdatum, Buchungsdatum, "
    "Rechnungsdatum, Datum, BEDAT, AUDAT",
    "serial": "Serial number, Serial no., Serial, S/N, Seriennummer, Serien-Nr., Seriennr, Lizenznummer",
    "product": "Article, Article number, Article no., Item code, Part number, Part no., Material, Artikel, "
    "Artikelcode, Materialnr, Produkt, Produktcode, Teilenummer, No., Nr., MATNR",
    "quantity": "Quantity, Qty, Qty., Pieces, Number of licences, Licences, Licenses, Lineitem quantity, "
    "Order quantity, Menge, Anzahl, Anz., Stück, Stk, Stck., Stückzahl, Bestellmenge, Auftragsmenge, "
    "Lizenzen, MENGE",
    "software_assurance_until": "Software Assurance until, Software Assurance, SA until, Assurance until, "
    "Maintenance until, Software Assurance bis, SA bis, Wartung bis, Pflege bis, Wartungsende, Wartung gültig "
    "bis",
    "customer_number": "Customer number, Customer no., Customer ID, Account number, Sell-to Customer No., "
    "Bill-to Customer No., Sold-to party, Kundennummer, Kunden-Nr., Kundennr, Kd.-Nr., Kdnr, Debitor, "
    "Debitorennummer, Debitorennr., Debitorenkonto, Debitoren-Nr., Auftraggeber, KUNNR, Verk. an Deb.-Nr., "
    "Konto",
    "customer_name": "Customer name, Company name, Sell-to Customer Name, Bill-to Name, Name 1, Kundenname, "
    "Kunde Name, Name des Kunden, Firma, Firmenname, Firmenbezeichnung, Name1, Verk. an Name, Name des "
    "Auftraggebers, Billing Company, Bezeichnung Auftraggeber",
    "site_name": "Site, Site name, Location, Ship-to Name, Standort, Standortname, Niederlassung, "
    "Betriebsstätte, Lieferort, Lief. an Name",
}
_CONTACT = {
    "address_line1": "Address, Address line 1, Address 1, Street, Street address, Sell-to Address, Billing "
    "Address1, Adresse, Adresse 1, Adresszeile 1, Anschrift, Straße, Strasse, Straße und Hausnummer, Straße "
    "Hausnummer, STRAS, Verk. an Adresse, Billing Street",
    "address_line2": "Address line 2, Address 2, Adresse 2, Adresszeile 2, Adresszusatz, Anschriftenzusatz, "
    "Billing Address2, Sell-to Address 2",
    "postcode": "Postcode, Post code, Postal code, ZIP, ZIP code, Billing Zip, Sell-to Post Code, "
    "Postleitzahl, PLZ, PLZ-Code, Verk. an PLZ-Code, PSTLZ",
    "city": "City, Town, Sell-to City, Billing City, Ort, Stadt, Wohnort, Ortsname, ORT01, Verk. an Ort",
    "country": "Country, Country code, Country/Region Code, Sell-to Country/Region Code, Billing Country, "
    "Land, Ländercode, Länderkennzeichen, LAND1, Länder-/Regionscode",
    "contact_name": "Contact, Contact name, Contact person, Sell-to Contact, Ansprechpartner, Kontakt, "
    "Kontaktperson, Ansprechperson, Verk. an Kontakt",
    "contact_phone": "Phone, Telephone, Phone number, Contact phone, Phone No., Telefon, Telefonnummer, "
    "Telephone number, Tel., TELF1, Telefonnr., Billing Phone",
    "contact_email": "E-mail, Email, E-mail address, Contact email, Mail, E-Mail-Adresse, E-Mail Ansprechpartner",
}
_INSTALLATIONS = {
    "serial": "Serial number, Serial no., S/N, Seriennummer, Serien-Nr., Seriennr, Lizenznummer",
    "site_id": "Site ID, Standortkennnummer, Standort-ID, Anlagen-ID, Standortkennung",
    "registered_on": "Registered, Registered on, Registered at, Registration date, Registriert, Registriert "
    "am, Entered, Eingetragen, Registrierungsdatum",
    "name": "Customer, Customer name, Company, Company name, Kunde, Kundenname, Firma, Firmenname",
    "server_version": "Server version, Server-Version, Serverversion, Version Server",
    "client_version": "Client version, Client-Version, Clientversion, Version Client",
}


def _names(titles: Mapping[str, str]) -> Names:
    """Folded title → column, from column → titles with commas between them."""
    return {folded_title(title): column for column, listed in titles.items() for title in listed.split(", ")}


OVERRULING_NAMES = _names(_OVERRULING)
PURCHASE_NAMES: Sequence[Names] = (
    {**OVERRULING_NAMES, **_names(_PURCHASES | _CONTACT)},
    _names({"customer_name": "Customer, Kunde, Name, Company, Käufer, Billing Name"}),
    _names({"customer_number": "Customer, Kunde"}),  # where a clearer title has the name
)
INSTALLATION_NAMES: Sequence[Names] = (_names(_INSTALLATIONS | _CONTACT),)

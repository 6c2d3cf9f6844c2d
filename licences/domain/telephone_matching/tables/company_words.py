"""Words of company names: what they are shortened to, and which of them tell nothing about whose company it is."""

COMPANY_WORDS = {
    "International": "Intl Internat Int.l Internationale Internacional Internazionale Internationaal",
    "National": "Natl Nat.l",
    "Deutschland": "Dtld Dtl Dt.land",
    "Deutsche": "Dt Dtsch Deutscher Deutsches",
    "Österreich": "Österr",
    "Schweiz": "CH",
    "Österreichische": "Österr.e Österreichischer",
    "Schweizerische": "Schweiz. Schweizer",
    "Etablissements": "Ets Etabl Etablissement Éts",
    "Société": "Sté Soc",
    "Association": "Assn Assoc Ass",
    "Associates": "Assocs Assoc.s",
    "Manufacturing": "Mfg Manuf Mfr",
    "Services": "Svcs Servs Serv",
    "Service": "Svc Serv",
    "Technology": "Tech Techn Technol",
    "Technologies": "Tech Techn Technol",
    "Technologie": "Techn Technol",
    "Technik": "Techn",
    "Engineering": "Engrg Engg Eng",
    "Department": "Dept Dep",
    "University": "Univ",
    "Universität": "Univ",
    "Université": "Univ",
    "Università": "Univ",
    "Universidad": "Univ",
    "Uniwersytet": "Uniw",
    "Hospital": "Hosp Hosp. Hospit",
    "Government": "Govt",
    "Management": "Mgmt Mgt Managemt",
    "Marketing": "Mktg",
    "Systems": "Sys Syst",
    "Solutions": "Solns",
    "Brothers": "Bros",
    "Center": "Centre Ctr",
    "Zentrum": "Zentr",
    "Delicatessen": "Deli",
    "Restaurant": "Rest Restaur",
    "Ristorante": "Rist Ristor",
    "Cafe": "Café Caffe Caffè",
    "Barbecue": "BBQ Bar-B-Q Barbeque Bar-B-Que",
    "Steakhouse": "Steak-House",
    "Theater": "Theatre Théâtre",
    "Pharmacy": "Pharm",
    "Laboratory": "Lab",
    "Laboratories": "Labs",
    "Laboratorium": "Lab",
    "Avenue": "Ave Av",
    "Street": "Str Strasse",
    "Boulevard": "Blvd Bd",
    "Road": "Rd",
    "Mount": "Mt",
    "Fort": "Ft",
    "Gesellschaft": "Ges Gesellsch",
    "Genossenschaft": "Genoss",
    "Verein": "Ver",
    "Verband": "Verb",
    "Verwaltung": "Verw",
    "Stadtverwaltung": "Stadtverw StV",
    "Gemeindeverwaltung": "Gemeindeverw GdeVerw",
    "Gemeinde": "Gde Gem",
    "Landratsamt": "LRA Landr.amt",
    "Landkreis": "LK Lkr Ldkr",
    "Verbandsgemeinde": "VG Verb.gem",
    "Verwaltungsgemeinschaft": "VGem",
    "Bundesamt": "Bundesa",
    "Bezirksamt": "BezA Bez.Amt",
    "Amtsgericht": "AmtsG",
    "Landgericht": "LandG",
    "Finanzamt": "FinA",
    "Freiwillige Feuerwehr": "FF Freiw.-Feuerwehr FFW",
    "Deutsches Rotes Kreuz": "DRK",
    "Arbeiterwohlfahrt": "AWO",
    "Technisches Hilfswerk": "THW",
    "Krankenhaus": "KH Krankenh KrHs",
    "Klinikum": "Klin",
    "Grundschule": "GS Grundsch",
    "Gymnasium": "Gym Gymn",
    "Katholische": "Kath Katholischer Katholisches",
    "Evangelische": "Ev Evang Evangelischer Evangelisches",
    "Kirchengemeinde": "Kirchengem KiGe",
    "Pfarramt": "PfA",
    "Königliche": "Kgl",
    "Städtische": "Städt Städtischer Städtisches",
    "Staatliche": "Staatl Staatlicher Staatliches",
    "Allgemeine": "Allg Allgemeiner",
    "Technische": "Techn. Technischer",
    "Industrie": "Ind Industr",
    "Industries": "Ind Inds",
    "Industrial": "Ind Indl",
    "Elektro": "Elektr El",
    "Maschinenbau": "Masch.bau MaschBau",
    "Vertrieb": "Vertr",
    "Handel": "Handl Hdl",
    "Handelsgesellschaft": "Handelsges HG",
    "Werkstatt": "Werkst",
    "Automobile": "Autom",
    "Ingenieurbüro": "Ing.-Büro IB Ing.büro Ingenieurb",
    "Planungsbüro": "Plan.-Büro",
    "Sachverständigenbüro": "SV-Büro",
    "Beratung": "Berat",
    "Versicherung": "Vers Versich",
    "Immobilien": "Immob Immo",
    "Verwaltungsgesellschaft": "VerwGes Verwaltungsges",
    "Betriebsgesellschaft": "BetrGes Betriebsges",
    "Beteiligungsgesellschaft": "BetGes Beteiligungsges",
    "Produktion": "Prod",
    "Export": "Exp",
    "Import": "Imp",
    "Construction": "Constr Const",
    "Distribution": "Distr Distrib",
    "Equipment": "Equip Eqpt",
    "General": "Genl Gen",
    "Générale": "Gén Gle",
    "American": "Amer",
    "Northern": "Nthn",
    "Southern": "Sthn",
    "Comune di": "Com. di",
    "Ayuntamiento de": "Ayto Ayto-de Ayuntamiento",
    "Przedsiębiorstwo": "Przeds Przed P-stwo",
    "Zakład": "Zakł",
    "Zakłady": "Zakł-y",
    "Spółdzielnia": "Spółdz Sp-nia",
    "Hurtownia": "Hurt",
    "Gospodarstwo": "Gosp",
    "Garage": "Gge",
    "Menuiserie": "Menuis",
    "Boulangerie": "Boul",
    "Carrozzeria": "Carr",
    "Officina": "Off",
    "Farmacia": "Farm.cia",
    "Talleres": "Tall",
    "Construcciones": "Constr-es Const.",
    "Hermanos": "Hnos",
    "Aannemersbedrijf": "Aann.bedr",
    "Bouwbedrijf": "Bouwbedr",
    "Installatiebedrijf": "Inst.bedr",
    "Daughters": "Dtrs",
    "Family": "Fam.y",
    "First": "1st",
    "Second": "2nd",
    "Third": "3rd",
    "Incorporated": "Incorp",
    "& Söhne": "u.S. & S.",
    "Laboratoires": "Labos",
    "Entreprise": "Entr Entrepr",
    "Groupe": "Grp Gruppe Group",
}

# Not distinctive: half the companies of a trade have these words.
GENERIC_WORDS = (
    "Restaurant Ristorante Hotel Hotels Motel Inn Pension Gasthof Gasthaus Gaststätte Wirtshaus Cafe Bistro "
    "Brasserie Bar Pub Tavern Taverne Trattoria Osteria Pizzeria Pizza Grill Grille Kitchen Küche Cuisine Diner "
    "Deli Delicatessen Bakery Bäckerei Konditorei Eiscafe Imbiss Kebap Kebab Steakhouse Steak House Barbecue "
    "Seafood Sushi Noodle Tea Wine Weinstube Weingut Winery Brauerei Brauhaus Brewery Brewing Club Lounge Room "
    "Dining Garden Gardens Palace Palast Court Express Gourmet Catering Food Foods Eatery Saloon Tapas Cantina "
    "Chinese Italian French Thai Indian Mexican Japanese Greek Haus House Home Heim Hof Markt Market Shop Store "
    "Laden Boutique Galerie Gallery Studio Atelier Salon Center Centre Zentrum Plaza Mall Tower Park Platz Stadt "
    "Town City Village Dorf Land Insel Island Welt World Planet Praxis Klinik Clinic Klinikum Krankenhaus Hospital "
    "Apotheke Pharmacy Ärzte Arzt Zahnarzt Zahnärzte Dental Medical Medizin Med Health Care Pflege Physio "
    "Physiotherapie Labor Optik Optiker Augenoptik Sanitätshaus Tierarzt Veterinary Auto Autos Autohaus Automobile "
    "Motors Motor Garage Kfz Car Cars Truck Reifen Tyre Tires Werkstatt Tankstelle Fahrschule Taxi Reisen Reise "
    "Reisebüro Travel Tours Touristik Bus Transport Transporte Transports Spedition Logistik Logistics Logistic "
    "Cargo Freight Kurier Courier Umzüge Möbel Furniture Küchen Bau Bauunternehmen Bauunternehmung Construction "
    "Builders Building Hochbau Tiefbau Holzbau Metallbau Stahlbau Maschinenbau Anlagenbau Fensterbau Innenausbau "
    "Dach Dachbau Dachdecker Dachdeckerei Zimmerei Schreinerei Tischlerei Malerbetrieb Maler Fliesen Sanitär "
    "Heizung Heizungsbau Klima Lüftung Elektro Elektrotechnik Elektrik Elektronik Electronics Electric Electrical "
    "Plumbing Heating Roofing Garten Gartenbau Landschaftsbau Landschaft Gärtnerei Blumen Flowers Florist Forst "
    "Holz Wood Timber Metall Metal Stahl Steel Eisen Glas Glass Stein Naturstein Kunststoff Plastics Papier Paper "
    "Druck Druckerei Print Printing Verlag Publishing Medien Media Werbung Werbeagentur Agentur Agency Design "
    "Designs Fashion Mode Textil Schuhe Shoes Schmuck Jewelry Uhren Watches Foto Photo Film Musik Music Sport "
    "Sports Fitness Yoga Spiel Games Toys Spielwaren Bücher Books Buchhandlung Buch Handel Handels "
    "Handelsgesellschaft Trade Trading Traders Import Export Vertrieb Verkauf Sales Großhandel Wholesale "
    "Einzelhandel Retail Versand Supply Supplies Distribution Produkte Products Produktion Production Productions "
    "Fabrik Factory Werk Werke Works Manufaktur Manufacturing Industrie Industries Industrial Betrieb Betriebe "
    "Unternehmen Enterprise Enterprises Gesellschaft Company Firma Gruppe Group Holding Holdings Beteiligung "
    "Beteiligungs Verwaltung Verwaltungs Immobilien Properties Property Estate Real Hausverwaltung Grundstück "
    "Invest Investment Investments Capital Finanz Finance Financial Bank Sparkasse Volksbank Raiffeisenbank "
    "Kreditbank Versicherung Versicherungen Insurance Makler Beratung Berater Consulting Consultants Consult "
    "Consultancy Service Services Dienst Dienste Dienstleistung Dienstleistungen Management Marketing Personal "
    "Personaldienst Zeitarbeit Solutions Solution Systems System Systeme Systemhaus Technik Technic Techniken "
    "Technology Technologies Technologie Tech Engineering Ingenieur Ingenieure Ingenieurbüro Planung Planungsbüro "
    "Architekt Architekten Architects Software Hardware Computer Computers Data Daten Datentechnik IT EDV "
    "Informatik Digital Internet Web Online Network Networks Netz Netzwerk Telecom Telekom Telefon Kommunikation "
    "Communications Mobile Media Cloud Security Sicherheit Wachdienst Reinigung Gebäudereinigung Gebäude "
    "Gebäudetechnik Cleaning Umwelt Energie Energy Solar Strom Gas Wasser Water Wärme Power Entsorgung Recycling "
    "Abfall Rechtsanwalt Rechtsanwälte Kanzlei Anwalt Anwälte Anwaltskanzlei Notar Notariat Steuerberater "
    "Steuerberatung Steuer Wirtschaftsprüfer Wirtschaftsprüfung Treuhand Law Legal Lawyers Solicitors Attorneys "
    "Accountants Accounting Office Büro Bureau Bürotechnik Partner Partners Associates Söhne Sohn Sons Son Brothers "
    "Brüder Gebrüder Fils Frères Fratelli Hermanos Familie Family Töchter Zonen Synowie Schule School Grundschule "
    "Gymnasium Realschule Hauptschule Gesamtschule Berufsschule Volkshochschule Musikschule Kindergarten Kita "
    "Kindertagesstätte Akademie Academy College Universität Hochschule Institut Institute Verein Club Verband "
    "Association Stiftung Foundation Kirche Kirchengemeinde Pfarramt Gemeinde Gemeindeverwaltung Stadtverwaltung "
    "Stadtwerke Landkreis Landratsamt Amt Bundesamt Ministerium Feuerwehr Freiwillige Polizei Museum Theater "
    "Bibliothek Library Zoo Verkehrsbetriebe Seniorenheim Altenheim Pflegeheim Pflegedienst Lebenshilfe Caritas "
    "Diakonie Alte Alter Altes Alt Neue Neuer Neues Neu New Old Große Großer Groß Kleine Kleiner Grand Great Little "
    "Big Royal Real Imperial Golden Goldener Goldene Gold Silver Silber Grüne Grüner Green Blue Blau Blaue Rote "
    "Roter Rot Red White Weiß Weiße Weißer Weißes Rössl Schwarze Schwarzer Schwarzes Black Star Stern Sterne Sonne "
    "Sun Krone Crown Löwe Löwen Lion Adler Eagle Hirsch Hirschen Bären Bär Ochse Ochsen Lamm Rose Post Schwan Linde "
    "Traube Engel König King Queen Kaiser First Prime Best Top Super Mega Euro Europa Global International National "
    "Universal General American British German Deutsche Österreichische Schweizerische Royal United Allgemeine "
    "Zentral Central Modern Classic Quality Premium Plus Pro Smart Easy Fresh Frisch Quick Fast Nova Alpha Beta "
    "Omega Delta Maxi Mini Uni Multi Inter Trans Vita Bio Öko Natur Nature Alpen Rhein Rhine Main Donau Elbe Nord "
    "Süd Ost West Mitte North South East Upper Lower River Lake See Berg Mountain Tal Valley Hill Ocean Beach Bay "
    "Harbour Harbor Hafen Bahnhof Airport Flughafen Station Street Avenue Road Corner Square Bridge Kirchplatz "
    "Marktplatz Schloss Castle Burg Mühle Mill Farm Bauernhof Hofladen Metzgerei Fleischerei Butcher Fisch Fleisch "
    "Obst Gemüse Getränke Getränkemarkt Supermarkt Wein Bier Beer Coffee Kaffee Rösterei Tee Haar Hair Friseur "
    "Friseursalon Coiffeur Beauty Kosmetik Nail Nails Wellness Massage Spa Sauna Bad Bäder Hörgeräte Tabak Kiosk "
    "Lotto Presse Reform Raum Räume Idee Ideen Werkzeug Werkzeugbau Tools Tool Präzision Präzisionstechnik "
    "Feinmechanik Mechanik Hydraulik Pumpen Ventile Armaturen Dreherei Fräserei Gießerei Schlosserei Schmiede "
    "Lackiererei Galvanik Oberflächen Verpackung Verpackungen Packaging Etiketten Lager Lagertechnik Kran Krane "
    "Aufzüge Tore Türen Fenster Rolladen Rollladen Markisen Sonnenschutz Parkett Boden Bodenbeläge Teppich Estrich "
    "Putz Gerüstbau Abbruch Erdbau Kies Beton Zement Asphalt Straßenbau Garage Menuiserie Boulangerie Pâtisserie "
    "Boucherie Charcuterie Épicerie Pharmacie Cabinet Clinique Hôpital École Mairie Commune Ville Société "
    "Entreprise Maison Atelier Ateliers Établissements Compagnie Transports Bâtiment Travaux Plomberie Chauffage "
    "Électricité Peinture Maçonnerie Charpente Couverture Carrosserie Auto Services Conseil Conseils Gestion "
    "Immobilier Assurances Banque Hôtel Auberge Relais Traiteur Fleurs Jardin Jardins Informatique Imprimerie "
    "Éditions Générale Bar Ristorante Trattoria Pizzeria Gelateria Panificio Macelleria Farmacia Studio Officina "
    "Carrozzeria Autofficina Impresa Edile Costruzioni Trasporti Servizi Consulenza Azienda Agricola Cantina "
    "Albergo Locanda Immobiliare Comune Scuola Banca Ferramenta Falegnameria Legnami Mobili Arredamenti Elettronica "
    "Impianti Ditta Casa Villa Bottega Caffetteria Bodega Bodegas Taller Talleres Construcciones Transportes "
    "Servicios Consultoría Asesoría Clínica Hospital Farmacia Colegio Ayuntamiento Restaurante Hostal Panadería "
    "Carnicería Ferretería Muebles Gestoría Inmobiliaria Grupo Empresa Comercial Industrias Instalaciones "
    "Electricidad Fontanería Pinturas Automóviles Autoescuela Mesón Casa Bakkerij Slagerij Apotheek Garage Bouw "
    "Bouwbedrijf Aannemersbedrijf Installatiebedrijf Loodgieters Schildersbedrijf Transport Handel "
    "Handelsonderneming Groothandel Advies Adviesbureau Administratiekantoor Makelaardij Verzekeringen "
    "Tandartspraktijk Huisartsenpraktijk Gemeente School Stichting Vereniging Restaurant Eetcafe Bloemen "
    "Tuincentrum Kwekerij Boerderij Drukkerij Uitgeverij Techniek Elektro Groep Diensten Zorg Huis Winkel Transport "
    "Usługi Usługowe Firma Zakład Zakłady Przedsiębiorstwo Hurtownia Sklep Apteka Gabinet Przychodnia Szpital "
    "Szkoła Gmina Urząd Miasto Biuro Kancelaria Księgowość Nieruchomości Budownictwo Budowlana Budowlane Budowlany "
    "Produkcja Handlowa Handlowe Handlowy Piekarnia Cukiernia Restauracja Hotel Zajazd Karczma Auto Serwis "
    "Motoryzacja Meble Stolarstwo Drukarnia Wydawnictwo Spółdzielnia Bank Fundacja Stowarzyszenie Polska Polski "
    "Polskie Międzynarodowy Gospodarstwo Ogrodnicze Elektro Instalacje Mechanika Pojazdowa Studio Salon"
)
# Words that people leave out or put in without meaning another company.
SMALL_WORDS = (
    "und and et y i e en u & the of der die das des dem den de du la le les l d del della delle dei degli di da il "
    "lo gli las los el het van von vom zum zur zu im in am an auf bei beim für for pour per par w z na on at by to "
    "mit with a o und"
)
# Letter → the little words that it is written for: Hotel z. Post.
LITTLE_WORDS = {
    "a": "am an auf",
    "b": "bei beim",
    "d": "der die das des dem den de du da di del della",
    "f": "für",
    "i": "im in",
    "v": "von vom van vor",
    "z": "zu zum zur",
}
# Ends of compounds that are a trade, whatever common word stands before them: Metallbau, Gebäudereinigung.
COMPOUND_HEADS = (
    "technik bau handel handels betrieb betriebe service dienst dienste büro praxis markt center zentrum reinigung "
    "verwaltung beratung vertrieb werkstatt shop laden schule heim anlagen systeme planung pflege produktion druckerei "
    "unternehmen gesellschaft bedrijf logistik transporte vermietung verleih montage großhandel agentur studio "
    "restaurant hotel cafe haus werk werke fabrik meister meisterbetrieb schaft hof garten stube club verein verband "
    "handlung bäckerei schlosserei schreinerei tischlerei bearbeitung verarbeitung versorgung entsorgung sicherung "
    "sicherheit versicherung versicherungen makler gruppe lager spedition apotheke klinik zentrale amt werbung medien "
    "verlag bank kasse bus reisen park platz straße weg halle welt"
)

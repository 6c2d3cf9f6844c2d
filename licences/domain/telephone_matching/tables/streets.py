"""Words of streets: German, Austrian, Swiss, British, American, French, Italian, Spanish, Dutch and Polish."""

# What is said for the first word of a line → how else it is written.
STREET_WORDS = {
    # German, Austrian, Swiss
    "Straße": "Str Strase Strasze",
    "Gasse": "G Ga Gss",
    "Platz": "Pl Plz",
    "Allee": "Al All Allée",
    "Weg": "W",
    "Promenade": "Prom",
    "Chaussee": "Chaus",
    "Brücke": "Br",
    "Graben": "Grb",
    "Siedlung": "Siedl Sdlg",
    "Gewerbegebiet": "Gewerbegeb GewGeb",
    "Industriegebiet": "IndGeb Industriegeb",
    "Industriestraße": "Industriestr Indstr",
    "Kurfürstendamm": "Kudamm Ku-Damm",
    "Postfach": "PF Pstf Postf",
    "Landstraße": "Landstr Ldstr",
    "Bundesstraße": "Bundesstr",
    "Ortsteil": "OT",
    "Bahnhof": "Bhf Bf",
    "Hauptbahnhof": "Hbf",
    "Bürgermeister": "Bgm Bgmstr Bürgerm Bürgermstr Bgmst",
    "Oberbürgermeister": "OB OBgm Oberbgm",
    "Sankt": "St Saint Sainte Ste Skt",
    "Ober": "O",
    "Unter": "U",
    "Große": "Gr Gross Großer Grosse Großes",
    "Kleine": "Kl Kleiner Kleines",
    "Obere": "Ob Oberer",
    "Untere": "Unt Unterer",
    "Alte": "Alter Altes",
    "Neue": "Neuer Neues",
    # British and American
    "Street": "St Str",
    "Place": "Pl",
    "Plaza": "Pl Plz Pza",
    "Road": "Rd",
    "Avenue": "Av Ave Aven Avn Avnue",
    "Avenida": "Av Avda Avd",
    "Lane": "Ln",
    "Drive": "Dr Drv",
    "Square": "Sq Sqr",
    "Court": "Ct Crt",
    "Close": "Cl Clo",
    "Crescent": "Cres Cresc",
    "Gardens": "Gdns Gdn Garden",
    "Terrace": "Ter Terr Tce",
    "Grove": "Gro Grv",
    "Parade": "Pde",
    "Park": "Pk",
    "Estate": "Est",
    "Industrial": "Ind Indl",
    "House": "Hse",
    "Buildings": "Bldgs",
    "Boulevard": "Bd Blvd Bld Bvd Boul Blv Boulv Bvld",
    "Bulevar": "Blvr Bv",
    "Bulwar": "Bulw Blw",
    "Circle": "Cir Circ",
    "Highway": "Hwy Hiway Hgwy",
    "Parkway": "Pkwy Pky Parkwy",
    "Expressway": "Expy Expwy",
    "Freeway": "Fwy",
    "Turnpike": "Tpke Tnpk",
    "Trail": "Trl",
    "Heights": "Hts",
    "Hill": "Hl",
    "Hills": "Hls",
    "Mount": "Mt",
    "Mountain": "Mtn",
    "Fort": "Ft",
    "Center": "Centre Ctr Cntr Cntre",
    "Plantation": "Plnt",
    "Point": "Pt Pte",
    "Ridge": "Rdg",
    "Valley": "Vly",
    "View": "Vw",
    "Village": "Vlg",
    "Station": "Sta Stn",
    "Junction": "Jct",
    "Bridge": "Brg",
    "Crossing": "Xing",
    "Broadway": "Bway Bdwy",
    "Mews": "Mws",
    "Yard": "Yd",
    "Green": "Grn",
    "Upper": "Upr",
    "Lower": "Lwr",
    "Great": "Gt Grt",
    "Alley": "Aly",
    "Landing": "Lndg",
    "Meadows": "Mdws",
    "Martin Luther King": "MLK M.L.King ML.King Martin-L.King",
    "Route": "Rte",
    "County": "Cty Co",
    "Shopping": "Shpg",
    "Mall": "Ml",
    "Business": "Bus",
    "Trading": "Trdg",
    # French
    "Rue": "R",
    "Chemin": "Ch Chem Che",
    "Faubourg": "Fbg Fg",
    "Quai": "Q Qu",
    "Impasse": "Imp",
    "Résidence": "Rés Resid",
    "Lotissement": "Lot",
    "Hameau": "Ham",
    "Passage": "Pass Psg",
    "Cité": "Cité Cte",
    "Sentier": "Sent",
    "Ruelle": "Rle",
    "Montée": "Mte",
    "Zone Industrielle": "ZI Z.I.",
    "Zone d'activités": "ZA Z.A.",
    "Generale": "Gen Gle",
    "Maréchal": "Mal Mar Mchal",
    "Marszałka": "Marsz Marszałek",
    "Commandant": "Cdt Cmdt",
    "Président": "Pdt Prés Präs Präsident President Pres",
    "Général": "Gal Gén Gen General Generał Generała",
    "Capitaine": "Cne Capt Captain Cap",
    "Kapitana": "Kpt Kap",
    "Colonel": "Col Cel",
    "Lieutenant": "Lt",
    "Notre Dame": "ND N.D.",
    # Italian
    "Via": "V",
    "Viale": "Vle V.le",
    "Piazza": "Pza Pzza P.za P.zza Pzz",
    "Piazzale": "Ple P.le Pzle P.zle",
    "Corso": "Cso C.so Crs",
    "Largo": "Lgo L.go",
    "Vicolo": "Vic V.lo Vlo",
    "Contrada": "Cda C.da Contr",
    "Località": "Loc",
    "Frazione": "Fraz Frz",
    "Strada Statale": "SS S.S.",
    "Strada Provinciale": "SP S.P.",
    "Lungomare": "Lmare L.mare",
    "Borgo": "Bgo B.go",
    "Salita": "Sal",
    "San": "S",
    "Santa": "S Sta",
    "Santo": "S Sto",
    "Sant": "S",
    "Santi": "SS",
    "Strada": "Str",
    "Fratelli": "Flli F.lli",
    "Vittorio": "Vitt V.rio",
    "Vittorio Emanuele": "V.Emanuele Vitt.Emanuele V.rio-Emanuele V.Em",
    "Galleria": "Gall",
    # Spanish
    "Calle": "C Cl Cll",
    "Paseo": "P.º Pso Pº Ps Po",
    "Carretera": "Ctra Carr Crta",
    "Camino": "Cno Cmno",
    "Travesía": "Trv Trva Tva",
    "Ronda": "Rda",
    "Glorieta": "Gta",
    "Urbanización": "Urb",
    "Polígono": "Pol Políg Plgno",
    "Rambla": "Rbla",
    "Callejón": "Cjon",
    "Doctor": "Dr Dra Doktor Docteur Dott Doktora",
    "Nuestra Señora": "Ntra Sra",
    "Virgen": "Vgen",
    # Dutch
    "Straat": "Str",
    "Laan": "Ln",
    "Plein": "Pln",
    "Gracht": "Gr",
    "Kade": "Kd",
    "Singel": "Sngl",
    "Dijk": "Dk",
    "Hof": "Hf",
    "Steenweg": "Stwg Stwg",
    "Dwarsstraat": "Dwstr",
    "Burgemeester": "Burg Bgm Burgem",
    "Prins": "Pr",
    "Prinses": "Prns",
    "Koningin": "Kon",
    "Industrieweg": "Indweg",
    "Bedrijventerrein": "Bedr",
    # Polish
    "Ulica": "Ul",
    "Plac": "Pl",
    "Aleje": "Al",
    "Osiedle": "Os",
    "Rondo": "Rdo",
    "Świętej": "Św Świętego Święty Święta",
    "Księdza": "Ks Ksiądz",
    "Profesora": "Prof Professor Professeur Profesor",
    "Biskupa": "Bp Bpa",
    "Armii Krajowej": "AK",
    "Wojska Polskiego": "WP",
    "Pułkownika": "Płk",
    "Rotmistrza": "Rtm",
    "Inżyniera": "Inż Ing Ingenieur",
    "Kardynała": "Kard Kardinal",
    "Cardinal": "Card",
    "Królowej": "Król",
    "Aleja": "Al",
    "Skwer": "Skw",
    "Wybrzeże": "Wyb",
    "Bohaterów": "Boh",
}

# Before a surname, as titles are: Bgm.-Schmidth.-Weg.
RANKS = (
    "Bürgermeister Oberbürgermeister Président Général Generale Maréchal Marszałka Commandant Capitaine Kapitana "
    "Colonel Lieutenant Burgemeester Prins Prinses Koningin Księdza Profesora Biskupa Pułkownika Rotmistrza Inżyniera "
    "Kardynała Cardinal Królowej Doctor"
)

# Ends of German and Dutch words, and what they are written short as: Bauerng. is Bauerngasse.
STREET_ENDINGS = {
    "gasse": "g ga gss",
    "straße": "str st strase",
    "straat": "str",
    "platz": "pl",
    "weg": "w",
    "allee": "al all",
    "ring": "r rg",
    "brücke": "br brü",
    "graben": "gr grb",
    "promenade": "prom",
    "chaussee": "ch",
    "ufer": "uf",
    "markt": "mkt",
    "damm": "dm",
    "steig": "stg",
    "laan": "ln",
    "plein": "pln pl",
    "gracht": "gr",
    "kade": "kd",
    "singel": "sngl",
    "hof": "hf",
    "berg": "bg",
    "feld": "fd",
    "garten": "gart",
    "tor": "",
    "siedlung": "siedl sdlg",
    "park": "pk",
}
# Ends of words that are one however they are written.
STREET_ENDINGS_ALIKE = {
    "strasse": "str",
    "strase": "str",
    "strasze": "str",
    "straat": "str",
    "str": "str",
}

STREET_TYPES = (
    "Straße Gasse Platz Allee Weg Promenade Chaussee Ring Ufer Damm Graben Steig Road Avenue Lane Drive Square "
    "Court Close Crescent Gardens Terrace Grove Parade Boulevard Circle Highway Parkway Expressway Way Sankt Mews "
    "Rue Chemin Quai Impasse Route Via Viale Piazza Piazzale Corso Largo Vicolo Calle Paseo Carretera Camino Ronda "
    "Rambla Laan Plein Gracht Kade Singel Ulica Osiedle Aleja Row Hill Walk Passage Broadway Cours Faubourg Mall "
    "Plaza Steenweg Dijk Trail Turnpike Street Place Strada Straat Avenida Bulevar Bulwar Plac Aleje Carrer Way "
    "Wharf Approach Bypass Loop Path Pike Vale Rise Gate Parkway Esplanade Stieg Stiege Zeile Winkel Kai Markt Rynek"
)
# What is left out in speech, and adds nothing: ulica Długa is Długa.
SILENT_WORDS = "Ulica"

# Names that half the towns have a street of: alone they do not tell one street from another.
COMMON_STREET_NAMES = (
    "Haupt Bahnhof Kirch Kirche Schul Schule Markt Dorf Garten Berg Ring Wald Feld Wiesen Linden Mühlen Mühle "
    "Brunnen Burg Schloss Post Rathaus Stadt Park Friedhof Industrie Gewerbe Bach See Ufer Brücken Neu Neue Alt "
    "Alte Große Kleine Obere Untere Lange Kurze Breite Hohe Nieder High Main Church Station Mill Market Queen King "
    "Queens Kings Bridge Green Hill Lake River School Old New North South East West Upper Lower Great Little First "
    "Second Center Central Union Spring Oak Pine Maple Elm Cedar Washington Park Victoria Albert York Église Gare "
    "Mairie École République Paix Moulin Fontaine Château Marché Poste Grande Grand Petit Petite Pont Jardin Vieux "
    "Vieille Roma Garibaldi Mazzini Dante Marconi Matteotti Stazione Mercato Nuova Nuovo Vecchia Vittorio Emanuele "
    "Italia Libertà Repubblica Chiesa Mayor Iglesia Estación Constitución España Real Nueva Nuevo Sol Luna Mercado "
    "Ayuntamiento Alta Baja Kerk Dorps School Stations Molen Hoofd Nieuwe Oude Markt Kerkplein Grote Kleine Park "
    "Główna Szkolna Polna Leśna Słoneczna Krótka Długa Kościelna Ogrodowa Rynek Nowa Stara Kolejowa Dworcowa "
    "Zielona Lipowa"
)

DIRECTIONS = {
    "north": "n nord norte noord",
    "south": "s süd sud sur zuid",
    "east": "e ost est este oost",
    "west": "w ouest ovest oeste",
    "northeast": "N.E. ne nordost nordest north-east noordoost",
    "northwest": "N.W. nw nordwest north-west nordouest noordwest",
    "southeast": "S.E. se südost south-east sudest zuidoost",
    "southwest": "S.W. sw südwest south-west sudouest zuidwest",
}

# What a number after it counts: not the house, but what lies in it.
UNIT_LABELS = {
    "unit": (
        "Flat Apartment Apt Appartement App Appt Suite Ste Unit Wohnung Whg Top Tür Door Room Rm Zimmer Zi Office "
        "Büro Bureau Lokal Lok Mieszkanie Mieszk Interno Int Puerta Pta Pt Local Studio Box Boîte Bte Bus Stand "
        "Shop Store Atelier Appartamento"
    ),
    "floor": (
        "Floor Fl Level Lvl Etage Étage Et Stock Stockwerk OG Obergeschoss Obergeschoß Piano Piso Planta "
        "Verdieping Piętro Geschoss Stk"
    ),
    "stair": ("Stiege Stg Stair Staircase Escalier Esc Escalera Scala Sc Klatka Kl Eingang Aufgang Entrance Entrée"),
    "building": "Building Bldg Bâtiment Bât Gebäude Geb Edificio Edif Ed Palazzo Gebouw Budynek Bud Bau",
    "block": "Block Blk",
    "house": "Haus",
    "hall": "Halle Hall Hangar",
    "gate": "Tor Gate Dock",
    "works": "Werk",
    "tower": "Tower Turm Wing Pavilion Trakt",
    "lot": "Lot",
    "kilometre": "Km Kilometer Kilómetro",
}
# A floor or part of a house that has no number.
PARTS_OF_HOUSES = {
    "ground floor": (
        "EG Erdgeschoss Erdgeschoß Parterre PT RDC Rez-de-chaussée Ground-Floor Planta-baja Piano-terra Parter"
    ),
    "attic": "DG Dachgeschoss",
    "basement": "UG Untergeschoss Keller Souterrain",
    "rear building": "Hinterhaus HH Rückgebäude RGB Rgb Hof",
    "front building": "Vorderhaus VH Vordergebäude",
    "left": "Links li gauche izquierda izq",
    "right": "Rechts re droite derecha dcha",
}

NUMBER_SIGNS = "Nr No Num Numero Número Nummer Number N Hausnummer Hausnr HNr Nº"
CROSSING_WORDS = (
    "at near off between betw btw btwn bet opposite opp corner cnr junction Ecke Eck nahe gegenüber angle près face "
    "esquina esq angolo hoek róg @"
)
CARE_OF = (
    "c/o",
    "z.hd.",
    "z. hd.",
    "zhd.",
    "z.hdn.",
    "zu händen",
    "attn.",
    "attn:",
    "att.",
    "f.a.o.",
    "p/a",
    "p. adr.",
)
ROADS_WITH_NUMBERS = (
    "Highway Route Interstate US SR CR FM Autobahn Bundesstraße Landstraße Nationale Départementale Exit"
)

ARTICLES = (
    "der die das des dem den d the of de du la le les l d del della delle degli dei dell dello di da dal dalla il "
    "lo gli i las los el het t van von vom v vd het ten ter te y e und and et en u"
)
PREPOSITIONS = {
    "an": "a am an",
    "in": "i im in",
    "zu": "z zu zum zur",
    "bei": "b bei beim",
    "auf": "auf aufm",
    "unter": "u unter",
    "vor": "vor vorm",
    "hinter": "hinter",
    "über": "über",
    "sur": "sur s/",
    "sous": "sous",
    "aan": "aan",
    "op": "op",
}

MONTHS = (
    "Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember January "
    "February March May June July October December janvier février mars avril juin juillet août septembre octobre "
    "novembre décembre gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre enero febrero abril mayo junio julio septiembre octubre noviembre diciembre januari februari maart "
    "mei augustus oktober stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia"
)

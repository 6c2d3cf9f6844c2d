"""Towns and countries: where a company is does not tell one company from another."""

# What is said for one → what else it is called.
PLACES = {
    "München": "Munich Monaco-di-Baviera Mchn Müchen",
    "Köln": "Cologne Kln",
    "Nürnberg": "Nuremberg Nbg",
    "Hannover": "Hanover",
    "Braunschweig": "Brunswick",
    "Frankfurt": "Ffm Frankfurt-am-Main Frankfurt-a-M",
    "Wien": "Vienna Vienne",
    "Zürich": "Zurich Zuerich",
    "Genf": "Geneva Genève Ginevra",
    "Basel": "Bâle Basle",
    "Bern": "Berne",
    "Luzern": "Lucerne",
    "Lausanne": "",
    "Mailand": "Milano Milan",
    "Rom": "Roma Rome",
    "Venedig": "Venezia Venice",
    "Florenz": "Firenze Florence",
    "Neapel": "Napoli Naples",
    "Turin": "Torino",
    "Genua": "Genova Genoa",
    "Bozen": "Bolzano",
    "Paris": "",
    "Lyon": "Lyons",
    "Marseille": "",
    "Straßburg": "Strasbourg",
    "Brüssel": "Bruxelles Brussel Brussels",
    "Antwerpen": "Antwerp Anvers",
    "Gent": "Gand Ghent",
    "Lüttich": "Liège",
    "Den Haag": "The-Hague s-Gravenhage",
    "Warschau": "Warszawa Warsaw",
    "Krakau": "Kraków Cracow",
    "Breslau": "Wrocław",
    "Danzig": "Gdańsk",
    "Posen": "Poznań",
    "Lodz": "Łódź",
    "Stettin": "Szczecin",
    "Kattowitz": "Katowice",
    "Prag": "Praha Prague",
    "London": "Londres",
    "New York": "NYC NY New-York-City",
    "Los Angeles": "LA L.A.",
    "San Francisco": "SF",
    "Washington": "Washington-DC",
    "Lissabon": "Lisboa Lisbon",
    "Sevilla": "Seville",
    "Kopenhagen": "København Copenhagen",
    "Deutschland": "Germany Allemagne Niemcy Germania Alemania Duitsland",
    "Österreich": "Austria Autriche",
    "Schweiz": "Switzerland Suisse Svizzera",
    "Großbritannien": "UK Great-Britain GB United-Kingdom",
    "England": "",
    "Schottland": "Scotland",
    "Wales": "",
    "Irland": "Ireland",
    "Frankreich": "France Francia Francja",
    "Italien": "Italy Italia Italie Włochy",
    "Spanien": "Spain España",
    "Niederlande": "Netherlands Nederland Holland",
    "Polen": "Poland Polska",
    "Belgien": "Belgium Belgique België",
    "USA": "US U.S. U.S.A. United-States America",
    "Luxemburg": "Luxembourg",
    "Europa": "Europe",
    "Bayern": "Bavaria",
    "Sachsen": "Saxony",
    "Hessen": "Hesse",
    "Tirol": "Tyrol",
}

TOWNS = (
    "Aachen Augsburg Bamberg Bayreuth Berlin Bielefeld Bochum Bonn Bottrop Bremen Bremerhaven Celle Chemnitz Coburg "
    "Cottbus Darmstadt Delmenhorst Dessau Detmold Dortmund Dresden Duisburg Düren Düsseldorf Emden Erfurt Erlangen "
    "Essen Esslingen Flensburg Freiburg Freising Friedrichshafen Fulda Fürth Gelsenkirchen Gera Gießen Göppingen "
    "Görlitz Goslar Göttingen Greifswald Gütersloh Hagen Halle Hamburg Hameln Hamm Hanau Heidelberg Heidenheim "
    "Heilbronn Herford Herne Hildesheim Hof Hürth Ingolstadt Iserlohn Jena Kaiserslautern Karlsruhe Kassel Kempten "
    "Kiel Kleve Koblenz Konstanz Krefeld Landshut Leipzig Leverkusen Lindau Lingen Lippstadt Lörrach Lübeck "
    "Lüdenscheid Ludwigsburg Ludwigshafen Lüneburg Magdeburg Mainz Mannheim Marburg Meerbusch Memmingen Minden "
    "Moers Mönchengladbach Mülheim Münster Neubrandenburg Neumünster Neuss Neuwied Norderstedt Nordhorn Oberhausen "
    "Offenbach Offenburg Oldenburg Osnabrück Paderborn Passau Pforzheim Plauen Potsdam Ratingen Ravensburg "
    "Recklinghausen Regensburg Remscheid Reutlingen Rheine Rosenheim Rostock Rüsselsheim Saarbrücken Salzgitter "
    "Schweinfurt Schwerin Siegen Sindelfingen Singen Solingen Speyer Stade Stralsund Straubing Stuttgart Suhl Trier "
    "Troisdorf Tübingen Tuttlingen Ulm Unna Velbert Viersen Villingen Schwenningen Weiden Weimar Wesel Wetzlar "
    "Wiesbaden Wilhelmshaven Witten Wittenberg Wolfsburg Worms Wuppertal Würzburg Zwickau Graz Linz Salzburg "
    "Innsbruck Klagenfurt Villach Wels Steyr Dornbirn Bregenz Feldkirch Leoben Krems Baden Mödling Amstetten "
    "Kapfenberg Eisenstadt Lienz Kufstein Hallein Braunau Schwechat Winterthur Biel Bienne Thun Köniz Chur "
    "Schaffhausen Fribourg Neuchâtel Neuenburg Sion Sitten Lugano Bellinzona Zug Aarau Olten Solothurn Frauenfeld "
    "Uster Emmen Rapperswil Montreux Yverdon Vevey Locarno Davos Vaduz Birmingham Manchester Liverpool Leeds "
    "Sheffield Bristol Newcastle Nottingham Leicester Coventry Bradford Hull Stoke Wolverhampton Plymouth Derby "
    "Southampton Portsmouth Brighton Oxford Cambridge Norwich Exeter York Bath Reading Swindon Gloucester "
    "Cheltenham Worcester Lincoln Peterborough Luton Northampton Ipswich Colchester Chelmsford Canterbury Dover "
    "Edinburgh Glasgow Aberdeen Dundee Inverness Cardiff Swansea Newport Belfast Dublin Cork Galway Limerick "
    "Blackpool Bolton Preston Lancaster Chester Croydon Kingston Richmond Windsor Boston Chicago Philadelphia "
    "Houston Dallas Austin Phoenix Denver Seattle Portland Atlanta Miami Orlando Tampa Detroit Cleveland Columbus "
    "Cincinnati Pittsburgh Baltimore Charlotte Nashville Memphis Louisville Indianapolis Milwaukee Minneapolis "
    "Omaha Tulsa Albuquerque Tucson Sacramento Oakland Buffalo Rochester Albany Hartford Providence Newark Brooklyn "
    "Manhattan Queens Bronx Hollywood Pasadena Burbank Buckhead Malibu Honolulu Anchorage Raleigh Savannah "
    "Charleston Jacksonville Richmond Norfolk Texas California Florida Ohio Georgia Virginia Carolina Michigan "
    "Illinois Nevada Oregon Arizona Colorado Kansas Missouri Tennessee Kentucky Alabama Louisiana Oklahoma Utah "
    "Iowa Maine Vermont Delaware Maryland Massachusetts Connecticut Wisconsin Minnesota Indiana Nebraska Dakota "
    "Montana Wyoming Idaho Alaska Hawaii Jersey Toulouse Nice Nantes Montpellier Bordeaux Lille Rennes Reims Toulon "
    "Grenoble Dijon Angers Nîmes Villeurbanne Clermont-Ferrand Brest Limoges Tours Amiens Perpignan Metz Besançon "
    "Orléans Rouen Mulhouse Caen Nancy Avignon Poitiers Versailles Pau Calais Cannes Antibes Annecy Colmar Chambéry "
    "Bayonne Lorient Quimper Valence Troyes Dunkerque Palermo Bologna Bari Catania Verona Messina Padova Trieste "
    "Brescia Parma Modena Prato Taranto Reggio Ravenna Livorno Cagliari Foggia Rimini Salerno Ferrara Sassari "
    "Siracusa Pescara Monza Bergamo Forlì Trento Vicenza Terni Novara Piacenza Ancona Udine Arezzo Cesena Lecce "
    "Pesaro Como Varese Pisa Lucca Treviso Cremona Pavia Merano Brixen Siena Perugia Madrid Barcelona Valencia "
    "Zaragoza Málaga Murcia Palma Bilbao Alicante Córdoba Valladolid Vigo Gijón Granada Vitoria Elche Oviedo "
    "Badalona Cartagena Terrassa Jerez Sabadell Móstoles Pamplona Almería Burgos Santander Salamanca Albacete "
    "Logroño Badajoz Huelva Lleida Tarragona Toledo Cádiz Girona Marbella León Amsterdam Rotterdam Utrecht "
    "Eindhoven Groningen Tilburg Almere Breda Nijmegen Enschede Haarlem Arnhem Zaanstad Amersfoort Apeldoorn "
    "Hoofddorp Maastricht Leiden Dordrecht Zoetermeer Zwolle Deventer Delft Alkmaar Heerlen Venlo Leeuwarden "
    "Hilversum Amstelveen Hengelo Gouda Assen Emmen Brugge Bruges Leuven Mechelen Namur Charleroi Hasselt Kortrijk "
    "Oostende Bydgoszcz Lublin Białystok Gdynia Częstochowa Radom Sosnowiec Toruń Kielce Rzeszów Gliwice Zabrze "
    "Olsztyn Bielsko-Biała Bytom Rybnik Opole Tychy Elbląg Płock Wałbrzych Włocławek Tarnów Chorzów Koszalin Kalisz "
    "Legnica Grudziądz Słupsk Jaworzno Zielona-Góra Nowy-Sącz Sopot Zakopane Wieliczka Oświęcim Bad-Homburg "
    "Bad-Kreuznach Bad-Vilbel Bad-Oeynhausen Bad-Salzuflen Baden-Baden Garmisch-Partenkirchen Sankt-Gallen "
    "Sankt-Pölten La-Chaux-de-Fonds Las-Vegas San-Diego San-Jose Santa-Monica Santa-Fe Santa-Barbara Beverly-Hills "
    "West-Hollywood Long-Beach New-Orleans New-Jersey New-Haven New-Mexico Salt-Lake-City Kansas-City St-Louis "
    "San-Antonio Fort-Worth El-Paso Aix-en-Provence Saint-Étienne Le-Havre Le-Mans Saint-Denis Palo-Alto "
    "Marina-del-Rey Studio-City Sherman-Oaks Culver-City North-Carolina South-Carolina Milton-Keynes Stoke-on-Trent "
    "Santiago-de-Compostela San-Sebastián La-Spezia La-Coruña A-Coruña Gorzów-Wielkopolski Nordrhein-Westfalen "
    "Baden-Württemberg Rheinland-Pfalz Niedersachsen Thüringen Brandenburg Saarland Mecklenburg Schleswig-Holstein "
    "Franken Schwaben Oberbayern Niederbayern Oberpfalz Allgäu Ruhrgebiet Steiermark Kärnten Vorarlberg Burgenland "
    "Oberösterreich Niederösterreich Tessin Wallis Graubünden Aargau Thurgau"
)

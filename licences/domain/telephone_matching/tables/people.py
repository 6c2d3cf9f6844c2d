"""Titles and first names, with what they are shortened to."""

TITLES = {
    "Doktor": "Dr Doctor Docteur Dottore Dott Dottor Dottoressa Dottssa Doktora Dra",
    "Professor": "Prof Professeur Profesor Professore Profesora",
    "Diplom": "Dipl",
    "Ingenieur": "Ing Inż Ingénieur Ingeniero Ingegnere Engineer Eng Inżynier",
    "Magister": "Mag Mgr",
    "Freiherr": "Frhr Freih",
    "Rechtsanwalt": "RA Rechtsanwälte RAe Rechtsanwältin RAin Rechtsanw",
    "Steuerberater": "StB Stb Steuerberaterin",
    "Wirtschaftsprüfer": "WP Wpr",
    "Architekt": "Arch Architekten Architekt Architect Architects Architekci",
    "Notar": "Not",
    "Inhaber": "Inh Inhaberin",
    "Familie": "Fam",
    "Geschwister": "Geschw",
    "Gebrüder": "Gebr Gebrüd Gbrd",
    "Brothers": "Bros",
    "Frères": "Frs",
    "Fratelli": "Flli F.lli",
    "Hermanos": "Hnos",
    "Gebroeders": "Gebrs Gebr.oeders",
    "Bracia": "B-cia",
    "Witwe": "Wwe",
    "Nachfolger": "Nachf Nfg Nachfahren Nachflg",
    "Junior": "Jun Jr Jnr",
    "Senior": "Sen Sr Snr",
    "Mister": "Mr",
    "Missis": "Mrs",
    "Monsieur": "M.",
    "Madame": "Mme",
    "Señor": "Sr.",
    "Sir": "Sir",
    "Saint": "St Sankt Sainte Ste Skt Św Święty",
    "Hochwürden": "H.H.",
    "Pfarrer": "Pfr",
    "Reverend": "Rev Revd",
    "Oberst": "Obst",
    "General": "Gen",
    "Captain": "Capt",
    "Maître": "Mtre",
}

SHORT_FIRST_NAMES = {
    "Friedrich": "Friedr Frdr Fried",
    "Wilhelm": "Wilh Wlh",
    "Christian": "Chr",
    "Joseph": "Jos Josef",
    "Johann": "Joh Johan",
    "Johannes": "Johs",
    "Heinrich": "Heinr Hch",
    "Ludwig": "Ludw",
    "Georg": "Gg",
    "Karl": "Carl",
    "Theodor": "Theod",
    "Hermann": "Herm",
    "Gottfried": "Gottfr",
    "Gottlieb": "Gottl",
    "Siegfried": "Siegfr",
    "Albrecht": "Albr",
    "Andreas": "Andr",
    "Alexander": "Alexdr Alx",
    "Matthias": "Matth Mathias",
    "Michael": "Mich Mchl",
    "Ferdinand": "Ferd",
    "Leopold": "Leop",
    "Sebastian": "Sebast",
    "Benedikt": "Bened",
    "Bernhard": "Bernh",
    "Konrad": "Conrad Konr",
    "Dietrich": "Dietr",
    "Eberhard": "Eberh",
    "Gerhard": "Gerh Gerhart",
    "Reinhard": "Reinh",
    "Rudolf": "Rud Rudolph",
    "Valentin": "Valent",
    "Maximilian": "Maxim",
    "Elisabeth": "Elis Elisab",
    "Katharina": "Kath. Cath Katharine",
    "Margarete": "Marg Margarethe",
    "Nikolaus": "Nik Nic Nikol",
    "Philipp": "Philip",
    "Thaddäus": "Thad",
    "William": "Wm",
    "Charles": "Chas Chs",
    "James": "Jas",
    "George": "Geo",
    "Thomas": "Thos Th",
    "Robert": "Robt",
    "Edward": "Edw",
    "Benjamin": "Benj",
    "Samuel": "Saml",
    "Richard": "Richd",
    "Henry": "Hy",
    "Frederick": "Fredk",
    "Daniel": "Danl",
    "Jonathan": "Jonath",
    "Nathaniel": "Nath",
    "Francis": "Fras",
    "Elizabeth": "Eliz",
    "Jean-Baptiste": "J.B. Jn-Bte",
    "Jacques": "Jacq",
    "François": "Fçois Franç",
    "Antoine": "Ant.ne",
    "Guillaume": "Guill",
    "Giuseppe": "Gius Gius.pe",
    "Giovanni": "Giov G.nni",
    "Francesco": "Franc F.sco",
    "Antonio": "Ant.o",
    "Domenico": "Dom.co",
    "Stanisława": "Stan St.a Stanisław",
    "Władysława": "Wład Władysław",
    "Kazimierza": "Kaz Kazimierz",
    "Józefa": "Józ Józef",
    "Tadeusza": "Tad Tadeusz",
    "Zygmunta": "Zygm Zygmunt",
    "Franciszka": "Fran Franciszek",
    "Mikołaja": "Mik Mikołaj",
    "Cornelis": "Corn Cornelius",
    "Wilhelmina": "Wilh",
    "María": "Mª M.a",
}

# A first name alone does not tell one company from another.
FIRST_NAMES = (
    "Adam Adele Adolf Adrian Agnes Alain Alan Albert Albrecht Alessandro Alex Alexander Alexandra Alfons Alfred "
    "Alice Alois Amélie Ana Anders Andrea Andreas Andreu Andrew Andrzej André Angela Angelika Angelo Anita Anja "
    "Anke Ann Anna Anne Annette Anni Anton Antoine Antonia Antonio Arie Armin Arnold Arthur Artur August Barbara "
    "Bart Bartosz Beata Beate Ben Benedikt Benjamin Benoit Bernadette Bernard Bernd Bernhard Berta Bert Bettina "
    "Bill Birgit Björn Bob Bogdan Boris Brian Brigitte Bruno Camille Carl Carla Carlo Carlos Carmen Carol Caroline "
    "Catherine Cecilia Charles Charlotte Chris Christa Christel Christian Christiane Christina Christine Christoph "
    "Christopher Claire Clara Claude Claudia Claudio Claus Clemens Colin Cornelia Cornelis Curt Dagmar Damian Dan "
    "Daniel Daniela Danuta Dariusz David Denis Dennis Detlef Didier Diego Dieter Dietmar Dietrich Dirk Domenico "
    "Dominik Dominique Donald Dora Doris Dorota Dorothea Edgar Edith Eduard Edward Edwin Egon Eleonore Elena "
    "Elfriede Elisabeth Elise Elizabeth Elke Ella Elsa Else Emil Emilia Emily Emma Emmanuel Enrico Eric Erich Erik "
    "Erika Erna Ernst Erwin Esther Eugen Eva Evelyn Ewa Fabian Felix Ferdinand Fernand Fernando Filip Florian "
    "Francesca Francesco Francis Francisco Franciszek Frank Franz Franziska François Françoise Fred Frederic Frieda "
    "Friedrich Fritz Gabriel Gabriele Gaston Georg George Georges Gerald Gerard Gerd Gerda Gerhard Gertrud Giorgio "
    "Giovanni Giulia Giuseppe Gottfried Grażyna Gregor Greta Grzegorz Guido Guillaume Gustav Günter Günther Halina "
    "Hanna Hannelore Hannes Hans Harald Harry Hartmut Hedwig Heidi Heike Heiko Heinrich Heinz Helen Helena Helene "
    "Helga Helmut Henri Henry Henryk Herbert Heribert Hermann Hilde Hildegard Holger Horst Hubert Hugo Ian Ignaz "
    "Ilona Ilse Inge Ingeborg Ingo Ingrid Irene Iris Irmgard Isabel Isabelle Iwona Jacek Jack Jacob Jacques Jakob "
    "James Jan Jana Jane Janina Janusz Javier Jean Jeanne Jens Jerzy Jessica Jim Joachim Joan Joanna Jochen Joe "
    "Johan Johann Johanna Johannes John Jolanta Jonas Jonathan Jorge José Josef Joseph Josephine Juan Judith Julia "
    "Julian Julien Julius Jutta Józef Jörg Jürgen Kai Karin Karl Karla Karol Karolina Kate Katarzyna Katharina "
    "Kathrin Katja Kazimierz Kees Keith Kevin Kim Kirsten Klara Klaus Konrad Konstantin Krystyna Krzysztof Kurt "
    "Lars Laura Laurent Lea Lena Leo Leon Leonhard Leopold Lieselotte Linda Lisa Lorenz Lothar Louis Louise Luca "
    "Lucia Lucas Lucien Lucy Ludwig Luis Luise Lukas Luigi Lutz Maciej Magdalena Malgorzata Manfred Manuel Manuela "
    "Marc Marcel Marcin Marco Marcus Marek Margaret Margarete Margot Maria Marianne Marie Marina Mario Marion Mark "
    "Markus Marta Martha Martin Martina Mary Mateusz Mathieu Mathilde Matthew Matthias Maurice Mauro Max Maximilian "
    "Małgorzata Melanie Michael Michaela Michal Michał Michel Michele Miguel Mike Mikolaj Miriam Monica Monika "
    "Monique Moritz Nadine Natalia Natalie Nathalie Nicholas Nicolas Nicole Nick Niels Nikolaus Nils Nina Norbert "
    "Oliver Olivier Oskar Otto Pablo Paolo Pascal Patricia Patrick Patrizia Paul Paula Paulina Pauline Pawel Paweł "
    "Pedro Peter Petra Philip Philipp Philippe Pierre Pieter Piet Piotr Rafael Rafał Rainer Ralf Raymond Rebecca "
    "Regina Reinhard Reinhold Renate Rene René Ricardo Riccardo Richard Rita Robert Roberto Robin Roger Roland Rolf "
    "Roman Ronald Rosa Rosemarie Roswitha Ruth Rudolf Ryan Ryszard Sabine Sam Samuel Sandra Sara Sarah Sascha "
    "Sebastian Sergio Siegfried Sigrid Silke Silvia Simon Simone Slawomir Sofia Sonja Sophie Stanislaw Stanisław "
    "Stefan Stefanie Stefano Stephan Stephen Steve Steven Sue Susan Susanne Sven Sylvie Tadeusz Tanja Teresa Theo "
    "Theodor Therese Thierry Thomas Thorsten Tim Tobias Tom Tomasz Tony Torsten Udo Ulrich Ulrike Ursula Ute Uwe "
    "Valentin Vera Verena Veronika Victor Viktor Viktoria Vincent Vincenzo Volker Walter Waltraud Waldemar Werner "
    "Wilfried Wilhelm Wilhelmine Will Willem William Willi Willy Wojciech Wolf Wolfgang Xaver Yves Yvonne Zbigniew "
    "Zofia"
)

# First names of people after whom streets are named, beside the above; Polish ones as they are declined.
FIRST_NAMES_IN_STREETS = (
    "Achim Adalbert Amadeus Amerigo Annemarie Anselm Balthasar Benito Benvenuto Bertha Bertolt Berthold Blaise Camillo "
    "Carl-Friedrich Cesare Claus Cristoforo Detlev Émile Emilio Enrique Ephraim Ernest Ferruccio Galileo Georges "
    "Gerhart Giacomo Gioacchino Giosuè Gotthold Gottlob Hannah Hermine Honoré Immanuel Isaac Jean-Jacques Jules Kaspar "
    "Käthe Kurd Leonardo Leoš Lew Lise Lorenzo Marcello Mathias Mildred Nelly Nicola Niccolò Octavio Olof Ottilie "
    "Raffaello Ricarda Ruggero Salvatore Selma Sigmund Simón Thea Theodora Tilman Ugo Veit Vittorio Wassily Yehudi "
    "Adama Aleksandra Bolesława Cypriana Elizy Emilii Fryderyka Gabriela Henryka Ignacego Jana Jarosława Jerzego "
    "Józefa Juliana Juliusza Karola Kazimierza Kornela Leopolda Ludwika Marii Mikołaja Pawła Romana Stanisława Stefana "
    "Stefanii Tadeusza Tomasza Wincentego Witolda Władysława Wojciecha Zofii Zygmunta"
)

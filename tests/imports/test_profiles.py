"""Profiles of senders: what they change about reading, the commands, JSON, the administration, and their events."""

import json
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer
from licences import imports
from licences.domain.errors import Refusal
from licences.imports.result_tables import write_rejected
from licences.imports.rows.sender_rows import plain_number
from licences.models import Event, FileImport, LicenceGrant, SenderProfile
from tests import factories
from tests.imports.entry_points import INSTALLATIONS, State, at_once, confirmed, preview
from tests.imports.senders import LINES, OURS, text_file, workbook
from tests.imports.test_import_command import run
from tests.imports.test_sender_files import recorded
from tests.questions import refusal_of, why_refused
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")
TITLES = ["Ref", "L", "Code", "N", "Cust", "Who", "Road", "Zip", "Place"]
COLUMNS = ["purchase_reference", "line", "product", "quantity", "customer_number", "customer_name", "address_line1",
           "postcode", "city"]  # fmt: skip


def profile(name="Shop", **values):
    return SenderProfile(**{"name": name, "titles": TITLES, "columns": COLUMNS, **values})


def saved(name="Shop", **values):
    return imports.save_profile(profile(name, **values), by="importer")


def told(command, *options):
    out = StringIO()
    call_command(command, *map(str, options), stdout=out, stderr=out)
    return out.getvalue()


# --- Reading -----------------------------------------------------------------------------------------------


def test_a_profile_reads_numbers_in_the_senders_style_totals_in_its_words_and_defaults(tmp_path):
    saved(decimal_style=",", totals_words="Endbetrag", defaults={"country": "AT"})
    rows = [(*line[:3], f"{line[3]},00", *line[4:]) for line in LINES]

    done = at_once(tmp_path / "a.csv", text_file([TITLES, *rows, ["Endbetrag", "", "", "31,00"]]))

    assert recorded() == list(LINES)
    assert done.format["skipped_rows"] == {"totals": {"count": 1, "rows": [5]}}
    assert LicenceGrant.objects.first().serial.site.customer.country == "AT"


def test_a_profile_knows_code_page_and_separator_that_nothing_in_the_file_tells(tmp_path):
    saved(encoding="cp850", delimiter=";")

    at_once(tmp_path / "dos.csv", text_file([TITLES, *LINES], encoding="cp850"))

    assert recorded() == list(LINES)


def own_numbers_file(make, *lines):
    return make([TITLES, *lines]), f"x.{'xlsx' if make is workbook else 'csv'}"


@each_row("door", ["page", "command", "named profile"])
@each_row("make", [text_file, workbook])
def test_numbers_of_the_sender_are_neither_compared_nor_stored(make, door, tmp_path):
    ours = factories.bought(customer_number="K-501", customer_name="Nordlicht Energie AG").site.customer
    saved(has_own_numbers=True, decimal_style="," if door == "page" else "")
    content, name = own_numbers_file(make, *LINES)

    if door == "page":
        done = confirmed(preview(content, name=name))
    else:
        done = at_once(tmp_path / name, content, profile="shop" if door == "named profile" else "")
    again = preview(content, name=name)

    assert (done.state, done.to_confirm or {}, done.new_customers) == (State.APPLIED, {}, 2)
    named = {(each.number, each.name) for each in Customer.objects.exclude(pk=ours.pk)}
    assert named == {("", "Käserei Überlingen GmbH"), ("", "Groß & Klein oHG")}
    assert again.counts["unchanged"] == len(LINES)


def test_numbers_of_the_sender_are_not_taken_by_a_customer_without_one(tmp_path):
    saved()
    nameless = [(*line[:4], "", *line[5:]) for line in LINES]
    at_once(tmp_path / "first.csv", text_file([TITLES, *nameless]))
    made = SenderProfile.objects.get()
    made.has_own_numbers = True
    imports.save_profile(made, by="importer")

    later = [(f"{line[0]}-B", *line[1:]) for line in LINES]
    at_once(tmp_path / "later.csv", text_file([TITLES, *later]))

    assert set(Customer.objects.values_list("number", flat=True)) == {""}
    assert (Customer.objects.count(), LicenceGrant.objects.count()) == (2, 6)


def test_without_the_tick_a_number_of_somebody_else_waits(tmp_path):
    factories.bought(customer_number="K-501", customer_name="Nordlicht Energie AG")
    saved()

    assert preview(text_file([TITLES, *LINES])).to_confirm == {"number": 2}


@each_row("titles", [TITLES, OURS])
def test_numbers_of_the_sender_do_not_come_in_with_rejected_rows_that_were_corrected(titles):
    saved(titles=list(titles), has_own_numbers=True)
    wrong = (*LINES[0][:2], "NO-SUCH", *LINES[0][3:])
    found = preview(text_file([titles, wrong, *LINES[1:]]))
    out = BytesIO()
    write_rejected(found, out)
    assert out.getvalue().decode("utf-8-sig").startswith(f"{';'.join(titles)};row;error\r\n")
    assert b";K-501;" in out.getvalue()

    done = confirmed(preview(out.getvalue().replace(b"NO-SUCH", b"XCH-SRV")))

    assert (done.state, recorded()) == (State.APPLIED, [(*LINES[0][:4], "", *LINES[0][5:])])


@each_row("titles", [TITLES, [title.upper() + " " for title in TITLES]])
@each_row("make", [text_file, workbook])
def test_the_shape_is_recognised_in_csv_and_xlsx(make, titles):
    saved()

    found = preview(make([titles, *LINES]), name="x.xlsx" if make is workbook else "x.csv")

    assert (found.state, found.profile.name, found.format["profile"]) == (State.PREVIEW, "Shop", "Shop")


def test_a_file_that_was_saved_otherwise_than_the_profile_says_is_read_as_it_was_detected():
    saved(encoding="ascii", delimiter=";")

    for content in (text_file([TITLES, *LINES], delimiter=","), text_file([TITLES, *LINES], encoding="utf-16")):
        assert preview(content).state == State.PREVIEW


def test_letters_outside_ascii_do_not_hide_the_shape_in_another_code_page():
    titles = ["Qté", "Référence", *TITLES[2:]]
    saved(titles=titles)

    for encoding in ("utf-8", "cp1252", "cp850"):
        assert preview(text_file([titles, *LINES], encoding=encoding)).profile is not None, encoding


def test_another_shape_is_not_read_by_the_profile():
    saved()

    assert preview(text_file([TITLES[::-1], *LINES])).state == State.COLUMNS


def test_files_of_another_kind_are_not_read_by_it():
    saved()

    assert preview(text_file([TITLES, *LINES]), kind=INSTALLATIONS).profile is None


@each_row(
    ("text", "style", "number"),
    [
        ("1.000", ",", "1000"), ("1.000,00", ",", "1000"), ("5,0-", ",", "-5"), ("−5", ",", "-5"), ("5,5", ",", "5,5"),
        ("1,000", ".", "1000"), ("25.00", ".", "25"), ("1'000", ".", "1000"), ("1.000", ".", "1"),
        ("12,34", ".", "12,34"), ("", ",", ""), ("-5-", ",", "-5-"), ("1.00.0", ",", "1.00.0"),
    ],
)  # fmt: skip
def test_a_whole_number_in_the_senders_style(text, style, number):
    assert plain_number(text, style) == number


# --- The command -------------------------------------------------------------------------------------------


def test_the_command_says_which_profile_it_read_by_and_what_it_skipped(tmp_path):
    saved()
    path = tmp_path / "x.csv"
    path.write_bytes(text_file([["November"], TITLES, *LINES, ["Total", "", "", 31]]))

    code, said = run(path)

    assert code == 0
    assert "profile: Shop" in said
    assert "rows skipped: 1 (above the column titles: 1)" in said
    assert "rows skipped: 1 (totals: 6)" in said
    assert recorded() == list(LINES)


def test_the_command_reads_columns_in_another_order_by_a_profile_that_is_named(tmp_path):
    saved()
    path = tmp_path / "x.csv"
    path.write_bytes(text_file([row[::-1] for row in (TITLES, *LINES)]))

    assert run(path)[0] == 1
    code, said = run(path, "--profile", "shop")

    assert (code, recorded()) == (0, list(LINES))
    assert "profile: Shop" in said


def test_an_unknown_profile_is_refused_with_those_that_there_are(tmp_path):
    saved()
    path = tmp_path / "x.csv"
    path.write_bytes(text_file([TITLES, *LINES]))

    code, said = run(path, "--profile", "Shopp")

    assert code == 1
    assert "There is no sender profile “Shopp”. There are: Shop." in said
    assert not FileImport.objects.exists()


# --- Saving ------------------------------------------------------------------------------------------------


def test_every_change_is_an_event_with_all_of_the_profile():
    made = saved()
    made.has_own_numbers = True
    imports.save_profile(made, by="clerk")
    number = made.pk
    imports.delete_profile(made, by="supervisor")

    events = Event.objects.filter(kind=Event.Kind.PROFILE_CHANGED).order_by("pk")
    assert [(each.actor, each.details["profile"]) for each in events] == [
        ("importer", number), ("clerk", number), ("supervisor", number),
    ]  # fmt: skip
    assert [each.details.get("saved", {}).get("has_own_numbers") for each in events] == [False, True, None]
    assert events[2].details["deleted"]["titles"] == TITLES


@each_row(
    ("values", "code"),
    [
        ({"name": " "}, "profile-unnamed"),
        ({"name": "SHOP", "titles": ["a", *TITLES[1:]]}, "profile-name-taken"),
        ({"name": "Other"}, "profile-shape-taken"),
        ({"name": "Other", "columns": ["colour", *COLUMNS[1:]]}, "profile-column-unknown"),
        ({"name": "Other", "columns": ["line", *COLUMNS[1:]]}, "columns-twice"),
        ({"name": "Other", "columns": COLUMNS[1:]}, "columns-missing"),
        ({"name": "Other", "defaults": {"customer_name": "Huber"}}, "profile-column-unknown"),
        ({"name": "Other", "encoding": "cp99999"}, "profile-encoding-unknown"),
    ],
)
def test_a_profile_by_which_nothing_could_be_read_is_refused(values, code):
    saved()

    assert why_refused(imports.save_profile, profile(**values), by="x", unchanged=[SenderProfile, Event]) == code


def test_an_import_keeps_the_name_of_a_profile_that_was_deleted():
    made = saved()
    done = confirmed(preview(text_file([TITLES, *LINES])))

    imports.delete_profile(made, by="clerk")

    done.refresh_from_db()
    assert (done.profile, done.format["profile"]) == (None, "Shop")
    assert done.state == State.APPLIED


# --- JSON --------------------------------------------------------------------------------------------------


def test_profiles_come_back_from_json_as_they_were(tmp_path):
    saved(decimal_style=".", defaults={"country": "DE"}, has_own_numbers=True)
    saved("Zweiter", titles=["x", *TITLES[1:]])
    path = tmp_path / "profiles.json"
    told("export_profiles", "--output", path)
    before = list(SenderProfile.objects.order_by("name").values(*json.loads(path.read_text())["profiles"][0]))
    assert told("import_profiles", path) == "new: 0\nchanged: 0\nunchanged: 2\n"

    for each in SenderProfile.objects.all():
        imports.delete_profile(each, by="x")
    said = told("import_profiles", path)

    assert said == "new: 2\nchanged: 0\nunchanged: 0\n"
    assert list(SenderProfile.objects.order_by("name").values(*before[0])) == before
    assert Event.objects.latest("pk").details["file"] == "profiles.json"


def test_one_profile_can_be_exported_and_replaces_the_one_of_its_name(tmp_path):
    saved()
    saved("Zweiter", titles=["x", *TITLES[1:]])
    content = json.loads(told("export_profiles", "shop"))
    assert [each["name"] for each in content["profiles"]] == ["Shop"]
    content["profiles"][0]["totals_words"] = "Schluss"
    path = tmp_path / "one.json"
    path.write_text(json.dumps(content))

    assert "changed: 1" in told("import_profiles", path)
    assert SenderProfile.objects.get(name="Shop").totals_words == "Schluss"
    with pytest.raises(CommandError, match="There is no sender profile “Nobody”"):
        told("export_profiles", "Nobody")


WRONG = {
    "no JSON": "name;titles",
    "another file": "[]",
    "a text for a list": {"titles": "Ref"},
    "no titles": {"titles": []},
    "a number for a text": {"titles": [1]},
    "an unknown key": {"colour": "red"},
    "an unknown choice": {"delimiter": "x"},
    "a name too long": {"name": "x" * 101},
}


@each_row("wrong", WRONG.values())
def test_json_that_is_no_profile_is_refused_and_nothing_is_saved(wrong):
    saved()
    content = json.loads(imports.export_profiles())
    text = wrong if isinstance(wrong, str) else json.dumps(content | {"profiles": [content["profiles"][0] | wrong]})

    refused = why_refused(imports.import_profiles, text, by="x", unchanged=[SenderProfile, Event])

    assert refused == "profiles-not-json"


def test_profiles_are_imported_all_or_none():
    saved()
    content = json.loads(imports.export_profiles())
    good, bad = (
        content["profiles"][0] | {"name": "A", "titles": ["x", *TITLES[1:]]},
        content["profiles"][0] | {"name": "B"},
    )

    refusal = refusal_of(imports.import_profiles, json.dumps(content | {"profiles": [good, bad]}), by="x")

    assert isinstance(refusal, Refusal)
    assert refusal.code == "profile-shape-taken"
    assert SenderProfile.objects.count() == 1


# --- The administration ------------------------------------------------------------------------------------

CHANGE = {"name": "Shop", "columns": json.dumps(COLUMNS), "defaults": "{}", "encoding": "", "delimiter": "",
          "decimal_style": ",", "totals_words": ""}  # fmt: skip


def test_an_importer_changes_and_deletes_a_profile_in_the_administration(importer, as_user):
    made, browser = saved(), as_user(importer)
    address = f"/admin/licences/senderprofile/{made.pk}/"

    browser.post(f"{address}change/", CHANGE | {"name": "Laden"})
    made.refresh_from_db()
    assert (made.name, made.decimal_style, made.changed_by) == ("Laden", ",", "importer")
    assert Event.objects.latest("pk").details["saved"]["name"] == "Laden"

    browser.post(f"{address}delete/", {"post": "yes"})
    assert not SenderProfile.objects.exists()
    assert "deleted" in Event.objects.latest("pk").details


def test_two_people_who_change_a_profile_are_told_and_nothing_is_lost(importer, as_user):
    made, browser = saved(), as_user(importer)
    address = f"/admin/licences/senderprofile/{made.pk}/change/"
    shown = browser.get(address).context["adminform"].form.initial["shown"]
    made.defaults = {"country": "DE"}
    imports.save_profile(made, by="somebody")

    answer = browser.post(address, CHANGE | {"totals_words": "Schluss", "shown": shown})

    assert answer.status_code == 200
    assert "Somebody else changed this record" in answer.content.decode()
    made.refresh_from_db()
    assert (made.defaults, made.totals_words) == ({"country": "DE"}, "")


@each_row(
    ("values", "sentence"),
    [
        ({"columns": '["line"]'}, "These columns are missing"),
        ({"columns": "[1]"}, "Write it as shown, with quotation marks around each text."),
        ({"columns": "line"}, "Enter a valid JSON."),
        ({"defaults": '["DE"]'}, "Write it as shown"),
        ({"defaults": '{"colour": "red"}'}, "“colour” is no column that can be chosen here."),
        ({"encoding": "utf-99"}, "“utf-99” is no code page."),
        ({"name": "zweiter"}, "There is a profile “zweiter” already."),
    ],
)
def test_the_administration_says_what_is_wrong_and_changes_nothing(values, sentence, importer, as_user):
    made = saved()
    saved("Zweiter", titles=["x", *TITLES[1:]])

    answer = as_user(importer).post(f"/admin/licences/senderprofile/{made.pk}/change/", CHANGE | values)

    assert sentence in answer.content.decode()
    made.refresh_from_db()
    assert (made.name, made.columns, made.decimal_style) == ("Shop", COLUMNS, "")

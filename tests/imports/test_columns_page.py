"""The page on which somebody says which column of an unknown sender's file is what."""

import pytest

from licences.models import Event, FileImport, LicenceGrant, SenderProfile
from licences.proof.record_checks import record_findings
from licences.proof.verification import LogVerification
from tests import event_chain
from tests.imports.entry_points import INSTALLATIONS, State, advance, confirmed, preview
from tests.imports.files import csv_bytes, installation, installations_csv, row
from tests.imports.import_pages import page, shown
from tests.imports.senders import LINES, sender_files, text_file, workbook
from tests.imports.test_sender_files import recorded
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")
FRENCH = sender_files()["French"]
CHOSEN = ("purchase_reference", "line", "product", "quantity", "customer_number", "customer_name", "address_line1",
          "postcode", "city")  # fmt: skip


def answers(columns=CHOSEN, **values):
    return {"name": "Fromages Réunis", **{f"column_{n}": name for n, name in enumerate(columns)}, **values}


def choose(browser, found, **values):
    return browser.post(f"{found.get_absolute_url()}columns/", answers(**values))


@pytest.fixture
def asked():
    return preview(FRENCH.content, name="commandes.csv")


def test_the_import_says_that_it_waits_for_its_columns_and_nothing_is_recorded(asked, staff):
    said = page(staff, asked)

    assert "This file has column titles that are not known yet." in said
    assert "Choose the columns" in said
    assert "waiting for its columns" in shown(staff.get("/"))
    assert not LicenceGrant.objects.exists()


def test_the_page_shows_titles_with_three_values_and_our_columns_in_the_readers_language(asked, staff):
    said = shown(staff.get(f"{asked.get_absolute_url()}columns/"))
    german = shown(staff.get(f"{asked.get_absolute_url()}columns/", headers={"accept-language": "de"}))

    assert "Qté 1 25 5" in said
    assert "Purchase reference" in said
    assert "Kaufreferenz" in german


def test_guesses_are_filled_in(staff):
    found = preview(
        text_file([["Vorgangs-Code", "Position", "Artikelnummer", "Menge", "Firma"], ["A", 1, "XCH-USR", 5, "B"]])
    )

    html = staff.get(f"{found.get_absolute_url()}columns/").content.decode()

    assert found.failure["parameters"] == {"columns": ["purchase_reference"]}
    assert '<option value="quantity" selected>' in html
    assert '<option value="purchase_reference" selected>' not in html


def test_the_columns_are_chosen_once_and_the_file_is_imported(asked, staff):
    answer = choose(staff, asked)

    assert (answer.status_code, answer["Location"]) == (302, asked.get_absolute_url())
    done = confirmed(advance(asked))
    assert (done.state, done.format["profile"]) == (State.APPLIED, "Fromages Réunis")
    assert recorded() == list(LINES)
    assert Event.objects.latest("pk").details["profile"] == "Fromages Réunis"
    assert event_chain.flaws() == []
    assert list(LogVerification().findings()) == list(record_findings()) == []


def test_the_next_file_of_that_shape_picks_its_profile_by_itself_and_says_so(asked, staff):
    choose(staff, asked)
    titles = FRENCH.content.decode("cp1252").splitlines()[0].split(";")

    for content, name in (
        (text_file([titles, *LINES], encoding="utf-8-sig"), "encore.csv"),
        (text_file([["Commandes de novembre"], titles, *LINES], delimiter=","), "virgules.csv"),
        (workbook([titles, *LINES]), "encore.xlsx"),
    ):
        found = preview(content, name=name)
        assert found.state == State.PREVIEW, name
        assert "Read as a file from Fromages Réunis" in page(staff, found)
        assert found.counts["new"] == 3


def test_a_column_that_the_profile_leaves_out_is_not_called_unknown(staff):
    titles = FRENCH.content.decode("cp1252").splitlines()[0].split(";")
    columns = [*titles, "Remarque"]
    first = preview(text_file([columns, *([*line, "urgent"] for line in LINES)]), name="remarques.csv")
    choose(staff, first, columns=[*CHOSEN, ""])

    said = page(staff, preview(text_file([columns, *([*line, "demain"] for line in LINES)]), name="encore.csv"))

    assert "unknown column is ignored" not in said
    assert "Ignored columns Remarque" in said


def test_a_column_that_is_needed_and_not_chosen_is_asked_for_and_the_choices_stay(asked, staff):
    answer = choose(staff, asked, columns=["purchase_reference", "line", "product"])

    assert answer.status_code == 422
    assert "Choose the column for: Quantity, Customer name." in shown(answer)
    assert '<option value="product" selected>' in answer.content.decode()
    assert not SenderProfile.objects.exists()


def test_a_column_that_is_chosen_twice_is_refused(asked, staff):
    answer = choose(staff, asked, columns=[*CHOSEN[:-1], "line"])

    assert answer.status_code == 422
    assert "“Line” is chosen twice. Choose it for one column only." in shown(answer)


def test_a_sender_without_a_name_or_with_anothers_is_refused(asked, staff):
    assert "Enter the name of the sender." in shown(choose(staff, asked, name=""))
    choose(staff, asked)
    second = preview(text_file([["a", "b"], [1, 2]]))

    answer = choose(staff, second, columns=["purchase_reference", "customer_name"], name="FROMAGES RÉUNIS",
                    default_line="1", default_product="XCH-USR", default_quantity="1")  # fmt: skip

    assert "There is a profile “FROMAGES RÉUNIS” already." in shown(answer)


def test_a_default_stands_in_for_a_column_that_the_file_lacks(staff):
    found = preview(text_file([["Ref", "Wer", "Wieviel"], ["PO-1", "Huber AG", "1.000,00"]]))

    choose(staff, found, columns=["purchase_reference", "customer_name", "quantity"], default_line="1",
           default_product="XCH-USR", decimal_style=",")  # fmt: skip
    confirmed(advance(found))

    assert list(LicenceGrant.objects.values_list("line", "product__sku", "quantity")) == [(1, "XCH-USR", 1000)]


def test_installations_are_asked_about_as_well(staff):
    content = (
        installations_csv(installation("AB1C-O9XZ")).replace(b"site_id", b"Kasten").replace(b"registered_on", b"ab")
    )
    found = preview(content, kind=INSTALLATIONS)

    answer = staff.get(f"{found.get_absolute_url()}columns/")

    assert "Site ID" in shown(answer)
    assert "The customer numbers are this sender's own" not in shown(answer)


def test_it_can_be_discarded_instead(asked, staff):
    staff.post(f"{asked.get_absolute_url()}withdraw/")

    asked.refresh_from_db()
    assert asked.state == State.WITHDRAWN
    assert staff.get(f"{asked.get_absolute_url()}columns/").status_code == 302


def test_an_answer_that_comes_too_late_changes_nothing(asked, staff):
    choose(staff, asked)
    before = SenderProfile.objects.values().get()

    answer = choose(staff, asked, name="Another")

    assert answer.status_code == 302
    assert SenderProfile.objects.values().get() == before


@each_row(
    "content",
    [b"Dear colleagues,\nplease find it attached.\n", b"colour,size\n",
     csv_bytes(installation("AB1C-O9XZ"), columns=list(installation("X")))],
)  # fmt: skip
def test_what_is_no_table_of_this_kind_is_not_asked_about(content):
    assert preview(content).state == State.FAILED


def test_a_file_in_our_columns_asks_nothing():
    assert preview(csv_bytes(row())).state == State.PREVIEW
    assert FileImport.objects.get().profile is None

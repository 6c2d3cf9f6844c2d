"""Less said than is on record: asking again settles it only where a release code proves who calls.

docs/domain.md#names-and-addresses-on-the-telephone
"""

from licences.domain.checklist import Item, Verdict, passes
from licences.wording.sentences import sentence
from tests.domain.relicensing_call import RECORD, TAKEN_OVER, UNKNOWN_CODE, findings, record_with
from tests.tables import each_row

LESS = {"customer_name": "Huber", "address_line1": "Hauptstraße 12a"}
RECORDED = {
    "registered_name": "Huber Elektrotechnik", "registered_address_line1": "Hauptstraße 12a, Hinterhaus",
    "customer_name": "Huber Elektrotechnik", "customer_address_line1": "Hauptstraße 12a, Hinterhaus",
}  # fmt: skip
NOT_PROVED = {
    "not available": (record_with(**RECORDED), {"release_code": "", "release_code_unavailable": True}),
    "not said": (record_with(**RECORDED), {"release_code": ""}),
    "wrong": (record_with(**RECORDED), {"release_code": UNKNOWN_CODE}),
    "not verifiable": (record_with(TAKEN_OVER, **RECORDED), {"release_code": UNKNOWN_CODE}),
}


def judged(item: str, record=None, **answers):
    return findings(record or record_with(**RECORDED), **{item: LESS[item]}, **answers)[Item(item)]


@each_row("item", LESS)
def test_with_a_release_code_asking_again_settles_it(item):
    finding = judged(item)

    assert (finding.verdict, finding.reason) == (Verdict.CLOSE, "shorter")
    assert passes(finding, asked_again=[item])
    assert not finding.decidable


@each_row("case", NOT_PROVED)
@each_row("item", LESS)
def test_without_one_it_is_said_in_full_or_a_supervisor_decides(item, case):
    record, answers = NOT_PROVED[case]

    finding = judged(item, record, **answers)

    assert (finding.verdict, finding.reason) == (Verdict.CLOSE, "shorter-not-proved")
    assert not finding.settled_by_asking
    assert not passes(finding, asked_again=[item])
    assert passes(finding, accepted=[item])
    assert "supervisor" in sentence(finding.reason, finding.parameters)


@each_row("case", NOT_PROVED)
@each_row("item", LESS)
def test_said_in_full_it_matches_without_one(item, case):
    record, answers = NOT_PROVED[case]
    in_full = RECORDED["registered_name" if item == "customer_name" else "registered_address_line1"]

    assert findings(record, **{item: in_full}, **answers)[Item(item)].verdict is Verdict.MATCH


@each_row(
    ("item", "said"),
    [("customer_name", "Huber Elektrotechnik GmbH Nord"), ("address_line1", "Hauptstraße 12a, Hinterhaus, 3. OG")],
)
def test_more_than_on_record_is_settled_by_asking_again_all_the_same(item, said):
    record, answers = NOT_PROVED["not available"]

    finding = findings(record, **{item: said}, **answers)[Item(item)]

    assert finding.reason == "longer"
    assert passes(finding, asked_again=[item])


def test_less_than_the_corrected_record_is_less_as_well():
    record = record_with(registered_name="Gruber Dachbau", customer_name="Huber Elektrotechnik")

    finding = findings(record, customer_name="Huber", release_code="")[Item.CUSTOMER_NAME]

    assert finding.reason == "shorter-not-proved"
    assert not passes(finding, asked_again=["customer_name"])


def test_what_differs_otherwise_is_settled_by_asking_again_without_one_too():
    finding = findings(RECORD, customer_name="Huber Elektrotechnik", release_code="")[Item.CUSTOMER_NAME]

    assert (finding.verdict, finding.reason) == (Verdict.CLOSE, "close")
    assert passes(finding, asked_again=["customer_name"])

"""A customer whose words occur in no other record, and who went through everything that can happen to a customer."""

from pathlib import Path

from django.utils import timezone

from customers.models import Customer
from licences import imports, operations
from licences.domain.call_notes import CallerDetails
from licences.domain.quality_findings import QualityAct
from licences.imports import HandPurchase
from licences.models import FileImport, QualityFinding
from tests import factories
from tests.factories import TODAY, details
from tests.imports import entry_points, files

WHO = {
    "customer_number": "Q-998877",
    "customer_name": "Quellwässer Zymurgie KG",
    "address_line1": "Quendelweg 77b",
    "address_line2": "Hinterhaus Quitte",
    "postcode": "98765",
    "city": "Quakenbrück",
    "country": "Quarkland",
    "contact_name": "Xaver Quintessenz",
    "contact_phone": "05431/998877",
    "contact_email": "quintessenz@quellwasser.example",
    "site_name": "Quartier Nord",
}
AS_REGISTERED = {
    "name": "Quellwasser Zymurgie",
    "address_line1": "Quendelweg 77 b",
    "postcode": "98765",
    "city": "Quakenbrück",
    "country": "Quarkland",
    "contact_name": "X. Quintessenz",
    "contact_phone": "+49 5431 998877",
    "contact_email": "x.quintessenz@quellwasser.example",
}
DUPLICATE = {"customer_number": "Q-112233", "customer_name": "Quellwässer Zymurgie Vertrieb", "city": "Quedlinburg"}
CORRECTED = {"contact_name": "Yvonne Quastenflosser", "contact_phone": "05431/776655"}
CALLER = {"caller_name": "Zenobia Quitschke", "callback_number": "0171/445566", "ticket_reference": "TQ-445566"}
QUALITY_NOTES = ("Quastel calls back.", "Quastel has called.")
NOTES = {"serial": "Ask for Quirin, who keeps the keys.", "customer": "Quibbles about every invoice."}

# Parts of these values that occur nowhere else: an erasure has to remove them as well.
_PARTS = (
    "Quellw quellw Zymurg zymurg Quendel Quintess quintess Quasten quasten Quaken quaken Quedlin quedlin Quitte "
    "998877 776655 Quartier Quarkland Quitschke 445566 Quirin Quibbles Quastel"
)
WORDS = frozenset(
    value for details in (WHO, AS_REGISTERED, DUPLICATE, CORRECTED, CALLER, NOTES) for value in details.values()
)
WORDS |= {*_PARTS.split()}


def _work_on_data_quality(customer: Customer) -> None:
    """Two notes about an entry of a list that is about the customer, one of them in place of the other."""
    Customer.objects.filter(pk=customer.pk).update(name="Other")
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    Customer.objects.filter(pk=customer.pk).update(name=WHO["customer_name"])
    finding = QualityFinding.objects.get(list="other-name", customer=customer)
    chosen = operations.ChosenEntries("other-name", [(finding.subject, 0)])
    for note in QUALITY_NOTES:
        wanted = operations.EntryAct(QualityAct.TICK_OFF, note)
        operations.work_on_entries(chosen=chosen, wanted=wanted, today=TODAY, by="clerk")


def make_customer_with_every_record() -> Customer:
    """Make the customer: bought by file with a rejected row, registered, re-licensed, corrected, merged and renewed."""
    good = files.row("Q-1", **WHO, software_assurance_until="2027-06-30")
    refused = files.row("Q-2", **WHO | {"product": "NO-SUCH"})
    entry_points.through_the_page(files.csv_bytes(good, refused), accept_valid=True, name="day-1.csv")
    entry_points.through_the_page(files.xlsx_bytes(files.row("Q-3", **WHO)), name=f"{AS_REGISTERED['name']}.xlsx")
    entry_points.through_the_page(files.csv_bytes(files.row("Q-4", **DUPLICATE), encoding="utf-16"), name="day-3.csv")
    customer, duplicate = (Customer.objects.get(number=who["customer_number"]) for who in (WHO, DUPLICATE))
    serial = customer.sites.get().serial
    code = factories.registered(serial, **AS_REGISTERED)
    request = factories.request(
        code, customer_name=f"{AS_REGISTERED['name']} & Co. KG", address_line1="Quendelstr. 1",
        server_version=AS_REGISTERED["name"],
    )  # fmt: skip
    operations.confirm_asked_again(request_id=request.pk, items=["customer_name"], by="clerk")
    operations.decide_checklist(
        request_id=request.pk, items=["address_line1"], reason="They moved there.", by="supervisor"
    )
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    newest = factories.relicensed(code, customer_name=AS_REGISTERED["name"])
    nobody_knows = factories.answers(code, serial="", customer_name=WHO["customer_name"])
    operations.open_relicensing(answers=nobody_knows, purpose="migrate", by="clerk", today=TODAY)
    misheard = factories.answers(code, serial="", customer_name="Quelwasser Zymurgie")
    unknown = operations.open_relicensing(answers=misheard, purpose="migrate", by="clerk", today=TODAY)
    for noted in (request, unknown):
        operations.note_caller(request_id=noted.pk, caller=CallerDetails(**CALLER), by="clerk")
    operations.note_on_serial(serial=serial.code, text=NOTES["serial"], by="clerk")
    operations.note_on_customer(customer_id=duplicate.pk, text=NOTES["customer"], by="clerk")
    correction = operations.Correction(CORRECTED, "A new contact.")
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")
    operations.merge_customers(kept_id=customer.pk, merged_id=duplicate.pk, reason="One company.", by="supervisor")
    renewed = {"serial": serial.code, "details": details(**AS_REGISTERED | CORRECTED), "reason": "A new contact."}
    operations.renew_registration(**renewed, by="clerk")
    operations.send_unlock_code(
        code_id=newest.pk, address=AS_REGISTERED["contact_email"], by="supervisor", may_use_new_address=True
    )
    _work_on_data_quality(customer)
    imports.enter_purchase(
        customer_id=customer.pk, purchase=HandPurchase({"XCH-USR": 3}), site_name="Quartier Hafen",
        reason="Order of last week.", by="clerk",
    )  # fmt: skip
    assert FileImport.objects.filter(state=FileImport.State.APPLIED).count() == 3
    customer.refresh_from_db()
    return customer


class Quellwasser:
    """The customer with every record, and the files that were uploaded for it, by their names below MEDIA_ROOT."""

    def __init__(self) -> None:
        self.customer_id = make_customer_with_every_record().pk
        self.uploads = {each.upload.name: Path(each.upload.path).read_bytes() for each in FileImport.objects.all()}

    def write_uploads(self, folder: Path) -> None:
        """Write the files to a folder in which a test may delete them."""
        for name, content in self.uploads.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

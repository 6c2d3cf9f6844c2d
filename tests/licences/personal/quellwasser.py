"""A customer that no word of is anybody else's, and who went through everything that a customer may."""

from customers.models import Customer
from licences import operations
from licences.models import FileImport
from tests import factories
from tests.factories import TODAY, details
from tests.licences.imports import doors, files

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
TWIN = {"customer_number": "Q-112233", "customer_name": "Quellwässer Zymurgie Vertrieb", "city": "Quedlinburg"}
CORRECTED = {"contact_name": "Yvonne Quastenflosser", "contact_phone": "05431/776655"}

# Every word of these that is long enough to be nobody else's has to be gone.
_PARTS = (
    "Quellw quellw Zymurg zymurg Quendel Quintess quintess Quasten quasten Quaken quaken Quedlin quedlin Quitte "
    "998877 776655 Quartier Quarkland"
)
WORDS = sorted({each for said in (WHO, AS_REGISTERED, TWIN, CORRECTED) for each in said.values()} | {*_PARTS.split()})


def live_through_it_all() -> Customer:
    """Bought by file with a row that was rejected, registered, re-licensed, corrected, merged, moved; and back."""
    good = files.row("Q-1", **WHO, software_assurance_until="2027-06-30")
    refused = files.row("Q-2", **WHO | {"product": "NO-SUCH"})
    doors.through_the_page(files.csv_bytes(good, refused), accept_valid=True, name="day-1.csv")
    doors.through_the_page(files.xlsx_bytes(files.row("Q-3", **WHO)), name=f"{AS_REGISTERED['name']}.xlsx")
    doors.through_the_page(files.csv_bytes(files.row("Q-4", **TWIN), encoding="utf-16"), name="day-3.csv")
    customer, twin = (Customer.objects.get(number=who["customer_number"]) for who in (WHO, TWIN))
    serial = customer.sites.get().serial
    code = factories.registered(serial, **AS_REGISTERED)
    request = factories.request(
        code, customer_name=AS_REGISTERED["name"].upper(), address_line1="Quendelstr. 1",
        server_version=AS_REGISTERED["name"],
    )  # fmt: skip
    operations.confirm_asked_again(request_id=request.pk, items=["customer_name"], by="clerk")
    operations.decide(request_id=request.pk, items=["address_line1"], reason="They moved there.", by="supervisor")
    operations.withdraw(request_id=request.pk, by="clerk")
    factories.relicensed(code, customer_name=AS_REGISTERED["name"])
    nobody_knows = factories.answers(code, serial="", customer_name=WHO["customer_name"])
    operations.open_request(answers=nobody_knows, purpose="migrate", by="clerk", today=TODAY)
    misheard = factories.answers(code, serial="", customer_name="Quelwasser Zymurgie")
    operations.open_request(answers=misheard, purpose="migrate", by="clerk", today=TODAY)
    correction = operations.Correction(CORRECTED, "A new contact.")
    operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")
    operations.merge_customers(kept_id=customer.pk, merged_id=twin.pk, reason="One company.", by="supervisor")
    renewed = {"serial": serial.code, "details": details(**AS_REGISTERED | CORRECTED), "reason": "A new contact."}
    operations.renew_registration(**renewed, by="clerk")
    assert FileImport.objects.filter(state=FileImport.State.APPLIED).count() == 3
    customer.refresh_from_db()
    return customer

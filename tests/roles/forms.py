"""Forms as pages show them, filled in with valid data: what somebody else could copy and post."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from licences import imports, operations
from licences.domain.quality_findings import QualityAct
from licences.imports import HandPurchase
from licences.models import Product, QualityFinding, SenderProfile
from tests import factories
from tests.factories import top_up
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row
from tests.operations.emergency_calls import WHY, begin_emergency, dead_pc
from tests.roles.expectations import ADMINISTRATOR, AUDITOR, EVERY_KIND, STAFF, SUPERVISOR
from tests.roles.stage import PASSWORD, Browser, Stage, person


class _Forms(HTMLParser):
    """Address of each form → the values of its fields, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, list[str]]] = {}
        self._page, self._by_id, self._current = page, {}, None
        self._select, self._textarea = "", ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._current = self.found.setdefault(values.get("action") or self._page, {})
            self._by_id[values.get("id", "")] = self._current
        elif tag == "input":
            self._input(values)
        elif tag == "button" and "formaction" in values:
            self.found[values["formaction"]] = self._fields(values)
        elif tag in ("select", "textarea"):
            self._select = values.get("name", "")
            self._fields(values).setdefault(self._select, [])
        elif tag == "option" and self._select and "selected" in values and self._current is not None:
            self._current[self._select].append(values.get("value", ""))

    def _input(self, values: dict[str, str]) -> None:
        fields = self._fields(values).setdefault(values.get("name", ""), [])
        is_tick = values.get("type") in ("checkbox", "radio")
        if not is_tick or "checked" in values:
            fields.append(values.get("value", "on" if is_tick else ""))

    def _fields(self, values: dict[str, str]) -> dict[str, list[str]]:
        form = self._by_id.get(values["form"]) if "form" in values else self._current
        return form if form is not None else {}

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._current = None
        elif tag in ("select", "textarea"):
            self._select = ""


def form_on(page: str, text: str, action: str) -> dict[str, list[str]]:
    """The fields of the form on a page that posts to ``action``."""
    parser = _Forms(page)
    parser.feed(text)
    assert action in parser.found, f"{page} has no form that posts to {action}: {sorted(parser.found)}"
    return {name: values for name, values in parser.found[action].items() if name}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form: the page of the matrix that it posts to, where it is shown, what is typed, and who may.

    ``seen_by`` has it on his screen; ``shows`` says of the answer whether it did what it is for.
    """

    name: str
    model: str
    action: str
    shown_on: str
    typed: dict[str, Any]
    seen_by: str
    status: int = 302
    files: dict[str, Callable[[], Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.model} {self.name}".strip()

    def data(self, browser: Browser) -> dict[str, Any]:
        """What a browser that has the page sends: the fields of the form, with what is typed."""
        fields = form_on(self.shown_on, browser("get", self.shown_on).content.decode(), self.action)
        strange = set(self.typed) - set(fields)
        assert not strange, f"{self}: the form has no field {strange}, only {sorted(fields)}"
        return {**{name: values for name, values in fields.items() if values}, **self.typed}

    def filled(self, data: dict[str, Any]) -> dict[str, Any]:
        """``data`` with files that were not read yet."""
        return {**data, **{name: make() for name, make in self.files.items()}}


DETAILS = {"name": "Contoso GmbH", "address_line1": "Ring 1", "contact_name": "Eva Adam", "contact_phone": "0 555 01"}
VERSIONS = {"server_version": "2.4", "client_version": "2.4"}


def attempts(stage: Stage) -> list[Attempt]:
    """One of every form of the portal that changes something or hands something out."""
    of_calls = [*_of_serials(stage), *_of_records_by_hand(), *_of_requests(stage), *_of_emergencies()]
    return [*of_calls, *_of_quality(stage), *_of_reminders(stage), *_of_imports(stage), *_of_administration(stage)]


def _of_serials(stage: Stage) -> list[Attempt]:
    serial, customer = stage.serial.code, stage.serial.site.customer_id
    bought = factories.bought()
    leaving = factories.bought(customer_name="Northwind Traders AG").site.customer_id
    who, forgetting = stage.serial.site.customer.contact_name, reverse("contact-forget", args=[customer])
    top_up(stage.serial, product="XCH-USR")
    reason = {"reason": "Told us so, as told by letter."}
    moving, merging = reverse("serial-transfer", args=[serial]), reverse("customer-merge", args=[customer])
    registering = {"serial": bought.code, "site_id": factories.new_site_id(), **VERSIONS, **DETAILS}

    def own(name: str, *arguments: Any, typed: dict[str, Any], seen_by: str = STAFF) -> Attempt:
        address = reverse(name, args=arguments)
        return Attempt(name, "", address, address, typed, seen_by)

    return [
        own("register", typed=registering),
        own("registration-renew", serial, typed={**DETAILS, **reason}),
        own("customer-correct", customer, typed={"name": "Fabrikam AG", **reason}),
        own("serial-connect", serial, typed=reason),
        own("serial-note", serial, typed={"text": "Calls from a mobile."}),
        own("customer-note", customer, typed={"text": "Moves in spring."}),
        own("serial-block", serial, typed=reason, seen_by=SUPERVISOR),
        Attempt("serial-transfer", "", moving, f"{moving}?customer={bought.code}", {**DETAILS, **reason}, SUPERVISOR),
        own("customer-erase", leaving, typed={"confirmed": "on", **reason}, seen_by=SUPERVISOR),
        Attempt("contact-forget", "", forgetting, forgetting, {"names": who, **reason}, SUPERVISOR, status=200),
        Attempt(
            "customer-merge",
            "",
            merging,
            f"{merging}?other={bought.code}",
            {"confirmed_name": bought.site.customer.name, **reason},
            SUPERVISOR,
        ),
        *_of_sheet(stage),
        Attempt(
            "serial-update", "", reverse("serial-update", args=[serial]), stage.serial.get_absolute_url(), {}, STAFF
        ),
    ]


def _of_sheet(stage: Stage) -> list[Attempt]:
    """Compare what was read back, and send a code by e-mail, to an address that is no longer new."""
    Customer.objects.filter(pk=stage.serial.site.customer_id).update(created_at=timezone.now() - timedelta(days=2))
    sheet, sending = stage.code.get_absolute_url(), reverse("unlock-code-send", args=[stage.code.pk])
    return [
        Attempt("unlock-code", "", sheet, sheet, {"text": "AAAAA"}, STAFF, status=200),
        Attempt("unlock-code-send", "", sending, sheet, {}, STAFF),
    ]


def _of_records_by_hand() -> list[Attempt]:
    serial, sold = factories.bought(customer_name="Tailspin Toys KG"), factories.bought()
    quantity = f"quantity_{Product.objects.get(sku='XCH-SRV').pk}"
    licences = {quantity: "1", "reason": "Order of last week."}
    large = HandPurchase({"XCH-USR": 900})
    about = {"serial": serial.code, "reason": "Order of last week.", "by": "somebody else"}
    small = imports.enter_return(purchase=HandPurchase({"XCH-SRV": 1}), **about)
    waiting, other = (imports.enter_purchase(customer_id=serial.site.customer_id, purchase=large, **about)
                      for _ in range(2))  # fmt: skip
    deciding = {"reason": "Seen the signed order."}

    def own(name: str, *arguments: Any, typed: dict[str, Any], seen_by: str = STAFF) -> Attempt:
        address = reverse(name, args=arguments)
        return Attempt(name, "", address, address, typed, seen_by)

    def of(entry: Any, step: str, seen_by: str) -> Attempt:
        return Attempt(f"hand-entry-{step}", "", reverse(f"hand-entry-{step}", args=[entry.number]),
                       entry.get_absolute_url(), deciding, seen_by)  # fmt: skip

    return [
        own("customer-new", typed={"name": "Wingtip Toys", "reason": "Order of last week."}),
        own("customer-purchase", sold.site.customer_id, typed={"site_name": "Works 2", **licences}),
        own("serial-purchase", sold.code, typed=licences),
        own("serial-return", sold.code, typed=licences),
        own("hand-entry-correct", small.number, typed={quantity: "0", "reason": "It was none at all."}),
        own("serial-transfer-new", sold.code, typed={"name": "Fourth Coffee", **deciding}, seen_by=SUPERVISOR),
        of(waiting, "agree", SUPERVISOR),
        of(other, "decline", STAFF),
    ]


def _of_requests(stage: Stage) -> list[Attempt]:
    close = factories.request(factories.registered(), customer_name="Bäckerei Müller & Söhne")
    dead, burnt = dead_pc(factories.registered()), dead_pc(factories.registered())
    good = factories.request(factories.registered())
    gone, to_hand_over = factories.request(factories.registered()), dead_pc(factories.registered())
    operations.withdraw_relicensing(request_id=gone.pk, by="clerk")
    asking = reverse("relicensing-withdraw", args=[good.pk])
    new = {"serial": stage.serial.code, "purpose": "reinstall"}

    def of(request: Any, step: str, typed: dict[str, Any], seen_by: str = STAFF) -> Attempt:
        return Attempt(f"relicensing-{step}", "", reverse(f"relicensing-{step}", args=[request.pk]),
                       request.get_absolute_url(), typed, seen_by)  # fmt: skip

    page = close.get_absolute_url()
    deciding = {"items": ["release_code"], "reason": "The old PC is dead."}
    return [
        Attempt("relicensing-new", "", reverse("relicensing-new"), reverse("relicensing-new"), new, STAFF),
        Attempt("relicensing", "", page, page, {"client_version": "2.5"}, STAFF),
        of(close, "confirm", {"asked_again": ["customer_name"]}),
        of(close, "caller", {"caller_name": "Sabine Vogel"}),
        of(dead, "decide", deciding, SUPERVISOR),
        of(burnt, "emergency", {"reason": WHY}, SUPERVISOR),
        of(good, "issue", {}),
        Attempt("relicensing-withdraw", "", asking, asking, {}, STAFF),
        of(gone, "reopen", {}),
        of(to_hand_over, "hand-over", {}),
        Attempt("decision-emails", "", reverse("decision-emails"), reverse("account"), {"by_email": "on"}, SUPERVISOR),
    ]


def _of_emergencies() -> list[Attempt]:
    old = factories.registered()
    found = begin_emergency(old, by="another supervisor")

    def of(step: str, typed: dict[str, Any], seen_by: str = SUPERVISOR) -> Attempt:
        return Attempt(f"emergency-{step}", "", reverse(f"emergency-{step}", args=[found.pk]),
                       found.get_absolute_url(), typed, seen_by)  # fmt: skip

    return [
        of("settle", {"code-release_code": old.release_code}, STAFF),
        of("decide", {"decision-reason": WHY}),
        of("withdraw", {"withdrawal-reason": WHY}),
    ]


def _of_quality(stage: Stage) -> list[Attempt]:
    """The lists are counted; one act is there to be undone, and one filter to be deleted."""
    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    ticked = QualityFinding.objects.filter(list="never-registered").earliest("pk")
    chosen = operations.ChosenEntries("never-registered", [(ticked.subject, 0)])
    tick_off = operations.EntryAct(QualityAct.TICK_OFF)
    act = operations.work_on_entries(chosen=chosen, wanted=tick_off, today=timezone.localdate(), by="tests").act
    page, filters = reverse("quality-list", args=["never-registered"]), {"owner": stage.bystander.pk, "by": "tests"}
    south = {"list_slug": "other-name", "name": "South", "values": {}, "is_shared": True}
    unwanted = operations.save_quality_filter(**south, **filters)
    changing = reverse("quality-filter", args=[stage.quality_filter.pk])
    deleting = reverse("quality-filter-delete", args=[unwanted.pk])
    factories.bought()  # so that a count finds one more

    def of(name: str, typed: dict[str, Any], shown_on: str = page) -> Attempt:
        return Attempt(name, "", reverse(name, args=["never-registered"]), shown_on, typed, STAFF)

    return [
        Attempt("log-verify", "", reverse("log-verify"), reverse("events"), {}, AUDITOR),
        Attempt("quality-count", "", reverse("quality-count"), reverse("quality"), {}, AUDITOR),
        of("quality-entries", {"act": "tick-off", "scope": "page", "note": "Seen."}),
        of("quality-undo", {}, shown_on=f"{page}?did={act}"),
        of("quality-filters", {"name": "West"}),
        Attempt("quality-filter", "", changing, changing, {"name": "East"}, SUPERVISOR),
        Attempt("quality-filter-delete", "", deleting, reverse("quality-filter", args=[unwanted.pk]), {}, SUPERVISOR),
    ]


def _of_reminders(stage: Stage) -> list[Attempt]:
    working, changing = (
        reverse("reminder", args=[stage.reminder.pk]),
        reverse("reminder-rule", args=["never-registered"]),
    )
    return [
        Attempt("reminder", "", working, working, {"act": "tick-off"}, STAFF),
        Attempt("reminder-rule", "", changing, changing, {"number": "45"}, ADMINISTRATOR),
        Attempt("reminder-emails", "", reverse("reminder-emails"), reverse("account"), {"by_email": "on"}, STAFF),
    ]


def _of_imports(stage: Stage) -> list[Attempt]:
    rows = csv_bytes(row("PO-8", customer_number="K-8"))
    waiting = preview(rows)
    bought = factories.bought()
    known, number = bought.code, bought.site.customer.number
    slip = known[:-1] + ("B" if known[-1] != "B" else "C")
    similar = preview(csv_bytes(row("PO-9", customer_number="K-9", serial=slip)))
    asked = preview(csv_bytes(row("PO-10", customer_number=number, customer_name="Gasthof Adler")))
    imports = reverse("imports")
    take_back = reverse("import-take-back", args=[confirmed(preview(csv_bytes(row("PO-7", customer_number="K-7")))).pk])

    western = preview(csv_bytes(row("PO-7", customer_number="K-7", city="Köln"), encoding="cp1252"))

    def of(file_import: Any, step: str, **typed: str) -> Attempt:
        return Attempt(f"import-{step}", "", reverse(f"import-{step}", args=[file_import.pk]),
                       file_import.get_absolute_url(), typed, STAFF)  # fmt: skip

    strange = preview(b"Ref;Who;What\nPO-7;Huber AG;XCH-USR\n")
    choose = reverse("import-columns", args=[strange.pk])
    columns = {"column_0": "purchase_reference", "column_1": "customer_name", "column_2": "product"}
    chosen = {"name": "Another shop", **columns, "default_line": "1", "default_quantity": "1"}
    upload = {"file": lambda: SimpleUploadedFile("purchases.csv", rows)}
    return [
        Attempt("imports", "", imports, imports, {"kind": "purchases"}, STAFF, files=upload),
        Attempt("import-columns", "", choose, choose, chosen, STAFF),
        of(waiting, "confirm"),
        of(waiting, "withdraw"),
        of(similar, "similar"),
        of(asked, "pairs", **{f"pair-{asked.pairs.get().pair}": "another"}),
        of(western, "encoding", encoding="cp1250"),
        Attempt("import-take-back", "", take_back, take_back, {"reason": "A wrong file."}, STAFF),
    ]


def _of_administration(stage: Stage) -> list[Attempt]:
    person = stage.bystander.pk
    product, profile = Product.objects.latest("pk"), SenderProfile.objects.latest("pk")
    words = {"totals_words": "Schluss", "columns": json.dumps(profile.columns), "defaults": "{}"}
    password = {"password1": PASSWORD + " 2", "password2": PASSWORD + " 2"}
    sheet = {"import_file": lambda: SimpleUploadedFile("products.csv", b"sku,name,slot\nXCH-ZZZ,Last,31\n")}

    def of(model: str, page: str, *arguments: Any, typed: Any, seen_by: str = ADMINISTRATOR, **more: Any) -> Attempt:
        name = f"admin:{model.replace('.', '_')}_{page}"
        if page == "password_change":
            name = "admin:auth_user_password_change"
        address = reverse(name, args=arguments)
        return Attempt(page, model, address, address, typed, seen_by, **more)

    User.objects.filter(groups__name=ADMINISTRATOR).update(email="administrator@example.com")
    again = reverse("mail-send-again", args=[stage.failed_message.pk])
    events = reverse("admin:licences_event_changelist")
    return [
        Attempt("mail-test", "", reverse("mail-test"), reverse("mail-queue"), {}, ADMINISTRATOR),
        Attempt("mail-send-again", "", again, reverse("mail-queue"), {}, ADMINISTRATOR),
        Attempt("export-log", "", reverse("export-log"), events, {}, AUDITOR, status=200),
        of("licences.product", "add", typed={"sku": "XCH-YYY", "name": "New", "slot": "30"}),
        of("licences.product", "change", product.pk, typed={"name": "Renamed"}),
        of("licences.product", "import", typed={"format": "0", "resource": "0"}, files=sheet, status=200),
        of("licences.release", "add", typed={"version": "3.7"}),
        of("licences.crmapplication", "add", typed={"name": "Rolodex"}),
        of("licences.supportcontact", "add", typed={"country": "Norway", "phone": "+47 22 555 010"}),
        of("licences.senderprofile", "change", profile.pk, typed=words, seen_by=STAFF),
        of("auth.user", "add", typed={"username": "new-user", "usable_password": "true", **password}),
        of("auth.user", "change", person, typed={"is_staff": "on"}),
        of("auth.user", "password_change", person, typed={"usable_password": "true", **password}),
        of("licences.unlockcode", "export", typed={"format": "csv"}, seen_by=AUDITOR, status=200),
        of("licences.event", "export", typed={"format": "csv"}, seen_by=AUDITOR, status=200),
    ]


class Rehearsal:
    """The stage, one person of every kind in front of a browser, and what they copied of the pages of those who may.

    ``cast``: kind → (user, browser). ``forms``: (attempt, data).
    """

    def __init__(self) -> None:
        self.stage = Stage()
        people = {kind: person(kind) for kind in EVERY_KIND}
        self.cast = {kind: (user, Browser(user)) for kind, user in people.items()}
        self.forms = [(attempt, attempt.data(self.cast[attempt.seen_by][1])) for attempt in attempts(self.stage)]

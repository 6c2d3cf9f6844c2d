"""Every model, form and file with the columns of an address and a contact has all of them, of the same lengths."""

from dataclasses import fields

from customers.contact import CONTACT_COLUMNS, CONTACT_LENGTHS
from customers.models import Customer
from licences.administration.customers import CustomerTable
from licences.administration.installations import RegistrationTable
from licences.api.schemas import CustomerIn
from licences.domain.details import RegistrationDetails
from licences.forms.customers import CustomerForm
from licences.forms.registrations import RegistrationForm, RenewalForm
from licences.imports.rows import installation_rows, purchase_lines
from licences.models import Registration, StagedInstallation, StagedPurchase
from tests.tables import each_row


@each_row("columns", [installation_rows.COLUMNS, purchase_lines.COLUMNS])
def test_files_have_them_in_their_order(columns):
    assert tuple(column for column in columns if column in CONTACT_COLUMNS) == CONTACT_COLUMNS


@each_row("table", [CustomerTable, RegistrationTable])
def test_exports_have_them_in_their_order(table):
    assert tuple(column for column in table().fields if column in CONTACT_COLUMNS) == CONTACT_COLUMNS


@each_row("model", [Customer, Registration, StagedInstallation, StagedPurchase])
def test_tables_hold_as_much_of_them(model):
    assert {name: model._meta.get_field(name).max_length for name in CONTACT_COLUMNS} == CONTACT_LENGTHS


@each_row("form", [CustomerForm, RegistrationForm, RenewalForm])
def test_forms_ask_for_as_much_of_them(form):
    assert {name: form.base_fields[name].max_length for name in CONTACT_COLUMNS} == CONTACT_LENGTHS


def test_servers_may_send_as_much_of_them():
    sent = CustomerIn.model_json_schema()["properties"]

    assert {name: sent[name]["maxLength"] for name in CONTACT_COLUMNS} == CONTACT_LENGTHS


def test_details_are_a_name_and_all_of_them():
    assert {field.name for field in fields(RegistrationDetails)} == {"name", *CONTACT_COLUMNS}

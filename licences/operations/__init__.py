"""The only writers: one function per business verb, each one transaction under one lock."""

from licences.operations.catalogue import save_product
from licences.operations.customers import Correction, correct_customer
from licences.operations.installations import Answer, Versions, register, release, renew_registration, update
from licences.operations.merging import Merged, merge_customers
from licences.operations.purchases import record_purchase, record_purchases
from licences.operations.reference import save_applications, save_contacts, save_releases
from licences.operations.relicensing import (
    check_again,
    confirm_asked_again,
    decide,
    issue,
    open_request,
    withdraw,
)
from licences.operations.serials import block_serial, transfer_serial, unblock_serial

__all__ = [
    "Answer",
    "Correction",
    "Merged",
    "Versions",
    "block_serial",
    "check_again",
    "confirm_asked_again",
    "correct_customer",
    "decide",
    "issue",
    "merge_customers",
    "open_request",
    "record_purchase",
    "record_purchases",
    "register",
    "release",
    "renew_registration",
    "save_applications",
    "save_contacts",
    "save_product",
    "save_releases",
    "transfer_serial",
    "unblock_serial",
    "update",
    "withdraw",
]

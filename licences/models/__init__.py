"""What: products, serials and what they are worth, installations, codes, re-licensing requests, events."""

from licences.models.claims import RateLimit, RefusedClaim, SerialGuess
from licences.models.emergencies import Approval, Emergency, WrongReleaseCode
from licences.models.events import Event, EventChain
from licences.models.imports import (
    FileImport,
    RejectedRow,
    RowOutcome,
    StagedInstallation,
    StagedPurchase,
    row_id,
    row_of,
)
from licences.models.installations import Installation, Registration, UnlockCode
from licences.models.licence_files import LicenceFile
from licences.models.reference import CrmApplication, Release, SupportContact
from licences.models.refusals import PolicyViolation, RefusedAccess
from licences.models.relicensing import (
    CheckedItem,
    ChecklistCheck,
    ItemResolution,
    ReleaseCodeUse,
    Relicensing,
)
from licences.models.search import SearchMark, SearchText, SearchWord
from licences.models.serials import Balance, LicenceGrant, Product, PurchaseLock, Serial

__all__ = [
    "Approval",
    "Balance",
    "CheckedItem",
    "ChecklistCheck",
    "CrmApplication",
    "Emergency",
    "Event",
    "EventChain",
    "FileImport",
    "Installation",
    "ItemResolution",
    "LicenceFile",
    "LicenceGrant",
    "PolicyViolation",
    "Product",
    "PurchaseLock",
    "RateLimit",
    "RefusedAccess",
    "RefusedClaim",
    "Registration",
    "RejectedRow",
    "Release",
    "ReleaseCodeUse",
    "Relicensing",
    "RowOutcome",
    "SearchMark",
    "SearchText",
    "SearchWord",
    "Serial",
    "SerialGuess",
    "StagedInstallation",
    "StagedPurchase",
    "SupportContact",
    "UnlockCode",
    "WrongReleaseCode",
    "row_id",
    "row_of",
]

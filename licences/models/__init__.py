"""The models: products, serials and their licences, installations, codes, re-licensing requests, imports, events."""

from licences.models.abuse import InstallationAddress, RateLimit, RefusedClaim, SerialGuess
from licences.models.access_denials import RefusedAccess
from licences.models.code_deliveries import CodeDelivery
from licences.models.decision_alerts import DecisionAlerts
from licences.models.emergencies import Approval, Emergency, WrongReleaseCode
from licences.models.events import Event, EventChain
from licences.models.figures import ApiCallCount, DailyFigure, DividedFigure, FigureDay, FigureTotal
from licences.models.form_tokens import FormToken
from licences.models.hand_entries import HandDecision, HandEntry
from licences.models.imports import (
    FileImport,
    RejectedRow,
    RowOutcome,
    StagedInstallation,
    StagedPurchase,
    row_id,
    row_number_of,
)
from licences.models.installations import Installation, Registration, UnlockCode
from licences.models.licence_files import LicenceFile
from licences.models.log_checks import LogCheck
from licences.models.notes import Note
from licences.models.program_keys import ProgramCall, ProgramKey
from licences.models.quality import QualityCount, QualityFilter, QualityFinding, QualityMark
from licences.models.record_pairs import PurchaseReferenceKey, PurchaseReferenceMark, RecordPair
from licences.models.reference import CrmApplication, Release, SupportContact
from licences.models.relicensing import (
    CheckedItem,
    ChecklistCheck,
    ItemResolution,
    ReleaseCodeUse,
    Relicensing,
)
from licences.models.reminders import Reminder, ReminderDay, ReminderDigest, ReminderRule
from licences.models.restores import ReturningSerial, SequenceRaise
from licences.models.search import SearchMark, SearchText, SearchWord
from licences.models.sender_profiles import SenderProfile
from licences.models.serials import Balance, LicenceGrant, Product, PurchaseLock, Serial, grants_in_force
from licences.models.webhooks import Webhook, WebhookDelivery

"""Who may do what, on one page. The matrix compares it with what the portal does.

Every page and every list of the administration has a line here; a new one without a line fails the test.
"""

from dataclasses import dataclass

ANONYMOUS, NO_ROLE, SUPERUSER = "anonymous", "no role", "superuser"
SUPPORT, STAFF, SUPERVISOR = "Support agent", "Licensing staff", "Supervisor"
IMPORTER, AUDITOR, ADMINISTRATOR = "Importer", "Auditor", "Administrator"
ROLES = (SUPPORT, STAFF, SUPERVISOR, IMPORTER, AUDITOR, ADMINISTRATOR)
EVERY_KIND = (ANONYMOUS, NO_ROLE, *ROLES, SUPERUSER)

Who = frozenset[str]


def _the(*roles: str) -> Who:
    """These roles, and the superuser, who may all that anybody may."""
    return frozenset({*roles, SUPERUSER})


NOBODY: Who = frozenset()
BY_KEY: Who = frozenset({"a program with a key"})  # of no kind of person: everybody is answered 401
SUPERUSERS = _the()
EVERYBODY = _the(ANONYMOUS, NO_ROLE, *ROLES)
LOGGED_IN = _the(NO_ROLE, *ROLES)
LOOKERS = _the(*ROLES)
DESK_STAFF = _the(*set(ROLES) - {SUPPORT})  # whoever may open the administration
CALLERS = _the(STAFF, SUPERVISOR)
CASE_READERS = _the(STAFF, SUPERVISOR, AUDITOR)
DECIDERS = _the(SUPERVISOR)
IMPORTERS = _the(STAFF, SUPERVISOR, IMPORTER)
IMPORT_READERS = _the(STAFF, SUPERVISOR, IMPORTER, AUDITOR)
ADMINISTRATORS = _the(ADMINISTRATOR)
FIGURE_READERS = _the(SUPERVISOR, AUDITOR, ADMINISTRATOR)
WATCHERS = _the(AUDITOR, ADMINISTRATOR)
USER_READERS = _the(AUDITOR, ADMINISTRATOR)
LOCK_OUT_READERS = _the(SUPERVISOR, AUDITOR, ADMINISTRATOR)

NOT_OFFERED = None  # a method that the page does not have: 405, or 403 in the administration


@dataclass(frozen=True, slots=True)
class Page:
    """Who may open a page, and who may post to it. Whoever is not named is refused: by the login page, or 403."""

    get: Who | None
    post: Who | None = NOT_OFFERED


PAGES = {
    # Looking up
    "desk": Page(get=LOGGED_IN),
    "lookup": Page(get=LOOKERS),
    "facts": Page(get=LOOKERS),
    "serial": Page(get=LOOKERS),
    "customer": Page(get=LOOKERS),
    # Taking calls
    "register": Page(get=CALLERS, post=CALLERS),
    "serial-connect": Page(get=CALLERS, post=CALLERS),
    "serial-update": Page(get=NOT_OFFERED, post=CALLERS),
    "registration-renew": Page(get=CALLERS, post=CALLERS),
    "serial-note": Page(get=CALLERS, post=CALLERS),
    "customer-note": Page(get=CALLERS, post=CALLERS),
    "relicensing-caller": Page(get=CALLERS, post=CALLERS),
    "customer-correct": Page(get=CALLERS, post=CALLERS),
    "customer-new": Page(get=CALLERS, post=CALLERS),
    "customer-purchase": Page(get=CALLERS, post=CALLERS),
    "serial-purchase": Page(get=CALLERS, post=CALLERS),
    "serial-return": Page(get=CALLERS, post=CALLERS),
    "hand-entries": Page(get=CASE_READERS),
    "hand-entry": Page(get=CASE_READERS),
    "hand-entry-correct": Page(get=CALLERS, post=CALLERS),
    "hand-entry-agree": Page(get=NOT_OFFERED, post=DECIDERS),
    "hand-entry-decline": Page(get=NOT_OFFERED, post=CALLERS),
    "serial-transfer-new": Page(get=DECIDERS, post=DECIDERS),
    "relicensings": Page(get=CASE_READERS),
    "relicensing-new": Page(get=CALLERS, post=CALLERS),
    "relicensing": Page(get=CASE_READERS, post=CALLERS),
    "relicensing-confirm": Page(get=NOT_OFFERED, post=CALLERS),
    "relicensing-issue": Page(get=NOT_OFFERED, post=CALLERS),
    "relicensing-hand-over": Page(get=NOT_OFFERED, post=CALLERS),
    "relicensing-withdraw": Page(get=CALLERS, post=CALLERS),
    "relicensing-reopen": Page(get=NOT_OFFERED, post=CALLERS),
    "relicensing-state": Page(get=CASE_READERS),
    "unlock-code": Page(get=CASE_READERS, post=CASE_READERS),
    "unlock-code-send": Page(get=NOT_OFFERED, post=CALLERS),
    "unlock-code-deliveries": Page(get=CASE_READERS),
    "unlock-code-licence-file": Page(get=CASE_READERS),
    "emergency": Page(get=CASE_READERS),
    "emergency-settle": Page(get=NOT_OFFERED, post=CALLERS),
    "figures": Page(get=FIGURE_READERS),
    "renewals": Page(get=FIGURE_READERS | {IMPORTER}),
    "quality": Page(get=CASE_READERS),
    "quality-list": Page(get=CASE_READERS),
    "quality-count": Page(get=NOT_OFFERED, post=CASE_READERS),
    "quality-entries": Page(get=NOT_OFFERED, post=CALLERS),
    "quality-undo": Page(get=NOT_OFFERED, post=CALLERS),
    "quality-filters": Page(get=NOT_OFFERED, post=CALLERS),
    # The one on the stage is a shared filter of somebody else.
    "quality-filter": Page(get=DECIDERS, post=DECIDERS),
    "quality-filter-delete": Page(get=NOT_OFFERED, post=DECIDERS),
    "reminders-open": Page(get=LOOKERS),
    "reminder-emails": Page(get=NOT_OFFERED, post=LOOKERS),
    "reminder": Page(get=_the(STAFF), post=_the(STAFF)),  # the one on the stage is for the desk of staff
    "reminders": Page(get=WATCHERS),
    "reminder-rule": Page(get=ADMINISTRATORS, post=ADMINISTRATORS),
    # Deciding
    "desk-waiting": Page(get=DECIDERS),
    "decision-emails": Page(get=NOT_OFFERED, post=DECIDERS),
    "relicensing-decide": Page(get=NOT_OFFERED, post=DECIDERS),
    "relicensing-emergency": Page(get=NOT_OFFERED, post=DECIDERS),
    "emergency-decide": Page(get=NOT_OFFERED, post=DECIDERS),
    "emergency-withdraw": Page(get=NOT_OFFERED, post=DECIDERS),
    "serial-block": Page(get=DECIDERS, post=DECIDERS),
    "serial-transfer": Page(get=DECIDERS, post=DECIDERS),
    "customer-merge": Page(get=DECIDERS, post=DECIDERS),
    # Proving what happened, and forgetting who it was
    "case-file": Page(get=CASE_READERS),
    "case-file-pdf": Page(get=CASE_READERS),
    "events": Page(get=CASE_READERS),
    "log-verify": Page(get=NOT_OFFERED, post=_the(AUDITOR)),
    "log-check": Page(get=_the(AUDITOR)),
    "log-check-state": Page(get=_the(AUDITOR)),
    "export-log": Page(get=NOT_OFFERED, post=_the(AUDITOR)),
    "customer-history": Page(get=CASE_READERS),
    "customer-data": Page(get=DECIDERS),
    "customer-erase": Page(get=DECIDERS, post=DECIDERS),
    "contact-forget": Page(get=DECIDERS, post=DECIDERS),
    # Importing
    "imports": Page(get=IMPORT_READERS, post=IMPORTERS),
    "import-template": Page(get=IMPORTERS),
    "import": Page(get=IMPORT_READERS),
    "import-columns": Page(get=IMPORTERS, post=IMPORTERS),
    "import-confirm": Page(get=NOT_OFFERED, post=IMPORTERS),
    "import-similar": Page(get=NOT_OFFERED, post=IMPORTERS),
    "import-pairs": Page(get=NOT_OFFERED, post=IMPORTERS),
    "import-encoding": Page(get=NOT_OFFERED, post=IMPORTERS),
    "import-withdraw": Page(get=NOT_OFFERED, post=IMPORTERS),
    "import-take-back": Page(get=IMPORTERS, post=IMPORTERS),
    "import-returns": Page(get=IMPORTERS),
    "import-rejected": Page(get=IMPORT_READERS),
    "import-serials": Page(get=IMPORT_READERS),
    # For Xchange Servers and their customers
    "api:api-root": Page(get=NOBODY, post=NOBODY),
    "api:docs": Page(get=EVERYBODY),
    "api:openapi-json": Page(get=EVERYBODY, post=EVERYBODY),
    "api:register": Page(get=NOT_OFFERED, post=EVERYBODY),
    "api:release": Page(get=NOT_OFFERED, post=EVERYBODY),
    "api:update": Page(get=NOT_OFFERED, post=EVERYBODY),
    "api:upgrade_check": Page(get=EVERYBODY),
    # For programs: a login gives nothing, only a key does
    "programs:api-root": Page(get=NOBODY, post=NOBODY),
    "programs:docs": Page(get=EVERYBODY),
    "programs:openapi-json": Page(get=EVERYBODY, post=EVERYBODY),
    "programs:find_sites": Page(get=BY_KEY),
    "programs:read_site": Page(get=BY_KEY),
    "programs:name_callers": Page(get=BY_KEY),
    "programs:record_purchases": Page(get=NOT_OFFERED, post=BY_KEY),
    "programs:read_events": Page(get=BY_KEY),
    "jwks": Page(get=EVERYBODY),
    "public-registration": Page(get=EVERYBODY, post=EVERYBODY),
    "csp-reports": Page(get=NOT_OFFERED, post=EVERYBODY),
    # Signing in
    "login": Page(get=EVERYBODY, post=EVERYBODY),
    "account_login": Page(get=EVERYBODY, post=EVERYBODY),
    "mfa_login_webauthn": Page(get=LOGGED_IN, post=LOGGED_IN),  # for a script; others are sent to the login page
    "mfa_authenticate": Page(get=LOGGED_IN, post=LOGGED_IN),  # for who is halfway in; others are sent there too
    "account_inactive": Page(get=EVERYBODY),
    "account_reset_password": Page(get=EVERYBODY, post=EVERYBODY),
    "account_reset_password_done": Page(get=EVERYBODY),
    "account_reset_password_from_key": Page(get=EVERYBODY, post=EVERYBODY),
    "account_reset_password_from_key_done": Page(get=EVERYBODY),
    "account_invitation": Page(get=NOBODY, post=NOBODY),  # the one on the stage has ended
    "openid_connect_login": Page(get=NOBODY, post=NOBODY),  # here no provider is configured
    "openid_connect_callback": Page(get=NOBODY, post=NOBODY),
    "socialaccount_login_cancelled": Page(get=EVERYBODY),
    # One's own account
    "account": Page(get=LOGGED_IN),
    "mfa_index": Page(get=LOGGED_IN),
    "mfa_list_webauthn": Page(get=LOGGED_IN),
    "logout": Page(get=LOGGED_IN, post=LOGGED_IN),
    "account_logout": Page(get=LOGGED_IN, post=LOGGED_IN),
    "account_reauthenticate": Page(get=LOGGED_IN, post=LOGGED_IN),
    "mfa_reauthenticate": Page(get=LOGGED_IN, post=LOGGED_IN),
    "mfa_reauthenticate_webauthn": Page(get=LOGGED_IN, post=LOGGED_IN),
    "password_change": Page(get=LOGGED_IN, post=LOGGED_IN),
    "account_change_password": Page(get=LOGGED_IN, post=LOGGED_IN),
    "second-factor": Page(get=LOGGED_IN),
    "mfa_activate_totp": Page(get=LOGGED_IN, post=LOGGED_IN),
    "mfa_add_webauthn": Page(get=LOGGED_IN, post=LOGGED_IN),
    "session-time": Page(get=LOGGED_IN),
    "session-stay": Page(get=NOT_OFFERED, post=LOGGED_IN),
    "usersessions_list": Page(get=LOGGED_IN),
    "end-other-sessions": Page(get=NOT_OFFERED, post=LOGGED_IN),
    # Nobody of the cast has a second factor
    "mfa_deactivate_totp": Page(get=NOBODY, post=NOBODY),
    "mfa_view_recovery_codes": Page(get=NOBODY),
    "mfa_generate_recovery_codes": Page(get=LOGGED_IN, post=LOGGED_IN),
    # Those on the stage are somebody else's, even for a superuser
    "mfa_edit_webauthn": Page(get=NOBODY, post=NOBODY),
    "mfa_remove_webauthn": Page(get=NOBODY, post=NOBODY),
    "end-session": Page(get=NOT_OFFERED, post=NOBODY),
    "set_language": Page(get=EVERYBODY, post=EVERYBODY),
    # Running the portal
    "doctor": Page(get=ADMINISTRATORS),
    "mail-queue": Page(get=ADMINISTRATORS),
    "mail-test": Page(get=NOT_OFFERED, post=ADMINISTRATORS),
    "mail-send-again": Page(get=NOT_OFFERED, post=ADMINISTRATORS),
    # The administration's own pages
    "admin:index": Page(get=DESK_STAFF, post=DESK_STAFF),
    "admin:app_list": Page(get=DESK_STAFF, post=DESK_STAFF),
    "admin:jsi18n": Page(get=DESK_STAFF),
    "admin:login": Page(get=DESK_STAFF, post=DESK_STAFF),
    "admin:logout": Page(get=NOT_OFFERED, post=DESK_STAFF),
    "admin:password_change": Page(get=DESK_STAFF, post=DESK_STAFF),
    "admin:password_change_done": Page(get=DESK_STAFF, post=DESK_STAFF),
    "admin:view_on_site": Page(get=DESK_STAFF, post=DESK_STAFF),
    "admin:autocomplete": Page(get=NOBODY),  # no form of ours asks it
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A list of the administration. Who sees it also opens its rows and exports it.

    ``history`` is who sees what its rows once were: whoever sees them, unless personal data are kept there.
    """

    see: Who
    add: Who = NOBODY
    change: Who = NOBODY
    delete: Who = NOBODY
    load: Who = NOBODY  # from a spreadsheet
    history: Who | None = None


# Support agents have the permission to see what is looked up, and no access to the administration.


def _facts() -> Desk:
    return Desk(see=DESK_STAFF, add=ADMINISTRATORS, change=ADMINISTRATORS, load=ADMINISTRATORS)


DESKS = {
    "customers.customer": Desk(see=DESK_STAFF, history=CASE_READERS),
    "customers.site": Desk(see=DESK_STAFF, history=CASE_READERS),
    "licences.product": _facts(),
    "licences.release": _facts(),
    "licences.crmapplication": _facts(),
    "licences.supportcontact": _facts(),
    "licences.serial": Desk(see=DESK_STAFF),
    "licences.licencegrant": Desk(see=DESK_STAFF),
    "licences.balance": Desk(see=DESK_STAFF),
    "licences.installation": Desk(see=DESK_STAFF),
    "licences.registration": Desk(see=DESK_STAFF),
    "licences.unlockcode": Desk(see=CASE_READERS),
    "licences.codedelivery": Desk(see=CASE_READERS),
    "licences.licencefile": Desk(see=CASE_READERS),
    "licences.relicensing": Desk(see=CASE_READERS),
    "licences.checklistcheck": Desk(see=CASE_READERS),
    "licences.checkeditem": Desk(see=CASE_READERS),
    "licences.itemresolution": Desk(see=CASE_READERS),
    "licences.releasecodeuse": Desk(see=CASE_READERS),
    "licences.approval": Desk(see=CASE_READERS),
    "licences.emergency": Desk(see=CASE_READERS),
    "licences.wrongreleasecode": Desk(see=CASE_READERS),
    "licences.note": Desk(see=CASE_READERS),
    "licences.event": Desk(see=CASE_READERS),
    "licences.refusedclaim": Desk(see=CASE_READERS),
    "licences.serialguess": Desk(see=CASE_READERS),
    "licences.fileimport": Desk(see=IMPORT_READERS),
    "licences.senderprofile": Desk(see=IMPORT_READERS, change=IMPORTERS, delete=IMPORTERS),
    "licences.programkey": Desk(see=WATCHERS, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "licences.webhook": Desk(see=WATCHERS, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "licences.webhookdelivery": Desk(see=WATCHERS),
    "licences.refusedaccess": Desk(see=WATCHERS),
    "accounts.lockout": Desk(see=LOCK_OUT_READERS),
    "accounts.signinevent": Desk(see=WATCHERS),
    "auth.user": Desk(see=USER_READERS, add=ADMINISTRATORS, change=ADMINISTRATORS, delete=SUPERUSERS),
    "auth.group": Desk(see=USER_READERS, add=SUPERUSERS, change=SUPERUSERS, delete=SUPERUSERS),
    "django_tasks_database.dbtaskresult": Desk(see=_the(AUDITOR)),
}


def _pages_of(desk: Desk) -> dict[str, Page]:
    """The pages that the administration makes of every list; the last part of their names → who may."""
    history = desk.see if desk.history is None else desk.history
    return {
        "changelist": Page(get=desk.see, post=desk.see),
        "add": Page(get=desk.add, post=desk.add),
        "change": Page(get=desk.see, post=desk.change),
        "delete": Page(get=desk.delete, post=desk.delete),
        "history": Page(get=history, post=history),
        "export": Page(get=desk.see, post=desk.see),
        "import": Page(get=desk.load, post=desk.load),
        "process_import": Page(get=desk.load, post=desk.load),
        "password_change": Page(get=desk.change, post=desk.change),
        "old_address": Page(get=DESK_STAFF, post=DESK_STAFF),  # of a row; it only leads to its page
    }


def expected(name: str, model: str = "") -> Page | None:
    """What the table says of a page; ``model`` for a page of a list of the administration. None: nothing."""
    if not model:
        return PAGES.get(name)
    desk = DESKS.get(model)
    return _pages_of(desk).get(name) if desk else None

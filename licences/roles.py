"""Roles: who may do what, in one table, which is written into Django's groups after every migration.

Administrators keep users, roles and the catalogue. That role alone shows them no codes
(docs/decisions.md#importers-and-administrators).
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

LOOK_UP = frozenset(
    {
        "customers.view_customer",
        "customers.view_site",
        "licences.view_product",
        "licences.view_serial",
        "licences.view_licencegrant",
        "licences.view_balance",
        "licences.view_installation",
        "licences.view_registration",
        "licences.view_release",
        "licences.view_crmapplication",
        "licences.view_supportcontact",
        "licences.view_reminder",
    }
)
READ_CASES = LOOK_UP | {
    "licences.view_unlockcode",
    "licences.view_codedelivery",
    "licences.view_relicensing",
    "licences.view_checklistcheck",
    "licences.view_checkeditem",
    "licences.view_itemresolution",
    "licences.view_releasecodeuse",
    "licences.view_emergency",
    "licences.view_approval",
    "licences.view_handentry",
    "licences.view_handdecision",
    "licences.view_wrongreleasecode",
    "licences.view_event",
    "licences.view_fileimport",
    "licences.view_senderprofile",
    "licences.view_refusedclaim",
    "licences.view_serialguess",
    "licences.view_licencefile",
    "licences.view_note",
    "licences.read_case_file",
    "customers.view_historicalcustomer",
    "customers.view_historicalsite",
}
TAKE_CALLS = READ_CASES | {
    "licences.register_installation",
    "licences.relicense",
    "licences.send_unlockcode",
    "licences.import_purchases",
    "licences.change_senderprofile",
    "licences.delete_senderprofile",
    "licences.add_note",
    "licences.record_by_hand",
    "licences.change_qualitymark",
    "licences.change_reminder",
    "licences.add_qualityfilter",
    "customers.change_customer",
}
WATCH = frozenset({"licences.view_refusedaccess"})
FIGURES = frozenset({"licences.view_dailyfigure", "licences.view_renewals"})
UNLOCK = frozenset({"accounts.view_lockout", "accounts.unlock"})

ROLES: dict[str, frozenset[str]] = {
    "Support agent": LOOK_UP | {"licences.view_note"},
    "Licensing staff": TAKE_CALLS,
    "Supervisor": TAKE_CALLS
    | UNLOCK
    | FIGURES
    | {
        "licences.decide_checklist",
        "licences.agree_by_hand",
        "licences.issue_emergency",
        "licences.block_serial",
        "licences.share_qualityfilter",
        "licences.transfer_serial",
        "licences.export_unlockcode",
        "licences.send_to_new_address",
        "customers.merge_customer",
        "customers.export_customer",
        "customers.erase_customer",
    },
    "Importer": LOOK_UP
    | {
        "licences.import_purchases",
        "licences.change_reminder",
        "licences.view_renewals",
        "licences.view_fileimport",
        "licences.view_senderprofile",
        "licences.change_senderprofile",
        "licences.delete_senderprofile",
    },
    "Auditor": READ_CASES
    | WATCH
    | FIGURES
    | {
        "accounts.view_lockout",
        "accounts.view_signinevent",
        "auth.view_user",
        "auth.view_group",
        "django_tasks_database.view_dbtaskresult",
        "licences.export_log",
        "licences.view_logcheck",
        "licences.add_logcheck",
        "licences.export_unlockcode",
        "licences.view_programkey",
        "licences.view_reminderrule",
        "licences.view_webhook",
        "licences.view_webhookdelivery",
    },
    "Administrator": LOOK_UP
    | WATCH
    | UNLOCK
    | FIGURES
    | {
        "accounts.view_signinevent",
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
        "auth.view_group",
        "licences.change_reminder",
        "licences.view_reminderrule",
        "licences.change_reminderrule",
        "licences.view_programkey",
        "licences.add_programkey",
        "licences.change_programkey",
        "licences.view_webhook",
        "licences.add_webhook",
        "licences.change_webhook",
        "licences.view_webhookdelivery",
        "licences.add_product",
        "licences.change_product",
        "licences.add_release",
        "licences.change_release",
        "licences.add_crmapplication",
        "licences.change_crmapplication",
        "licences.add_supportcontact",
        "licences.change_supportcontact",
    },
}

# What groups are called on screen. In the database they have their English names.
ROLE_NAMES = {
    "Support agent": _("Support agent"),
    "Licensing staff": _("Licensing staff"),
    "Supervisor": _("Supervisor"),
    "Importer": _("Importer"),
    "Auditor": _("Auditor"),
    "Administrator": _("Administrator"),
}


_APPS = sorted({name.partition(".")[0] for names in ROLES.values() for name in names})


def write_groups(using: str = "default") -> None:
    """Give every group exactly the permissions of its role. Groups of other names are left alone.

    ``using`` is a database alias. Idempotent. ``KeyError``: a permission does not exist yet.
    """
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using)
        .filter(content_type__app_label__in=_APPS)
        .select_related("content_type")
    }
    for role, names in ROLES.items():
        group, _created = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([permissions[name] for name in names])


def write_groups_after_migrate(using: str, **kwargs: Any) -> None:
    """Create the permissions that roles need, and write the groups: the receiver of Django's ``post_migrate``."""
    if not _has_whole_schema(using):
        return
    for label in _APPS:  # Django's own receivers of later apps would create them only after this one
        create_permissions(apps.get_app_config(label), using=using, verbosity=0)
    write_groups(using)


def _has_whole_schema(using: str) -> bool:
    """False after migrations were reversed (``migrate licences zero``), when there is nothing to permit."""
    from django.db import connections

    tables = connections[using].introspection.table_names()
    return {"auth_group", "django_content_type", "licences_serial", "accounts_lockout"} <= set(tables)

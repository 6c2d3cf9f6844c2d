"""What the administration registers: Django looks for it here, and it stands in ``administration``."""

from licences.administration import (
    access_denials,
    catalogue,
    code_deliveries,
    customers,
    emergencies,
    events,
    imports,
    installations,
    licences,
    notes,
    program_keys,
    reference,
    relicensing,
    sender_profiles,
    servers,
    webhook_deliveries,
    webhooks,
)

"""The form that blocks a serial number or lifts its block."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licences.forms.fields import ParagraphField
from licences.forms.shown_records import ShownRecordForm
from licences.models import Serial


class BlockForm(ShownRecordForm):
    """The reason of a block, or of lifting it. The form carries the block that the page showed."""

    block = forms.CharField(label=_("Blocked by, and why"), required=False, strip=False, widget=forms.HiddenInput)
    reason = ParagraphField(label=_("Reason"), max_length=2000)

    def __init__(self, *args: Any, serial: Serial, **options: Any) -> None:
        super().__init__(*args, record=block_of(serial), **options)


def block_of(serial: Serial) -> Mapping[str, str]:
    """Return who blocked a serial number and why, as the form carries it; empty if it is not blocked."""
    return {"block": f"{serial.blocked_by}: {serial.blocked_reason}" if serial.blocked_at else ""}

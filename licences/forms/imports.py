"""Forms to upload and to confirm an import."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from licences.forms.fields import OperationForm
from licences.models import FileImport, RecordPair

_PAIR = "pair-"  # the beginning of the name of a pair's field


class ImportForm(OperationForm):
    """A file to import, and the kind of its rows."""

    kind = forms.ChoiceField(
        label=_("What is in the file?"),
        choices=FileImport.Kind.choices,
        initial=FileImport.Kind.PURCHASES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what the file contains."),
            "invalid_choice": _("Choose what the file contains: one of these."),
        },
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": _("Choose a file."),
            "invalid": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("This file is empty. Choose another file."),
        },
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        size = upload.size or 0
        if size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(
                _("This file is %(size)s; the limit is %(limit)s. Split it into smaller files."),
                code="too-large",
                params={"size": filesizeformat(size), "limit": filesizeformat(settings.IMPORT_MAX_BYTES)},
            )
        return upload


class DecidePairsForm(forms.Form):
    """Which pairs of a kind are the same: those chosen one by one, or all that are undecided."""

    kind = forms.ChoiceField(choices=RecordPair.Kind.choices)
    every = forms.ChoiceField(choices=RecordPair.Decision.choices, required=False)

    def chosen(self) -> dict[str, str]:
        """Return pair → decision, of the pairs for which one was chosen."""
        chosen = {name.removeprefix(_PAIR): str(value) for name, value in self.data.items() if name.startswith(_PAIR)}
        return {pair: decision for pair, decision in chosen.items() if decision in RecordPair.Decision.values}


class ConfirmImportForm(forms.Form):
    """The number of the preview that was seen, and whether valid rows are imported although others were rejected."""

    preview = forms.IntegerField(min_value=0, max_value=2**15 - 1)
    accept_valid = forms.BooleanField(required=False)

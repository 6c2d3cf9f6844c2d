"""What a spreadsheet of the imports holds."""

from django.utils.translation import gettext_lazy as _

from licences.models import FileImport
from licences.resources import Column, ExportTable


class FileImportTable(ExportTable):
    id = Column(label=_("import"))
    file_name = Column()
    kind = Column()
    state = Column()
    size = Column()
    sha256 = Column()
    uploaded_by = Column()
    uploaded_at = Column()
    confirmed_by = Column()
    ended_at = Column()
    rows_read = Column()
    rows_applied = Column()
    rejected = Column(label=_("rows rejected"), read=lambda file_import: file_import.counts.get("rejected", 0))

    class Meta:
        model = FileImport

"""What a spreadsheet of the reference facts holds: the columns that an import takes back."""

from licences.models import CrmApplication, Release, SupportContact
from licences.resources import Column, ExportTable


class ReleaseTable(ExportTable):
    version = Column()
    released_on = Column()
    is_supported = Column()
    needs_software_assurance = Column()
    requirements_url = Column()
    download_url = Column()
    guide_url = Column()
    settings_url = Column()

    class Meta:
        model = Release


class CrmApplicationTable(ExportTable):
    name = Column()
    vendor = Column()
    works = Column()
    since_version = Column()
    notes = Column()
    url = Column()

    class Meta:
        model = CrmApplication


class SupportContactTable(ExportTable):
    country = Column()
    country_code = Column()
    phone = Column()
    email = Column()
    hours = Column()
    url = Column()

    class Meta:
        model = SupportContact

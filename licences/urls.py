from django.urls import path, register_converter

from licences.converters import ImportKindConverter, SerialConverter, TableFormatConverter
from licences.views import (
    case_files,
    desk,
    emergencies,
    facts,
    imports,
    licence_files,
    lookup,
    personal,
    quality,
    relicensing,
    serials,
)

register_converter(SerialConverter, "serial")
register_converter(ImportKindConverter, "import-kind")
register_converter(TableFormatConverter, "format")

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("lookup/", lookup.lookup, name="lookup"),
    path("facts/", facts.facts, name="facts"),
    path("serials/<serial:code>/", serials.serial, name="serial"),
    path("serials/<serial:code>/update/", serials.update, name="serial-update"),
    path("serials/<serial:code>/block/", serials.block, name="serial-block"),
    path("serials/<serial:code>/case-file/", case_files.page, name="case-file"),
    path("serials/<serial:code>/case-file.pdf", case_files.pdf, name="case-file-pdf"),
    path("events/export/", case_files.export_log, name="export-log"),
    path("serials/<serial:code>/registrations/new/", serials.renew_registration, name="registration-renew"),
    path("registrations/new/", serials.register, name="register"),
    path("customers/<int:pk>/", serials.customer, name="customer"),
    path("customers/<int:pk>/correct/", serials.correct_customer, name="customer-correct"),
    path("customers/<int:pk>/history/", personal.changes, name="customer-history"),
    path("customers/<int:pk>/data/", personal.held, name="customer-data"),
    path("customers/<int:pk>/erase/", personal.erase, name="customer-erase"),
    path("customers/<int:pk>/merge/", quality.merge, name="customer-merge"),
    path("quality/", quality.overview, name="quality"),
    path("quality/<slug:slug>/", quality.entries, name="quality-list"),
    path("relicensing/", relicensing.relicensings, name="relicensings"),
    path("relicensing/new/", relicensing.new, name="relicensing-new"),
    path("relicensing/<int:pk>/", relicensing.relicensing, name="relicensing"),
    path("relicensing/<int:pk>/confirm/", relicensing.confirm, name="relicensing-confirm"),
    path("relicensing/<int:pk>/decide/", relicensing.decide, name="relicensing-decide"),
    path("relicensing/<int:pk>/issue/", relicensing.issue, name="relicensing-issue"),
    path("relicensing/<int:pk>/withdraw/", relicensing.withdraw, name="relicensing-withdraw"),
    path("relicensing/<int:pk>/emergency/", relicensing.emergency, name="relicensing-emergency"),
    path("emergencies/<int:pk>/", emergencies.emergency, name="emergency"),
    path("emergencies/<int:pk>/release-code/", emergencies.settle, name="emergency-settle"),
    path("emergencies/<int:pk>/decide/", emergencies.decide, name="emergency-decide"),
    path("emergencies/<int:pk>/withdraw/", emergencies.withdraw, name="emergency-withdraw"),
    path("purchases/imports/", imports.imports, name="imports"),
    path("purchases/imports/templates/<import-kind:kind>.<format:extension>", imports.template, name="import-template"),
    path("purchases/imports/<int:pk>/", imports.file_import, name="import"),
    path("purchases/imports/<int:pk>/confirm/", imports.confirm, name="import-confirm"),
    path("purchases/imports/<int:pk>/similar/", imports.accept_similar, name="import-similar"),
    path("purchases/imports/<int:pk>/withdraw/", imports.withdraw, name="import-withdraw"),
    path("purchases/imports/<int:pk>/rejected.<format:extension>", imports.rejected, name="import-rejected"),
    path("purchases/imports/<int:pk>/serials.<format:extension>", imports.serials, name="import-serials"),
    path("unlock-codes/<int:pk>/", relicensing.unlock_code, name="unlock-code"),
    path("unlock-codes/<int:pk>/licence-file/", licence_files.download, name="unlock-code-licence-file"),
]

"""The list of background tasks, with exports like every other list."""

from datetime import datetime

from django.apps import apps
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import Column, ExportTable

admin.site.unregister(DBTaskResult)
apps.get_app_config(DBTaskResult._meta.app_label).verbose_name = _("Background tasks")


class TaskTable(ExportTable):
    traceback = Column(ticked=False)

    class Meta:
        model = DBTaskResult
        export_order = (
            "task_path args_kwargs status enqueued_at started_at finished_at queue_name exception_class_path traceback"
        ).split()


@admin.register(DBTaskResult)
class PortalTaskAdmin(ExportAdminMixin, DBTaskResultAdmin):
    export_table = TaskTable

    @admin.display(description=_("task"))
    def task_name(self, result: DBTaskResult) -> str:
        return str(result.task_name)

    @admin.display(description=_("traceback"))
    def formatted_traceback(self, obj: DBTaskResult) -> str:
        return super().formatted_traceback(obj)

    @admin.display(description=_("run after"))
    def display_run_after(self, obj: DBTaskResult) -> datetime | str:
        return super().display_run_after(obj)

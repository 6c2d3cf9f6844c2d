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
    task_path = Column()
    args_kwargs = Column()
    status = Column()
    enqueued_at = Column()
    started_at = Column()
    finished_at = Column()
    queue_name = Column()
    exception_class_path = Column()
    traceback = Column(ticked=False)

    class Meta:
        model = DBTaskResult


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

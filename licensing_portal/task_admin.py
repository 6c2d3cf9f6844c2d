"""The list of background tasks, with exports like every other list."""

from django.contrib import admin
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

from licences.administration.exporting import ExportAdminMixin
from licences.administration.resources import Column, ExportTable

admin.site.unregister(DBTaskResult)


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

"""Indexes for questions about the event log: by kind and by person, newest first, and by request.

On PostgreSQL they are made while others write, because a log of ten million events takes minutes. An index that was left
unfinished is made again.
"""

from django.db import migrations, models

from licences.database.new_indexes import add_indexes
from licences.models.events import RequestNumber


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("licences", "0047_verifications_of_the_log"),
    ]

    operations = [
        add_indexes(
            "event",
            [
                models.Index(fields=["kind", "at", "id"], name="event_by_kind"),
                models.Index(fields=["actor", "at", "id"], name="event_by_actor"),
                models.Index(RequestNumber("details"), name="event_by_request"),
            ],
        ),
    ]

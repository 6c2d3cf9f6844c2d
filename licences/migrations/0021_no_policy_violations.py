"""The counts of what browsers blocked go, with the permissions on them: reports are lines of the log ``security``.

The release before counted nothing here any more and only listed what older ones had counted
(docs/decisions.md#schema-changes). Backwards, the table is made again, empty; permissions come by themselves.
"""

from django.db import migrations


def remove_permissions(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    permissions.filter(content_type__app_label="licences", content_type__model="policyviolation").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("licences", "0020_names_on_the_checklist"),
    ]

    operations = [
        migrations.RunPython(remove_permissions, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("PolicyViolation"),
    ]

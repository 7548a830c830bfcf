"""Users are found by their e-mail address in lower case.

Accounts that differ in letter case alone have to be merged by hand first: the unique column
refuses them.
"""

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Lower


def lowercase_emails(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    users.exclude(email=Lower(F("email"))).update(email=Lower("email"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_user_newsletter_since")]

    operations = [
        # Nothing needs the old letter case back.
        migrations.RunPython(lowercase_emails, migrations.RunPython.noop, elidable=True),
    ]

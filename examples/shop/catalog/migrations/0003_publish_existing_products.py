"""Before there were drafts, every product was in the shop from the day it was entered."""

from django.db import migrations
from django.db.models import F


def publish(apps, schema_editor):
    products = apps.get_model("catalog", "Product").objects.using(schema_editor.connection.alias)
    products.filter(published_at=None).update(published_at=F("created_at"))


def unpublish(apps, schema_editor):
    products = apps.get_model("catalog", "Product").objects.using(schema_editor.connection.alias)
    products.filter(published_at=F("created_at")).update(published_at=None)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_product_published_at")]

    operations = [migrations.RunPython(publish, unpublish, elidable=True)]

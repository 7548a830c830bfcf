"""Shipping was an order's last change until now, so that change's time is when it was shipped."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    orders = apps.get_model("orders", "Order").objects.using(schema_editor.connection.alias)
    orders.filter(status__in=["shipped", "delivered"], shipped_at=None).update(
        shipped_at=F("updated_at")
    )


def empty(apps, schema_editor):
    orders = apps.get_model("orders", "Order").objects.using(schema_editor.connection.alias)
    orders.filter(shipped_at=F("updated_at")).update(shipped_at=None)


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_order_shipped_at")]

    operations = [migrations.RunPython(fill, empty, elidable=True)]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_publish_existing_products")]

    operations = [
        migrations.AlterModelOptions(
            name="product",
            options={"ordering": ["-published_at", "name"]},
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                fields=["is_active", "-published_at"], name="catalog_product_listing"
            ),
        ),
    ]

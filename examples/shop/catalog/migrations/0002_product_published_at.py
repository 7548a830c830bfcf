from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="published_at",
            field=models.DateTimeField(
                blank=True, help_text="Listed from then on. Empty: a draft.", null=True
            ),
        ),
    ]

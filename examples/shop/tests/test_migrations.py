from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import TestCase, TransactionTestCase


class MigrationsTest(TestCase):
    def test_models_have_their_migrations(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


class DataMigrationsTest(TransactionTestCase):
    """Each data migration runs on rows of the state before it, and back."""

    def tearDown(self):
        call_command("migrate", verbosity=0)

    def migrate(self, app, name):
        executor = MigrationExecutor(connection)
        executor.migrate([(app, name)])
        return MigrationExecutor(connection).loader.project_state([(app, name)]).apps

    def test_existing_products_are_published(self):
        apps = self.migrate("catalog", "0002_product_published_at")
        category = apps.get_model("catalog", "Category").objects.create(name="Ink", slug="ink")
        product = apps.get_model("catalog", "Product").objects.create(
            category=category, name="Moss", slug="moss", price="12.00"
        )
        self.migrate("catalog", "0003_publish_existing_products")
        product.refresh_from_db()
        self.assertEqual(product.published_at, product.created_at)
        self.migrate("catalog", "0002_product_published_at")
        product.refresh_from_db()
        self.assertIsNone(product.published_at)

    def test_shipped_orders_get_their_date(self):
        apps = self.migrate("orders", "0002_order_shipped_at")
        orders = apps.get_model("orders", "Order").objects
        shipped, placed = orders.create(status="shipped"), orders.create(status="placed")
        self.migrate("orders", "0003_fill_shipped_at")
        shipped.refresh_from_db()
        placed.refresh_from_db()
        self.assertEqual((shipped.shipped_at, placed.shipped_at), (shipped.updated_at, None))

    def test_addresses_become_lower_case(self):
        apps = self.migrate("accounts", "0002_user_newsletter_since")
        user = apps.get_model("accounts", "User").objects.create(email="Ada@Example.com")
        self.migrate("accounts", "0003_lowercase_emails")
        user.refresh_from_db()
        self.assertEqual(user.email, "ada@example.com")

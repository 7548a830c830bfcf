import shutil
import tempfile
from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from catalog.models import Category, Product

from .factories import make_category, make_product, make_user


class PagesTest(TestCase):
    def test_an_empty_shop_has_a_landing_page(self):
        response = self.client.get("/")
        self.assertContains(response, "still unpacking")

    def test_the_landing_page_shows_the_newest_products_first(self):
        make_product("Old ink", published_at=timezone.now() - timedelta(days=2))
        make_product("New ink", published_at=timezone.now() - timedelta(days=1))
        newest = self.client.get("/").context["newest"]
        self.assertEqual([product.name for product in newest], ["New ink", "Old ink"])

    def test_drafts_inactive_and_future_products_are_hidden(self):
        hidden = [
            make_product(published_at=None),
            make_product(is_active=False),
            make_product(published_at=timezone.now() + timedelta(days=1)),
        ]
        self.assertQuerySetEqual(Product.objects.listed(), [])
        for product in hidden:
            self.assertEqual(self.client.get(product.get_absolute_url()).status_code, 404)

    def test_a_category_shows_its_own_products_only(self):
        make_product("Moss", category=make_category("Ink"))
        make_product("Quill", category=make_category("Pens"))
        response = self.client.get(reverse("catalog:category", args=["pens"]))
        self.assertContains(response, "Quill")
        self.assertNotContains(response, "Moss")

    def test_an_unknown_category_is_not_found(self):
        self.assertEqual(self.client.get("/categories/nothing/").status_code, 404)

    def test_lists_have_pages_that_keep_the_search(self):
        for number in range(13):
            make_product(f"Ink {number}")
        response = self.client.get("/products/?q=ink")
        self.assertEqual(len(response.context["products"]), 12)
        self.assertContains(response, "?q=ink&amp;page=2")
        self.assertEqual(len(self.client.get("/products/?q=ink&page=2").context["products"]), 1)

    def test_a_list_takes_the_same_queries_whatever_its_length(self):
        make_product()
        with self.assertNumQueries(3):  # count, products with categories, navigation
            self.client.get("/products/")
        for _ in range(5):
            make_product()
        with self.assertNumQueries(3):
            self.client.get("/products/")


class SearchTest(TestCase):
    def test_every_word_must_match_in_name_or_description(self):
        make_product("Harbour blue", description="An ink with a red sheen")
        make_product("Blue notebook")
        found = Product.objects.search("BLUE ink")
        self.assertEqual([product.name for product in found], ["Harbour blue"])

    def test_strange_input_finds_nothing_and_breaks_nothing(self):
        for text in ["%", "\x00", "'; drop table", "é" * 500]:
            with self.subTest(text=text):
                response = self.client.get("/products/", {"q": text})
                self.assertEqual(response.status_code, 200)


class ApiTest(TestCase):
    def test_products_as_json(self):
        make_product("Moss", price="12.00", stock=0)
        make_product(published_at=None)
        body = self.client.get("/api/products/").json()
        self.assertEqual(
            body,
            {
                "count": 1,
                "page": 1,
                "pages": 1,
                "products": [
                    {
                        "name": "Moss",
                        "category": "Ink",
                        "price": "12.00",
                        "in_stock": False,
                        "url": "http://testserver/products/moss/",
                        "image": None,
                    }
                ],
            },
        )

    def test_it_is_read_only(self):
        self.assertEqual(self.client.post("/api/products/").status_code, 405)


class UploadTest(TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        self.client.force_login(make_user(is_staff=True, is_superuser=True))

    def upload(self, content):
        product = {
            "name": "Moss",
            "slug": "moss",
            "category": make_category().pk,
            "price": "12.00",
            "stock": "3",
            "is_active": "on",
            "image": SimpleUploadedFile("moss.png", content, "image/png"),
        }
        return self.client.post("/admin/catalog/product/add/", product)

    def test_a_picture_is_stored(self):
        picture = BytesIO()
        Image.new("RGB", (4, 3)).save(picture, "PNG")
        self.assertRedirects(self.upload(picture.getvalue()), "/admin/catalog/product/")
        with Product.objects.get().image.open() as stored:
            self.assertEqual(stored.read(), picture.getvalue())

    def test_what_is_not_a_picture_is_refused(self):
        response = self.upload(b"<script>alert(1)</script>")
        self.assertContains(response, "Upload a valid image")
        self.assertFalse(Product.objects.exists())


class SeedTest(TestCase):
    def test_it_fills_the_shop_once(self):
        for _ in range(2):
            call_command("seed_catalog", without_images=True, verbosity=0)
        self.assertEqual(Category.objects.count(), 4)
        self.assertEqual(Product.objects.listed().count(), 14)

    def test_it_draws_pictures(self):
        with tempfile.TemporaryDirectory() as folder, self.settings(MEDIA_ROOT=folder):
            call_command("seed_catalog", verbosity=0)
            self.assertEqual(Product.objects.get(slug="moss").image.width, 800)


class AdminTest(TestCase):
    def test_drafts_are_published_by_an_action(self):
        self.client.force_login(make_user(is_staff=True, is_superuser=True))
        draft = make_product(published_at=None)
        data = {"action": "publish", "_selected_action": [draft.pk]}
        self.client.post("/admin/catalog/product/", data)
        self.assertQuerySetEqual(Product.objects.listed(), [draft])

"""Objects for tests: what a test does not name has a sensible value."""

from itertools import count

from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from catalog.models import Category, Product
from orders.models import Order

numbers = count(1)

ADDRESS = {
    "street": "4 Mill Lane",
    "postal_code": "1234",
    "city": "Bruges",
    "country": "Belgium",
}
CUSTOMER = {"email": "ada@example.com", "full_name": "Ada Byron"} | ADDRESS


def make_category(name="Ink", **fields):
    return Category.objects.get_or_create(slug=slugify(name), defaults={"name": name} | fields)[0]


def make_product(name=None, **fields):
    name = name or f"Product {next(numbers)}"
    defaults = {
        "category": fields.pop("category", None) or make_category(),
        "slug": slugify(name),
        "price": "10.00",
        "stock": 5,
        "published_at": timezone.now(),
    }
    return Product.objects.create(name=name, **defaults | fields)


def make_user(email=None, password="correct horse battery", **fields):
    return User.objects.create_user(email or f"user{next(numbers)}@example.com", password, **fields)


def make_order(**fields):
    return Order.objects.create(**CUSTOMER | fields)

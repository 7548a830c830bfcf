"""The cart of one visitor: quantities by product, kept in the session."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from catalog.models import Product

SESSION_KEY = "cart"
MAX_QUANTITY = 99


@dataclass(frozen=True)
class Line:
    product: Product
    quantity: int

    @property
    def amount(self):
        return self.product.price * self.quantity

    @property
    def is_available(self):
        return self.quantity <= self.product.stock


class Cart:
    """Prices and stock are read when they are asked for: only quantities are remembered."""

    def __init__(self, session):
        self.session = session
        self.quantities = dict(session.get(SESSION_KEY, {}))

    def __len__(self):
        return sum(self.quantities.values())

    @cached_property
    def lines(self):
        """What is in the cart; products that left the shop in the meantime are not."""
        products = Product.objects.listed().filter(pk__in=self.quantities).order_by("name")
        return [Line(product, self.quantities[str(product.pk)]) for product in products]

    @property
    def total(self):
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    def add(self, product, quantity=1):
        self.set(product, self.quantities.get(str(product.pk), 0) + quantity)

    def set(self, product, quantity):
        """Sets how many of a product are wanted; none takes it out."""
        key = str(product.pk)
        if quantity > 0:
            self.quantities[key] = min(quantity, MAX_QUANTITY)
        else:
            self.quantities.pop(key, None)
        self._save()

    def clear(self):
        self.quantities = {}
        self._save()

    def _save(self):
        self.session[SESSION_KEY] = self.quantities
        self.__dict__.pop("lines", None)

"""What happens to orders. Each function is one transaction; e-mail leaves when it is committed."""

import logging

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from catalog.models import Product

from .models import Order, OrderItem

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    """There is less of a product than was ordered."""

    def __init__(self, product):
        self.product = product
        left = f"only {product.stock} left" if product.stock else "sold out"
        super().__init__(f"{product.name}: {left}.")


class WrongState(Exception):
    """An order can't go from its state to the wanted one."""


@transaction.atomic
def place_order(order, lines):
    """Saves the order with the lines of a cart, and takes them from the stock.

    Raises OutOfStock, and changes nothing, if there is too little of a product.
    """
    order.save()
    # In a fixed order, so that two customers with the same products never wait for each other.
    for line in sorted(lines, key=lambda line: line.product.pk):
        product = Product.objects.select_for_update().get(pk=line.product.pk)
        if product.stock < line.quantity:
            raise OutOfStock(product)
        product.stock -= line.quantity
        product.save(update_fields=["stock", "updated_at"])
        OrderItem.objects.create(
            order=order,
            product=product,
            product_name=product.name,
            unit_price=product.price,
            quantity=line.quantity,
        )
    notify_on_commit(order, "placed")
    return order


@transaction.atomic
def advance(order, status):
    """Moves an order to its next state. A cancelled one gives its products back to the stock."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    if not order.may_become(status):
        raise WrongState(f"{order} is {order.status}: it can't become {status}.")
    order.status = status
    if status == Order.Status.SHIPPED:
        order.shipped_at = timezone.now()
        notify_on_commit(order, "shipped")
    if status == Order.Status.CANCELLED:
        for item in order.items.exclude(product=None).order_by("product_id"):
            Product.objects.filter(pk=item.product_id).update(stock=F("stock") + item.quantity)
    order.save()
    return order


def notify_on_commit(order, event):
    transaction.on_commit(lambda: notify(order, event))


def notify(order, event):
    """Tells the customer. An order stands even if the mail server does not."""
    subject = {"placed": f"Your order {order.number}", "shipped": f"{order} is on its way"}[event]
    try:
        text = render_to_string(f"orders/email/{event}.txt", {"order": order})
        send_mail(subject, text, from_email=None, recipient_list=[order.email])
    except OSError:
        logger.exception("no e-mail for order %s", order.number)

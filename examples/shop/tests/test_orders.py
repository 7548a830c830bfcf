from decimal import Decimal
from unittest.mock import patch

from django.core import mail
from django.test import TestCase, TransactionTestCase
from django.urls import reverse

from accounts.models import Address
from cart.cart import Cart, Line
from orders.models import Order
from orders.services import OutOfStock, WrongState, advance, place_order

from .factories import ADDRESS, CUSTOMER, make_order, make_product, make_user

CHECKOUT = reverse("orders:checkout")


class CheckoutTest(TestCase):
    def fill_cart(self, product, quantity=2):
        self.client.post(reverse("cart:add", args=[product.pk]), {"quantity": quantity})

    def test_a_guest_orders(self):
        product = make_product("Moss", price="12.00", stock=5)
        self.fill_cart(product)
        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(CHECKOUT, CUSTOMER, follow=True)

        order = Order.objects.get()
        self.assertRedirects(response, f"/orders/{order.reference}/")
        self.assertContains(response, "€24.00")
        self.assertEqual((order.user, order.status, order.total), (None, "placed", Decimal("24")))
        product.refresh_from_db()
        self.assertEqual(product.stock, 3)
        self.assertEqual(len(Cart(self.client.session)), 0)
        [letter] = mail.outbox
        self.assertEqual((letter.to, letter.subject), ([order.email], f"Your order {order.number}"))
        self.assertIn("2 × Moss, €24.00", letter.body)

    def test_a_user_finds_the_form_filled_and_the_order_in_the_account(self):
        user = make_user("ada@example.com", first_name="Ada", last_name="Byron")
        Address.objects.create(user=user, **ADDRESS)
        self.client.force_login(user)
        self.fill_cart(make_product())
        form = self.client.get(CHECKOUT).context["form"]
        self.assertEqual(form.initial, CUSTOMER)
        self.client.post(CHECKOUT, form.initial)
        self.assertContains(self.client.get("/account/"), Order.objects.get(user=user).number)

    def test_too_little_in_stock_changes_nothing(self):
        product = make_product("Moss", stock=1)
        self.fill_cart(product, 2)
        response = self.client.post(CHECKOUT, CUSTOMER, follow=True)
        self.assertContains(response, "Moss: only 1 left.")
        self.assertFalse(Order.objects.exists())
        self.assertEqual(len(Cart(self.client.session)), 2)

    def test_an_incomplete_address_is_explained(self):
        self.fill_cart(make_product())
        response = self.client.post(CHECKOUT, CUSTOMER | {"city": ""})
        self.assertFormError(response.context["form"], "city", "This field is required.")

    def test_an_empty_cart_has_no_checkout(self):
        self.assertRedirects(self.client.get(CHECKOUT), reverse("cart:detail"))

    def test_an_order_is_found_by_its_reference_only(self):
        order = make_order()
        self.assertEqual(self.client.get(order.get_absolute_url()).status_code, 200)
        self.assertEqual(self.client.get(f"/orders/{order.pk}/").status_code, 404)


class StatesTest(TestCase):
    def test_the_usual_way(self):
        order = make_order()
        for status in ["paid", "shipped", "delivered"]:
            order = advance(order, status)
        self.assertEqual(order.status, "delivered")
        self.assertIsNotNone(order.shipped_at)

    def test_impossible_ways_are_refused(self):
        for before, after in [("placed", "shipped"), ("shipped", "cancelled"), ("paid", "placed")]:
            with self.subTest(before=before, after=after), self.assertRaises(WrongState):
                advance(make_order(status=before), after)

    def test_a_cancelled_order_gives_its_products_back(self):
        product = make_product(stock=5)
        order = place_order(Order(**CUSTOMER), [Line(product, 3)])
        advance(order, "cancelled")
        product.refresh_from_db()
        self.assertEqual(product.stock, 5)

    def test_the_price_of_an_order_stays(self):
        product = make_product(price="10.00")
        order = place_order(Order(**CUSTOMER), [Line(product, 2)])
        product.price = "99.00"
        product.save()
        self.assertEqual(order.total, Decimal("20.00"))

    def test_staff_ship_orders_in_the_admin(self):
        self.client.force_login(make_user(is_staff=True, is_superuser=True))
        paid, placed = make_order(status="paid"), make_order()
        data = {"action": "mark_shipped", "_selected_action": [paid.pk, placed.pk]}
        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post("/admin/orders/order/", data, follow=True)
        self.assertContains(response, f"{placed} is placed: it can&#x27;t become shipped.")
        paid.refresh_from_db()
        self.assertEqual(paid.status, "shipped")
        self.assertEqual([letter.subject for letter in mail.outbox], [f"{paid} is on its way"])


class CommitTest(TransactionTestCase):
    def test_an_order_stands_without_the_mail_server(self):
        with (
            patch("orders.services.send_mail", side_effect=ConnectionRefusedError),
            self.assertLogs("orders.services", "ERROR"),
        ):
            place_order(Order(**CUSTOMER), [Line(make_product(), 1)])
        self.assertEqual(Order.objects.count(), 1)

    def test_a_failed_order_leaves_no_trace(self):
        first, second = make_product(stock=5), make_product(stock=0)
        with self.assertRaises(OutOfStock):
            place_order(Order(**CUSTOMER), [Line(first, 1), Line(second, 1)])
        first.refresh_from_db()
        self.assertEqual((first.stock, Order.objects.count(), mail.outbox), (5, 0, []))

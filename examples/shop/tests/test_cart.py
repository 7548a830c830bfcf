from decimal import Decimal

from django.test import Client, TestCase
from django.urls import reverse

from cart.cart import MAX_QUANTITY, Cart

from .factories import make_product


class CartTest(TestCase):
    def test_quantities_add_up_to_a_limit(self):
        product = make_product(price="2.50")
        cart = Cart({})
        cart.add(product, 2)
        cart.add(product)
        self.assertEqual((len(cart), cart.total), (3, Decimal("7.50")))
        cart.add(product, 1000)
        self.assertEqual(len(cart), MAX_QUANTITY)

    def test_it_lives_in_the_session(self):
        session = {}
        product = make_product()
        Cart(session).add(product, 2)
        self.assertEqual(Cart(session).lines[0].quantity, 2)
        Cart(session).set(product, 0)
        self.assertEqual(Cart(session).lines, [])

    def test_products_that_left_the_shop_are_dropped(self):
        product = make_product()
        cart = Cart({})
        cart.add(product)
        product.is_active = False
        product.save()
        self.assertEqual((cart.lines, cart.total), ([], Decimal("0.00")))


class CartPagesTest(TestCase):
    def test_add_change_and_remove(self):
        product = make_product("Moss", price="12.00")
        add = reverse("cart:add", args=[product.pk])
        update = reverse("cart:update", args=[product.pk])
        response = self.client.post(add, {"quantity": 2}, follow=True)
        self.assertContains(response, "€24.00")
        response = self.client.post(update, {"quantity": 1}, follow=True)
        self.assertContains(response, "€12.00")
        response = self.client.post(update, {"quantity": 0}, follow=True)
        self.assertContains(response, "Nothing in it yet")

    def test_nonsense_is_refused(self):
        product = make_product()
        for quantity in ["0", "-3", "many", "1e9"]:
            with self.subTest(quantity=quantity):
                url = reverse("cart:add", args=[product.pk])
                response = self.client.post(url, {"quantity": quantity}, follow=True)
                self.assertContains(response, "not a quantity")

    def test_forms_need_their_token(self):
        client = Client(enforce_csrf_checks=True)
        url = reverse("cart:add", args=[make_product().pk])
        self.assertEqual(client.post(url, {"quantity": 1}).status_code, 403)

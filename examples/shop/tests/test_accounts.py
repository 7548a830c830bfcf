import re

from django.core import mail
from django.db import IntegrityError
from django.test import TestCase
from django.urls import reverse

from accounts.models import User

from .factories import ADDRESS, make_user

PASSWORD = "correct horse battery"


class SignUpTest(TestCase):
    def sign_up(self, **fields):
        data = {"email": "Ada@Example.com", "password1": PASSWORD, "password2": PASSWORD}
        return self.client.post(reverse("accounts:sign-up"), data | fields)

    def test_it_makes_an_account_and_logs_in(self):
        self.assertRedirects(self.sign_up(newsletter="on"), reverse("accounts:profile"))
        user = User.objects.get()
        self.assertEqual(user.email, "ada@example.com")
        self.assertIsNotNone(user.newsletter_since)

    def test_an_address_is_taken_in_any_letter_case(self):
        make_user("ada@example.com")
        self.assertContains(self.sign_up(email="ADA@example.com"), "already")
        with self.assertRaises(IntegrityError):
            User.objects.bulk_create([User(email="ADA@example.com")])

    def test_weak_passwords_are_refused(self):
        response = self.sign_up(password1="12345678", password2="12345678")
        self.assertContains(response, "too common")
        self.assertFalse(User.objects.exists())


class LoginTest(TestCase):
    def test_the_letter_case_of_the_address_does_not_matter(self):
        make_user("ada@example.com", PASSWORD)
        data = {"username": "Ada@Example.com", "password": PASSWORD}
        self.assertRedirects(self.client.post("/account/login/", data), "/account/")

    def test_a_wrong_password_is_refused(self):
        make_user("ada@example.com", PASSWORD)
        data = {"username": "ada@example.com", "password": "wrong"}
        self.assertContains(self.client.post("/account/login/", data), "Please enter a correct")

    def test_the_profile_needs_a_login(self):
        self.assertRedirects(self.client.get("/account/"), "/account/login/?next=/account/")

    def test_a_forgotten_password_is_replaced_by_mail(self):
        user = make_user("ada@example.com")
        self.client.post(reverse("accounts:reset"), {"email": user.email})
        link = re.search(r"http://testserver(\S+)", mail.outbox[0].body).group(1)
        form = self.client.get(link, follow=True)
        new = {"new_password1": "staple of the horse", "new_password2": "staple of the horse"}
        self.client.post(form.request["PATH_INFO"], new)
        self.assertTrue(self.client.login(username=user.email, password="staple of the horse"))


class ProfileTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.client.force_login(self.user)

    def test_name_and_address_are_saved_on_their_own(self):
        self.client.post("/account/", {"first_name": "Ada", "save_profile": ""})
        self.client.post("/account/", ADDRESS | {"save_address": ""})
        self.user.refresh_from_db()
        self.assertEqual(self.user.first_name, "Ada")
        self.assertEqual(str(self.user.address), "4 Mill Lane, 1234 Bruges, Belgium")

    def test_the_newsletter_is_left_again(self):
        self.client.post("/account/", {"newsletter": "on"})
        self.user.refresh_from_db()
        self.assertIsNotNone(self.user.newsletter_since)
        self.client.post("/account/", {})
        self.user.refresh_from_db()
        self.assertIsNone(self.user.newsletter_since)

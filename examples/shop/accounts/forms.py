from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.utils import timezone

from .models import Address, User


class NewsletterMixin(forms.Form):
    """Shows `newsletter_since` as the yes or no that it is to a user."""

    newsletter = forms.BooleanField(required=False, label="Send me the newsletter")

    def save(self, commit=True):
        wanted = self.cleaned_data["newsletter"]
        if not wanted:
            self.instance.newsletter_since = None
        elif self.instance.newsletter_since is None:
            self.instance.newsletter_since = timezone.now()
        return super().save(commit)


class SignUpForm(NewsletterMixin, BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class ProfileForm(NewsletterMixin, forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name"]

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["newsletter"].initial = instance.newsletter_since is not None


class AddressForm(forms.ModelForm):
    class Meta:
        model = Address
        fields = ["street", "postal_code", "city", "country"]
        widgets = {
            "street": forms.TextInput({"autocomplete": "street-address"}),
            "postal_code": forms.TextInput({"autocomplete": "postal-code"}),
            "city": forms.TextInput({"autocomplete": "address-level2"}),
            "country": forms.TextInput({"autocomplete": "country-name"}),
        }

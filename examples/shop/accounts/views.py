from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.generic import FormView

from .forms import AddressForm, ProfileForm, SignUpForm
from .models import Address


class SignUpView(FormView):
    template_name = "accounts/sign_up.html"
    form_class = SignUpForm
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form):
        user = form.save()
        login(self.request, user)
        messages.success(self.request, "Welcome! Your account is ready.")
        return super().form_valid(form)


@login_required
def profile(request):
    """Name, newsletter, address, and what was ordered so far."""
    address = Address.objects.filter(user=request.user).first() or Address(user=request.user)
    profile_form = ProfileForm(instance=request.user)
    address_form = AddressForm(instance=address)

    if request.method == "POST":
        if "save_address" in request.POST:
            form = address_form = AddressForm(request.POST, instance=address)
        else:
            form = profile_form = ProfileForm(request.POST, instance=request.user)
        if form.is_valid():
            form.save()
            messages.success(request, "Saved.")
            return redirect("accounts:profile")

    context = {
        "profile_form": profile_form,
        "address_form": address_form,
        "orders": request.user.orders.all()[:20],
    }
    return render(request, "accounts/profile.html", context)

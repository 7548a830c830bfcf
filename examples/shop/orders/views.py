from django.contrib import messages
from django.forms import model_to_dict
from django.shortcuts import redirect, render
from django.views.generic import DetailView

from accounts.models import Address
from cart.cart import Cart

from .forms import CheckoutForm
from .models import Order
from .services import OutOfStock, place_order


def checkout(request):
    """Turns the cart into an order, for guests and users alike."""
    cart = Cart(request.session)
    if not cart.lines:
        messages.info(request, "Your cart is empty.")
        return redirect("cart:detail")

    form = CheckoutForm(request.POST or None, initial=known_details(request.user))
    if request.method == "POST" and form.is_valid():
        order = form.save(commit=False)
        order.user = request.user if request.user.is_authenticated else None
        try:
            place_order(order, cart.lines)
        except OutOfStock as problem:
            messages.error(request, str(problem))
            return redirect("cart:detail")
        cart.clear()
        messages.success(request, "Thank you! We have your order.")
        return redirect(order)

    return render(request, "orders/checkout.html", {"form": form})


class OrderDetailView(DetailView):
    template_name = "orders/order_detail.html"
    context_object_name = "order"
    slug_field = slug_url_kwarg = "reference"

    def get_queryset(self):
        return Order.objects.prefetch_related("items")


def known_details(user):
    """What a user told before."""
    if not user.is_authenticated:
        return {}
    address = Address.objects.filter(user=user).first()
    known = model_to_dict(address, exclude=["id", "user"]) if address else {}
    return known | {"email": user.email, "full_name": user.get_full_name()}

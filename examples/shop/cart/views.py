from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Product

from .cart import Cart
from .forms import AddForm, UpdateForm


@require_safe
def detail(request):
    return render(request, "cart/detail.html")


@require_POST
def add(request, product_id):
    product = get_object_or_404(Product.objects.listed(), pk=product_id)
    form = AddForm(request.POST)
    if form.is_valid():
        Cart(request.session).add(product, form.cleaned_data["quantity"])
        messages.success(request, f"{product.name} is in your cart.")
        return redirect("cart:detail")
    messages.error(request, "That is not a quantity we can sell.")
    return redirect(product)


@require_POST
def update(request, product_id):
    product = get_object_or_404(Product, pk=product_id)
    form = UpdateForm(request.POST)
    if form.is_valid():
        Cart(request.session).set(product, form.cleaned_data["quantity"])
    else:
        messages.error(request, "That is not a quantity we can sell.")
    return redirect("cart:detail")

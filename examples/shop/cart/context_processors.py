from .cart import Cart


def cart(request):
    """The visitor's cart, for the count in the header."""
    return {"cart": Cart(request.session)}

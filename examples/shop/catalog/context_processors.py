from .models import Category


def categories(request):
    """The categories of the navigation; a lazy query, so that pages without it pay nothing."""
    return {"categories": Category.objects.all()}

from django.conf import settings


def shop(request):
    """What every page shows of the shop itself."""
    return {"shop_name": settings.SHOP_NAME}

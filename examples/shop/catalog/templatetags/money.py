from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def money(amount):
    """An amount as it is shown to customers: €1,234.50."""
    return f"€{Decimal(amount):,.2f}"

import random
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from PIL import Image, ImageDraw

from catalog.models import Category, Product

# category: its description, and its products as (name, price, stock, description)
CATALOG = {
    "Notebooks": (
        "Bound and stitched, with paper that takes a fountain pen.",
        [
            ("Field notebook", "9.50", 40, "48 dotted pages that fit a coat pocket."),
            ("Desk book", "24.00", 25, "A5, 240 pages, lies flat from the first to the last."),
            ("Reporter's pad", "6.90", 60, "Spiral at the top, perforated, ruled."),
            ("Music book", "14.00", 12, "Twelve staves on each of 96 pages."),
        ],
    ),
    "Pens": (
        "For a signature, a drawing, or a whole novel.",
        [
            ("Brass ballpoint", "28.00", 18, "Six sides, heavy, refillable; ages well."),
            ("School fountain pen", "19.50", 30, "A steel nib that forgives everything."),
            ("Drawing pen 0.3", "3.80", 120, "Black, waterproof, lightfast."),
            ("Clutch pencil", "22.00", 3, "Holds 2 mm leads; comes with three of them."),
        ],
    ),
    "Ink": (
        "Bottled in glass, mixed in small batches.",
        [
            ("Iron gall black", "13.50", 22, "Turns black on the paper, and stays."),
            ("Harbour blue", "12.00", 35, "Grey-blue with a red sheen where it pools."),
            ("Moss", "12.00", 0, "A dark green for those who correct others."),
        ],
    ),
    "Paper": (
        "By the sheet and by the ream.",
        [
            ("Letter set", "17.00", 20, "20 laid sheets and envelopes lined with tissue."),
            ("Blotting paper", "4.20", 80, "Ten sheets; dries a page in one press."),
            ("Watercolour block", "31.00", 9, "Cold pressed cotton, 300 g, 20 sheets."),
        ],
    ),
}


class Command(BaseCommand):
    help = "Fills the shop with sample products. What exists already is left as it is."

    def add_arguments(self, parser):
        parser.add_argument("--without-images", action="store_true", help="draw no pictures")

    @transaction.atomic
    def handle(self, *args, without_images, verbosity, **options):
        created = 0
        for position, (category_name, (description, products)) in enumerate(CATALOG.items()):
            category, _ = Category.objects.get_or_create(
                slug=slugify(category_name),
                defaults={
                    "name": category_name,
                    "description": description,
                    "position": position,
                },
            )
            for name, price, stock, text in products:
                product, is_new = Product.objects.get_or_create(
                    slug=slugify(name),
                    defaults={
                        "category": category,
                        "name": name,
                        "price": Decimal(price),
                        "stock": stock,
                        "description": text,
                        "published_at": timezone.now(),
                    },
                )
                created += is_new
                if is_new and not without_images:
                    product.image.save(f"{product.slug}.png", ContentFile(draw(product.slug)))
        if verbosity:
            self.stdout.write(self.style.SUCCESS(f"{created} products created"))


def draw(seed):
    """A picture for a product, as a PNG: sheets of paper, always the same for the same seed."""
    dice = random.Random(seed)
    hue = dice.randrange(360)
    image = Image.new("RGB", (800, 600), f"hsl({hue}, 28%, 88%)")
    canvas = ImageDraw.Draw(image)
    for sheet in range(4):
        left, top = dice.randrange(90, 330), dice.randrange(60, 200)
        box = (left, top, left + 340, top + 320)
        canvas.rounded_rectangle(box, 14, fill=f"hsl({hue}, {30 + 8 * sheet}%, {72 - 9 * sheet}%)")
    for line in range(5):
        y = top + 70 + 42 * line
        canvas.line((left + 50, y, left + 290, y), fill=f"hsl({hue}, 30%, 85%)", width=5)
    data = BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()

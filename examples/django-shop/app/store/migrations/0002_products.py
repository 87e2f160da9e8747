from django.db import migrations

NOUNS = ["Lamp", "Kettle", "Notebook", "Backpack", "Chair", "Teapot", "Blanket", "Clock", "Bread knife", "Cushion"]


def add_products(apps, schema_editor):
    """A thousand products, the same on every machine."""
    product = apps.get_model("store", "Product")
    product.objects.bulk_create(
        product(name=f"{NOUNS[n % len(NOUNS)]} No. {n}", price_cents=490 + n * 7919 % 24000) for n in range(1, 1001)
    )


class Migration(migrations.Migration):
    dependencies = [("store", "0001_shop")]
    operations = [migrations.RunPython(add_products, migrations.RunPython.noop)]

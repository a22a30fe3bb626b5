"""The names of an invented service firm's customers and services, Spanish and English."""

from __future__ import annotations

from decimal import Decimal

GIVEN = (
    "María", "José", "Lucía", "Andrés", "Sofía", "Íñigo", "Nuria", "Tomás", "Begoña", "Raúl", "Emily", "Oliver",
    "Grace", "Henry", "Charlotte", "Owen", "Martha", "Peter", "Alice", "Frank",
)  # fmt: skip
FAMILY = (
    "García Peña", "Muñoz", "Núñez Vidal", "Ibáñez", "Castaño", "Müller-Ortiz", "Belmonte", "Aránguiz", "O'Brien",
    "Whitaker", "Fletcher", "Hughes", "Marlowe", "Ashby", "Cole", "Rhodes",
)  # fmt: skip
COMPANIES = (
    "Panadería La Espiga", "Clínica Dental Sonríe", "Talleres Núñez e Hijos", "Café Ñandú", "Imprenta del Río",
    "Ferretería El Candado", "Harbor Street Bakery", "O'Neill & Sons Printing", "Blue Door Veterinary",
    "Northside Yoga Studio", "Smith, Jones & Co", "The Lamp Post Inn",
)  # fmt: skip

SERVICES: tuple[tuple[str, str, Decimal], ...] = (
    ("Boiler maintenance", "Yearly inspection and cleaning", Decimal("95.00")),
    ("Mantenimiento de caldera", "Revisión anual y limpieza", Decimal("92.50")),
    ("Call-out", "Visit within 24 hours", Decimal("45.00")),
    ("Hora de técnico", "Mano de obra, por hora", Decimal("38.75")),
    ("Pipe repair", "Per metre, parts included", Decimal("27.30")),
    ("Instalación eléctrica", "Punto de luz completo", Decimal("61.20")),
    ("Air conditioning service", "Filters, gas and test", Decimal("120.00")),
    ("Pintura interior", "Por metro cuadrado", Decimal("8.45")),
    ("Carpentry", "Per hour", Decimal("42.00")),
    ("Limpieza de canalones", "Casa de hasta dos plantas", Decimal("74.90")),
    ("Chimney sweep", "One chimney", Decimal("83.00")),  # planted: inactive in QuickBooks
    ("Key cutting", "Per key", Decimal("3.333")),
)

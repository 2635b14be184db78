"""pint: quantities and units belong to their registry. pint's own pickling gives them to the application's, whatever it knows."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("pint.facets.plain.quantity:PlainQuantity")
def quantity(value: Any) -> Any:
    return make_quantity, (value._REGISTRY, value._magnitude, dict(value._units))


def make_quantity(registry: Any, magnitude: Any, units: dict[str, Any]) -> Any:
    return registry.Quantity(magnitude, registry.UnitsContainer(units))


@reducer("pint.facets.measurement.objects:Measurement")
def measurement(value: Any) -> Any:
    """Its magnitude has an error, which as a plain quantity it could not say."""
    return make_measurement, (value._REGISTRY, value._magnitude, dict(value._units))


def make_measurement(registry: Any, magnitude: Any, units: dict[str, Any]) -> Any:
    return registry.Measurement(magnitude, registry.UnitsContainer(units))


@reducer("pint.facets.plain.unit:PlainUnit")
def unit(value: Any) -> Any:
    return make_unit, (value._REGISTRY, dict(value._units))


def make_unit(registry: Any, units: dict[str, Any]) -> Any:
    return registry.Unit(registry.UnitsContainer(units))


@reducer("pint.registry:ApplicationRegistry")
def application_registry(value: Any) -> Any:
    import pint

    return (make_application_registry, (value.get(),)) if value is pint.application_registry else NotImplemented


def make_application_registry(registry: Any) -> Any:
    import pint

    pint.set_application_registry(registry)
    return pint.application_registry

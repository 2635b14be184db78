"""requests_mock: a mocker that was started comes back as one that was not; :mod:`..ambient.request_mocks` starts it again."""

from __future__ import annotations

from typing import Any

from .. import rebuild
from . import reducer


@reducer("requests_mock.mocker:MockerCore")
def mocker(value: Any) -> Any:
    state = {name: one for name, one in vars(value).items() if name != "_last_get_adapter"} | {"_last_send": None}
    return rebuild.bare, (type(value),), state, None, None, rebuild.fill_attributes

"""joblib: what says that a setting was not given is compared with ``is``."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("joblib._utils:_Sentinel")
def not_given(value: Any) -> Any:
    from joblib.parallel import default_parallel_config

    key = next((key for key, held in default_parallel_config.items() if held is value), None)
    return NotImplemented if key is None else (not_given_for, (key,))


def not_given_for(key: str) -> Any:
    from joblib.parallel import default_parallel_config

    return default_parallel_config[key]

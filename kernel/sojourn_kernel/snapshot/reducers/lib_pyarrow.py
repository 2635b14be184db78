"""pyarrow: what its functions are told, and tensors, which it does not pickle."""

from __future__ import annotations

from typing import Any

from . import reducer


@reducer("pyarrow._compute:FunctionOptions")
def options(value: Any) -> Any:
    return make_options, (type(value), value.serialize().to_pybytes())


def make_options(cls: type, content: bytes) -> Any:
    import pyarrow
    from pyarrow.compute import FunctionOptions

    made = FunctionOptions.deserialize(pyarrow.py_buffer(content))
    if type(made) is not cls:
        raise TypeError(f"a {cls.__name__} came back as a {type(made).__name__}")
    return made


@reducer("pyarrow.lib:Tensor")
def tensor(value: Any) -> Any:
    return make_tensor, (value.to_numpy(), value.dim_names)


def make_tensor(array: Any, names: list[str]) -> Any:
    import pyarrow

    return pyarrow.Tensor.from_numpy(array, names or None)

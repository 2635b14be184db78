"""torch: tensors of one storage stay tensors of one storage, numpy arrays on it included; gradients are kept, graphs are not.

torch's own pickling knows neither ``.grad`` nor who shares a storage with whom, and makes a leaf of what a graph computed: its
``backward()`` would then do nothing, without a word.
"""

from __future__ import annotations

import pickle
import sys
from typing import Any

from ...told import Cause
from .. import rebuild
from ..objects.as_its_class import make_as
from . import CannotKeep, reducer, variables


@reducer("torch:Tensor")
def tensor(value: Any) -> Any:
    import torch

    if value.is_nested and value.layout is torch.strided and type(value) is torch.Tensor and value.is_leaf:
        return make_nested, ([one.detach() for one in value.unbind()], value.dtype, value.requires_grad)
    kinds = (torch.Tensor, torch.nn.Parameter, torch.nn.Buffer) if hasattr(torch.nn, "Buffer") else (torch.Tensor, torch.nn.Parameter)  # fmt: skip
    plain = type(value) in kinds and value.layout is torch.strided and not value.is_quantized
    if not plain or value.device.type not in ("cpu", "cuda") or value.is_conj() or value.is_neg():
        return _with_its_gradient(value)
    made_by_a_graph = value.requires_grad and not value.is_leaf
    place = (value.storage_offset(), tuple(value.size()), value.stride())
    state = {
        "retains": value.retains_grad or None,
        "grad": value.grad if value.is_leaf or value.retains_grad else None,
        "hooks": value._backward_hooks if value.is_leaf else None,
        "after": getattr(value, "_post_accumulate_grad_hooks", None),
        "attributes": dict(vars(value)),
    }
    state = {name: held for name, held in state.items() if held is not None and held != {}}
    if value.is_inference():
        return make_of_inference, (value.untyped_storage(), value.dtype, *place), state or None, None, None, fill_tensor
    arguments = (type(value), value.untyped_storage(), value.dtype, *place, value.requires_grad, made_by_a_graph)
    return make_tensor, arguments, state or None, None, None, fill_tensor


def _with_its_gradient(value: Any) -> Any:
    """The reduction of a tensor as torch says it, which leaves out ``.grad``."""
    gradient = value.grad if value.is_leaf else None
    reduced = value.__reduce_ex__(5) if gradient is not None else None
    if not isinstance(reduced, tuple):
        return NotImplemented
    make, arguments, state, *_ = (*reduced, None)
    return make_as, (type(value), make, arguments), (state, gradient), None, None, fill_with_gradient


def make_tensor(cls: type, storage: Any, dtype: Any, offset: int, size: tuple[int, ...], stride: tuple[int, ...],
                requires_grad: bool, made_by_a_graph: bool) -> Any:  # fmt: skip
    """A tensor over a storage. One that a graph computed has the value, and says on ``backward()`` that the graph is gone."""
    import torch

    with torch.no_grad():
        made = torch.empty((0,), dtype=dtype, device=storage.device).set_(storage, offset, size, stride)
    if made_by_a_graph:
        return _graph_lost()(made.requires_grad_())
    if cls is torch.nn.Parameter:
        return torch.nn.Parameter(made, requires_grad)
    if cls is not torch.Tensor:
        made = cls(made)
    return made.requires_grad_() if requires_grad else made


def make_of_inference(storage: Any, dtype: Any, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    """One that was made under ``torch.inference_mode``, of which autograd may save nothing."""
    import torch

    with torch.inference_mode():
        return torch.empty((0,), dtype=dtype, device=storage.device).set_(storage, offset, size, stride)


def make_nested(parts: list[Any], dtype: Any, requires_grad: bool) -> Any:
    import torch

    return torch.nested.nested_tensor(parts, dtype=dtype, requires_grad=requires_grad)


def fill_tensor(made: Any, state: dict[str, Any]) -> None:
    if "retains" in state:
        made.retain_grad()
    if "grad" in state:
        _give_gradient(made, state["grad"])
    if "after" in state:
        made._post_accumulate_grad_hooks = state["after"]
    if "hooks" in state:
        made._backward_hooks = state["hooks"]
    vars(made).update(state.get("attributes", {}))


def fill_with_gradient(made: Any, parts: tuple[Any, Any]) -> None:
    state, gradient = parts
    rebuild.give_state_by(None, made, state)
    _give_gradient(made, gradient)


def _give_gradient(made: Any, gradient: Any) -> None:
    """Set a gradient, also one that does not fit any more: the tensor was given other data since."""
    try:
        made.grad = gradient
    except RuntimeError:
        data = made.data
        made.data = gradient.detach().clone()
        made.grad = gradient
        made.data = data


def _graph_lost() -> Any:
    """A function of autograd's that stands where the graph was."""
    import torch

    from ..lost import SojournLost

    class GraphLost(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, value: Any) -> Any:
            return value.view_as(value)

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> Any:
            reason = "the graph that computed this tensor stayed in the process before; run the cells of the forward pass again"
            raise SojournLost(reason)

    return GraphLost.apply


# Storages: by object, so that all tensors of one come back on one


@reducer("torch.storage:UntypedStorage")
def storage(value: Any) -> Any:
    if value.device.type == "cuda":
        return make_storage, (pickle.PickleBuffer(_bytes(value.cpu())), value.device.index)
    if value.device.type != "cpu":
        return NotImplemented
    owner = None if value.resizable() else _array_of(value)
    if owner is not None:
        start = value.data_ptr() - owner.__array_interface__["data"][0]
        return make_storage_of_array, (owner, start, value.nbytes())
    data = pickle.PickleBuffer(_bytes(value))
    return (make_shared_storage, (data,)) if value.is_shared() else (make_storage, (data, None))


def _bytes(value: Any) -> Any:
    """The memory of a storage on the host as an array of bytes; no copy."""
    import torch

    return torch.empty((0,), dtype=torch.uint8).set_(value).numpy()


def _array_of(value: Any) -> Any:
    """The numpy array of the session whose memory a storage uses (``torch.from_numpy``); None if none is known."""
    numpy = sys.modules.get("numpy")
    begin, end = value.data_ptr(), value.data_ptr() + value.nbytes()
    for one in variables() if numpy is not None else ():
        while isinstance(one, numpy.ndarray):
            start = one.__array_interface__["data"][0]
            if one.flags.owndata and start <= begin and end <= start + one.nbytes and one.flags.forc:
                return one
            one = one.base
    return None


def make_storage(data: Any, cuda: int | None) -> Any:
    import torch

    if cuda is not None and cuda >= torch.cuda.device_count():
        reason = f"it was on the GPU cuda:{cuda}, and this node has none such"
        raise CannotKeep(Cause.LIVE_RESOURCE, reason)
    made = _filled(torch.UntypedStorage(memoryview(data).nbytes), data)
    return made if cuda is None else made.cuda(cuda)


def make_shared_storage(data: Any) -> Any:
    """In memory that processes of the session's see as well: what is forked from here on."""
    import torch

    return _filled(torch.UntypedStorage._new_shared(memoryview(data).nbytes), data)  # type: ignore[attr-defined]


def _filled(made: Any, data: Any) -> Any:
    if made.nbytes():
        _bytes(made)[:] = memoryview(data).cast("B")
    return made


def make_storage_of_array(array: Any, start: int, size: int) -> Any:
    import numpy as np
    import torch

    flat = (array if array.flags.c_contiguous else array.T).reshape(-1).view(np.uint8)
    return torch.from_numpy(flat[start : start + size]).untyped_storage()


@reducer("torch.storage:TypedStorage")
def typed_storage(value: Any) -> Any:
    return make_typed_storage, (value._untyped_storage, value.dtype)


def make_typed_storage(untyped: Any, dtype: Any) -> Any:
    import torch

    return torch.storage.TypedStorage(wrap_storage=untyped, dtype=dtype, _internal=True)


# numpy arrays that look into a tensor's memory


def array_on_tensor(value: Any, base: Any) -> Any:
    """How an array made by ``tensor.numpy()`` is kept: as a view of the tensor's storage."""
    held = base.untyped_storage()
    if held.device.type != "cpu":
        return NotImplemented
    offset = value.__array_interface__["data"][0] - held.data_ptr()
    return make_array_on_storage, (held, offset, value.dtype, value.shape, value.strides, value.flags.writeable)


def make_array_on_storage(held: Any, offset: int, dtype: Any, shape: Any, strides: Any, writable: bool) -> Any:
    from .. import rebuild_arrays

    return rebuild_arrays.view(_bytes(held), offset, dtype, shape, strides, writable)

"""Libraries whose own pickling leaves out or copies what their objects hold: these are kept with all of it, as they are."""

from __future__ import annotations

from typing import Any

from ..objects import contents
from . import reducer


@reducer(
    "eventkit.event:Event",  # left out: what listens to it
    "fipy.variables.variable:Variable",  # constraints, and which others it is computed from
    "lightning.pytorch.core.module:LightningModule", "pytorch_lightning.core.module:LightningModule",  # its trainer
    "matplotlib.cbook:Grouper",  # copied: the set that all of a group are in
    "music21.base:Music21Object", "music21.sites:Sites", "music21.sites:SiteRef", "music21.derivation:Derivation",  # the stream that a note is in
    "numpy.polynomial._polybase:ABCPolyBase",  # copied: the array of its coefficients
    "pywt._wavelet_packets:BaseNode",  # all nodes of a tree but its root
    "sqlglot.expressions.core:Expr", "sqlglot.expressions:Expression",  # copied: the one that it is a part of
    "zarr.storage._zip:ZipStore", "zarr.storage:ZipStore",  # opened anew by the mode that it had, which empties one that is written
    "torch.utils.data.dataloader:_SingleProcessDataLoaderIter",  # refused: a data loader's place in an epoch
)  # fmt: skip
def by_state(value: Any) -> Any:
    return contents.by_state(value)

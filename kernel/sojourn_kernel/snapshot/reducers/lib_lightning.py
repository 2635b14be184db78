"""lightning: a module keeps its trainer, which its own pickling leaves out."""

from __future__ import annotations

from typing import Any

from .. import contents
from . import reducer


@reducer("lightning.pytorch.core.module:LightningModule", "pytorch_lightning.core.module:LightningModule")
def module(value: Any) -> Any:
    return contents.by_state(value)

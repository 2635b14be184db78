"""OpenCV: what its algorithms are is in what they can be asked for and told, and its filter's in its matrices."""

from __future__ import annotations

import types
from typing import Any

from ..looking.classes import names_of
from ..objects import structs
from . import reducer


@reducer("cv2:KalmanFilter")
def kalman_filter(value: Any) -> Any:
    shown = [name for name, held in names_of(type(value)).items() if type(held) is types.GetSetDescriptorType]
    matrices = {name: getattr(value, name) for name in shown}
    sizes = value.transitionMatrix.shape[0], value.measurementMatrix.shape[0]
    return type(value), sizes, matrices, None, None, structs.put


@reducer("cv2:UMat")
def matrix_of_a_device(value: Any) -> Any:
    return type(value), (value.get(),)


_MAKERS = {
    "ORB": "ORB_create",
    "KAZE": "KAZE_create",
    "FastFeatureDetector": "FastFeatureDetector_create",
    "CLAHE": "createCLAHE",
}
"""What makes the algorithms that can be told all that they can be asked for, and hold no data."""


@reducer("cv2:ORB", "cv2:KAZE", "cv2:FastFeatureDetector", "cv2:CLAHE")
def algorithm(value: Any) -> Any:
    cls = type(value)
    asked = [name[3:] for name in dir(cls) if name.startswith("get") and name != "getDefaultName"]
    if cls.__name__ not in _MAKERS or not all(hasattr(cls, f"set{name}") for name in asked):
        return NotImplemented
    return made, (_MAKERS[cls.__name__], {name: getattr(value, f"get{name}")() for name in asked})


def made(make: str, told: dict[str, Any]) -> Any:
    import cv2

    found = getattr(cv2, make)()
    for name, value in told.items():
        getattr(found, f"set{name}")(value)
    return found

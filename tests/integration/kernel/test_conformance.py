"""The Jupyter message protocol, by jupyter_kernel_test's suite: whatever works in ipykernel works in this kernel."""

from __future__ import annotations

import json
import os
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

import jupyter_kernel_test
from sojourn_kernel.cli import kernelspec


class SojournConformance(jupyter_kernel_test.KernelTests):
    kernel_name = "sojourn"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('oops', file=sys.stderr)"
    code_page_something = "zip?"
    code_generate_error = "raise ValueError('wrong')"
    code_execute_result = [
        {"code": "1+2+3", "result": "6"},
        {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"},
    ]
    code_display_data = [
        {"code": "from IPython.display import HTML, display; display(HTML('<b>x</b>'))", "mime": "text/html"}
    ]
    completion_samples = [{"text": "zi", "matches": {"zip"}}]
    complete_code_samples = ["1", "def f():\n    pass\n\n"]
    incomplete_code_samples = ["def f():", "'''"]
    invalid_code_samples = ["import = 7q"]
    code_inspect_sample = "zip"
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "search")  # as ipykernel has it in its own run of this suite
    code_clear_output = "from IPython.display import clear_output; clear_output()"

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        place = Path(cls.folder.name)
        spec = place / "kernels" / "sojourn"
        spec.mkdir(parents=True)
        (spec / "kernel.json").write_text(json.dumps(kernelspec()))
        settings = {
            "JUPYTER_PATH": str(place),
            "SOJOURN_STORE": f"file://{place / 'store'}",
            "SOJOURN_SESSION": "test/conformance",
            "IPYTHONDIR": str(place / "ipython"),
        }
        cls.environment = mock.patch.dict(os.environ, settings)
        cls.environment.start()
        super().setUpClass()

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls.environment.stop()
        end = time.monotonic() + 30
        # A child that saves outlives its kernel for a moment.
        while Path(cls.folder.name).exists() and time.monotonic() < end:
            cls.folder.cleanup()
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()

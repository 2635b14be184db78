"""`python -m sojourn_kernel -f connection.json`: start the kernel, as its kernelspec does."""

import os
import sys


def main() -> None:
    if sys.path[0] in ("", os.getcwd()):  # IPython puts it back
        del sys.path[0]  # modules of the working directory must not shadow ours while we start
    from ipykernel.kernelapp import IPKernelApp

    from sojourn_kernel.kernel import SojournKernel

    IPKernelApp.launch_instance(kernel_class=SojournKernel)


if __name__ == "__main__":
    main()

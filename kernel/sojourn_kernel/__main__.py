"""`python -m sojourn_kernel -f connection.json`: start the kernel, as its kernelspec does."""

import gc
import os  # what else could be imported here the working directory may shadow
import sys


def main() -> None:
    if sys.path[0] in ("", os.getcwd()):  # noqa: PTH109  # IPython puts it back
        del sys.path[0]  # modules of the working directory must not shadow ours while we start
    from sojourn_kernel.hash_seed import keep_hash_seed

    keep_hash_seed()
    gc.disable()
    from ipykernel.kernelapp import IPKernelApp

    from sojourn_kernel.kernel import SojournKernel

    gc.freeze()  # modules stay: no collection in a cell of the user's goes through them
    gc.enable()
    IPKernelApp.launch_instance(kernel_class=SojournKernel)


if __name__ == "__main__":
    main()

"""`python -m infra.local.child MODULE ARGUMENT…`: run a module as a child that ends when its supervisor does."""

import runpy
import sys

from infra.local.process import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

"""`python -m infra.local`: the whole of Kabinet on one machine."""

import sys

from infra.local.run import main

if __name__ == "__main__":
    sys.exit(main())

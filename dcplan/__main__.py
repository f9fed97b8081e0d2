"""``python -m dcplan`` is the command line."""

import sys

from dcplan.cli import main

sys.exit(main())

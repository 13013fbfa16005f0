"""``python -m auto2fa.cli``: the terminal command without its entry point."""

import sys

from auto2fa.cli import main

sys.exit(main())

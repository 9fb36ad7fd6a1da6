"""Run the command as ``python -m checkedmath``."""

import sys

from checkedmath.command import main

sys.exit(main())

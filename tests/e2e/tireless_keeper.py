"""The keeper as it is, but for how often it starts an engine again."""

import json
import os
import sys

from ketamon.engine import keeper

keeper.STARTED_AGAIN_AT_MOST = 10**9
sys.exit(keeper.Keeper(json.loads(os.environ[keeper.REQUEST])).run())

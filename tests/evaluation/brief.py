"""`trainer.evaluation` with tasks whose time is over soon, in its workers too."""

import sys

from devices.scenes.tasks.pick_place import PickPlace

PickPlace.time_limit_s = 1.5

if __name__ == "__main__":
    from trainer.evaluation.__main__ import main

    sys.exit(main())

"""Topics of a G1, by what goes over them."""

from devices.robots.unitree.motors import SIDES

LOW_STATE = "rt/lowstate"
LOW_CMD = "rt/lowcmd"
ARM_SDK = "rt/arm_sdk"
ODOMETRY = "rt/odommodestate"
BATTERY = "rt/lf/bmsstate"
HAND_CMD = {side: f"rt/dex3/{side}/cmd" for side in SIDES}
HAND_STATE = {side: f"rt/dex3/{side}/state" for side in SIDES}
